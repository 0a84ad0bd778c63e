"""Writes what PyTorch computes for the optimizers, schedules and helpers of Retort's training, for its tests.

usage: pytorch_training_reference.py TIMM_LAMB > common/src/test/resources/training/pytorch-reference.json

Needs PyTorch (made with 1.13) and NumPy; TIMM_LAMB is the file timm/optim/lamb.py of timm 0.9.16 (Apache 2.0), for
PyTorch has no LAMB. Weights begin at, and gradients of each step are, the random numbers that stand in the output.
Biases do not decay. Everything is float32 and printed so that it reads back exactly.
"""

import importlib.util
import json
import sys

import numpy as np
import torch
from torch.optim import lr_scheduler

torch.set_num_threads(1)
SHAPES = {"conv.weight": (3, 2, 2), "conv.bias": (3,), "head.weight": (2, 4)}
STEPS = 20
SHOWN = (1, 2, 5, 20)
RATE = 0.03

random = np.random.RandomState(7)


def draw(scale):
    return {name: (scale * random.standard_normal(shape)).astype(np.float32) for name, shape in SHAPES.items()}


START = draw(0.5)
GRADIENTS = [draw(0.2 + 0.1 * (step % 3)) for step in range(STEPS)]


def numbers(array):
    return [float(x) for x in np.asarray(array, np.float32).ravel()]


def parameters():
    return {name: torch.nn.Parameter(torch.from_numpy(value.copy())) for name, value in START.items()}


def groups(weights, decay):
    return [
        {"params": [w for name, w in weights.items() if not name.endswith("bias")], "weight_decay": decay},
        {"params": [w for name, w in weights.items() if name.endswith("bias")], "weight_decay": 0.0},
    ]


def trajectory(make, decay, schedule=None):
    weights = parameters()
    optimizer = make(groups(weights, decay))
    scheduler = schedule(optimizer) if schedule else None
    shown = {}
    for step in range(STEPS):
        for name, weight in weights.items():
            weight.grad = torch.from_numpy(GRADIENTS[step][name].copy())
        optimizer.step()
        if scheduler and step + 1 < STEPS:
            scheduler.step()
        if step + 1 in SHOWN:
            shown[str(step + 1)] = {name: numbers(w.detach().numpy()) for name, w in weights.items()}
    return shown


def rates(steps, schedule, optimizer=None):
    optimizer = optimizer or torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE, momentum=0.9)
    scheduler = schedule(optimizer)
    shown = []
    for step in range(steps):
        group = optimizer.param_groups[0]
        shown.append([group["lr"], group["momentum"]])
        optimizer.step()
        if step + 1 < steps:
            scheduler.step()
    return shown


def warm_up_cosine(optimizer, warm_up, total, last):
    cosine = lr_scheduler.CosineAnnealingLR(optimizer, total - warm_up, eta_min=last)
    if warm_up == 0:
        return cosine
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warm_up + 1), total_iters=warm_up)
    return lr_scheduler.SequentialLR(optimizer, [rise, cosine], [warm_up])


def clipped():
    weights = parameters()
    for name, weight in weights.items():
        weight.grad = torch.from_numpy(GRADIENTS[0][name].copy())
    norm = torch.nn.utils.clip_grad_norm_(weights.values(), 0.5)
    return {"norm": float(norm), "gradients": {name: numbers(w.grad.numpy()) for name, w in weights.items()}}


def weight_average(decay):
    average = {name: torch.from_numpy(value.copy()) for name, value in START.items()}
    for step in range(STEPS):
        for name, e in average.items():
            average[name] = decay * e + (1 - decay) * torch.from_numpy(GRADIENTS[step][name])
    return {name: numbers(e.numpy()) for name, e in average.items()}


def crop():
    image = random.randint(0, 256, (2, 6, 5)).astype(np.float32)
    window = torch.from_numpy(image[:, 1:5, 2:5].copy())[None]
    resized = torch.nn.functional.interpolate(window, size=(6, 5), mode="bilinear", align_corners=False)
    return {"image": numbers(image), "resized": numbers(resized.numpy())}


def smoothed():
    logits = torch.from_numpy(random.standard_normal((3, 5)).astype(np.float32))
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([4, 0, 2]), label_smoothing=0.1, reduction="none")
    return {"logits": numbers(logits.numpy()), "labels": [4, 0, 2], "losses": numbers(loss.numpy())}


def lamb(groups):
    spec = importlib.util.spec_from_file_location("lamb", sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Lamb(groups, lr=RATE, eps=1e-6, max_grad_norm=1e9)


sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
one_cycle = lr_scheduler.OneCycleLR
print(
    json.dumps(
        {
            "pytorch": torch.__version__,
            "start": {name: numbers(value) for name, value in START.items()},
            "gradients": [{name: numbers(value) for name, value in g.items()} for g in GRADIENTS],
            "optimizers": {
                "sgd": trajectory(lambda p: sgd(p, lr=RATE), 0.0),
                "momentum": trajectory(lambda p: sgd(p, lr=RATE, momentum=0.9), 0.01),
                "dampening": trajectory(lambda p: sgd(p, lr=RATE, momentum=0.8, dampening=0.3), 0.01),
                "nesterov": trajectory(lambda p: sgd(p, lr=RATE, momentum=0.9, nesterov=True), 0.01),
                "momentum-one-cycle": trajectory(
                    lambda p: sgd(p, lr=RATE, momentum=0.9), 0.01, lambda o: one_cycle(o, 0.1, total_steps=STEPS)
                ),
                "adam": trajectory(lambda p: adam(p, lr=RATE), 0.0),
                "adam-decay": trajectory(lambda p: adam(p, lr=RATE, betas=(0.8, 0.99), eps=1e-6), 0.05),
                "adamw": trajectory(lambda p: adamw(p, lr=RATE), 0.05),
                "adamw-one-cycle": trajectory(
                    lambda p: adamw(p, lr=RATE), 0.05, lambda o: one_cycle(o, 0.1, total_steps=STEPS)
                ),
                "lamb": trajectory(lamb, 0.05),
            },
            "schedules": {
                "step": rates(25, lambda o: lr_scheduler.StepLR(o, 7, 0.3)),
                "warm-up-cosine": rates(40, lambda o: warm_up_cosine(o, 8, 40, 0.001)),
                "cosine": rates(30, lambda o: warm_up_cosine(o, 0, 30, 0.0)),
                "one-cycle": rates(50, lambda o: one_cycle(o, 0.004, total_steps=50)),
                "one-cycle-set": rates(
                    33,
                    lambda o: one_cycle(
                        o,
                        0.5,
                        total_steps=33,
                        pct_start=0.25,
                        div_factor=10,
                        final_div_factor=100,
                        base_momentum=0.8,
                        max_momentum=0.9,
                    ),
                ),
            },
            "clipped": clipped(),
            "weight-average": weight_average(0.95),
            "crop": crop(),
            "smoothed": smoothed(),
        }
    )
)
