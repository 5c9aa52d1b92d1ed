#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pretrained backbone on our engine gives what it gave where it comes from, layer by layer.

Weights, pictures and what they gave are in the folder of shared test data; without it this is skipped. The tests that
need no such data are in ../test-fetch-backbone.py.
"""
import array
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

MAKE = Path(__file__).resolve().parent / "make-backbone.py"
PROGRAM = sys.argv[1]
PICTURES = ("synthetic", "chelsea", "flower")


def read_features(path):
    """The tensors of a safetensors file of 32 bit floats."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    return {name: array.array("f", data[8 + length + about["data_offsets"][0]:8 + length + about["data_offsets"][1]])
            for name, about in header.items() if name != "__metadata__"}


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
            subprocess.run([sys.executable, MAKE, folder, model], check=True)
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
