#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli explain: where a network looks."""
import functools
import json
import struct
import sys
import unittest

import program
from program import HOME, NO_DEVICE, run, run_json, tap

SIZE = 24


@functools.lru_cache(None)
def spots():
    """Two classes: a green or a violet spot at a place of its own in noise; nothing else tells them apart."""
    folder = HOME / "spots"
    for name, colour in (("green", (30, 220, 30)), ("violet", (220, 30, 220))):
        (folder / name).mkdir(parents=True)
        for i in range(24):
            left, top = 2 + i * 5 % 15, 2 + i * 7 % 15
            program.png(folder / name / f"{i:02}.png", SIZE, SIZE, lambda x, y, i=i, left=left, top=top, colour=colour:
                        colour if left <= x < left + 7 and top <= y < top + 7 else (90 + (x * 7 + y * 13 + i) % 30,) * 3)
    return folder


@functools.lru_cache(None)
def model():
    net = HOME / "net.json"
    net.write_text(json.dumps({"format": 1, "name": "spots", "input": {"height": SIZE, "width": SIZE, "channels": 3}, "layers": [
        {"op": "conv2d", "name": "conv", "filters": 8, "activation": "relu"}, {"op": "max_pool", "name": "pool", "size": 2},
        {"op": "conv2d", "name": "last", "filters": 8, "activation": "relu"},
        {"op": "global_avg_pool", "name": "mean"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
    out = HOME / "spots.onnx"
    done = run("train", "--data", spots(), "--net", net, "--epochs", 30, "--batch", 8, "--optimizer", "adam", "--split", 0.2,
               "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def in_spot(said, i, slack):
    left, top = 2 + i * 5 % 15, 2 + i * 7 % 15
    return left - slack <= said["peak_x"] < left + 7 + slack and top - slack <= said["peak_y"] < top + 7 + slack


class Explain(unittest.TestCase):
    def test_grad_cam_finds_the_spot(self):
        for name in ("green", "violet"):
            said = run_json("explain", model(), spots() / name / "05.png")
            self.assertEqual((said["class"], said["method"], said["layer"]), (name, "grad-cam", "last"))
            self.assertEqual((len(said["map"]), len(said["map"][0])), (SIZE, SIZE))
            self.assertGreater(said["peak"], 0)
            self.assertTrue(in_spot(said, 5, 2), (said["peak_x"], said["peak_y"]))
            self.assertGreaterEqual(min(map(min, said["map"])), 0)

    def test_occlusion_finds_the_spot(self):
        said = run_json("explain", model(), spots() / "green" / "03.png", "--method", "occlusion", "--patch", 6, "--stride", 3)
        self.assertEqual((said["class"], said["patch"], said["stride"]), ("green", 6, 3))
        self.assertTrue(in_spot(said, 3, 3), (said["peak_x"], said["peak_y"]))
        self.assertGreater(said["probability"], 0.5)

    def test_layer_and_class(self):
        said = run_json("explain", model(), spots() / "green" / "05.png", "--layer", "conv", "--class", "violet")
        self.assertEqual((said["class"], said["layer"]), ("violet", "conv"))
        self.assertLess(said["probability"], 0.5)

    def test_picture(self):
        out = HOME / "heat.png"
        done = run("explain", model(), spots() / "violet" / "05.png", "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("heat.png is written", done.stdout)
        data = out.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (432, 432))

    def test_bad_input(self):
        picture = spots() / "green" / "00.png"
        text = HOME / "notes.png"
        text.write_text("no picture", encoding="utf-8")
        for arguments, word in (((model(), text), "notes.png"), ((model(), HOME / "none.png"), "none.png"),
                                ((HOME / "none.onnx", picture), "none.onnx"), ((text, picture), "notes.png"),
                                ((model(), picture, "--layer", "x"), "conv, pool, last"),
                                ((model(), picture, "--layer", "mean"), "mean"),
                                ((model(), picture, "--class", "blue"), "green, violet"),
                                ((model(), picture, "--method", "x"), "occlusion"),
                                ((model(), picture, "--patch", 3), "--patch"),
                                ((model(), picture, "--method", "occlusion", "--patch", 25), "24"),
                                ((model(), picture, "--method", "occlusion", "--stride", -1), "--stride"),
                                ((model(), picture, "--out", HOME / "no" / "heat.png"), "heat.png"),
                                ((model(),), "")):
            done = run("explain", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), (arguments, done.stderr))
            self.assertIn(word, done.stderr)

    def test_nothing_has_a_place(self):
        out = HOME / "bars.onnx"
        data = program.idx(HOME / "bars", n_train=60, n_test=10)
        done = run("train", "--data", data, "--net", "mlp", "--epochs", 1, "--out", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        program.png(HOME / "bar.png", 28, 28, lambda x, y: (200,) * 3 if 6 < y < 10 else (0,) * 3)
        done = run("explain", out, HOME / "bar.png")
        self.assertEqual(done.returncode, 2)
        self.assertIn("occlusion", done.stderr)
        said = run_json("explain", out, HOME / "bar.png", "--method", "occlusion")
        self.assertEqual((said["patch"], said["stride"]), (4, 2))

    def test_no_device(self):
        self.assertEqual(run("explain", model(), spots() / "green" / "00.png", env=NO_DEVICE).returncode, 3)


if __name__ == "__main__":
    sys.exit(tap.main())
