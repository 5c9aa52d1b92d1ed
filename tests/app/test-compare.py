#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two models side by side on the same pictures, as a person compares them (TAP).

    tests/app/test-compare.py [only=NAME]
"""
import json
import os
import re
import subprocess
from pathlib import Path

import gui
gui.in_desktop(*os.environ.get("PERCEPTRON_DESKTOP", "").split())

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase  # noqa: E402

CLI = Path(gui.app()).parent.parent / "cli" / "perceptron-cli"


class Compare(WindowCase):
    def models(self):
        """Two networks that know the drawn animals, one of which has hardly learnt."""
        data = self.path / "data"
        drawn.animals(data / "train", 16)
        drawn.animals(data / "val", 12)
        out = []
        for name, side, rate in (("good", 16, "0.05"), ("weak", 2, "0.000001")):
            spec = self.path / f"{name}.json"
            spec.write_text(json.dumps({"format": 1, "name": name, "input": {"height": side, "width": side, "channels": 3},
                                        "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
            out.append(self.path / f"{name}.onnx")
            subprocess.run([CLI, "train", "--data", data, "--net", spec, "--epochs", "10", "--batch", "8", "--lr", rate, "--out",
                            out[-1]], check=True, capture_output=True)
        return data, out

    def shot(self, name):
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/compare-{name}.png")

    def texts(self, name):
        return [n.label for n in self.app.find(name=name).load().walk() if n.role == "label"]

    def test_compare(self):
        data, (good, weak) = self.models()
        app = self.start()
        app.choose_menu("Main Menu", "Compare Models…")
        app.find("label", "No Pictures to Compare On")
        self.clean()
        app.key("Escape")
        app.drop_files([str(data)])
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        app.choose_menu("Main Menu", "Open Model…")
        app.choose_file(str(good))
        self.show("test")
        app.find("label", re.compile("Drop Pictures or a Folder"), timeout=20)
        app.choose_menu("Main Menu", "Compare Models…")
        app.find("label", "Choose two models, or open one from a file")
        self.clean()
        app.click("push button", "Open Model B…")
        app.choose_file(str(weak))
        app.find("label", "24 validation pictures of data", timeout=SLOW)
        said = json.loads(subprocess.run([CLI, "compare", good, weak, "--data", data, "--json"], check=True,
                                         capture_output=True, text=True).stdout)
        texts = self.texts("The Models Side by Side")
        self.assertEqual(texts[:2], ["A", "B"])
        row = texts[texts.index("Accuracy"):][:3]
        for text, side in zip(row[1:], "ab"):
            self.assertAlmostEqual(float(text.split()[0]), said[side]["accuracy"] * 100, delta=0.06)
        only = texts[texts.index("Only This One Right"):][:3]
        self.assertEqual(only[1:], [str(said["only_a_right"]), str(said["only_b_right"])])
        self.assertIn("cat", self.texts("Accuracy of the Classes"))
        n = len(said["differing"])
        self.assertGreater(n, 0)
        app.find("label", str(n))
        self.rests()
        self.clean()
        self.shot("result")
        app.choose_dropdown("combo box", "Only A Right", name="Pictures to Show")
        g.wait_for(lambda: app.find_all("label", str(said["only_a_right"])), 5, "the filtered count")
        app.resize(360, 640)
        self.shot("narrow")
        self.clean()
        app.key("Escape")
        app.gone("label", "24 validation pictures of data")

    def test_other_classes(self):
        data, (good, _) = self.models()
        (self.path / "other.json").write_text(json.dumps({"format": 1, "name": "other", "input": {"height": 2, "width": 2, "channels": 3},
                                                          "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]}), encoding="utf-8")
        os.rename(data / "train" / "dog", data / "train" / "wolf")
        os.rename(data / "val" / "dog", data / "val" / "wolf")
        other = self.path / "other.onnx"
        subprocess.run([CLI, "train", "--data", data, "--net", self.path / "other.json", "--epochs", "1", "--out", other],
                       check=True, capture_output=True)
        app = self.start()
        app.drop_files([str(data)])
        g.wait_for(lambda: app.find_all("label", "wolf"), 20, "the classes")
        app.choose_menu("Main Menu", "Open Model…")
        app.choose_file(str(good))
        self.show("test")
        app.find("label", re.compile("Drop Pictures or a Folder"), timeout=20)
        app.choose_menu("Main Menu", "Compare Models…")
        app.click("push button", "Open Model B…")
        app.choose_file(str(other))
        app.find("label", re.compile("can’t be compared.*cat, dog; cat, wolf"), timeout=SLOW)
        app.find("push button", "Try Again")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
