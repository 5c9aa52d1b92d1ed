#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that builds on a pretrained backbone: without it the card says how to get it, with it a few photos do (TAP).

    tests/app/test-transfer.py [only=NAME]
"""
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import gui
gui.in_desktop()

import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, WindowCase, settings  # noqa: E402


def backbone():
    """Where the program looks for it."""
    return Path(os.environ["XDG_DATA_HOME"]) / "perceptron" / "backbones" / "efficientnet-lite0.onnx"


class Transfer(WindowCase):
    def setUp(self):
        super().setUp()
        backbone().unlink(missing_ok=True)

    def choose(self):
        self.show("model")
        self.app.click(self.app.find(name="Transfer", where=lambda n: "button" in n.role))
        self.app.find("label", "EfficientNet-Lite0")

    def give_backbone(self):
        if not tap.shared() or not (tap.shared() / "backbone").is_dir():
            self.skipTest("no folder of shared test data")
        backbone().parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, tap.ROOT / "tests" / "onnx" / "make-backbone.py", tap.shared() / "backbone",
                        backbone()], check=True)

    def test_without_backbone(self):
        app = self.start()
        settings(preset="mlp")
        self.drop_animals(10)
        self.choose()
        app.find("label", re.compile("^Not on this computer yet.*17\.4.MB.*Apache-2.0"))
        app.find("push button", "Download")
        # Of all its layers only the last one is there to edit, and it can't leave its place.
        rows = app.find("list", "Layers")
        g.wait_for(lambda: len([n for n in rows.load().walk() if n.label.startswith("Remove")]) == 1, 5, "one layer")
        app.find("label", re.compile("weights in all, for pictures of 224×224×3"))
        app.click(app.find("label", "Dense", within=rows))
        app.key("alt+Up")
        app.settle()
        self.assertEqual(g.setting(SCHEMA, "network").strip("'\""), "")
        self.clean()
        self.show("train")
        app.find("label", re.compile("^Transfer: 20 epochs"))
        app.click("push button", "Start")
        app.find("label", re.compile("The pretrained backbone EfficientNet-Lite0.*is not here yet"))

    def test_a_few_photos(self):
        self.give_backbone()
        for name in ("cat", "dog"):
            source = tap.shared() / "data" / "catdog" / "train" / name
            (self.path / "photos" / name).mkdir(parents=True)
            for photo in random.Random(3).sample(sorted(os.listdir(source)), 12):
                shutil.copy(source / photo, self.path / "photos" / name)
        app = self.start()
        app.drop_files([self.path / "photos"])
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.choose()
        app.find("label", re.compile("layers that have learnt from a million photos"))
        app.gone("push button", "Download")
        self.show("train")
        app.click("push button", "Start")
        self.wait_status("Finished", 240)
        self.clean()
        # It is known to the Test page like any other model, and goes on.
        self.show("train")
        app.click("push button", re.compile("^Train"))
        self.wait_status("Finished")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
