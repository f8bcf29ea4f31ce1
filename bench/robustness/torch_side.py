"""The same models in PyTorch: gradients of their inputs, asked for line by line on stdin and answered on stdout.

A job names a model, files of weights, inputs and a cotangent (float32, little-endian), how often to run, and a file for the
gradient. An answer has the seconds of each run, forward and backward, and the processor time of one.
"""
import importlib.util
import json
import pathlib
import sys
import time

import numpy
import torch
from torch import nn

VECTORS = pathlib.Path(__file__).parents[2] / "test" / "vectors" / "gradients" / "make.py"
spec = importlib.util.spec_from_file_location("vectors", VECTORS)
vectors = importlib.util.module_from_spec(spec)
spec.loader.exec_module(vectors)


class Layers(nn.Module):
    """Layers one after the other, called as the exported models call them."""

    def __init__(self, *layers):
        super().__init__()
        self.n = nn.Sequential(*layers)

    def forward(self, x):
        return self.n(x)


def lenet():
    return Layers(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mlp():
    return Layers(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


MODELS = {"lenet": lenet, "mlp": mlp, "residual": vectors.Residual, "encoder": vectors.Encoder}


def read(path, dims, offset=0):
    count = int(numpy.prod(dims))
    return torch.from_numpy(numpy.fromfile(path, "<f4", count, offset=offset).reshape(dims).copy())


def opened(job):
    model = MODELS[job["model"]]()
    model.load_state_dict(
        {t["name"]: read(job["weights"], t["dims"], t["offset"]) for t in job["tensors"]}, strict=False)
    missing = [name for name, _ in model.named_parameters() if name not in {t["name"] for t in job["tensors"]}]
    if missing:
        raise SystemExit(f"the model has no {missing}")
    return model.eval().requires_grad_(False)


def answer(job):
    model = opened(job)
    x = read(job["input"], job["dims"]).requires_grad_()
    cotangent = read(job["cotangent"], job["outputDims"])
    seconds = []
    used = time.process_time()
    for _ in range(job["runs"]):
        started = time.perf_counter()
        (gradient,) = torch.autograd.grad(model(x), x, cotangent)
        seconds.append(time.perf_counter() - started)
    used = (time.process_time() - used) / job["runs"]
    gradient.numpy().astype("<f4").tofile(job["gradient"])
    return {"seconds": seconds, "cpu": used}


def blas():
    """The folder of the libblas that was loaded, which on Debian is called as the library is; empty where PyTorch has its own."""
    try:
        loaded = [line.split()[-1] for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if "/libblas" in line]
    except OSError:
        loaded = []
    return pathlib.Path(loaded[0]).parent.name if loaded else ""


torch.set_num_threads(int(sys.argv[1]))
print(json.dumps({"version": torch.__version__, "blas": blas()}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
