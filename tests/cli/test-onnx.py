#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run-onnx, export, and models of other programs, from outside."""
import json
import shutil
import struct
import subprocess
import sys
import unittest

import program as cli
import protobuf

NET = {"format": 1, "name": "small", "input": {"height": 12, "width": 12, "channels": 3}, "layers": [
    {"op": "conv2d", "name": "a", "filters": 6, "kernel": 3, "padding": "same", "activation": "relu"},
    {"op": "conv2d", "name": "b", "filters": 6, "kernel": [3, 2], "groups": 3, "padding": "same", "bias": False},
    {"op": "batch_norm", "activation": "leaky_relu"}, {"op": "add", "inputs": ["a", "batch_norm1"]},
    {"op": "max_pool", "size": 3, "stride": 2, "padding": "same"}, {"op": "avg_pool", "size": 2},
    {"op": "sigmoid"}, {"op": "dropout", "rate": 0.1}, {"op": "flatten"},
    {"op": "dense", "units": 9, "activation": "tanh"}, {"op": "dense", "units": "classes"}]}


def setUpModule():
    """A tiny network that tells red from blue, trained once for all tests."""
    global DATA, MODEL
    DATA = cli.colours(cli.HOME / "colours")
    net = cli.HOME / "net.json"
    net.write_text(json.dumps(NET))
    MODEL = cli.HOME / "model.onnx"
    done = cli.run("train", "--data", DATA, "--net", net, "--epochs", 2, "--batch", 4, "--out", MODEL)
    assert done.returncode == 0, done.stderr


def strip(path, to):
    """The same model as another program would have written it: without the metadata that only we read."""
    to.write_bytes(protobuf.without_metadata(path.read_bytes()))
    return to


def metadata(path):
    found = {}
    for field in protobuf.fields(path.read_bytes()):
        if field.number == protobuf.METADATA:
            parts = {part.number: part.value.decode() for part in protobuf.fields(field.value)}
            found[parts[1]] = parts[2]
    return found


def opset(path):
    for field in protobuf.fields(path.read_bytes()):
        if field.number == 8:
            return next(part.value for part in protobuf.fields(field.value) if part.number == 2)
    return None


def npy(path, shape, values):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': %r, }" % (tuple(shape),)
    path.write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode()
                     + struct.pack("<%df" % len(values), *values))
    return path


def read_npy(path):
    data = path.read_bytes()
    length = struct.unpack_from("<H", data, 8)[0]
    numbers = data[10 + length:]
    return data[10:10 + length].decode(), struct.unpack("<%df" % (len(numbers) // 4), numbers)


class RunOnnx(unittest.TestCase):
    def test_answers(self):
        image = npy(cli.HOME / "in.npy", (2, 3, 12, 12), [float(i % 256) for i in range(2 * 3 * 144)])
        out = cli.HOME / "out"
        said = cli.run_json("run-onnx", MODEL, image, "--out", out)
        self.assertEqual(said["outputs"][0]["shape"], "2×2")
        header, p = read_npy(out / "output_0.npy")
        self.assertIn("(2, 2, )", header)
        self.assertAlmostEqual(p[0] + p[1], 1, places=5)

    def test_not_supported(self):
        other = cli.HOME / "other.onnx"
        other.write_bytes(MODEL.read_bytes().replace(b"LeakyRelu", b"LeekyRelu"))
        done = cli.run("run-onnx", other, "--out", cli.HOME / "out")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, "node .*LeekyRelu.*isn't supported")

    def test_bad_input(self):
        image = npy(cli.HOME / "small.npy", (1, 3, 4, 4), [0.0] * 48)
        broken = cli.HOME / "broken.onnx"
        broken.write_bytes(MODEL.read_bytes()[:-40])
        for arguments in ((MODEL, image), (MODEL,), (MODEL, MODEL), (broken, image), (cli.HOME / "absent.onnx", image)):
            done = cli.run("run-onnx", *arguments, "--out", cli.HOME / "out")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertTrue(done.stderr.strip())
        self.assertEqual(cli.run("run-onnx", MODEL, image).returncode, 2)


class Foreign(unittest.TestCase):
    def test_opens_like_ours(self):
        foreign = strip(MODEL, cli.HOME / "foreign.onnx")
        about = cli.run_json("inspect", foreign)
        self.assertEqual(about["classes"], ["class 0", "class 1"])
        self.assertEqual(about["input"], "12×12×3")
        self.assertEqual(about["metadata"]["imported_from"], "perceptron")
        picture = next((DATA / "red").iterdir())
        ours, theirs = (cli.run_json("predict", "--model", m, picture) for m in (MODEL, foreign))
        a, b = (r["results"][0] if "results" in r else r["predictions"][0] for r in (ours, theirs))
        self.assertAlmostEqual(a["probability"], b["probability"], delta=1e-4)
        a, b = (cli.run_json("evaluate", "--model", m, "--data", renamed(m), "--part", "all") for m in (MODEL, foreign))
        self.assertAlmostEqual(a["loss"], b["loss"], delta=1e-4)

    def test_pixel_range(self):
        """Its arithmetic says that it wants bytes; whoever knows better can say so."""
        foreign = strip(MODEL, cli.HOME / "range.onnx")
        self.assertEqual(cli.run_json("inspect", foreign)["metadata"]["pixels"], "0 to 255")
        white, grey, dark = (cli.HOME / f"{v}.png" for v in (255, 128, 1))
        for path, value in ((white, 255), (grey, 128), (dark, 1)):
            cli.png(path, 12, 12, lambda x, y, value=value: (value,) * 3)

        def ask(picture, *options):
            return cli.run_json("predict", "--model", foreign, picture, *options)["predictions"][0]["probabilities"]["class 0"]

        self.assertAlmostEqual(ask(white), ask(white, "--pixels", "0-255"), delta=1e-6)
        self.assertNotAlmostEqual(ask(white), ask(dark), delta=1e-3)
        # White is 1 in both of the others.
        self.assertAlmostEqual(ask(white, "--pixels", "0-1"), ask(dark, "--pixels", "0-255"), delta=1e-5)
        self.assertAlmostEqual(ask(white, "--pixels", "-1-1"), ask(dark, "--pixels", "0-255"), delta=1e-5)
        self.assertNotAlmostEqual(ask(grey, "--pixels", "-1-1"), ask(grey), delta=1e-3)
        for model, given, word in ((foreign, "0-2", "0-255"), (MODEL, "0-1", "this program")):
            done = cli.run("predict", "--model", model, white, "--pixels", given)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(word, done.stderr)
        # An export of it is verified against what was said.
        out = cli.HOME / "range-out.onnx"
        self.assertLess(cli.run_json("export", foreign, "--format", "onnx", "--out", out, "--pixels", "0-1")["difference"], 1e-4)
        again = cli.run_json("predict", "--model", out, white)["predictions"][0]["probabilities"]["class 0"]
        self.assertAlmostEqual(again, ask(white, "--pixels", "0-1"), delta=1e-5)

    def test_refusal(self):
        foreign = strip(MODEL, cli.HOME / "refused.onnx")
        foreign.write_bytes(foreign.read_bytes().replace(b"Sigmoid", b"Softsin"))
        done = cli.run("inspect", foreign)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "node [0-9]+ .*Softsin")


class Pretrained(unittest.TestCase):
    """A network of 48 convolutions that another program has trained and written."""

    def setUp(self):
        folder = cli.tap.shared()
        self.model = folder / "backbone" / "lite0.onnx" if folder else None
        if not self.model or not self.model.exists():
            self.skipTest("no folder of shared test data")

    def test_export_says_the_same(self):
        about = cli.run_json("inspect", self.model)
        self.assertEqual((about["input"], len(about["classes"])), ("224×224×3", 1000))
        said = cli.run_json("export", self.model, "--format", "onnx-opset10", "--out", cli.HOME / "lite0.onnx")
        self.assertLess(said["difference"], 1e-5)


def renamed(model):
    """The data set with classes called as the model's are."""
    if model == MODEL:
        return DATA
    folder = cli.HOME / "numbered"
    if not folder.exists():
        for i, name in enumerate(("blue", "red")):
            shutil.copytree(DATA / name, folder / f"class {i}")
    return folder


class Export(unittest.TestCase):
    def export(self, format_, name, *more):
        out = cli.HOME / name
        return out, cli.run_json("export", MODEL, "--format", format_, "--out", out, *more)

    def test_train_verifies(self):
        self.assertRegex(metadata(MODEL)["perceptron.info.verified"], r"^[0-9.]+e-[0-9]+ on [0-9]+ pictures$")

    def test_onnx(self):
        for format_, version in (("onnx", 13), ("onnx-opset10", 10)):
            out, said = self.export(format_, format_ + ".onnx", "--data", DATA)
            self.assertLess(said["difference"], 1e-5)
            self.assertGreater(said["pictures"], 0)
            self.assertEqual(opset(out), version)
            self.assertIn("verified", cli.run_json("inspect", out)["metadata"])

    def test_without_a_device(self):
        out = cli.HOME / "no-device.onnx"
        said = cli.run_json("export", MODEL, "--format", "onnx", "--out", out, env=cli.NO_DEVICE)
        self.assertEqual(said["compared_with"], "the reference in C")
        self.assertLess(said["difference"], 1e-5)
        done = cli.run("export", MODEL, "--format", "onnx", "--out", out, "--device", "0", env=cli.NO_DEVICE)
        self.assertEqual(done.returncode, 3)

    def test_safetensors(self):
        out, said = self.export("safetensors", "model.safetensors")
        self.assertEqual(said["difference"], 0)
        data = out.read_bytes()
        length = struct.unpack_from("<Q", data)[0]
        self.assertEqual(length % 8, 0)
        header = json.loads(data[8:8 + length])
        self.assertEqual(json.loads(header.pop("__metadata__")["perceptron.classes"]), ["blue", "red"])
        self.assertEqual(header["a.weight"]["shape"], [6, 3, 3, 3])
        ends = [0]
        for about in sorted(header.values(), key=lambda a: a["data_offsets"]):
            self.assertEqual(about["data_offsets"][0], ends[-1])
            ends.append(about["data_offsets"][1])
        self.assertEqual(8 + length + ends[-1], len(data))

    def test_c(self):
        compiler = shutil.which("cc")
        if not compiler:
            self.skipTest("no C compiler")
        out, _ = self.export("c", "Tiny-net.c")
        self.assertIn("#define TINY_NET_CLASSES 2", (cli.HOME / "tiny_net.h").read_text())
        binary = cli.HOME / "tiny"
        subprocess.run([compiler, "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-DTINY_NET_TEST", out, "-lm",
                        "-o", binary], check=True)
        done = subprocess.run([binary], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertLess(float(done.stdout.split()[-1]), 1e-4)

    def test_bad_usage(self):
        out = cli.HOME / "x.onnx"
        for arguments in ((MODEL, "--format", "pickle", "--out", out), (MODEL, "--out", out),
                          (DATA, "--format", "onnx", "--out", out),
                          (MODEL, "--format", "onnx", "--out", cli.HOME / "nowhere" / "x.onnx")):
            done = cli.run("export", *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse(out.exists())


if __name__ == "__main__":
    setUpModule()
    sys.exit(cli.tap.main())
