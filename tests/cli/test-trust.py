#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far predictions can be trusted: calibration, temperature, “unknown”, and pictures sorted into a zip."""
import csv
import functools
import io
import json
import math
import os
import shutil
import sys
import unittest
import zipfile

import program
from program import HOME, run, run_json, tap

N = 60


@functools.lru_cache(None)
def clean():
    return program.colours(HOME / "clean", n=N)


@functools.lru_cache(None)
def noisy():
    """Of each class every fourth picture is called by the other's name: who is sure of all of them is wrong of a quarter."""
    source, target = clean(), HOME / "noisy"
    for name, other in (("blue", "red"), ("red", "blue")):
        for i in range(N):
            folder = target / (other if i % 4 == 0 else name)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name / f"{i:02}.png", folder / f"{name}-{i:02}.png")
    return target


def train(name, data, *options):
    net, out = HOME / "small.json", HOME / name
    net.write_text(json.dumps({"format": 1, "name": "small", "input": {"height": 8, "width": 8, "channels": 3},
                               "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
    said = run_json("train", "--data", data, "--net", net, "--epochs", 3, "--batch", 8, "--lr", 0.0005, *options, "--out", out)
    return out, said


@functools.lru_cache(None)
def sure():
    """A model that learnt from the right names, and makes no mistake there."""
    return train("sure.onnx", clean(), "--split", 0.4)


@functools.lru_cache(None)
def calibrated():
    out = HOME / "calibrated.onnx"
    said = run_json("evaluate", "--model", sure()[0], "--data", noisy(), "--calibrate", out, "--threshold", 0.7)
    return out, said


class Calibration(unittest.TestCase):
    def test_before_and_after(self):
        raw = run_json("evaluate", "--model", sure()[0], "--data", noisy())
        self.assertNotIn("calibrated", raw)
        self.assertAlmostEqual(raw["accuracy"], 0.75)
        self.assertAlmostEqual(raw["reliability"]["nll"], raw["loss"], places=5)
        bins = raw["reliability"]["bins"]
        self.assertEqual(sum(b["n"] for b in bins), 2 * N)
        self.assertAlmostEqual(raw["reliability"]["ece"],
                               sum(b["n"] * abs(b["accuracy"] - b["confidence"]) for b in bins) / (2 * N), places=9)
        out, said = calibrated()
        before, after = said["reliability"], said["calibrated"]
        self.assertGreater(before["ece"], 0.15)
        self.assertLess(after["ece"], before["ece"] / 2)
        self.assertLess(after["nll"], before["nll"])
        self.assertGreater(after["temperature"], 1)
        self.assertEqual(said["accuracy"], raw["accuracy"])
        # It is kept with the model, and used from then on.
        again = run_json("evaluate", "--model", out, "--data", noisy())
        self.assertEqual(again["calibrated"]["ece"], after["ece"])
        self.assertEqual(again["threshold"], 0.7)
        about = run_json("inspect", out)["metadata"]
        self.assertAlmostEqual(float(about["temperature"]), after["temperature"], places=3)
        said = run("evaluate", "--model", out, "--data", noisy()).stdout
        for word in ("calibration error", "negative log-likelihood", "temperature", "threshold", "kept"):
            self.assertIn(word, said)

    def test_predict_uses_it(self):
        out, said = calibrated()
        t, picture = said["calibrated"]["temperature"], clean() / "red" / "01.png"
        raw, cool = (run_json("predict", "--model", m, picture)["predictions"][0]["probabilities"] for m in (sure()[0], out))
        powers = {c: p ** (1 / t) for c, p in raw.items()}
        for name, p in cool.items():
            self.assertAlmostEqual(p, powers[name] / sum(powers.values()), places=4)

    def test_training_does_it(self):
        """At the end, from the pictures of validation, where these have something to say."""
        self.assertIsNone(sure()[1]["temperature"])  # no mistake
        _, said = train("noisy.onnx", noisy(), "--split", 0.4)
        self.assertGreater(said["temperature"], 0)
        _, said = train("few.onnx", noisy(), "--split", 0.1)
        self.assertIsNone(said["temperature"])  # 12 pictures

    def test_refused(self):
        out = HOME / "refused.onnx"
        for data, word in ((clean(), "no mistake"), (program.colours(HOME / "tiny", n=3), "20")):
            done = run("evaluate", "--model", sure()[0], "--data", data, "--calibrate", out)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(word, done.stderr)
            self.assertFalse(out.exists())
        for options in (("--threshold", 2), ("--threshold", "nan"), ("--calibrate", HOME), ("--calibrate", HOME / "no/x.onnx")):
            done = run("evaluate", "--model", sure()[0], "--data", noisy(), *options)
            self.assertEqual(done.returncode, 2, done.stderr)


class Unknown(unittest.TestCase):
    def test_threshold(self):
        out, _ = calibrated()
        whole = run_json("predict", "--model", out, clean(), "--threshold", 0)["predictions"]
        self.assertEqual({p["class"] for p in whole}, {"blue", "red"})
        self.assertNotIn("guess", whole[0])
        middle = sorted(p["probability"] for p in whole)[N]
        said = run_json("predict", "--model", out, clean(), "--threshold", middle)["predictions"]
        for p in said:
            self.assertEqual(p["class"] == "unknown", p["probability"] < middle)
            self.assertIn(p["guess"], ("blue", "red"))
            self.assertEqual(p["probabilities"][p["guess"]], p["probability"])
        unknown = sum(p["class"] == "unknown" for p in said)
        self.assertTrue(0 < unknown < 2 * N, unknown)
        rows = list(csv.DictReader(io.StringIO(run("predict", "--model", out, clean(), "--csv", "--threshold", middle).stdout)))
        self.assertEqual(sum(r["class"] == "unknown" for r in rows), unknown)
        self.assertEqual(list(rows[0]), ["file", "class", "probability", "blue", "red"])
        # What the model keeps holds where nothing else is said.
        kept = run_json("predict", "--model", out, clean())["predictions"]
        self.assertEqual([p["class"] == "unknown" for p in kept], [p["probability"] < 0.7 for p in kept])
        self.assertIn("unknown", run("predict", "--model", out, clean(), "--threshold", 1).stdout)

    def test_bad_threshold(self):
        for value in ("1.5", "-0.1", "x", "nan"):
            done = run("predict", "--model", sure()[0], clean(), "--threshold", value)
            self.assertEqual((done.returncode, done.stdout), (2, ""), value)


class Zip(unittest.TestCase):
    def test_sorted_by_class(self):
        folder = HOME / "to sort é"
        for part in ("a", "b"):
            (folder / part).mkdir(parents=True)
        shutil.copy(clean() / "red" / "01.png", folder / "a" / "same name.png")
        shutil.copy(clean() / "blue" / "01.png", folder / "a" / "é.png")
        shutil.copy(clean() / "red" / "02.png", folder / "b" / "same name.png")
        (folder / "broken.png").write_text("no picture", encoding="utf-8")
        out = HOME / "sorted.zip"
        said = run_json("predict", "--model", sure()[0], folder, "--format", "zip", "--out", out)
        self.assertEqual((said["pictures"], len(said["rejects"])), (3, 1))
        with zipfile.ZipFile(out) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(sorted(archive.namelist()), ["blue/é.png", "predictions.csv", "red/same name (2).png",
                                                          "red/same name.png"])
            self.assertEqual(archive.read("blue/é.png"), (clean() / "blue" / "01.png").read_bytes())
            rows = list(csv.DictReader(io.StringIO(archive.read("predictions.csv").decode())))
        self.assertEqual({r["file"] for r in rows}, {"blue/é.png", "red/same name (2).png", "red/same name.png"})
        for row in rows:
            self.assertEqual(row["file"].split("/")[0], row["class"])
        # All unknown, in the place of the first.
        self.assertIn("sorted.zip", run("predict", "--model", sure()[0], folder, "--format", "zip", "--out", out,
                                        "--threshold", 1).stdout)
        with zipfile.ZipFile(out) as archive:
            self.assertEqual({n.split("/")[0] for n in archive.namelist()}, {"unknown", "predictions.csv"})
        self.assertEqual([f for f in os.listdir(HOME) if f.startswith("sorted.zip")], ["sorted.zip"])

    def test_usage(self):
        for options in (("--format", "zip"), ("--out", HOME / "x.zip"), ("--format", "rar"),
                        ("--format", "zip", "--out", HOME / "none" / "x.zip")):
            done = run("predict", "--model", sure()[0], clean() / "red" / "01.png", *options)
            self.assertEqual((done.returncode, done.stdout), (2, ""), options)
        for name in ("csv", "json", "table"):
            done = run("predict", "--model", sure()[0], clean() / "red" / "01.png", "--format", name)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("red", done.stdout)
        self.assertTrue(math.isfinite(json.loads(run("predict", "--model", sure()[0], clean() / "red" / "01.png", "--format",
                                                     "json").stdout)["predictions"][0]["probability"]))


if __name__ == "__main__":
    sys.exit(tap.main())
