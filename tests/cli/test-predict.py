#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""perceptron-cli inspect, evaluate and predict."""
import csv
import functools
import io
import json
import sys
import unittest

import program
from program import HOME, NO_DEVICE, run, run_json, tap


@functools.lru_cache(None)
def colours():
    return program.colours(HOME / "colours pictures é", n=20)


@functools.lru_cache(None)
def bars():
    return program.idx(HOME / "bars")


def train(name, data, *options):
    out = HOME / name
    done = run("train", "--data", data, *options, "--out", out)
    if done.returncode:
        raise AssertionError(done.stderr)
    return out


@functools.lru_cache(None)
def colour_model():
    net = HOME / "small.json"
    net.write_text(json.dumps({"format": 1, "name": "small", "input": {"height": 16, "width": 16, "channels": 3},
                               "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
    return train("colours.onnx", colours(), "--net", net, "--epochs", 5, "--batch", 8, "--split", 0.2)


@functools.lru_cache(None)
def bar_model():
    return train("bars.onnx", bars(), "--net", "mlp", "--epochs", 8, "--batch", 40)


@functools.lru_cache(None)
def strokes():
    """Drawings of a line, of a ring, one without a label, an empty line."""
    ring = [[10, 0], [20, 10], [10, 20], [0, 10], [10, 0]]
    lines = [{"label": "1", "strokes": [[[5, 0], [5, 100]]]}, {"label": 0, "strokes": [ring]},
             {"strokes": [[[0, 0], [300, 0]], [[300, 0], [0, 900]]]}]
    path = HOME / "strokes.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    return path


class Inspect(unittest.TestCase):
    def test_json(self):
        said = run_json("inspect", colours())
        self.assertEqual(said["classes"], ["blue", "red"])
        self.assertEqual(said["counts"], [20, 20])
        self.assertEqual(said["rejects"], [])
        self.assertEqual(said["format"], "folder")

    def test_own_split_of_idx(self):
        said = run_json("inspect", bars())
        self.assertEqual((sum(said["train"]), sum(said["test"])), (240, 60))
        self.assertEqual(said["size"], [28, 28, 1])

    def test_rejects_are_told_with_reasons(self):
        data = program.colours(HOME / "with rejects", n=4)
        (data / "red" / "notes.jpg").write_text("not a picture", encoding="utf-8")
        whole = (data / "red" / "00.png").read_bytes()
        (data / "red" / "cut.png").write_bytes(whole[:len(whole) // 2])
        said = run_json("inspect", data)
        self.assertEqual(said["counts"], [4, 4])
        self.assertEqual({r["name"].split("/")[-1] for r in said["rejects"]}, {"notes.jpg", "cut.png"})
        for reject in said["rejects"]:
            self.assertTrue(reject["reason"].endswith("."))
        text = run("inspect", data).stdout
        self.assertIn("notes.jpg", text)
        self.assertIn("cut.png", text)

    def test_several_folders_are_classes(self):
        said = run_json("inspect", colours() / "red", colours() / "blue")
        self.assertEqual(sorted(said["classes"]), ["blue", "red"])

    def test_bad_data(self):
        (HOME / "empty").mkdir()
        for path in (HOME / "none", HOME / "empty"):
            self.assertEqual(run("inspect", path).returncode, 2)

    def test_damaged_model(self):
        damaged = HOME / "damaged.onnx"
        damaged.write_bytes(bar_model().read_bytes()[:1000])
        done = run("inspect", damaged)
        self.assertEqual(done.returncode, 2)
        self.assertIn("damaged.onnx", done.stderr)


class Evaluate(unittest.TestCase):
    def test_json(self):
        said = run_json("evaluate", "--model", bar_model(), "--data", bars())
        for key in ("accuracy", "loss", "classes", "confusion", "precision", "recall"):
            self.assertIn(key, said)
        self.assertEqual((said["part"], said["n"]), ("test", 60))
        right = sum(said["confusion"][c][c] for c in range(10))
        self.assertAlmostEqual(said["accuracy"], right / 60)
        self.assertEqual(sum(map(sum, said["confusion"])), 60)
        self.assertGreater(said["accuracy"], 0.9)
        for c in range(10):
            self.assertAlmostEqual(said["recall"][c], said["confusion"][c][c] / 6)

    def test_part(self):
        for part, n in (("train", 240), ("all", 300)):
            self.assertEqual(run_json("evaluate", "--model", bar_model(), "--data", bars(), "--part", part)["n"], n)
        self.assertEqual(run("evaluate", "--model", bar_model(), "--data", bars(), "--part", "x").returncode, 2)
        self.assertEqual(run("evaluate", "--model", bar_model(), "--data", bars(), "--part", "val").returncode, 2)

    def test_text(self):
        said = run("evaluate", "--model", colour_model(), "--data", colours()).stdout
        for word in ("accuracy", "loss", "precision", "recall", "blue", "red"):
            self.assertIn(word, said)

    def test_other_classes_are_refused(self):
        done = run("evaluate", "--model", bar_model(), "--data", colours())
        self.assertEqual(done.returncode, 2)
        self.assertIn("blue", done.stderr)

    def test_bad_input(self):
        text = HOME / "text.onnx"
        text.write_text("hello", encoding="utf-8")
        for model in (text, HOME / "none.onnx", HOME):
            done = run("evaluate", "--model", model, "--data", bars())
            self.assertEqual(done.returncode, 2, model)
            self.assertIn(str(model), done.stderr)
        self.assertEqual(run("evaluate", "--model", bar_model(), "--data", HOME / "none").returncode, 2)

    def test_no_device(self):
        self.assertEqual(run("evaluate", "--model", bar_model(), "--data", bars(), env=NO_DEVICE).returncode, 3)


class Predict(unittest.TestCase):
    def test_folder(self):
        said = run_json("predict", "--model", colour_model(), colours())
        self.assertEqual(len(said["predictions"]), 40)
        for p in said["predictions"]:
            self.assertIn(f"/{p['class']}/", p["file"])
            self.assertAlmostEqual(sum(p["probabilities"].values()), 1, places=4)
            self.assertAlmostEqual(max(p["probabilities"].values()), p["probability"])

    def test_csv(self):
        done = run("predict", "--model", colour_model(), "--csv", colours() / "red" / "00.png", colours() / "blue")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual([r["class"] for r in rows], ["red"] + ["blue"] * 20)
        self.assertEqual(list(rows[0]), ["file", "class", "probability", "blue", "red"])

    def test_table(self):
        done = run("predict", "--model", colour_model(), colours() / "red" / "01.png")
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("red", done.stdout)

    def test_unreadable_file_is_told_and_the_rest_done(self):
        bad = HOME / "bad.png"
        bad.write_text("hello", encoding="utf-8")
        done = run("predict", "--model", colour_model(), bad, colours() / "red" / "00.png")
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.png", done.stderr)
        self.assertIn("00.png", done.stdout)
        done = run("predict", "--model", colour_model(), bad)
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_missing_file(self):
        done = run("predict", "--model", colour_model(), HOME / "none.png")
        self.assertEqual(done.returncode, 2)
        self.assertIn("none.png", done.stderr)

    def test_strokes(self):
        said = run_json("predict", "--model", bar_model(), "--strokes", strokes())
        self.assertEqual([p["line"] for p in said["predictions"]], [1, 2, 3])
        self.assertEqual([p["label"] for p in said["predictions"]], ["1", "0", None])
        right = sum(p["class"] == p["label"] for p in said["predictions"])
        self.assertAlmostEqual(said["accuracy"], right / 2)
        self.assertIn("accuracy", run("predict", "--model", bar_model(), "--strokes", strokes()).stdout)

    def test_strokes_without_labels_have_no_accuracy(self):
        path = HOME / "unlabelled.jsonl"
        path.write_text('{"strokes":[[[0,0],[1,5]]]}\n', encoding="utf-8")
        self.assertIsNone(run_json("predict", "--model", bar_model(), "--strokes", path)["accuracy"])

    def test_damaged_strokes(self):
        path = HOME / "damaged.jsonl"
        path.write_text('{"strokes":[[[0,0],[1,5]]]}\n{"strokes": 7}\n', encoding="utf-8")
        done = run("predict", "--model", bar_model(), "--strokes", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn("2", done.stderr)

    def test_strokes_need_a_model_of_digits(self):
        self.assertEqual(run("predict", "--model", colour_model(), "--strokes", strokes()).returncode, 2)

    def test_usage(self):
        for words in ((), ("x.png",), ("--model", bar_model()), ("--model", bar_model(), "--strokes", strokes(), "x")):
            self.assertEqual(run("predict", *words).returncode, 2)

    def test_no_device(self):
        self.assertEqual(run("predict", "--model", bar_model(), "--strokes", strokes(), env=NO_DEVICE).returncode, 3)


if __name__ == "__main__":
    sys.exit(tap.main())
