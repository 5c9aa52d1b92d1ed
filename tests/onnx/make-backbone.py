#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the backbone's model file from the weights in the folder of shared test data: make-backbone.py FOLDER MODEL.onnx

They are the same as those that data/fetch-backbone.py obtains, so that tests need no network.
"""
import array
import importlib.util
import sys
from pathlib import Path

sys.dont_write_bytecode = True
DATA = Path(__file__).resolve().parent.parent.parent / "data"
sys.path.insert(0, str(DATA))
spec = importlib.util.spec_from_file_location("fetch_backbone", DATA / "fetch-backbone.py")
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)


def fields(data):
    """The fields of a protocol buffer: pairs of number and value."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, data[place:place + length]
            place += length


def read_weights(path):
    """The initializers of an ONNX file: {name: (shape, numbers)}."""
    graph = dict(fields(memoryview(Path(path).read_bytes())))[7]
    tensors = {}
    for number, value in fields(graph):
        if number == 5:
            parts = list(fields(value))
            about = dict(parts)
            tensors[str(about[8], "utf-8")] = tuple(v for n, v in parts if n == 1), array.array("f", bytes(about[9]))
    return tensors


def write_backbone(path, folder):
    """The model file from the weights that the shared one has; the names of our layers differ in one."""
    tensors = read_weights(folder / "lite0.onnx")
    weights = {}
    for layer in fetch.backbone_layers()["layers"]:
        if layer["op"] == "conv2d":
            name = "head" if layer["name"] == "last" else layer["name"]
            weights[layer["name"]] = *tensors[name + ".weight"], tensors[name + ".bias"][1]
    Path(path).write_bytes(fetch.model_file(weights, "test"))


if __name__ == "__main__":
    write_backbone(sys.argv[2], Path(sys.argv[1]))
