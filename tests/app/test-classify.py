#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far answers are trusted, as a person sees it: the reliability plot, the threshold, what is unknown, pictures saved by
class, and the range of pixels of a model of another program (TAP on standard output).

    tests/app/test-classify.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing. Pictures are made here; no data set is needed.
"""
import csv
import io
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase, settings  # noqa: E402

CLI = Path(gui.app()).parents[1] / "cli/perceptron-cli"
TRUST = "How Far to Trust It"


class Classify(WindowCase):
    def labelled(self):
        """Pictures with parts of their own; strays among those of validation are mistakes that can't be avoided."""
        folder = self.path / "animals"
        drawn.animals(folder / "train", 30)
        drawn.animals(folder / "val", 12)
        for i in range(4):
            drawn.save_animal("dog", 500 + i, folder / "val" / "cat" / f"stray-{i}.png")
        return folder

    def train(self):
        settings(preset="mlp", epochs=3, batch_size=16)
        self.app.drop_files([str(self.labelled())])
        g.wait_for(lambda: self.app.find_all("label", "dog"), 20, "the classes")
        self.show("train")
        self.press_start()
        self.wait_status("Finished")

    def strangers(self, n=12):
        folder = self.path / "strangers"
        folder.mkdir()
        for i in range(n):
            kind = "cat" if i % 2 else "dog"
            drawn.save_animal(kind, 1000 + i, folder / f"{kind}-{i:02}.png")
        (folder / "broken.png").write_text("no picture")
        return folder

    def shot(self, name):
        """A picture of the window for people, where they ask for it."""
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/{name}.png")

    def rows(self):
        table = self.app.find(name="Classified Pictures")
        return [[n.label for n in row.walk() if n.role == "label" and n.label]
                for row in self.app.find_all("table row", within=table)][1:]

    def wait_rows(self, n):
        return g.wait_for(lambda: (lambda r: r if len(r) == n else None)(self.rows()), SLOW, f"{n} rows")

    def view(self, name):
        self.show("test")
        self.app.click(name=name)

    def open_trust(self):
        self.app.click(name=TRUST)
        return self.app.find("image", "Reliability", timeout=SLOW)

    def set_threshold(self, percent):
        """By the spin button of the popover, which is open."""
        spin = self.app.find("spin button", "Unknown Below")
        self.app.type(str(percent), spin, at=(0.2, 0.5), clear=True, enter=True)
        g.wait_for(lambda: f"Threshold {percent} %" in self.app.find("image", "Reliability").load().description, 5, f"{percent} %")

    def close_trust(self):
        self.app.key("Escape")
        self.app.gone("image", "Reliability")

    def test_trust(self):
        app = self.start()
        self.train()
        self.view("Classify")
        folder = self.strangers()
        app.drop_files([str(folder)])
        rows = self.wait_rows(13)
        shares = {r[0]: float(r[2].split()[0]) for r in rows if r[0] != "broken.png"}
        self.clean()

        # What the plot says, and its line: by the pointer, the keys, and as a number.
        plot = self.open_trust()
        app.find("label", re.compile(r"^100.0\W% of the pictures are sure enough; .* of these are right"))
        app.find("label", re.compile("^Calibration error .* without the temperature of .* Of 28 validation pictures"))
        self.assertIn("pictures", plot.load().description)
        self.shot("trust")
        self.clean()
        app.click(plot, at=(0.6, 0.4))
        dragged = int(re.search(r"Threshold (\d+) %", app.find("image", "Reliability").load().description).group(1))
        self.assertTrue(35 < dragged < 75, dragged)
        app.key("Right")
        g.wait_for(lambda: f"Threshold {dragged + 1} %" in plot.load().description, 5, "a step by the arrow")
        app.key("Home")
        g.wait_for(lambda: "Threshold 0 %" in plot.load().description, 5, "the start")
        middle = sorted(shares.values())[6]
        wanted = min(int(middle) + 1, 100)
        self.set_threshold(wanted)
        app.find("label", re.compile("sure enough"))
        self.shot("threshold")
        self.close_trust()

        # What isn't sure enough is unknown, and can be asked for.
        unknown = {n for n, share in shares.items() if share < wanted}
        self.assertTrue(unknown)
        g.wait_for(lambda: {r[0] for r in self.rows() if r[1] == "Unknown"} == unknown, 5, "the unknown ones")
        app.choose_dropdown("combo box", "Unknown", name="Class to Show")
        self.assertEqual({r[0] for r in self.wait_rows(len(unknown))}, unknown)
        app.find("label", f"{len(unknown)} of 13 pictures")
        self.shot("unknown")
        app.choose_dropdown("combo box", "All Classes", name="Class to Show")
        app.choose_dropdown("combo box", "90–100 %", name="How Sure to Show")
        sure = {n for n, share in shares.items() if share >= 90}
        g.wait_for(lambda: {r[0] for r in self.rows()} == sure, 5, "the sure ones")
        app.choose_dropdown("combo box", "0–100 %", name="How Sure to Show")
        self.wait_rows(13)
        self.clean()

        self.save_zip(unknown)
        self.saved_with_the_model(wanted)
        app.resize(360, 640)
        app.settle()
        self.shot("narrow")
        self.open_trust()
        self.shot("narrow-trust")
        self.clean()

    def save_zip(self, unknown):
        app, path = self.app, self.path / "sorted.zip"
        app.choose_menu("Table Menu", "Save Pictures by Class (Zip)…")
        app.choose_file(str(path))
        app.find("label", "Pictures saved")
        with zipfile.ZipFile(path) as archive:
            self.assertIsNone(archive.testzip())
            names = archive.namelist()
            head, *rows = csv.reader(io.StringIO(archive.read("predictions.csv").decode()))
        self.assertEqual(len(names), 13)  # the table, and 12 that can be read
        self.assertEqual({n.split("/")[1] for n in names if n.startswith("unknown/")}, unknown)
        self.assertEqual(head[:3], ["file", "class", "probability"])
        for row in rows:
            if "broken" not in row[0]:
                self.assertIn(row[0], names)
                self.assertEqual(row[0].split("/")[0], row[1])

    def saved_with_the_model(self, wanted):
        app, path = self.app, self.path / "model.onnx"
        app.click("push button", "Export the Model")
        self.export_model(path)
        about = json.loads(subprocess.run([CLI, "inspect", path, "--json"], capture_output=True, check=True).stdout)["metadata"]
        self.assertAlmostEqual(float(about["threshold"]), wanted / 100, places=3)
        self.assertGreater(float(about["temperature"]), 0)

    def test_without_known_pictures(self):
        """The threshold works all the same, and what is missing is said."""
        app = self.start()
        self.view("Classify")
        try:
            app.find("label", "Drop Pictures or a Folder", timeout=5)
        except g.GuiError:
            self.skipTest("the model of digits is not there")
        app.drop_files([str(self.strangers(4))])
        self.wait_rows(5)
        app.click(name=TRUST)
        app.find("label", re.compile("^Open pictures whose classes are known on the Data page"))
        self.shot("no-data")
        spin = app.find("spin button", "Unknown Below")
        app.type("100", spin, at=(0.2, 0.5), clear=True, enter=True)
        app.key("Escape")
        g.wait_for(lambda: [r for r in self.rows() if r[1] == "Unknown"], 5, "an unknown one")
        self.clean()

    def test_results_have_it_too(self):
        app = self.start()
        self.train()
        self.view("Results")
        app.find("image", "Confusion Matrix", timeout=SLOW)
        self.open_trust()
        app.find("label", re.compile("sure enough"))
        self.shot("results")
        self.clean()

    def test_pixels_of_other_programs(self):
        digits = tap.ROOT / "data/models/digits.onnx"
        if not digits.exists():
            self.skipTest("the model of digits is not there")
        foreign = self.path / "foreign.onnx"
        foreign.write_bytes(digits.read_bytes().replace(b"perceptron.", b"xerceptron."))
        app = self.start()
        self.show("test")
        self.assertEqual(app.find_all("combo box", "Range of Pixels"), [])
        app.drop_files([str(foreign)])
        choice = app.find("combo box", "Range of Pixels")
        self.assertIn("Pixels 0 to 255", [n.label for n in choice.load().walk()])
        self.clean()
        self.shot("pixels")
        app.choose_dropdown("combo box", "Pixels 0 to 1", name="Range of Pixels")
        app.settle()
        app.find("label", "foreign.onnx")
        self.assertIn("Pixels 0 to 1", [n.label for n in app.find("combo box", "Range of Pixels").load().walk()])
        app.resize(360, 640)
        app.settle()
        self.shot("pixels-narrow")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
