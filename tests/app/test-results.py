#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and folders to classify, and how good a model is, as a person sees it (TAP on standard output).

    tests/app/test-results.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing. Pictures are made here; no data set is needed.
"""
import csv
import json
import os
from pathlib import Path
import re
import signal
import subprocess

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase, settings  # noqa: E402


class Results(WindowCase):
    def train(self, epochs=4, n=40):
        """Trains on drawn animals until the run has finished."""
        settings(preset="mlp", epochs=epochs, batch_size=16)
        self.drop_animals(n)
        self.show("train")
        self.press_start()
        self.wait_status("Finished")

    def shot(self, name):
        """A picture of the window for people, where they ask for it."""
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/results-{name}.png")

    def rows(self):
        """Of the table: the texts of each row that is there."""
        table = self.app.find(name="Classified Pictures")
        out = []
        for row in self.app.find_all("table row", within=table):
            out.append([n.label for n in row.walk() if n.role == "label" and n.label])
        return out[1:]  # below the header

    def strangers(self):
        """A folder of pictures in folders, one of them broken, with names that a table must quote."""
        folder = self.path / "strangers"
        deep = folder / "deep, er"
        deep.mkdir(parents=True)
        for i in range(6):
            kind = "cat" if i % 2 else "dog"
            drawn.save_animal(kind, 1000 + i, (deep if i > 3 else folder) / f"{kind}-{i}.png")
        (folder / "=broken.png").write_text("no picture")
        return folder

    def wait_rows(self, n):
        return g.wait_for(lambda: (lambda r: r if len(r) == n else None)(self.rows()), SLOW, f"{n} rows")

    def test_folder(self):
        app = self.start()
        self.train()
        self.show("test")
        app.find("label", "Drop Pictures or a Folder")
        self.clean()
        folder = self.strangers()
        app.drop_files([str(folder)])
        app.find("label", "7 pictures")
        rows = self.wait_rows(7)
        self.assertEqual([r[0] for r in rows], ["=broken.png", "cat-1.png", "cat-3.png", "cat-5.png", "dog-4.png",
                                                "dog-0.png", "dog-2.png"])
        self.assertEqual(rows[0][1:], ["Can’t be read"])
        app.find("label", "This is text, not a picture.")
        for row in rows[1:]:
            self.assertIn(row[1], ("cat", "dog"))
            self.assertGreaterEqual(float(row[2].split()[0]), 50)
        self.clean()

        # By a column, the pointer's way and the menu's.
        app.click("label", "Sure")
        self.assertEqual(g.wait_for(lambda: self.rows()[0][0] == "=broken.png" and self.rows(), 5, "an order")[0][0], "=broken.png")
        app.choose_menu("Table Menu", "Most Sure First")
        g.wait_for(lambda: self.rows()[-1][0] == "=broken.png", 5, "the other order")
        shares = [float(r[2].split()[0]) for r in self.rows()[:-1]]
        self.assertEqual(shares, sorted(shares, reverse=True))
        app.choose_menu("Table Menu", "File Name")
        g.wait_for(lambda: [r[0] for r in self.rows()][-1] == "dog-4.png", 5, "the order of names")

        # What isn't asked for.
        app.type("DOG-", app.find(name="Find Files or Classes"))
        self.assertEqual([r[0] for r in self.wait_rows(3)], ["dog-0.png", "dog-2.png", "dog-4.png"])
        app.find("label", "3 of 7 pictures")
        app.type("", app.find(name="Find Files or Classes"), clear=True)
        self.wait_rows(7)
        app.choose_dropdown("combo box", "Can’t Be Read", name="Class to Show")
        self.wait_rows(1)
        app.choose_dropdown("combo box", "All Classes", name="Class to Show")
        self.wait_rows(7)

        # Large, with its bars.
        app.click("label", "dog-4.png")
        g.wait_for(lambda: self.bars().get("cat", 0) + self.bars().get("dog", 0) > 0.98, 5, "the bars of the row")
        self.shot("table")
        self.save(folder)
        self.clean()
        app.resize(360, 640)
        app.settle()
        self.shot("table-narrow")
        app.click(app.find("label", "dog-4.png", within=app.find(name="Classified Pictures")))
        app.find("push button", "All Pictures")
        app.settle()
        self.shot("picture-narrow")
        self.clean()

    def save(self, folder):
        """Saves the table, and reads it as a spreadsheet would."""
        app, path = self.app, self.path / "table.csv"
        app.click("push button", "Save as CSV")
        app.choose_file(str(path))
        app.find("label", "Table saved")
        with open(path, newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
        self.assertEqual(head, ["file", "class", "probability", "runner-up", "runner-up probability", "cat", "dog", "error"])
        self.assertEqual(len(rows), 7)
        by_name = {row[0].rsplit("/", 1)[1]: row for row in rows}
        self.assertEqual(by_name["=broken.png"][1:], ["", "", "", "", "", "", "This is text, not a picture."])
        shown = {row[0]: row for row in self.rows()}
        for name, row in by_name.items():
            self.assertTrue(row[0].startswith(str(folder)))
            if name != "=broken.png":
                self.assertEqual(row[1], shown[name][1])
                self.assertAlmostEqual(float(row[2]) * 100, float(shown[name][2].split()[0]), delta=0.051)
                self.assertAlmostEqual(float(row[5]) + float(row[6]), 1, delta=1e-4)
        self.assertIn("deep, er", by_name["cat-5.png"][0])

    def labelled(self):
        """Pictures with parts of their own; three dogs lie among the cats by which the network is checked."""
        folder = self.path / "animals"
        drawn.animals(folder / "train", 30)
        drawn.animals(folder / "val", 10)
        for i in range(3):
            drawn.save_animal("dog", 500 + i, folder / "val" / "cat" / f"stray-{i}.png")
        return folder

    def show_results(self):
        self.show("test")
        self.app.click(name="Results")

    def find_mistakes(self):
        """Where in the matrix the cell of mistakes lies, in fractions of its size; it is the only reddish one."""
        matrix = self.app.find(name="Confusion Matrix")
        image = self.app.screenshot(of=matrix)
        spots = [(x, y) for y in range(0, image.h, 4) for x in range(0, image.w, 4)
                 if (lambda r, g, b: r - g > 50 and r - b > 40)(*image.pixel(x, y)[:3])]
        self.assertGreater(len(spots), 20, "a red cell")
        return (sum(x for x, _ in spots) / len(spots) / image.w, sum(y for _, y in spots) / len(spots) / image.h)

    def captions(self):
        grid = self.app.find(name="Pictures, Worst First")
        return [n.label for n in self.app.find_all("label", within=grid) if "taken for" in n.label]

    def test_results(self):
        app = self.start()
        self.show_results()
        app.find("label", "No Pictures to Check On")
        self.clean()
        folder = self.labelled()
        self.show("data")
        app.drop_files([str(folder)])
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.show("test")
        app.find("label", "These Pictures Are of Other Classes", timeout=SLOW)
        self.clean()
        settings(preset="mlp", epochs=6, batch_size=16)
        self.show("train")
        self.press_start()
        self.wait_status("Finished")

        self.show("test")
        app.find("label", re.compile("of 23 validation pictures right"), timeout=SLOW)
        matrix = app.find(name="Confusion Matrix")
        words = matrix.description
        self.assertIn("20 of 23", words)
        app.find("label", "Mistakes: 3")
        self.assertEqual(g.wait_for(lambda: self.captions(), 5, "mistakes"), ["cat, taken for dog"] * 3)
        self.shot("results")
        self.clean()

        # A cell's pictures, by the pointer and by the keys.
        app.click(matrix, at=self.find_mistakes())
        app.find("label", "cat, taken for dog: 3")
        app.click("push button", "All Mistakes")
        app.find("label", "Mistakes: 3")
        app.click(matrix, at=(.02, .98))
        for _ in range(40):
            if matrix.refresh().has("focused"):
                break
            app.key("Tab")
            app.settle(.05, 1)
        app.key("Home")
        app.key("Up")
        app.key("Left")
        app.key("Return")
        app.find("label", "cat, recognised: 10")
        app.key("Right")
        app.key("Return")
        app.find("label", "cat, taken for dog: 3")
        self.clean()
        self.compare(folder)
        self.mend()

    def compare(self, folder):
        """The numbers on the screen, in the saved table and of the command line program are the same."""
        app, table, model = self.app, self.path / "results.csv", self.path / "model.onnx"
        app.click(name="Classes")
        scores = app.find(name="Precision and Recall of the Classes")
        rows = g.wait_for(lambda: [[n.label for n in row.walk() if n.role == "label" and n.label]
                                   for row in app.find_all("table row", within=scores)][1:], 5, "rows of the classes")
        self.shot("classes")
        app.click("push button", "Save as CSV")
        app.choose_file(str(table))
        app.find("label", "Table saved")
        with open(table, newline="", encoding="utf-8") as file:
            saved = [row for row in csv.reader(file) if row]
        self.assertEqual(saved[0], ["class", "pictures", "precision", "recall", "f1", "taken for cat", "taken for dog"])
        self.assertEqual([r[:2] for r in rows], [r[:2] for r in saved[1:3]])
        for shown, number in [(s, n) for a, b in zip(rows, saved[1:3]) for s, n in zip(a[2:], b[2:5])]:
            self.assertAlmostEqual(float(shown.split()[0]), float(number) * 100, delta=.051)
        app.key("ctrl+s")
        self.export_model(model)
        program = Path(gui.app()).parent.parent / "cli" / "perceptron-cli"
        if program.exists():
            out = subprocess.run([program, "evaluate", "--json", "--model", model, "--data", folder, "--part", "val"],
                                 check=True, capture_output=True, text=True).stdout
            said = json.loads(out)
            self.assertEqual([[str(n) for n in row] for row in said["confusion"]], [r[5:] for r in saved[1:3]])
            for name, column in (("precision", 2), ("recall", 3)):
                for number, row in zip(said[name], saved[1:3]):
                    self.assertAlmostEqual(number, float(row[column]), delta=1e-6)
        app.click(scores, at=(.1, .2))
        app.click(name="Confusion")

    def mend(self):
        """From a mistake to the data: one is left out, one gets its true class, and the numbers follow."""
        app = self.app
        app.click("push button", "All Mistakes") if app.find_all("push button", "All Mistakes") else None
        app.find("label", "Mistakes: 3")
        app.click("label", "cat, taken for dog")
        app.find("label", re.compile("stray-[0-9].png"))
        self.shot("large")
        self.clean()
        app.click("push button", "Exclude")
        app.find("label", "The model or the pictures have changed since")
        app.choose_dropdown("combo box", "dog", name="True Class")
        app.click("push button", "Grid")
        self.assertEqual(len(self.captions()), 1)
        app.click("push button", "Evaluate Again")
        app.find("label", re.compile("of 22 validation pictures right"), timeout=SLOW)
        app.find("label", "Mistakes: 1")
        app.resize(360, 640)
        self.shot("results-narrow")
        self.clean()
        app.click("push button", "Mistakes: 1")
        app.find("push button", "Numbers")
        self.shot("mistakes-narrow")
        self.clean()
        app.click("push button", "Numbers")


if __name__ == "__main__":
    signal.alarm(580)
    raise SystemExit(tap.main())
