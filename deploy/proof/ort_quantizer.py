"""Quantizes the teacher with ONNX Runtime's own quantizer and compares Retort's result with it.

usage: ort_quantizer.py DATA TEACHER RETORT_MODEL OUT_FOLDER

DATA holds train/ and test/ Parquet files with columns image (784 bytes) and label. Calibrates each of ONNX Runtime's
three calibrators on 2,048 training images, then runs every model on all test images with one thread: accuracy, mean
KL divergence from the float model, size, and latency at batch 1 and 32 with the models taking turns.
Prints one JSON object.
"""

import glob
import json
import os
import sys
import time

import numpy as np
import onnxruntime as ort
import pyarrow.parquet as pq
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

CALIBRATION_IMAGES = 2048
SCALE = np.float32(1 / 255)


def load(folder):
    images, labels = [], []
    for file in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
        table = pq.read_table(file)
        images += [np.frombuffer(b, np.uint8) for b in table["image"].to_pylist()]
        labels += table["label"].to_pylist()
    return np.stack(images).reshape(-1, 1, 28, 28), np.array(labels)


class Reader(CalibrationDataReader):
    def __init__(self, images):
        self.batches = iter(np.split(images, len(images) // 64))

    def get_next(self):
        batch = next(self.batches, None)
        return None if batch is None else {"image": batch.astype(np.float32) * SCALE}


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def feed(model, images):
    port = model.get_inputs()[0]
    return {port.name: images if "uint8" in port.type else images.astype(np.float32) * SCALE}


def run(model, images):
    return np.concatenate([model.run(None, feed(model, images[i : i + 32]))[0] for i in range(0, len(images), 32)])


def log_softmax(logits):
    shifted = logits.astype(np.float64) - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(1, keepdims=True))


def latencies(models, images, batch, rounds):
    times = {name: [] for name in models}
    inputs = {name: feed(model, images[:batch]) for name, model in models.items()}
    for _ in range(rounds):
        for name, model in models.items():
            model.run(None, inputs[name])
            for _ in range(5):
                start = time.perf_counter()
                model.run(None, inputs[name])
                times[name].append(time.perf_counter() - start)
    return {name: 1e3 * float(np.median(t)) for name, t in times.items()}


def main(data, teacher, ours, out):
    os.makedirs(out, exist_ok=True)
    images, _ = load(os.path.join(data, "train"))
    chosen = np.random.default_rng(0).permutation(len(images))[:CALIBRATION_IMAGES]
    prepared = os.path.join(out, "prepared.onnx")
    quant_pre_process(teacher, prepared)
    paths = {"float": teacher, "retort": ours}
    for method in (CalibrationMethod.MinMax, CalibrationMethod.Entropy, CalibrationMethod.Percentile):
        name = "onnxruntime-" + method.name.lower()
        paths[name] = os.path.join(out, name + ".onnx")
        quantize_static(
            prepared,
            paths[name],
            Reader(images[chosen]),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=method,
        )
    test, labels = load(os.path.join(data, "test"))
    models = {name: session(path) for name, path in paths.items()}
    logits = {name: run(model, test) for name, model in models.items()}
    reference = log_softmax(logits["float"])
    result = {}
    one = latencies(models, test, 1, 120)
    many = latencies(models, test, 32, 20)
    for name, path in paths.items():
        candidate = log_softmax(logits[name])
        result[name] = {
            "accuracy": float((logits[name].argmax(1) == labels).mean()),
            "meanKl": float((np.exp(reference) * (reference - candidate)).sum(1).mean()),
            "sizeBytes": os.path.getsize(path),
            "medianMillisBatch1": one[name],
            "medianMillisBatch32": many[name],
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
