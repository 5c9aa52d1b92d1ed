#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that builds on a pretrained backbone: without it the card says how to get it, with it a few photos do (TAP).

    tests/app/test-transfer.py [only=NAME]
"""
import json
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
from window_case import SCHEMA, SLOW, WindowCase, settings  # noqa: E402


CLI = Path(os.environ.get("PERCEPTRON_CLI") or Path(gui.app()).parents[1] / "cli/perceptron-cli")


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
        # What suits this network stands in the rows, and not in the settings, until it is changed.
        self.assertEqual((self.number("Epochs"), self.number("Batch Size")), (20, 32))
        self.assertEqual((g.setting(SCHEMA, "epochs"), g.setting(SCHEMA, "batch-size")), (10, 64))
        app.type("12", "spin button", "Epochs", clear=True, enter=True)
        g.wait_for(lambda: g.setting(SCHEMA, "epochs") == 12, 5, "the epochs to be kept")
        self.assertEqual((self.number("Epochs"), self.number("Batch Size")), (12, 32))
        g.setting(SCHEMA, "preset", "mlp")
        g.wait_for(lambda: (self.number("Epochs"), self.number("Batch Size")) == (12, 64), 5, "the rows of a plain network")
        self.assertFalse([n for n in app.find_all("spin button", "Fine-Tune") if n.on_screen()])
        g.setting(SCHEMA, "preset", "transfer")
        g.wait_for(lambda: self.number("Batch Size") == 32, 5, "the rows of Transfer")
        self.press_start()
        app.find("label", re.compile("The pretrained backbone EfficientNet-Lite0.*is not here yet"))

    def number(self, row):
        return self.app.find("spin button", row).value

    def photos(self, n):
        """Folders of @n photos of cats and as many of dogs."""
        out = []
        for name in ("cat", "dog"):
            source = tap.shared() / "data" / "catdog" / "train" / name
            out.append(self.path / "photos" / name)
            out[-1].mkdir(parents=True)
            for photo in random.Random(3).sample(sorted(os.listdir(source)), n):
                shutil.copy(source / photo, out[-1])
        return out

    def export(self, name):
        """By the dialog. Returns the file and what it says of itself."""
        app, path = self.app, self.path / name
        app.key("ctrl+e")
        app.click("push button", "Export…")
        app.choose_file(str(path))
        app.find("label", "Exported and Verified", timeout=SLOW)
        app.find("label", "Of your data")
        app.click(app.find("push button", "Close", within=app.window("Export Model")))
        said = subprocess.run([CLI, "inspect", path, "--json"], capture_output=True, text=True, check=True)
        return path, json.loads(said.stdout)

    def know_others(self, model):
        """The file alone, without the window, tells other cats from other dogs."""
        folder = tap.shared() / "data" / "catdog" / "val"
        others = [folder / kind / name for kind in ("cat", "dog") for name in sorted(os.listdir(folder / kind))[:10]]
        said = subprocess.run([CLI, "predict", "--model", model, "--json", *others], capture_output=True, text=True, check=True)
        right = sum(Path(r["file"]).parent.name == r["class"] for r in json.loads(said.stdout)["predictions"])
        self.assertGreaterEqual(right, 16, "of 20")

    def test_download(self):
        """Its progress is told, it can be cancelled, and then nothing of it goes on; a failure says what to do."""
        # Stands for pip: it writes a third of the file and waits.
        fake = self.path / "fake"
        fake.mkdir()
        (fake / "pip.py").write_text(
            "import os, sys, tempfile, time\n"
            f"if os.path.exists({str(fake / 'offline')!r}): sys.exit('ERROR: No network')\n"
            f"open({str(fake / 'pid')!r}, 'w').write(str(os.getpid()))\n"
            "with open(tempfile.mkstemp()[1], 'wb') as f: f.write(bytes(17364911 // 3))\n"
            "time.sleep(600)\n")
        app = self.start(PYTHONPATH=str(fake))
        self.choose()
        app.click("push button", "Download")
        app.find("label", re.compile(r"^33 % of 17\.4\sMB"), timeout=20)
        self.assertAlmostEqual(app.find("progress bar", "Downloading").value, .33, places=2)
        self.shot("download")
        self.clean()
        pid = int((fake / "pid").read_text())
        app.click("push button", "Cancel")
        app.find("label", re.compile("^Not on this computer yet"))
        g.wait_for(lambda: not os.path.exists(f"/proc/{pid}"), 5, "the download to end")
        (fake / "offline").touch()
        app.click("push button", "Download")
        app.find("label", re.compile("^pip could not download .*No network"), timeout=20)
        self.shot("download-failed")
        app.find("push button", "Download")
        self.clean()

    def shot(self, name):
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/{name}.png")

    def test_a_few_photos(self):
        """From a drop of 25 cats and 25 dogs to a verified file, which knows most of the others."""
        self.give_backbone()
        app = self.start()
        app.drop_files(self.photos(25))
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.choose()
        app.find("label", re.compile("layers that have learnt from a million photos"))
        app.gone("push button", "Download")
        self.show("train")
        app.click("push button", "Start")
        self.wait_status("Finished", 300)
        self.clean()
        path, about = self.export("cats and dogs.onnx")
        self.assertEqual((about["classes"], about["input"]), (["cat", "dog"], "224×224×3"))
        difference, pictures = re.fullmatch(r"(\S+) on (\d+) pictures", about["metadata"]["verified"]).groups()
        self.assertLess(float(difference), 1e-4)
        self.assertGreaterEqual(int(pictures), 1)
        self.know_others(path)
        # It is known to the Test page like any other model, and goes on.
        self.show("train")
        app.click("push button", re.compile("^Train"))
        self.wait_status("Finished")
        self.clean()

    def test_fine_tune(self):
        """When the classifier has learnt, the last blocks of the backbone go on with it, in the same run."""
        self.give_backbone()
        app = self.start()
        settings(preset="transfer", epochs=2, batch_size=8)
        app.drop_files(self.photos(8))
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.show("train")
        app.type("1", "spin button", "Fine-Tune", clear=True, enter=True)
        g.wait_for(lambda: g.setting(SCHEMA, "fine-tune") == 1, 5, "the number of blocks to be kept")
        self.shot("fine-tune")
        self.press_start()
        self.wait_status("Epoch", 240)
        self.assertIn("of 7", self.status()[0])
        self.wait_status("Finished", 240)
        self.clean()
        path, about = self.export("tuned.onnx")
        self.assertEqual(about["metadata"]["epochs"], "5")
        preset = (tap.ROOT / "data/presets/transfer.json").read_text()
        self.assertLess(path.read_bytes().count(b'"frozen"'), preset.count('"frozen"'))


if __name__ == "__main__":
    raise SystemExit(tap.main())
