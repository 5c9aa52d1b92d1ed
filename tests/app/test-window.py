#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses the window as a person would: drops folders, chooses a device, trains, draws (TAP on standard output).

    tests/app/test-window.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing. Pictures are made here; no data set is needed.
"""
import re
import signal
import time

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, SLOW, STEPS, WindowCase, settings  # noqa: E402


class Window(WindowCase):
    def test_first_start(self):
        app = self.start()
        self.assertTrue(app.find("label", "Add Pictures"))
        self.assertLess(app.startup, 5)
        for step in STEPS:
            self.show(step)
            self.assertEqual([why for _, why in app.audit_a11y()], [], step)
        self.show("train")
        self.assertTrue(app.find("label", re.compile("Add pictures on the Data page")))
        self.assertFalse(app.find("push button", "Start").has("sensitive"))
        self.clean()

    def test_drop_train_test(self):
        app = self.start()
        (self.path / "cat").mkdir()
        (self.path / "cat" / "not a picture.png").write_text("nothing")
        self.drop_animals()
        app.find("label", re.compile("80 pictures: 64 to learn from, 16 to check"))
        g.wait_for(lambda: app.find_all("label", "Not Used"), 20, "the rejects")
        app.click(app.find("label", "Not Used"))
        app.find("label", re.compile("not a picture.png"))
        app.click(app.find("label", "dog"))
        g.wait_for(lambda: app.find_all("image", re.compile("dog-000.png")), 10, "thumbnails of the class")

        before = self.device().description
        other = [d for d in self.device_names() if d != self.device_name()]
        self.assertTrue(other, "two devices")
        app.choose_dropdown("combo box", re.compile(re.escape(other[0])), name="Device")
        g.wait_for(lambda: g.setting(SCHEMA, "device"), 5, "the device to be kept")
        self.assertTrue(before)

        settings(preset="mlp", epochs=4, batch_size=16, device=g.setting(SCHEMA, "device"))
        self.show("train")
        chart = app.find("image", "Loss")
        self.assertEqual(chart.description, "No values yet")
        empty = app.screenshot(of=chart)
        self.press_start()
        self.wait_status("Finished")
        # The words of a chart follow the curve after a moment.
        words = g.wait_for(lambda: (told := re.search(r"Training (\S+) at epoch (\S+), from (\S+)\.",
                                                      app.find("image", "Loss").description)) and float(told[2]) > 3.5 and told,
                           10, "the whole curve")
        self.assertLess(float(words[1]), float(words[3]), "the loss falls")
        self.assertTrue(app.screenshot(of=chart).differs(empty))
        self.assertIn("Validation", app.find("image", "Accuracy").description)
        self.clean()

        app.click("push button", "Try It Out")
        app.find("label", "cat, dog")
        app.drop_files([str(self.path / "cat" / "cat-001.png")])
        g.wait_for(lambda: self.bars().get("cat", 0) + self.bars().get("dog", 0) > 0.98, SLOW, "an answer")
        app.find("image", "What the Network Sees")
        self.clean()

    def test_draw_while_photos_train(self):
        app = self.start()
        settings(preset="convnet", epochs=10000, batch_size=8)
        self.drop_animals(20)
        self.show("train")
        self.press_start()
        self.wait_status("Epoch")
        self.show("test")
        app.find("label", "cat, dog")
        app.click("push button", "Use Digits")
        self.show_canvas()
        app.draw_path(app.find("image", "Canvas"), drawn.DIGITS["7"])
        g.wait_for(lambda: self.bars().get("7", 0) > 0.5, SLOW, "a seven")
        self.show("train")
        self.wait_status("Epoch")
        app.click("push button", "Stop")
        self.wait_status("Stopped")
        self.show("test")
        app.click("push button", "Use Trained")
        g.wait_for(lambda: app.find_all("label", "cat, dog"), 5, "the trained network")
        self.clean()

    def test_pause_bad_drop_and_close(self):
        app = self.start()
        settings(preset="convnet", epochs=10000, batch_size=8)
        self.drop_animals(20)
        self.show("train")
        self.press_start()
        self.wait_status("Epoch")
        app.click("push button", "Pause")
        paused = self.wait_status("Paused")
        time.sleep(0.5)
        self.assertEqual(self.status(), [paused])

        # A drop of nothing usable: it says so, and the run and the data stay.
        (self.path / "empty").mkdir()
        app.click("push button", "Resume")
        self.wait_status("Epoch")
        app.drop_files([str(self.path / "empty")])
        app.find("label", "No Pictures Added")
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.click("push button", "Close", where=lambda n: n.toplevel().role in ("dialog", "alert"))
        app.find("label", "dog")
        self.show("train")
        self.wait_status("Epoch")

        # Close in the middle: the window goes at once, the program as soon as the driver lets go of a kernel.
        app.key("ctrl+q")
        g.wait_for(lambda: not g.X().windows(app.pid), 3, "the window to go")
        app.proc.wait(timeout=60)
        self.assertEqual(app.proc.returncode, 0)
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_stop_and_save(self):
        app = self.start()
        settings(preset="convnet", epochs=10000, batch_size=8)
        self.drop_animals(20)
        self.show("train")
        app.key("ctrl+Return")
        g.wait_for(lambda: [s for s in self.status() if re.match(r"Epoch ([3-9]|\d\d)", s)], SLOW, "epochs")
        app.click("push button", "Stop")
        self.wait_status("Stopped")
        target = self.path / "mine.onnx"
        app.key("ctrl+s")
        app.find("push button", "Export…")
        app.settle()
        app.key("Return")
        app.choose_file(str(target))
        app.find("label", "Exported and Verified", timeout=SLOW)
        self.assertGreater(target.stat().st_size, 10000)
        self.clean()

    def test_narrow(self):
        app = self.start()
        self.drop_animals(10)
        for step in STEPS:
            self.show(step)
            self.assertEqual(tuple(app.resize(360, 640)), (360, 640), step)
            self.assertEqual([why for _, why in app.audit_a11y()], [], step)
        self.clean()

    def test_dialogs(self):
        app = self.start()
        for item, title in (("Preferences", "Preferences"), ("Keyboard Shortcuts", None), ("About Perceptron", None)):
            n = len(app.windows())
            app.choose_menu("Main Menu", item)
            g.wait_for(lambda: len(app.windows()) > n, 5, item)
            app.settle()
            # GTK's own windows have their own faults: ours is the first.
            if title:
                self.assertEqual([why for _, why in app.audit_a11y()], [], item)
            app.key("Escape")
            g.wait_for(lambda: len(app.windows()) == n, 5, f"{item} to close")
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_open_dialog(self):
        app = self.start()
        drawn.animals(self.path / "animals", 10)
        app.key("ctrl+o")
        app.choose_file(str(self.path / "animals"))
        g.wait_for(lambda: app.find_all("label", "dog"), 20, "the classes")
        self.clean()

    def test_no_device(self):
        app = self.start(OCL_ICD_VENDORS="/nonexistent")
        for step in ("train", "test"):
            self.show(step)
            app.find("label", "No Device to Compute On")
            self.assertTrue(app.find_all("label", re.compile("pocl", re.I)), "what to install")
        self.show("data")
        self.assertEqual(tuple(app.resize(360, 640)), (360, 640))
        self.clean()


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
