#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application around the pages: what survives a restart and a crash, recent data, dialogs (TAP on standard output).

    tests/app/test-shell.py [only=NAME]
"""
import signal
import time

import gui
gui.in_desktop()

import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, WindowCase  # noqa: E402


class Shell(WindowCase):
    def again(self, how=signal.SIGKILL):
        """The program, started again after it was ended like that."""
        self.app.proc.send_signal(how)
        self.app.proc.wait(30)
        return self.start()

    def step(self):
        return g.setting(SCHEMA, "window-step")

    def test_window_survives_a_crash(self):
        app = self.start()
        app.resize(900, 700)
        self.show("train")
        g.wait_for(lambda: self.step() == "train" and g.setting(SCHEMA, "window-width") == 900, 5, "the state to be kept")
        app = self.again()
        app.find("push button", "Start")
        self.assertEqual(self.size(), (900, 700))
        self.clean()

    def size(self):
        rect = self.app.windows()[0].rect()
        return rect[2], rect[3]

    def test_recent(self):
        app = self.start()
        self.drop_animals(10)
        g.wait_for(lambda: g.setting(SCHEMA, "recent-data"), 5, "the data to be remembered")
        app = self.again()
        app.choose_menu("Main Menu", "Open Recent", f"cat, dog ({self.path.name})")
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.clean()
        app.choose_menu("Main Menu", "Open Recent", "Clear List")
        g.wait_for(lambda: not g.setting(SCHEMA, "recent-data"), 5, "the list to be cleared")
        time.sleep(0.2)
        app.click("push button", "Main Menu")
        app.settle()
        self.assertFalse(app.find_all("menu item", "Open Recent"))
        app.key("Escape")

    def test_about(self):
        app = self.start()
        app.choose_menu("Main Menu", "About Perceptron")
        g.wait_for(lambda: len(app.windows()) > 1, 5, "About")
        app.click(app.find("label", "Troubleshooting"))
        app.click(app.find("label", "Debugging Information"))
        text = g.wait_for(lambda: [n.text for n in app.find_all("text") if "Devices:" in n.text], 5, "the information")[0]
        self.assertRegex(text, r"Chosen device: (pthread|basic)")
        self.assertIn("\n- pthread", text)
        self.assertIn("GTK 4.", text)
        app.key("Escape", times=3)
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_quit_from_a_dialog(self):
        app = self.start()
        app.key("ctrl+comma")
        g.wait_for(lambda: len(app.windows()) > 1, 10, "Preferences")
        app.settle()
        app.key("ctrl+comma")
        app.settle()
        self.assertEqual(len(app.windows()), 2, "Preferences once")
        app.key("ctrl+q")
        self.assertEqual(app.proc.wait(20), 0)

    def test_model_file(self):
        """From the file manager or by a drop: a model is opened to test it, wherever one is."""
        model = gui.ROOT / "data/models/digits.onnx"
        if not model.exists():
            self.skipTest("the model of digits is not there")
        app = self.start()
        app.drop_files([str(model)])
        app.find("image", "Canvas")
        self.clean()
        app.close()
        with g.App([gui.app(), str(model)], timeout=30) as app:
            app.find("image", "Canvas")

    def test_desktop_actions(self):
        with g.App([gui.app(), "--show", "train"], timeout=30) as app:
            app.find("push button", "Start")
            self.assertEqual([str(c) for c in app.complaints()], [])


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
