"""The peer of the int8 preset: ONNX Runtime's own static quantizer, with each of its calibrators.

Quantizes a float image classifier with every operator type, weights by channel, QDQ, u8 x s8, on
images chosen from the train rows, and compares the results, and any other models given, with the
float model on the test rows: accuracy, agreement, mean KL(float || model) in nats, size, and median
latency of one thread at batch 1 and 32, all models interleaved in one run. Prints one JSON object.

Needs Python 3.11 with onnxruntime 1.28, onnx, numpy, pyarrow and sympy. Example:

    python ort_quantizer.py --data data/fashion-mnist --model data/models/fashion-resnet.onnx \
        --out /tmp/peer --candidate retort=runs/fashion-mnist/steps/02-quantize/model.onnx
"""

import argparse
import contextlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow.parquet as parquet
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat
from onnxruntime.quantization import QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

SCALE = np.float32(0.00392156862745098)
CALIBRATORS = {
    "minmax": CalibrationMethod.MinMax,
    "entropy": CalibrationMethod.Entropy,
    "percentile": CalibrationMethod.Percentile,
}


def load(folder):
    """Images [N, 1, 28, 28] as bytes, and labels, of all files in the order of their names."""
    tables = [parquet.read_table(f) for f in sorted(Path(folder).glob("*.parquet"))]
    images = [np.frombuffer(b, np.uint8) for t in tables for b in t["image"].to_pylist()]
    labels = [label for t in tables for label in t["label"].to_pylist()]
    return np.stack(images).reshape(-1, 1, 28, 28), np.array(labels)


def open_session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def feed(session, images):
    """Images as the model takes them: bytes, or floats in [0, 1]."""
    port = session.get_inputs()[0]
    return {port.name: images if "uint8" in port.type else images.astype(np.float32) * SCALE}


def logits(session, images, batch=64):
    parts = range(0, len(images), batch)
    return np.concatenate([session.run(None, feed(session, images[i : i + batch]))[0] for i in parts])


def log_softmax(values):
    shifted = values.astype(np.float64) - values.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def compare(reference, candidate, labels):
    p, q = log_softmax(reference), log_softmax(candidate)
    return {
        "accuracy": float((candidate.argmax(1) == labels).mean()),
        "agreement": float((candidate.argmax(1) == reference.argmax(1)).mean()),
        "meanKl": float((np.exp(p) * (p - q)).sum(1).mean()),
    }


class Images(CalibrationDataReader):
    def __init__(self, name, images, batch=64):
        self.batches = iter(
            {name: images[i : i + batch].astype(np.float32) * SCALE}
            for i in range(0, len(images), batch)
        )

    def get_next(self):
        return next(self.batches, None)


def quantize(arguments, images):
    """The file of each calibrator's model, with the seconds that it took."""
    prepared = arguments.out / "prepared.onnx"
    quant_pre_process(str(arguments.model), str(prepared))
    name = open_session(arguments.model).get_inputs()[0].name
    for calibrator, method in CALIBRATORS.items():
        start = time.perf_counter()
        file = arguments.out / f"ort-{calibrator}.onnx"
        # It reports its progress on standard output, which is for the result.
        with contextlib.redirect_stdout(sys.stderr):
            quantize_static(
                str(prepared),
                str(file),
                Images(name, images),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=method,
            )
        yield f"ort-{calibrator}", file, time.perf_counter() - start


def latencies(sessions, images, batch, rounds):
    """Median milliseconds a run, the models taking turns."""
    seconds = {name: [] for name in sessions}
    feeds = {name: feed(session, images[:batch]) for name, session in sessions.items()}
    for _ in range(rounds):
        for name, session in sessions.items():
            start = time.perf_counter()
            session.run(None, feeds[name])
            seconds[name].append(time.perf_counter() - start)
    return {name: 1e3 * float(np.median(values)) for name, values in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and test/")
    parser.add_argument("--model", type=Path, required=True, help="the float model")
    parser.add_argument("--out", type=Path, required=True, help="folder for the quantized models")
    parser.add_argument("--samples", type=int, default=2048, help="train images to calibrate on")
    parser.add_argument("--seed", type=int, default=7, help="of the choice of these images")
    parser.add_argument("--rounds", type=int, default=400, help="runs a model at batch 1")
    parser.add_argument("--candidate", action="append", default=[], help="NAME=FILE to compare too")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    train, _ = load(arguments.data / "train")
    chosen = np.random.default_rng(arguments.seed).permutation(len(train))[: arguments.samples]
    models = {"float": {"file": arguments.model}}
    for name, file, seconds in quantize(arguments, train[chosen]):
        models[name] = {"file": file, "quantizeSeconds": seconds}
    for candidate in arguments.candidate:
        name, file = candidate.split("=", 1)
        models[name] = {"file": Path(file)}

    test, labels = load(arguments.data / "test")
    sessions = {name: open_session(model["file"]) for name, model in models.items()}
    reference = logits(sessions["float"], test)
    for name, model in models.items():
        values = reference if name == "float" else logits(sessions[name], test)
        model.update(compare(reference, values, labels))
        model["sizeBytes"] = os.path.getsize(model["file"])
        model["file"] = str(model["file"])
    for batch, rounds in ((1, arguments.rounds), (32, max(arguments.rounds // 8, 10))):
        for name, milliseconds in latencies(sessions, test, batch, rounds).items():
            models[name][f"latencyMillisBatch{batch}"] = milliseconds
    print(json.dumps({"onnxruntime": ort.__version__, "models": models}, indent=2))


if __name__ == "__main__":
    main()
