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
TESTS = Path(__file__).resolve().parent.parent
DATA = TESTS.parent / "data"
sys.path[:0] = [str(DATA), str(TESTS)]
from protobuf import fields  # noqa: E402

spec = importlib.util.spec_from_file_location("fetch_backbone", DATA / "fetch-backbone.py")
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)


def read_weights(path):
    """The initializers of an ONNX file: {name: (shape, numbers)}."""
    graph = next(field.value for field in fields(memoryview(Path(path).read_bytes())) if field.number == 7)
    tensors = {}
    for initializer in fields(graph):
        if initializer.number == 5:
            parts = [part[:2] for part in fields(initializer.value)]
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
