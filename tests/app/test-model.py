#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits the network on the Model page: cards, settings, order, undo, errors, and trains what came out (TAP).

    tests/app/test-model.py [only=NAME]
"""
import json
import re
import time

import gui
gui.in_desktop()

import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, WindowCase, settings  # noqa: E402


class Model(WindowCase):
    def spec(self):
        text = g.setting(SCHEMA, "network").strip("'\"")
        return json.loads(text) if text else None

    def ops(self):
        return [layer["op"] for layer in self.spec()["layers"]]

    def wait_ops(self, *ops):
        g.wait_for(lambda: self.spec() and self.ops() == list(ops), 5, f"the layers {ops}")

    def title(self, text, index=0):
        """The row of a layer: its title."""
        return self.app.find("label", text, within=self.app.find("list", "Layers"), index=index)

    def drag(self, layer, to):
        """Takes a layer by its handle, which is before its title, and lets it go over another row."""
        self.app.point(to)
        self.app.point(layer)
        x, y, _, h = layer.rect()
        tx, ty, _, th = to.rect()
        x, y, ty = x - 16, y + h / 2, ty + th / 2
        g.X().move(x, y)
        g.X().button(1, 1)
        for i in range(1, 21):
            g.X().move(x + (tx - x) * i / 20, y + (ty - y) * i / 20)
            time.sleep(0.015)
        for d in (2, 0, 1, 0):  # the target has to agree before it is let go
            g.X().move(tx + d, ty)
            time.sleep(0.05)
        g.X().button(1, 0)
        self.app.settle()

    def test_cards_and_layers(self):
        app = self.start()
        settings(preset="mlp")
        self.show("model")
        self.assertTrue(app.find("label", re.compile("weights in all, for pictures of 28×28×1")))
        app.click(app.find(name="ConvNet", where=lambda n: "button" in n.role))
        g.wait_for(lambda: len(app.find_all("push button", "Remove Convolution")) == 2, 5, "two convolutions")
        self.assertEqual(g.setting(SCHEMA, "preset").strip("'"), "convnet")
        app.find("label", re.compile("sees 10×10 pixels"))
        app.find("label", re.compile("A batch of 64 takes about"))
        self.clean()

        # A larger kernel, by the keyboard: it sees more.
        app.click(app.find_all("label", "Convolution")[0])
        spin = app.find_all("spin button", "Kernel Size")[0]
        app.click(spin)
        app.key("ctrl+a")
        app.type("11")
        app.key("Return")
        g.wait_for(lambda: self.spec() and self.spec()["layers"][0]["kernel"] == [11, 11], 5, "the kernel")
        app.find("label", re.compile("sees 11×11 pixels"))
        app.find("label", re.compile("11×11 · ReLU"))
        self.clean()
        app.click("push button", "Undo")
        g.wait_for(lambda: self.spec() is None, 5, "the preset")
        app.click("push button", "Redo")
        g.wait_for(lambda: self.spec(), 5, "the edit")

    def test_errors(self):
        app = self.start()
        settings(preset="mlp")
        self.drop_animals()
        self.show("model")
        # A pooling can't take what has no places, and says so.
        app.choose_menu("Add a Layer", "Max Pooling")
        self.wait_ops("flatten", "dense", "max_pool", "dense")
        app.find("label", re.compile("A layer is wrong"))
        app.find("label", re.compile("^Pooling needs a picture"), within=app.find("list", "Layers"))
        self.show("train")
        app.find("label", re.compile("^A layer of the network is wrong"))
        self.assertFalse(app.find("push button", "Start").has("sensitive"))
        self.show("model")
        app.click("push button", "Undo")
        app.find("label", re.compile("weights in all"))
        self.show("train")
        g.wait_for(lambda: app.find("push button", "Start").has("sensitive"), 5, "Start")
        app.gone("label", re.compile("^A layer of the network is wrong"))
        self.show("model")

    def test_order(self):
        app = self.start()
        settings(preset="mlp")
        self.show("model")
        app.choose_menu("Add a Layer", "Dropout")
        self.wait_ops("flatten", "dense", "dropout", "dense")
        app.click(app.find("label", re.compile("^50 %")))
        app.key("alt+Up")
        self.wait_ops("flatten", "dropout", "dense", "dense")
        app.key("alt+Down")
        self.wait_ops("flatten", "dense", "dropout", "dense")
        # By the pointer, down and up, and away with a key.
        self.drag(self.title("Flatten"), self.title("Dropout"))
        self.wait_ops("dense", "dropout", "flatten", "dense")
        self.drag(self.title("Flatten"), self.title("Dense"))
        self.wait_ops("flatten", "dense", "dropout", "dense")
        app.click(self.title("Dropout"))
        app.key("Delete")
        self.wait_ops("flatten", "dense", "dense")
        self.clean()

    def test_training(self):
        app = self.start()
        settings(preset="mlp", epochs=2, batch_size=16)
        self.drop_animals()
        self.show("model")
        app.choose_menu("Add a Layer", "Dropout")
        self.wait_ops("flatten", "dense", "dropout", "dense")
        app.choose_menu("Add a Layer", "Sigmoid")
        self.wait_ops("flatten", "dense", "dropout", "sigmoid", "dense")
        app.click("push button", "Remove Sigmoid")
        self.wait_ops("flatten", "dense", "dropout", "dense")
        self.show("train")
        self.press_start()
        self.wait_status("Finished")
        self.clean()

        # It is as it was after a restart.
        app.close()
        app = self.start()
        self.show("model")
        g.wait_for(lambda: app.find_all("push button", "Remove Dropout"), 10, "the dropout")
        self.clean()

    def test_memory(self):
        app = self.start(POCL_MEMORY_LIMIT="1")
        g.wait_for(lambda: "CPU" in self.device().description, 15, "a device")
        settings(preset="convnet", batch_size=4096)
        self.drop_animals()
        self.show("model")
        app.find("label", re.compile("A batch of 4096 takes about"))
        app.click("push button", "Use")
        g.wait_for(lambda: int(g.setting(SCHEMA, "batch-size")) < 4096, 5, "a batch that fits")
        largest = int(g.setting(SCHEMA, "batch-size"))
        self.assertGreater(largest, 16)
        app.find("label", re.compile(f"A batch of {largest} takes about"))
        app.find("label", re.compile(f"^{largest} pictures"))
        app.gone("push button", "Use")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
