#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli compare: two models on the same pictures."""
import functools
import json
import math
import sys
import unittest

import program
from program import HOME, NO_DEVICE, run, run_json, tap


@functools.lru_cache(None)
def bars():
    return program.idx(HOME / "bars")


@functools.lru_cache(None)
def models():
    """One that has learnt, and one that has hardly begun."""
    out = []
    for name, net, epochs in (("good", "mlp", 8), ("weak", "perceptron", 1)):
        done = run("train", "--data", bars(), "--net", net, "--epochs", epochs, "--batch", 40, "--out", HOME / f"{name}.onnx")
        if done.returncode:
            raise AssertionError(done.stderr)
        out.append(HOME / f"{name}.onnx")
    return out


class Compare(unittest.TestCase):
    def test_json(self):
        good, weak = models()
        said = run_json("compare", good, weak, "--data", bars())
        self.assertEqual((said["n"], said["part"], said["class_n"]), (60, "test", [6] * 10))
        for side, model in (("a", good), ("b", weak)):
            alone = run_json("evaluate", "--model", model, "--data", bars())
            self.assertAlmostEqual(said[side]["accuracy"], alone["accuracy"])
            self.assertEqual(said[side]["class_right"], [alone["confusion"][c][c] for c in range(10)])
            self.assertEqual(said[side]["right"], sum(said[side]["class_right"]))
            self.assertTrue(said[side]["accuracy_low"] <= said[side]["accuracy"] <= said[side]["accuracy_high"])
            self.assertEqual(said[side]["bytes"], model.stat().st_size)
            self.assertGreater(said[side]["milliseconds"], 0)
        both, a, b = said["both_right"], said["only_a_right"], said["only_b_right"]
        self.assertEqual((both + a, both + b), (said["a"]["right"], said["b"]["right"]))
        self.assertEqual(both + a + b + said["neither_right"], 60)
        self.assertAlmostEqual(said["mcnemar"], (a - b) ** 2 / max(a + b, 1))
        p = min(1, 2 * sum(math.comb(a + b, k) for k in range(min(a, b) + 1)) / 2 ** (a + b))
        self.assertAlmostEqual(said["p"], p)
        self.assertEqual(len(said["differing"]), 60 - said["agree"])
        self.assertEqual(a, sum(d["a"] == d["class"] for d in said["differing"]))
        self.assertEqual(b, sum(d["b"] == d["class"] for d in said["differing"]))

    def test_with_itself(self):
        good = models()[0]
        said = run_json("compare", good, good, "--data", bars(), "--part", "all")
        self.assertEqual((said["n"], said["agree"], said["p"], said["mcnemar"], said["differing"]), (300, 300, 1, 0, []))
        self.assertIn("chance", run("compare", good, good, "--data", bars()).stdout)

    def test_text(self):
        text = run("compare", *models(), "--data", bars()).stdout
        for word in ("accuracy", "95 % confidence", "McNemar", "good.onnx", "weak.onnx", "parameters", " ms", "same answer"):
            self.assertIn(word, text)

    def test_other_sizes_of_pictures(self):
        """Each model gets the pictures as it wants them."""
        data = program.colours(HOME / "colours", n=12)
        paths = []
        for side in (8, 16):
            net = HOME / f"{side}.json"
            net.write_text(json.dumps({"format": 1, "name": f"of {side}", "input": {"height": side, "width": side, "channels": 3},
                                       "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
            paths.append(HOME / f"{side}.onnx")
            self.assertEqual(run("train", "--data", data, "--net", net, "--epochs", 3, "--batch", 8, "--out", paths[-1]).returncode, 0)
        said = run_json("compare", *paths, "--data", data)
        self.assertEqual((said["n"], said["a"]["net"], said["b"]["net"]), (24, "of 8", "of 16"))
        # Other classes can't be compared, nor can models be with data of other classes.
        done = run("compare", paths[0], models()[0], "--data", data)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("blue, red", done.stderr)
        self.assertEqual(run("compare", *paths, "--data", bars()).returncode, 2)

    def test_bad_input(self):
        good, weak = models()
        for arguments in ((good, weak), (good, "--data", bars()), (good, HOME / "none.onnx", "--data", bars()),
                          (good, weak, "--data", HOME / "none"), (good, weak, "--data", bars(), "--part", "x"),
                          (good, weak, "--data", bars(), "--part", "val"), (good, weak, weak, "--data", bars())):
            done = run("compare", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), (arguments, done.stderr))
        self.assertEqual(run("compare", good, weak, "--data", bars(), env=NO_DEVICE).returncode, 3)


if __name__ == "__main__":
    sys.exit(tap.main())
