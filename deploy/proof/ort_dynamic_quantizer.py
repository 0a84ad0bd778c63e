"""Quantizes a text encoder with ONNX Runtime's own dynamic quantizer and compares Retort's results with it.

usage: ort_dynamic_quantizer.py ENCODER TOKENS OUT_FOLDER NAME=MODEL ...

ENCODER takes input_ids, attention_mask and token_type_ids and returns token vectors first. TOKENS is a JSON object of
lists of texts, each a list of token ids: "test" for the figures, "train" for choices. Runs every model on all texts
with one thread, sorted by length, eight a batch; a text's embedding is the mean of its tokens' vectors. Prints one
JSON object: size, mean and least cosine to the embeddings of ENCODER, and texts a second on "test", the median of
the passes from the third on, the models taking turns. Models named try-* are run on "train" only.
"""

import json
import os
import sys
import time

import numpy as np
import onnxruntime as ort
from onnxruntime.quantization import QuantType, quantize_dynamic

BATCH = 8
PASSES = 7
FIRST_TIMED = 2


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def batches(texts):
    """Of each batch the places of its texts, their ids padded to the longest, and which of these are tokens."""
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        ids = np.zeros((len(places), max(len(texts[i]) for i in places)), np.int64)
        mask = np.zeros_like(ids)
        for row, place in enumerate(places):
            ids[row, : len(texts[place])] = texts[place]
            mask[row, : len(texts[place])] = 1
        yield places, ids, mask


def feeds(model, prepared):
    """The inputs of `model`, which Retort keeps as the int32 that its data is stored in."""
    ports = {port.name: np.int32 if "int32" in port.type else np.int64 for port in model.get_inputs()}
    for _, ids, mask in prepared:
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        yield {name: values[name].astype(dtype) for name, dtype in ports.items()}


def embeddings(model, prepared):
    rows = {}
    for (places, _, mask), feed in zip(prepared, feeds(model, prepared)):
        hidden = model.run(None, feed)[0].astype(np.float64)
        means = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        rows.update(zip(places, means))
    return np.stack([rows[place] for place in range(len(rows))])


def cosines(a, b):
    return (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def speeds(models, prepared, texts):
    inputs = {name: list(feeds(model, prepared)) for name, model in models.items()}
    rates = {name: [] for name in models}
    for number in range(PASSES):
        for name, model in models.items():
            start = time.perf_counter()
            for feed in inputs[name]:
                model.run(None, feed)
            if number >= FIRST_TIMED:
                rates[name].append(texts / (time.perf_counter() - start))
    return {name: float(np.median(rate)) for name, rate in rates.items()}


def main(encoder, tokens, out, *ours):
    os.makedirs(out, exist_ok=True)
    with open(tokens) as file:
        texts = json.load(file)
    paths = {"float": encoder, "onnxruntime": os.path.join(out, "onnxruntime.onnx")}
    quantize_dynamic(encoder, paths["onnxruntime"], per_channel=True, weight_type=QuantType.QInt8)
    paths.update(pair.split("=", 1) for pair in ours)
    models = {name: session(path) for name, path in paths.items()}
    result = {}
    for name in ("train", "test"):
        prepared = list(batches(texts[name]))
        used = {n: m for n, m in models.items() if name == "train" or not n.startswith("try-")}
        vectors = {n: embeddings(model, prepared) for n, model in used.items()}
        rates = speeds(used, prepared, len(texts[name])) if name == "test" else dict.fromkeys(used, 0.0)
        result[name] = {}
        for model, found in vectors.items():
            likeness = cosines(found, vectors["float"])
            result[name][model] = {
                "sizeBytes": os.path.getsize(paths[model]),
                "meanCosine": float(likeness.mean()),
                "leastCosine": float(likeness.min()),
                "textsPerSecond": rates[model],
            }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
