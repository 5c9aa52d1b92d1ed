#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The digit model that ships: how well it does on MNIST, on drawings and on digits as the world writes them."""
import json
import sys
import tempfile
import unittest
from pathlib import Path

import program
from program import run_json, tap

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "data" / "models" / "digits.onnx"
DRAWINGS = ROOT / "tests" / "fixtures" / "drawn-digits.jsonl"


class Digits(unittest.TestCase):
    def test_drawings(self):
        answer = run_json("predict", "--model", MODEL, "--strokes", DRAWINGS)
        self.assertEqual(answer["accuracy"], 1.0, answer)

    def test_any_place_and_size(self):
        """The same drawings, shifted, small and slightly turned on a fine tablet."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "moved.jsonl"
            with path.open("w", encoding="utf-8") as out:
                for line in DRAWINGS.read_text(encoding="utf-8").splitlines():
                    drawing = json.loads(line)
                    drawing["strokes"] = [[[0.01 * (x + 0.08 * y) - 5, 0.01 * (y - 0.08 * x) + 7] for x, y in stroke]
                                          for stroke in drawing["strokes"]]
                    out.write(json.dumps(drawing) + "\n")
            answer = run_json("predict", "--model", MODEL, "--strokes", path)
        self.assertGreaterEqual(answer["accuracy"], 0.95, answer)

    def test_styles_of_the_world(self):
        with tempfile.TemporaryDirectory() as folder:
            run_json("synthesise", "--count", 3000, "--seed", 99, "--canvas-pen", "--out", folder)
            answer = run_json("evaluate", "--model", MODEL, "--data", folder)
        self.assertGreaterEqual(answer["accuracy"], 0.985)

    def test_mnist(self):
        shared = tap.shared()
        if not shared or not (Path(shared) / "data" / "mnist").is_dir():
            self.skipTest("MNIST is not here (PERCEPTRON_SHARED)")
        answer = run_json("evaluate", "--model", MODEL, "--data", Path(shared) / "data" / "mnist")
        self.assertEqual(sum(map(sum, answer["confusion"])), 10000)
        self.assertGreaterEqual(answer["accuracy"], 0.994)

    def test_size(self):
        self.assertLess(MODEL.stat().st_size, 1.5e6)


if __name__ == "__main__":
    sys.exit(tap.main())
