#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli train --net transfer: from a few photos to a model that stands alone."""
import os
import random
import shutil
import subprocess
import sys
import unittest

import program
from program import HOME, run, run_json, tap

DATA = HOME / "data-home"
ENV = {"XDG_DATA_HOME": str(DATA)}


def draw(part, each, seed):
    """So many photos of each class, drawn from the shared cats and dogs."""
    chance, target = random.Random(seed), HOME / f"{part}-{each}-{seed}"
    for category in ("cat", "dog"):
        source = tap.shared() / "data" / "catdog" / part / category
        names = sorted(os.listdir(source))
        chance.shuffle(names)
        (target / category).mkdir(parents=True, exist_ok=True)
        for name in names[:each]:
            shutil.copy(source / name, target / category)
    return target


class WithoutBackbone(unittest.TestCase):
    def test_says_what_to_do(self):
        out = HOME / "none.onnx"
        done = run("train", "--data", program.colours(HOME / "colours"), "--net", "transfer", "--out", out,
                   env={"XDG_DATA_HOME": str(HOME / "nothing")})
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in ("EfficientNet-Lite0", "Apache-2.0", "./dev data backbone"):
            self.assertIn(word, done.stderr)
        self.assertFalse(out.exists())

    def test_damaged_backbone_is_told(self):
        folder = HOME / "damaged" / "perceptron" / "backbones"
        folder.mkdir(parents=True)
        (folder / "efficientnet-lite0.onnx").write_bytes(b"\x08\x07nonsense")
        done = run("train", "--data", program.colours(HOME / "colours"), "--net", "transfer", "--out", HOME / "none.onnx",
                   env={"XDG_DATA_HOME": str(HOME / "damaged")})
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn("efficientnet-lite0.onnx", done.stderr)

    def test_other_networks_have_nothing_to_fine_tune(self):
        done = run("train", "--data", program.colours(HOME / "colours"), "--net", "convnet-rgb", "--fine-tune", 1, "--out",
                   HOME / "none.onnx")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--fine-tune", done.stderr)


    def test_other_networks_take_no_hidden_layer(self):
        for options in (("--net", "mlp", "--hidden", 8), ("--net", "transfer", "--hidden", -1)):
            done = run("train", "--data", program.colours(HOME / "colours"), *options, "--out", HOME / "none.onnx")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("transfer" if options[1] == "mlp" else "--hidden", done.stderr)


class WithBackbone(unittest.TestCase):
    def setUp(self):
        if not tap.shared() or not (tap.shared() / "backbone").is_dir():
            self.skipTest("no folder of shared test data")
        if not DATA.exists():
            (DATA / "perceptron" / "backbones").mkdir(parents=True)
            subprocess.run([sys.executable, tap.ROOT / "tests" / "onnx" / "make-backbone.py", tap.shared() / "backbone",
                            DATA / "perceptron" / "backbones" / "efficientnet-lite0.onnx"], check=True)

    def test_ten_photos_each_are_enough(self):
        photos, val, out = draw("train", 10, 1), draw("val", 50, 2), HOME / "transfer.onnx"
        said = run_json("train", "--data", photos, "--val", val, "--net", "transfer", "--out", out, env=ENV)
        print(f"# 10 and 10 photos: {said['val_accuracy']:.3f}")
        self.assertGreater(said["val_accuracy"], 0.9)
        # The file has the backbone in it: neither that nor a cache is needed any more.
        alone = {"XDG_DATA_HOME": str(HOME / "nothing")}
        judged = run_json("evaluate", "--model", out, "--data", val, env=alone)
        self.assertAlmostEqual(judged["accuracy"], said["val_accuracy"], delta=0.011)
        # What it looks at, back through frozen layers.
        heat = run_json("explain", out, sorted((val / "dog").iterdir())[0], "--class", "dog", env=alone)
        self.assertEqual((heat["class"], heat["width"], heat["height"]), ("dog", 224, 224))
        self.assertGreater(heat["peak"], 0)
        # From what was kept comes the same model.
        again = HOME / "again.onnx"
        run_json("train", "--data", photos, "--val", val, "--net", "transfer", "--out", again, env=ENV)
        self.assertEqual(out.read_bytes(), again.read_bytes())

    def test_hidden_layer(self):
        photos, val, out = draw("train", 10, 1), draw("val", 50, 2), HOME / "hidden.onnx"
        said = run_json("train", "--data", photos, "--val", val, "--net", "transfer", "--hidden", 32, "--out", out, env=ENV)
        print(f"# 10 and 10 photos, 32 hidden: {said['val_accuracy']:.3f}")
        self.assertGreater(said["val_accuracy"], 0.9)
        # The backbone's weights don't learn and don't count: 1,280 · 32 + 32, and 32 · 2 + 2.
        layers = [run_json("inspect", m) for m in (out, HOME / "transfer.onnx") if m.exists()]
        self.assertEqual(layers[0]["net"], "transfer")
        if len(layers) == 2:
            self.assertEqual(layers[0]["layers"], layers[1]["layers"] + 1)
            self.assertEqual(layers[0]["parameters"] - layers[1]["parameters"], 1280 * 32 + 32 + 32 * 2 + 2 - (1280 * 2 + 2))

    def test_fine_tuning(self):
        photos, val, out, log = draw("train", 10, 1), draw("val", 10, 2), HOME / "tuned.onnx", HOME / "tuned.csv"
        said = run_json("train", "--data", photos, "--val", val, "--net", "transfer", "--epochs", 10, "--fine-tune", 1,
                        "--tune-epochs", 2, "--out", out, "--log", log, env=ENV)
        self.assertEqual(said["epochs"], 12)
        self.assertGreater(said["val_accuracy"], 0.8)
        self.assertEqual(len(log.read_text(encoding="utf-8").splitlines()), 13)


if __name__ == "__main__":
    sys.exit(tap.main())
