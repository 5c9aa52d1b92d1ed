#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model files in the window: of other programs too; opened by a drop, from outside and from the list of recent files;
looked at, evaluated, trained further; refused with node and reason (TAP on standard output).

    tests/app/test-foreign.py [only=NAME]

PERCEPTRON_SHOTS=FOLDER keeps pictures; PERCEPTRON_LOOK: light, dark or mirrored.
"""
import json
import os
import re
import subprocess
from pathlib import Path

import drawn
import gui
LOOKS = {"light": [], "dark": ["--dark"], "mirrored": None}
LOOK = os.environ.get("PERCEPTRON_LOOK", "light")
gui.in_desktop(*(gui.right_to_left() if LOOKS[LOOK] is None else LOOKS[LOOK]))

import guitest as g  # noqa: E402
import protobuf  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, SLOW, WindowCase, settings  # noqa: E402

CLI = Path(os.environ.get("PERCEPTRON_CLI") or Path(gui.app()).parents[1] / "cli/perceptron-cli")
NET = {"format": 1, "name": "small", "input": {"height": 32, "width": 32, "channels": 3}, "layers": [
    {"op": "conv2d", "filters": 8, "kernel": 3, "padding": "same", "activation": "relu"}, {"op": "max_pool", "size": 2},
    {"op": "conv2d", "filters": 16, "kernel": 3, "padding": "same", "activation": "relu"}, {"op": "max_pool", "size": 2},
    {"op": "flatten"}, {"op": "sigmoid"}, {"op": "dense", "units": "classes"}]}


class Foreign(WindowCase):
    def setUp(self):
        super().setUp()
        settings()
        # Folders called as a model is that says no names.
        for i, kind in enumerate(("cat", "dog")):
            folder = self.path / "animals" / f"class {i}"
            folder.mkdir(parents=True)
            for n in range(30):
                drawn.save_animal(kind, n, folder / f"{n:02}.png")

    def foreign(self, name="theirs.onnx", change=lambda data: data):
        """A model that another program has trained and written: without the metadata that only we read."""
        net, own, path = self.path / "net.json", self.path / "own.onnx", self.path / name
        net.write_text(json.dumps(NET))
        if not own.exists():
            subprocess.run([CLI, "train", "--data", self.path / "animals", "--net", net, "--epochs", "4", "--batch", "8",
                            "--out", own], capture_output=True, check=True)
        path.write_bytes(change(protobuf.without_metadata(own.read_bytes())))
        return path

    def shot(self, name):
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/{LOOK}-{name}.png")

    def about(self):
        app = self.app
        app.key("ctrl+i")
        g.wait_for(lambda: len(app.windows()) > 1, 5, "the dialog")
        app.find("label", "Layers")

    def close_about(self):
        self.app.key("Escape")
        g.wait_for(lambda: len(self.app.windows()) == 1, 5, "the dialog to close")

    def test_like_ours(self):
        path = self.foreign()
        app = self.start()
        app.drop_files([str(path)])
        app.find("label", "theirs.onnx")
        self.about()
        for text in ("class 0, class 1", "32×32×3", "Written by perceptron", re.compile("^7 layers, .*weights$"),
                     re.compile("^Convolution · gives 32×32×8$"), "Open pictures for it first"):
            app.find("label", text)
        self.assertFalse(app.find("push button", "Train", within=app.window("theirs.onnx")).has("sensitive"))
        self.shot("about")
        self.clean()
        self.close_about()
        # Classify and look inside.
        app.drop_files([str(self.path / "animals" / "class 1" / "03.png")])
        app.find("label", re.compile("03.png"))
        app.click("push button", "Inside")
        app.find("label", re.compile("gives|32×32×8"))
        self.clean()
        # Evaluate on data of its classes.
        self.show("data")
        app.drop_files([str(self.path / "animals")])
        g.wait_for(lambda: app.find_all("label", "class 1"), 20, "the classes")
        self.show("test")
        app.click("push button", "Results")
        app.find("label", re.compile(r"^Accuracy|%"), timeout=SLOW)
        self.clean()
        # Train it further.
        settings(more_epochs=2, batch_size=8)
        self.about()
        g.wait_for(lambda: app.find("push button", "Train", within=app.window("theirs.onnx")).has("sensitive"), 5, "Train")
        self.shot("about-train")
        app.click(app.find("push button", "Train", within=app.window("theirs.onnx")))
        self.wait_status("Finished")
        self.clean()
        app.find("push button", "Train More")
        self.show("test")
        app.find("label", "theirs.onnx")

    def test_ways_in(self):
        """From outside, with any case of the ending, and from the list of recent files, which tells of those that are gone."""
        path = self.foreign("THEIRS.ONNX")
        with g.App([gui.app(), str(path)], timeout=30) as app:
            self.app = app
            app.find("label", "THEIRS.ONNX")
            g.wait_for(lambda: [str(path)] in g.setting(SCHEMA, "recent-data"), 5, "the list of recent files")
            # A second start is the first one's business.
            other = self.foreign("second.onnx")
            subprocess.run([gui.app(), str(other)], timeout=30, check=True)
            app.find("label", "second.onnx")
            app.choose_menu("Main Menu", "Open Recent", f"THEIRS.ONNX ({self.path.name})")
            app.find("label", "THEIRS.ONNX")
            other.unlink()
            app.choose_menu("Main Menu", "Open Recent", f"second.onnx ({self.path.name})")
            app.find("label", re.compile("second.onnx.*"), within=g.wait_for(lambda: self.problem(), 10, "the problem"))
            app.key("Escape")

    def problem(self):
        return next((w for w in self.app.windows() if w.name != "Perceptron"
                     and [n for n in w.load().walk() if n.label == "The Model Can’t Be Opened"]), None)

    def test_refused(self):
        """The window says which node and why, and goes on with the model that it had."""
        path = self.foreign("refused.onnx", lambda data: data.replace(b"Sigmoid", b"Softsin"))
        app = self.start()
        app.drop_files([str(path)])
        app.find("label", "The Model Can’t Be Opened")
        app.find("label", re.compile(r"node \d+.*Softsin"))
        self.shot("refused")
        app.key("Escape")
        app.drop_files([str(self.foreign("cut.onnx", lambda data: data[:-200]))])
        app.find("label", re.compile("cut.onnx"))
        app.key("Escape")
        self.clean()
        self.assertFalse(g.setting(SCHEMA, "recent-data"))

    def test_pretrained(self):
        """A network of 48 convolutions and 1,000 classes that another program wrote: looked at, and exported, which can be
        cancelled."""
        model = tap.shared() / "backbone" / "lite0.onnx" if tap.shared() else None
        if not model or not model.exists():
            self.skipTest("no folder of shared test data")
        app = self.start()
        app.drop_files([str(model)])
        app.find("label", "lite0.onnx")
        self.about()
        app.find("label", "224×224×3")
        app.find("label", re.compile("^class 0, class 1.*…$"))
        self.clean()
        self.close_about()
        before = set(os.listdir(self.path))
        app.key("ctrl+e")
        app.click("push button", "Export…")
        app.choose_file(str(self.path / "cancelled.onnx"))
        app.find("label", "Writing and Verifying…")
        app.click(app.find("push button", "Cancel", within=app.window("Export Model")))
        g.wait_for(lambda: len(app.windows()) == 1, 5, "the dialog to close")
        app.key("ctrl+e")
        app.find("label", re.compile("has 4.* weights, which is too many"))
        app.click("push button", "Export…")
        app.choose_file(str(self.path / "lite.onnx"))
        app.find("label", "Exported and Verified", timeout=SLOW)
        self.assertEqual(set(os.listdir(self.path)) - before, {"lite.onnx"})
        self.clean()

    def test_narrow(self):
        path = self.foreign()
        app = self.start()
        app.resize(360, 640)
        app.drop_files([str(path)])
        app.find("label", "theirs.onnx")
        self.shot("test-narrow")
        self.about()
        self.shot("about-narrow")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
