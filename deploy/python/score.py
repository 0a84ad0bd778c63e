"""Scores a table with an ONNX model on Retort's engine, from Python, and says how often it is right.

usage: spark-submit --jars retort.jar score.py MODEL TABLE --input image=image --output logits --label label

MODEL is a path or URI of a classifier, TABLE one of Parquet files. Prints one JSON object.
"""

import argparse
import json

from pyspark.ml import Pipeline
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


class OnnxTransformer(JavaTransformer):
    """dev.retort.jobs.mllib.OnnxTransformer as a stage of pyspark.ml; `java` has all its setters."""

    def __init__(self, spark, model):
        super().__init__(spark._jvm.dev.retort.jobs.mllib.OnnxTransformer().setModelFile(model))

    @property
    def java(self):
        return self._java_obj


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("table")
    parser.add_argument("--input", action="append", default=[], metavar="INPUT=COLUMN", help="default: same names")
    parser.add_argument("--output", required=True, help="the output with a score for each class")
    parser.add_argument("--label", required=True, help="the column with the true class")
    parser.add_argument("--batch", type=int, default=32, help="rows a run")
    return parser.parse_args()


def main():
    options = arguments()
    spark = SparkSession.builder.appName("retort score").getOrCreate()
    model = OnnxTransformer(spark, options.model)
    model.java.setOutputs({options.output: "scores"}).setBatchSize(options.batch)
    if options.input:
        model.java.setInputs(dict(pair.split("=", 1) for pair in options.input))

    table = spark.read.parquet(options.table)
    scored = Pipeline(stages=[model]).fit(table).transform(table)
    predicted = F.expr("array_position(scores, array_max(scores)) - 1")
    right = (predicted == F.col(options.label)).cast("int")
    row = scored.agg(F.count("*").alias("rows"), F.sum(right).alias("right")).first()
    print(json.dumps({"rows": row["rows"], "right": row["right"], "accuracy": row["right"] / row["rows"]}))
    spark.stop()


if __name__ == "__main__":
    main()
