#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli train: what it writes, what it refuses, and what is left when it is stopped or killed."""
import csv
import functools
import signal
import sys
import time
import unittest

import program
from program import HOME, NO_DEVICE, run, run_json, start, tap

FAST = ("--net", "mlp", "--batch", "40", "--seed", "3")


@functools.lru_cache(None)
def bars():
    return program.idx(HOME / "bars")


@functools.lru_cache(None)
def trained():
    """What train says of a finished run, its model and its log."""
    out, log = HOME / "trained.onnx", HOME / "trained.csv"
    said = run_json("train", "--data", bars(), *FAST, "--epochs", 6, "--split", 0.2, "--out", out, "--log", log)
    return said, out, log


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.02)


class Result(unittest.TestCase):
    def test_json(self):
        said, out, _ = trained()
        for key in ("model", "net", "device", "epochs", "seconds", "loss", "accuracy", "val_loss", "val_accuracy",
                    "interrupted", "stopped_early"):
            self.assertIn(key, said)
        self.assertEqual(said["epochs"], 6)
        self.assertFalse(said["interrupted"])
        self.assertEqual(said["model"], str(out))
        self.assertGreater(said["val_accuracy"], 0.95)

    def test_log_has_a_line_an_epoch(self):
        with open(trained()[2], newline="", encoding="utf-8") as f:
            rows = list(csv.DictReader(f))
        self.assertEqual([r["epoch"] for r in rows], ["1", "2", "3", "4", "5", "6"])
        self.assertLess(float(rows[-1]["loss"]), float(rows[0]["loss"]))
        for row in rows:
            for key in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"):
                float(row[key])

    def test_model_tells_of_itself(self):
        said = run_json("inspect", trained()[1])
        self.assertEqual(said["classes"], [str(c) for c in range(10)])
        self.assertEqual(said["net"], "mlp")

    def test_same_seed_same_bytes(self):
        models = []
        for name, seed, stream in (("a", 5, ""), ("b", 5, ""), ("c", 6, ""), ("streamed", 5, "1")):
            out = HOME / f"seed-{name}.onnx"
            done = run("train", "--data", bars(), "--net", "mlp", "--batch", 40, "--seed", seed, "--epochs", 2,
                       "--augment", "digits", "--out", out, env={"PERCEPTRON_STREAM_BYTES": stream})
            self.assertEqual(done.returncode, 0, done.stderr)
            models.append(out.read_bytes())
        self.assertEqual(models[0], models[1])
        self.assertNotEqual(models[0], models[2])
        self.assertEqual(models[0], models[3], "a set that streams gives the same model")

    def test_lines_where_there_is_no_terminal(self):
        done = run("train", "--data", bars(), *FAST, "--epochs", 2, "--out", HOME / "lines.onnx")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("epoch 1/2", done.stderr)
        self.assertIn("epoch 2/2", done.stderr)
        self.assertNotIn("\r", done.stderr)
        self.assertIn("lines.onnx", done.stdout)

    def test_perceptron_counts_mistakes(self):
        log = HOME / "perceptron.csv"
        done = run("train", "--data", bars(), "--net", "perceptron", "--batch", 40, "--epochs", 4, "--log", log,
                   "--out", HOME / "perceptron.onnx")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(log, newline="", encoding="utf-8") as f:
            mistakes = [int(r["mistakes"]) for r in csv.DictReader(f)]
        self.assertGreater(mistakes[0], 0)
        self.assertLess(mistakes[-1], mistakes[0])

    def test_folders_of_photos(self):
        said = run_json("train", "--data", program.colours(HOME / "colours"), "--net", "convnet-rgb", "--batch", 8,
                        "--epochs", 3, "--augment", "photos", "--optimizer", "adam", "--out", HOME / "colours.onnx")
        self.assertEqual(said["epochs"], 3)
        self.assertTrue(run_json("inspect", HOME / "colours.onnx")["input"].startswith("64"))


class BadInput(unittest.TestCase):
    def refused(self, *words, says="", status=2):
        out = HOME / "refused.onnx"
        done = run("train", *(words if "--out" in words else (*words, "--out", out)))
        self.assertEqual(done.returncode, status, (words, done.stderr))
        self.assertEqual(done.stdout, "")
        self.assertIn(says, done.stderr)
        self.assertNotIn("(null)", done.stderr)
        self.assertFalse(out.exists())

    def test_options(self):
        for option, value, says in (
                ("--epochs", 0, "--epochs"), ("--epochs", "x", "--epochs"), ("--batch", -1, "--batch"),
                ("--batch", 0, "--batch"), ("--lr", -1, "--lr"), ("--lr", "nan", "--lr"), ("--split", 2, "--split"),
                ("--optimizer", "foo", "nesterov"), ("--schedule", "foo", "cosine"), ("--augment", "foo", "photos"),
                ("--net", "foo", "convnet"), ("--net", "/nonexistent.json", "/nonexistent.json")):
            self.refused("--data", bars(), option, value, says=says)

    def test_what_is_missing(self):
        self.refused(says="--data")
        done = run("train", "--data", bars())
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--out", done.stderr)

    def test_val_and_split(self):
        self.refused("--data", bars(), "--val", bars(), "--split", 0.1, says="--split")

    def test_data(self):
        self.refused("--data", HOME / "nothing-here", says="nothing-here")
        (HOME / "empty").mkdir(exist_ok=True)
        self.refused("--data", HOME / "empty", says="empty")
        one = program.colours(HOME / "one") / "red"
        self.refused("--data", one, says="red")

    def test_net_that_is_no_json(self):
        net = HOME / "broken.json"
        net.write_text('{"format": 1, "layers": [', encoding="utf-8")
        self.refused("--data", bars(), "--net", net, says="broken.json")

    def test_place_that_can_not_be_written(self):
        self.refused("--data", bars(), "--out", HOME / "no" / "folder" / "m.onnx", says="folder")
        self.refused("--data", bars(), "--out", HOME, says=str(HOME))

    def test_no_device(self):
        done = run("train", "--data", bars(), "--out", HOME / "refused.onnx", env=NO_DEVICE)
        self.assertEqual(done.returncode, 3)
        self.refused("--data", bars(), "--device", "no such device", says="no such device", status=3)


class Stopped(unittest.TestCase):
    def train_for_ever(self, out, *more):
        return start("train", "--data", bars(), *FAST, "--epochs", 100000, "--out", out, *more)

    def test_interrupt_saves(self):
        out = HOME / "interrupted.onnx"
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), self.train_for_ever(out, "--json") as process:
                wait_for(out.exists)
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 0, stderr)
                self.assertIn('"interrupted" : true', stdout)
                self.assertEqual(run("inspect", out).returncode, 0)
                out.unlink()

    def test_killed_training_leaves_a_whole_model(self):
        out = HOME / "killed.onnx"
        for delay in (0, 0.05, 0.13, 0.2, 0.31):
            with self.train_for_ever(out) as process:
                wait_for(out.exists)
                before = out.stat().st_mtime_ns
                wait_for(lambda: out.stat().st_mtime_ns != before)
                time.sleep(delay)
                process.kill()
                process.wait()
            done = run("inspect", out)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    sys.exit(tap.main())
