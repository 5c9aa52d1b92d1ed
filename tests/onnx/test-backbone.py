#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pretrained backbone on our engine gives what it gave where it comes from, layer by layer.

Weights, pictures and what they gave are in the folder of shared test data; without it this is skipped. The tests that
need no such data are in ../test-fetch-backbone.py.
"""
import array
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

sys.dont_write_bytecode = True
sys.path.insert(0, str(tap.ROOT / "data"))
spec = importlib.util.spec_from_file_location("fetch_backbone", tap.ROOT / "data" / "fetch-backbone.py")
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)

PROGRAM = sys.argv[1]
PICTURES = ("synthetic", "chelsea", "flower")


def read_features(path):
    """The tensors of a safetensors file of 32 bit floats."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    return {name: array.array("f", data[8 + length + about["data_offsets"][0]:8 + length + about["data_offsets"][1]])
            for name, about in header.items() if name != "__metadata__"}


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


def their_name(layer):
    """What the layer's output is called in the file of summaries."""
    fixed = {"stem": "t0", "last": "h", "features": "features"}
    return fixed.get(layer) or layer.replace(".expand", ".e").replace(".dw", ".d").replace(".project", ".o").replace(".add", ".o")


class Backbone(unittest.TestCase):
    def setUp(self):
        if not tap.shared() or not (tap.shared() / "backbone").is_dir():
            self.skipTest("no folder of shared test data")

    def test_features_and_layers(self):
        folder = tap.shared() / "backbone"
        wanted = read_features(folder / "ref" / "features-logits.safetensors")
        summary = json.loads((folder / "ref" / "layers-summary.json").read_text())
        with tempfile.TemporaryDirectory() as temporary:
            model = os.path.join(temporary, "backbone.onnx")
            write_backbone(model, folder)
            for picture in PICTURES:
                with self.subTest(picture):
                    said = subprocess.run([PROGRAM, model, folder / "ref" / f"{picture}.png"], check=True,
                                          capture_output=True, text=True).stdout
                    self.compare(json.loads(said), wanted[picture + ".features"], summary[picture])

    def compare(self, layers, features, summary):
        names = list(layers)
        for name, ours in layers.items():
            theirs = summary[their_name(name)]
            # What a sum of two layers gives stands under the name of its second one.
            if name.endswith(".project") and name.replace(".project", ".add") in names:
                continue
            for key in ("mean", "std", "absmax"):
                self.assertAlmostEqual(ours[key], theirs[key], delta=1e-4 * theirs["absmax"], msg=(name, key))
        worst = max(abs(a - b) for a, b in zip(layers["features"]["all"], features))
        self.assertEqual(len(layers["features"]["all"]), len(features))
        print(f"# largest difference of a feature: {worst:.2e}")
        self.assertLess(worst, 2e-3)


if __name__ == "__main__":
    sys.exit(tap.main())
