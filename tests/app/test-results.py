#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and folders to classify, and how good a model is, as a person sees it (TAP on standard output).

    tests/app/test-results.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing. Pictures are made here; no data set is needed.
"""
import csv
import os
import re
import signal

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
        self.app.click("push button", "Start")
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
            drawn.animal(kind, 1000 + i).savev(str((deep if i > 3 else folder) / f"{kind}-{i}.png"), "png", [], [])
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
        app.click("label", "dog-4.png")
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


if __name__ == "__main__":
    signal.alarm(580)
    raise SystemExit(tap.main())
