#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli synthesise: the files it writes, alone and after another set, and what it refuses."""
import gzip
import struct
import sys
import tempfile
import unittest
from pathlib import Path

import program
from program import run, run_json, tap

PARTS = ("images-idx3-ubyte", "labels-idx1-ubyte")


def read(folder, part):
    images = (Path(folder) / f"{part}-{PARTS[0]}").read_bytes()
    labels = (Path(folder) / f"{part}-{PARTS[1]}").read_bytes()
    return struct.unpack(">IIII", images[:16]), images[16:], struct.unpack(">II", labels[:8]), labels[8:]


class Synthesise(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def test_files(self):
        answer = run_json("synthesise", "--count", 50, "--seed", 3, "--out", self.folder / "new" / "set")
        self.assertEqual((answer["samples"], answer["drawn"]), (50, 50))
        header, images, label_header, labels = read(self.folder / "new" / "set", "train")
        self.assertEqual(header, (0x803, 50, 28, 28))
        self.assertEqual(label_header, (0x801, 50))
        self.assertEqual(labels, bytes(i % 10 for i in range(50)))
        for i in range(50):
            self.assertEqual(max(images[i * 784:(i + 1) * 784]), 255)

    def test_seed_decides(self):
        for name, seed in (("a", 3), ("b", 3), ("c", 4)):
            run_json("synthesise", "--count", 50, "--seed", seed, "--out", self.folder / name)
        first, again, other = (read(self.folder / name, "train")[1] for name in "abc")
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_with_another_set(self):
        base = program.idx(self.folder / "base", n_train=20, n_test=10)
        for path in list(base.iterdir())[:2]:  # plain and packed files may be mixed
            Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
        before = read(base, "train"), read(base, "t10k")
        for path in base.glob("*.gz"):
            path.with_suffix("").unlink()
        answer = run_json("synthesise", "--count", 10, "--with", base, "--out", self.folder / "both")
        self.assertEqual(answer["samples"], 30)
        header, images, _, labels = read(self.folder / "both", "train")
        self.assertEqual(header[1], 30)
        self.assertEqual(images[:20 * 784], before[0][1])
        self.assertEqual(labels, before[0][3] + bytes(range(10)))
        self.assertEqual(read(self.folder / "both", "t10k"), before[1])

    def test_refusals(self):
        base = program.idx(self.folder / "base", n_train=20, n_test=10)
        torn = program.idx(self.folder / "torn", n_train=20, n_test=10)
        images = torn / f"train-{PARTS[0]}"
        images.write_bytes(images.read_bytes()[:-1])
        out = ("--out", self.folder / "out")
        for words, message in (((), "--out"), ((*out, "--count", "0"), "--count"), ((*out, "--seed", "-1"), "--seed"),
                               ((*out, "--with", self.folder / "none"), "none"), ((*out, "--with", torn), "whole IDX"),
                               (("--with", base, "--out", base), "same folder"), (("--out", images), "ubyte")):
            done = run("synthesise", *words)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    sys.exit(tap.main())
