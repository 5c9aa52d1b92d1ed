#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network looks at: heat maps over classified pictures and mistakes, as a person sees them (TAP).

    tests/app/test-explain.py [only=NAME]
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import gui
gui.in_desktop(*os.environ.get("PERCEPTRON_DESKTOP", "").split())

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase, settings  # noqa: E402

CLI = Path(gui.app()).parent.parent / "cli" / "perceptron-cli"
NET = {"format": 1, "name": "animals", "input": {"height": 32, "width": 32, "channels": 3}, "layers": [
    {"op": "conv2d", "name": "edges", "filters": 8, "activation": "relu"}, {"op": "max_pool", "size": 2},
    {"op": "conv2d", "name": "parts", "filters": 8, "activation": "relu"},
    {"op": "global_avg_pool"}, {"op": "dense", "units": "classes"}]}


class Explain(WindowCase):
    def model(self, net=None):
        """A small network that knows the drawn animals, trained on the command line."""
        data = self.path / "data"
        drawn.animals(data / "train", 16)
        drawn.animals(data / "val", 8)
        for i in range(3):
            drawn.save_animal("dog", 500 + i, data / "val" / "cat" / f"stray-{i}.png")
        spec, out = self.path / "net.json", self.path / "animals.onnx"
        spec.write_text(json.dumps(net or NET), encoding="utf-8")
        subprocess.run([CLI, "train", "--data", data, "--net", spec, "--epochs", "30", "--batch", "8",
                        "--optimizer", "adam", "--lr", "0.01", "--out", out], check=True, capture_output=True)
        return out

    def open(self, model):
        self.show("test")
        self.app.choose_menu("Main Menu", "Open Model…")
        self.app.choose_file(str(model))
        self.app.find("label", re.compile("animals|flat|photos"), timeout=20)

    def classify(self, *net):
        """The program with that model and one classified picture."""
        model = self.model(*net)
        app = self.start()
        self.open(model)
        app.find("label", "Drop Pictures or a Folder", timeout=SLOW)
        picture = self.path / "stranger.png"
        drawn.save_animal("dog", 77, picture)
        app.drop_files([str(picture)])
        g.wait_for(lambda: sum(self.bars().values()) > 0.9, SLOW, "an answer")
        return app

    def shot(self, name):
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/explain-{name}.png")

    def heat(self):
        return self.app.find("image", "The Picture under the Heat Map")

    def wait_heat(self):
        return g.wait_for(lambda: re.search(r"^Strongest|^Nothing in", self.heat().refresh().description), SLOW, "a heat map")

    def test_explain(self):
        app = self.classify()
        self.shot("classify")
        app.click("push button", "What the Network Looks At")
        app.window(re.compile("What the Network Looks At"))
        self.wait_heat()
        app.find("label", re.compile(r"^dog · [\d.]+ %$"))
        self.rests()
        self.clean()
        self.shot("grad-cam")
        before = app.screenshot()
        app.choose_dropdown("combo box", "Occlusion", name="Method")
        g.wait_for(lambda: app.find_all("label", re.compile("instead of|Hardly Anything")), SLOW, "the legend of occlusion")
        self.assertFalse(app.find("combo box", "Layer").has("sensitive"))
        self.shot("occlusion")
        self.assertTrue(app.screenshot().differs(before))
        app.choose_dropdown("combo box", "Grad-CAM", name="Method")
        app.choose_dropdown("combo box", re.compile("^edges"), name="Layer")
        app.choose_dropdown("combo box", re.compile("^cat"), name="Class")
        app.find("label", re.compile(r"^cat · [\d.]+ %$"), timeout=SLOW)
        slider = app.find("slider", "Opacity of the Heat Map")
        old = slider.value
        app.click(slider)
        app.key("Right")
        g.wait_for(lambda: slider.refresh().value != old, 5, "another opacity")
        path = self.path / "heat.png"
        app.key("ctrl+s")
        app.choose_file(str(path))
        app.find("label", "Picture saved")
        data = path.read_bytes()
        self.assertEqual((data[:8], struct.unpack(">II", data[16:24])), (b"\x89PNG\r\n\x1a\n", (448, 448)))
        app.resize(360, 640)
        self.shot("narrow")
        self.clean()
        app.key("Escape")
        app.gone("label", "Picture saved")
        app.find("push button", "What the Network Looks At")

    def test_only_occlusion(self):
        app = self.classify({"format": 1, "name": "flat", "input": {"height": 16, "width": 16, "channels": 3},
                             "layers": [{"op": "flatten"}, {"op": "dense", "units": "classes"}]})
        app.click("push button", "What the Network Looks At")
        self.wait_heat()
        app.find("label", re.compile("^Grad-CAM needs a layer"))
        app.gone("combo box", "Layer")
        self.clean()
        self.shot("only-occlusion")

    def photos(self):
        """A model on the pretrained backbone, and a photo that it hasn't seen: large enough for occlusion to take a while."""
        if not tap.shared() or not (tap.shared() / "backbone").is_dir():
            self.skipTest("no folder of shared test data")
        home = self.path / "data-home"
        backbone = home / "perceptron" / "backbones" / "efficientnet-lite0.onnx"
        backbone.parent.mkdir(parents=True)
        subprocess.run([sys.executable, tap.ROOT / "tests" / "onnx" / "make-backbone.py", tap.shared() / "backbone", backbone],
                       check=True)
        for name in ("cat", "dog"):
            source = tap.shared() / "data" / "catdog" / "train" / name
            (self.path / "photos" / name).mkdir(parents=True)
            for photo in sorted(os.listdir(source))[:6]:
                shutil.copy(source / photo, self.path / "photos" / name)
        out, val = self.path / "photos.onnx", tap.shared() / "data" / "catdog" / "val" / "dog"
        subprocess.run([CLI, "train", "--data", self.path / "photos", "--net", "transfer", "--out", out], check=True,
                       capture_output=True, env=dict(os.environ, XDG_DATA_HOME=str(home)))
        return out, val / sorted(os.listdir(val))[4]

    def test_cancel(self):
        model, photo = self.photos()
        app = self.start()
        self.open(model)
        app.drop_files([str(photo)])
        g.wait_for(lambda: sum(self.bars().values()) > 0.9, SLOW, "an answer")
        app.click("push button", "What the Network Looks At")
        self.wait_heat()
        self.shot("photo")
        app.choose_dropdown("combo box", "Occlusion", name="Method")
        window = app.window(re.compile("What the Network Looks At"))
        app.click(app.find("push button", "Cancel", within=window))
        g.wait_for(lambda: [n for n in app.find_all("label", re.compile("^Stopped")) if n.on_screen()], 20, "the stop")
        self.clean()
        self.shot("stopped")
        app.click("push button", "Start Again")
        bar = app.find("progress bar", "Looking at the picture")
        g.wait_for(lambda: bar.refresh().value > 0, SLOW, "progress")
        self.shot("busy")
        g.wait_for(lambda: app.find_all("label", re.compile("instead of|Hardly Anything")), SLOW, "the legend of occlusion")
        self.shot("photo-occlusion")
        self.clean()

    def test_a_drawing(self):
        app = self.start()
        self.show_canvas()
        canvas = app.find("image", "Canvas")
        self.assertFalse(app.find("push button", "What the Network Looks At").has("sensitive"))
        app.draw_path(canvas, drawn.DIGITS["7"])
        g.wait_for(lambda: sum(self.bars().values()) > 0.9, SLOW, "an answer")
        app.click("push button", "What the Network Looks At")
        self.wait_heat()
        app.find("label", re.compile(r"^7 · [\d.]+ %$"))
        self.clean()
        self.shot("drawing")

    def test_a_mistake(self):
        model = self.model()
        app = self.start()
        app.drop_files([str(self.path / "data")])
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.open(model)
        app.click(name="Results")
        app.find("label", re.compile("of 19 validation pictures right"), timeout=SLOW)
        app.click("label", "cat, taken for dog")
        app.find("label", re.compile("stray-[0-9].png"))
        app.click("push button", "What the Network Looks At")
        self.wait_heat()
        app.find("label", re.compile(r"^dog · [\d.]+ %$"))
        self.clean()
        self.shot("mistake")


if __name__ == "__main__":
    raise SystemExit(tap.main())
