"""Runs a model over Parquet rows with pyspark's mapInPandas and ONNX Runtime: the way that Retort is compared with.

usage: map_in_pandas.py SPEC.json

SPEC has: model, data (a folder of Parquet files with one binary column an input), out (a folder), batch, slots, passes,
inputs: [{name, dtype, shape}]. Prints one JSON object a line: first the versions, then the seconds of each pass.
"""

import json
import os
import sys
import time

import numpy as np
import onnxruntime as ort
import pandas as pd
import pyspark
from pyspark.sql import SparkSession

with open(sys.argv[1]) as file:
    SPEC = json.load(file)
BATCH = SPEC["batch"]


def infer(frames):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(SPEC["model"], options, providers=["CPUExecutionProvider"])
    taken = {port.name for port in session.get_inputs()}
    inputs = [spec for spec in SPEC["inputs"] if spec["name"] in taken]
    output = session.get_outputs()[0].name
    for frame in frames:
        rows = []
        for start in range(0, len(frame), BATCH):
            part = frame.iloc[start : start + BATCH]
            feed = {
                spec["name"]: np.frombuffer(b"".join(part[spec["name"]]), spec["dtype"]).reshape(-1, *spec["shape"])
                for spec in inputs
            }
            rows += [row.tobytes() for row in session.run([output], feed)[0]]
        yield pd.DataFrame({"logits": rows})


def main():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local[%d]" % SPEC["slots"])
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", BATCH * max(1, 4096 // BATCH))
        .config("spark.sql.files.openCostInBytes", 128 << 20)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    versions = {"pyspark": pyspark.__version__, "onnxruntime": ort.__version__}
    print(json.dumps({"versions": versions}), flush=True)
    for number in range(SPEC["passes"]):
        start = time.perf_counter()
        frame = spark.read.parquet(SPEC["data"])
        frame.mapInPandas(infer, "logits binary").write.mode("overwrite").parquet(SPEC["out"])
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
