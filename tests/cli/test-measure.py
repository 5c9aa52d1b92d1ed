#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli selftest and bench."""
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import program
from program import NO_DEVICE, run, run_json, tap


class Tuning(unittest.TestCase):
    NET = ("bench", "--net", "mlp", "--input", "8x8x1", "--batch", "16", "--seconds", "0.05")

    def bench(self, *options, folder):
        done = run(*self.NET, *options, env={"XDG_CACHE_HOME": str(folder), "PERCEPTRON_TUNE": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def test_once(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertNotIn("uning", self.bench(folder=folder))
            self.assertIn("Tuned in", self.bench("--tune", folder=folder))
            self.assertNotIn("Tuned in", self.bench("--tune", folder=folder))
            kept = list(Path(folder).glob("perceptron/tuning/*"))
            self.assertEqual(len(kept), 1)
            kept[0].write_bytes(b"perceptron tuning 1\n\xff")
            said = self.bench("--no-tune", folder=folder)
            self.assertNotIn("damaged", said, "not even looked at")
            said = self.bench("--tune", folder=folder)
            self.assertIn("is damaged", said)
            self.assertIn("Tuned in", said)


class SelfTest(unittest.TestCase):
    def test_json(self):
        said = run_json("selftest", "--only", "dense")
        self.assertEqual(said["failed"], 0)
        self.assertEqual(said["passed"], len(said["tests"]))
        for test in said["tests"]:
            self.assertIn("dense", test["name"])
            self.assertTrue(test["passed"])
            self.assertLess(test["error"], test["tolerance"])

    def test_verbose_names_each(self):
        done = run("selftest", "--only", "optimizer", "--verbose")
        self.assertIn("optimizer adamw", done.stdout)
        self.assertIn(" passed, 0 failed", done.stdout)

    def test_lines(self):
        """One event a line: what will be done, each result, the end; what the window reads."""
        done = run("selftest", "--only", "optimizer", "--lines")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([lines[0]["event"], lines[-1]["event"]], ["start", "end"])
        self.assertEqual([t["name"] for t in lines[0]["tests"]], [t["name"] for t in lines[1:-1]])
        self.assertEqual({(t["event"], t["family"], t["passed"]) for t in lines[1:-1]}, {("result", "optimizer", True)})
        self.assertEqual((lines[-1]["passed"], lines[-1]["failed"]), (len(lines) - 2, 0))

    def test_lines_come_at_once(self):
        child = program.start("selftest", "--lines")
        self.assertEqual(json.loads(child.stdout.readline())["event"], "start")
        self.assertEqual(json.loads(child.stdout.readline())["event"], "result")
        # Nobody reads on: the test ends by itself.
        child.stdout.close()
        child.wait(timeout=60)
        child.stderr.close()

    def test_exit_codes(self):
        self.assertEqual(run("selftest", "--only", "no such test").returncode, 2)
        self.assertEqual(run("selftest", env=NO_DEVICE).returncode, 3)
        self.assertEqual(run("selftest", "--device", "no such device").returncode, 3)

    def test_second_driver(self):
        """Mesa's llvmpipe through rusticl: another compiler, and a graphics card as far as we can tell."""
        if not os.path.exists("/etc/OpenCL/vendors/rusticl.icd"):
            self.skipTest("Mesa's rusticl is not installed")
        env = {"OCL_ICD_VENDORS": "rusticl.icd", "RUSTICL_ENABLE": "llvmpipe"}
        if run("devices", env=env).returncode:
            self.skipTest("rusticl offers no device here")
        done = run("selftest", "--only", "optimizer", env=env, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = run("train", "--data", program.idx(program.HOME / "bars", 60, 20), "--net", "mlp", "--batch", 20,
                   "--epochs", 1, "--out", program.HOME / "second.onnx", env=env, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)


class Bench(unittest.TestCase):
    def test_json_of_a_net(self):
        said = run_json("bench", "--net", "mlp", "--seconds", 0.05)
        for key in ("net", "device", "batch", "ms", "p10", "p90", "steps", "images_per_s", "gflops", "device_bytes",
                    "first_step_s", "process_bytes", "peak_gflops", "peak_gbytes_per_s"):
            self.assertIn(key, said)
        self.assertEqual((said["net"], said["batch"]), ("mlp", 128))
        self.assertLessEqual(said["p10"], said["ms"])
        self.assertLessEqual(said["ms"], said["p90"])
        self.assertGreaterEqual(said["steps"], 5)
        self.assertAlmostEqual(said["images_per_s"], 128e3 / said["ms"], places=3)
        self.assertGreater(said["peak_gflops"], 0)
        self.assertGreater(said["process_bytes"], 1e6)
        # Two matrices of weights, their gradients and momentum are the least that a step needs.
        self.assertGreater(said["device_bytes"], 3 * 4 * (784 * 512 + 512 * 10))

    def test_latency(self):
        said = run_json("bench", "--net", "mlp", "--latency", "--seconds", 0.05)
        self.assertLessEqual(said["p50_ms"], said["p99_ms"])
        self.assertGreater(said["p50_ms"], 0)

    def test_profile_of_one_picture(self):
        said = run_json("bench", "--net", "mlp", "--latency", "--profile", "--seconds", 0.05)
        self.assertEqual(said["batch"], 1)
        self.assertEqual({row["pass"] for row in said["passes"] if row["layer"].startswith("dense")}, {"forward"})
        self.assertAlmostEqual(said["sum_ms"], sum(row["ms"] for row in said["kernels"]), places=6)
        done = run("bench", "--net", "mlp", "--latency", "--profile", "--seconds", 0.05)
        self.assertIn("one picture through mlp, from host to host", done.stdout)

    def test_peak_and_kernels(self):
        said = run_json("bench", "--kernels")
        self.assertGreater(said["peak_gbytes_per_s"], 0)
        names = " ".join(row["name"] for row in said["kernels"])
        for op in ("dense", "conv2d", "lstm"):
            self.assertIn(op, names)
        for row in said["kernels"]:
            for part in ("forward", "backward"):
                self.assertGreater(row[part]["ms"], 0)
                self.assertAlmostEqual(row[part]["share"], row[part]["gflops"] / said["peak_gflops"], places=6)
        self.assertRegex(run("bench", "--peak").stdout, r"[0-9.]+ GFLOP/s of multiply-adds, [0-9.]+ GB/s")

    def test_scale(self):
        said = run_json("bench", "--scale", "batch", "--net", "perceptron", "--input", "5x5x1", "--seconds", 0.01)
        self.assertEqual([row["batch"] for row in said["results"]], [2 ** i for i in range(11)])
        self.assertTrue(all(row["ms"] > 0 for row in said["results"]))
        said = run_json("bench", "--scale", "samples", "--net", "perceptron", "--input", "4x4x1", "--seconds", 0.05)
        self.assertEqual([row["samples"] for row in said["results"]], [1000, 10000, 100000, 1000000])
        last = said["results"][-1]
        self.assertAlmostEqual(last["streamed_ratio"], last["streamed_images_per_s"] / last["images_per_s"], places=6)
        said = run_json("bench", "--scale", "picture", "--net", "perceptron", "--seconds", 0.01, "--batch", 2)
        self.assertEqual([row["picture"] for row in said["results"]], [28, 40, 56, 80, 112, 160, 224])

    def test_profile(self):
        """Each layer and kernel of a step; the flops of a pass are the layer's, the shares make a whole."""
        said = run_json("bench", "--net", "mlp", "--batch", 16, "--seconds", 0.05, "--profile")
        passes = {(row["layer"], row["pass"]): row for row in said["passes"]}
        self.assertIn(("gather", ""), passes)
        self.assertIn(("dense1", "forward"), passes)
        self.assertIn(("optimizer", ""), passes)
        self.assertAlmostEqual(sum(row["share"] for row in said["kernels"]), 1, places=6)
        self.assertAlmostEqual(sum(row["ms"] for row in said["passes"]), said["sum_ms"], places=6)
        self.assertAlmostEqual(said["gap_ms"], said["ms"] - said["sum_ms"], places=6)
        forward, backward = passes["dense1", "forward"], passes["dense1", "backward"]
        # The first layer has no gradient of its input: as many multiply-adds back as forth.
        self.assertAlmostEqual(forward["gflops"] * forward["ms"], backward["gflops"] * backward["ms"], places=3)
        self.assertAlmostEqual(forward["gflops"] * forward["ms"], 2 * 784 * 512 * 16 / 1e6, places=3)
        done = run("bench", "--net", "mlp", "--batch", 16, "--seconds", 0.05, "--profile")
        self.assertIn("gather_plain", done.stdout)

    def test_lines(self):
        done = run("bench", "--net", "mlp", "--seconds", 0.3, "--input", "14x14x1", "--classes", 2, "--batch", 8, "--lines")
        self.assertEqual(done.returncode, 0, done.stderr)
        *progress, result = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({line["event"] for line in progress}, {"progress"})
        self.assertIsNone(progress[0]["fraction"], "kernels are compiled first")
        self.assertTrue(any(line["fraction"] is not None for line in progress))
        self.assertEqual((result["net"], result["batch"]), ("mlp", 8))
        # A smaller picture and fewer classes make a smaller net.
        self.assertLess(result["device_bytes"], 3 * 4 * (784 * 512 + 512 * 10))

    def test_any_net_and_batch(self):
        self.assertEqual(run_json("bench", "--net", "perceptron", "--batch", 16, "--seconds", 0.05)["batch"], 16)

    def test_bad_usage(self):
        for words in (("--net", "foo"), ("--input", "28"), ("--input", "0x1x1"), ("--input", "28x28x3x"), ("--classes", "1"), ("--seconds", "0"), ("--batch", "-3"),
                      ("--peak", "--latency"), ("--peak", "--lines"), ("--scale", "width"), ("--scale", "batch", "--peak"), ("--profile", "--lines"), ("surplus",)):
            self.assertEqual(run("bench", *words).returncode, 2, words)

    def test_no_device(self):
        self.assertEqual(run("bench", env=NO_DEVICE).returncode, 3)


if __name__ == "__main__":
    sys.exit(tap.main())
