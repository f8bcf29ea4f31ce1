#!/usr/bin/python3
"""Makes the models of this folder and their reference gradients, with PyTorch (Debian's python3-torch, 1.13).

For each model: NAME.onnx, and NAME.json with inputs, the cotangent of the first output, that output, and the gradients of
the inputs and of some parameters, as PyTorch has them. Small numbers of weights, at random: nothing was trained.
"""
import json
import math
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent


class Block(nn.Module):
    def __init__(self, inside, outside, stride):
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.second = nn.Conv2d(outside, outside, 3, padding=1, groups=2, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.short = nn.Conv2d(inside, outside, 1, stride=stride)

    def forward(self, x):
        y = F.relu(self.bn1(self.first(x)))
        return F.relu(self.bn2(self.second(y)) + self.short(x))


class Residual(nn.Module):
    """A convolutional network with batch normalisation, residual sums, and three kinds of pools."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.one = Block(8, 16, 2)
        self.two = Block(16, 16, 1)
        self.up = nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)
        self.head = nn.Linear(8 + 16, 10)

    def forward(self, x):
        x = F.max_pool2d(F.leaky_relu(self.stem(x), 0.1), 3, stride=2, padding=1)
        x = self.two(self.one(x))
        up = F.avg_pool2d(torch.sigmoid(self.up(x)), 2)
        both = torch.cat([up.mean(dim=(2, 3)), F.adaptive_avg_pool2d(x, 1).flatten(1)], dim=1)
        return self.head(both)


class Encoder(nn.Module):
    """Two layers of a transformer encoder over features, attention written in its parts, pooled by its first token."""

    def __init__(self, features=6, width=16, heads=4, length=5):
        super().__init__()
        self.heads = heads
        self.embed = nn.Linear(features, width)
        self.place = nn.Parameter(torch.randn(length, width) * 0.5)
        self.layers = nn.ModuleList()
        for _ in range(2):
            self.layers.append(
                nn.ModuleDict(
                    {
                        "qkv": nn.Linear(width, 3 * width),
                        "out": nn.Linear(width, width),
                        "n1": nn.LayerNorm(width),
                        "n2": nn.LayerNorm(width),
                        "up": nn.Linear(width, 2 * width),
                        "down": nn.Linear(2 * width, width),
                    }
                )
            )
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        x = self.embed(x) + self.place
        n, t, w = x.shape
        for layer in self.layers:
            q, k, v = layer["qkv"](layer["n1"](x)).chunk(3, dim=-1)
            q, k, v = (y.reshape(n, t, self.heads, w // self.heads).transpose(1, 2) for y in (q, k, v))
            scores = q @ k.transpose(-1, -2) / math.sqrt(w // self.heads)
            mask = torch.triu(torch.ones(t, t, dtype=torch.bool), 1)
            scores = torch.where(mask, torch.full_like(scores, -1e9), scores)
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, w)
            x = x + layer["out"](mixed)
            x = x + layer["down"](F.gelu(layer["up"](layer["n2"](x))))
        return self.head(x[:, 0])


class Tabular(nn.Module):
    """Categories as embeddings beside numbers, with a gate and a log-softmax."""

    def __init__(self):
        super().__init__()
        self.category = nn.Embedding(7, 3)
        self.first = nn.Linear(5 + 3, 12)
        self.gate = nn.Linear(5 + 3, 12)
        self.norm = nn.BatchNorm1d(12)
        self.last = nn.Linear(12, 3)

    def forward(self, numbers, category):
        x = torch.cat([numbers, self.category(category)], dim=1)
        y = self.norm(torch.tanh(self.first(x)) * torch.sigmoid(self.gate(x)))
        return F.log_softmax(self.last(F.elu(y).clamp(-0.9, 2)), dim=1)


class Recurrent(nn.Module):
    """Sequences through an LSTM of two layers and two directions, then a GRU, weighed by attention."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 6, batch_first=True)
        self.rnn = nn.RNN(6, 6, batch_first=True, nonlinearity="relu")
        self.weigh = nn.Linear(6, 1)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        x, last = self.gru(self.lstm(x)[0])
        seen = (torch.softmax(self.weigh(x), dim=1) * self.rnn(x)[0]).sum(dim=1)
        return self.head(torch.cat([seen, last[0]], dim=1))


class UNet(nn.Module):
    """Down and up again, by a transposed convolution and by resizing, with group and instance normalisation."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(2, 6, 3, padding=1)
        self.norm = nn.GroupNorm(2, 6)
        self.deep = nn.Conv2d(6, 10, 3, padding=2, dilation=2)
        self.inner = nn.InstanceNorm2d(10, affine=True)
        self.up = nn.ConvTranspose2d(10, 6, 2, stride=2)
        self.last = nn.Conv2d(22, 3, 3, padding=1, padding_mode="reflect")

    def forward(self, x):
        first = F.silu(self.norm(self.down(x)))
        deep = F.relu(self.inner(self.deep(F.max_pool2d(first, 2))))
        resized = F.interpolate(deep, scale_factor=2, mode="bilinear", align_corners=False)
        return self.last(torch.cat([first, self.up(deep), resized], dim=1)).mean(dim=(2, 3))


class Mobile(nn.Module):
    """Inverted residuals with filters for each channel, squeeze and excitation, and shuffled pixels."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.wide = nn.Conv2d(8, 16, 1)
        self.each = nn.Conv2d(16, 16, 5, padding=2, groups=16)
        self.squeeze = nn.Conv2d(16, 4, 1)
        self.excite = nn.Conv2d(4, 16, 1)
        self.narrow = nn.Conv2d(16, 8, 1)
        self.slope = nn.PReLU(2)
        self.head = nn.Linear(2, 5)

    def forward(self, x):
        x = F.hardswish(self.norm(self.stem(x)))
        y = F.mish(self.each(F.relu6(self.wide(x))))
        y = y * F.hardsigmoid(self.excite(F.elu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        return self.head(self.slope(F.pixel_shuffle(x + self.narrow(y), 2)).amax(dim=(2, 3)))


class Sampler(nn.Module):
    """Looks at an image where a first look tells it to, and sorts what it sees."""

    def __init__(self):
        super().__init__()
        self.look = nn.Linear(2 * 7 * 7, 2 * 9)
        self.see = nn.Conv2d(2, 4, 3, padding=1)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        grid = torch.tanh(self.look(x.flatten(1))).reshape(-1, 3, 3, 2)
        seen = F.grid_sample(self.see(x), grid, align_corners=False).flatten(1)
        best = torch.cumsum(seen.topk(6, dim=1)[0], dim=1)
        return self.head(F.normalize(best, dim=1))


def listed(tensor):
    return {"dims": list(tensor.shape), "data": [float(f"{value:.9g}") for value in tensor.flatten().tolist()]}


def make(name, model, inputs, names, axes, opset):
    model.eval()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    torch.onnx.export(model, inputs, HERE / f"{name}.onnx", input_names=names, output_names=["output"],
                      dynamic_axes={**{n: axes for n in names}, "output": {0: "n"}}, opset_version=opset, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.PRESERVE)
    given = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    output = model(*given)
    cotangent = torch.randn_like(output)
    parameters = dict(list(model.named_parameters())[:3])
    (output * cotangent).sum().backward()
    gradients = {n: listed(x.grad) for n, x in zip(names, given) if x.is_floating_point()}
    (HERE / f"{name}.json").write_text(json.dumps({
        "inputs": {n: {**listed(x), "type": "float32" if x.is_floating_point() else "int64"} for n, x in zip(names, given)},
        "cotangent": listed(cotangent), "output": listed(output), "gradients": gradients,
        "parameters": {n: listed(p.grad) for n, p in parameters.items()},
    }) + "\n")


if __name__ == "__main__":
    torch.manual_seed(7)
    make("residual", Residual(), (torch.randn(2, 3, 12, 12),), ["image"], {0: "n"}, 13)
    make("encoder", Encoder(), (torch.randn(3, 5, 6),), ["tokens"], {0: "n"}, 14)
    make("tabular", Tabular(), (torch.randn(4, 5), torch.randint(0, 7, (4,))), ["numbers", "category"], {0: "n"}, 11)
    make("recurrent", Recurrent(), (torch.randn(3, 6, 4),), ["sequence"], {0: "n"}, 14)
    make("unet", UNet(), (torch.randn(2, 2, 8, 12),), ["image"], {0: "n"}, 13)
    make("mobile", Mobile(), (torch.randn(2, 3, 10, 10),), ["image"], {0: "n"}, 16)
    make("sampler", Sampler(), (torch.randn(2, 2, 7, 7),), ["image"], {0: "n"}, 16)
