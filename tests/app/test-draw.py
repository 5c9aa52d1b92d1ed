#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws on the Test page, teaches the network what it got wrong, and looks inside it (TAP on standard output).

    tests/app/test-draw.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing.
"""
import os
import re
import shutil
import signal
import time
from pathlib import Path

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase  # noqa: E402


# No digit that anybody writes.
HOUSE = [[(.25, .8), (.25, .5), (.5, .2), (.75, .5), (.75, .8), (.25, .8)], [(.25, .5), (.75, .5)]]


def data_folder():
    return Path(os.environ["XDG_DATA_HOME"]) / "perceptron"


class Draw(WindowCase):
    def setUp(self):
        super().setUp()
        shutil.rmtree(data_folder(), ignore_errors=True)

    def teach(self, name):
        (data_folder() / "taught.onnx").unlink(missing_ok=True)
        self.app.click("push button", "Wrong? Teach It")
        self.app.settle()
        self.app.key(name)

    def wait_taught(self, n):
        g.wait_for(lambda: self.app.find_all("label", f"Taught Drawings ({n})"), 10, "the list")
        g.wait_for((data_folder() / "taught.onnx").exists, SLOW, "the drawing to be learnt")

    def canvas(self):
        return self.app.find("image", "Canvas")

    def wait_empty(self):
        # GTK doesn't tell of changes of less than a thousandth.
        g.wait_for(lambda: sum(self.bars().values()) < 0.02, 5, "the bars to fall")

    def wait_answer(self, name, timeout=SLOW):
        g.wait_for(lambda: self.bars().get(name, 0) > 0.5, timeout, f"the answer {name!r}")

    def test_canvas(self):
        app = self.start()
        self.show_canvas()
        buttons = {name: app.find("push button", name) for name in ("Undo", "Redo", "Clear")}
        able = lambda: {name for name, b in buttons.items() if b.refresh().has("sensitive")}  # noqa: E731
        self.assertEqual(able(), set())
        stem, bar = drawn.DIGITS["1"][0], drawn.DIGITS["4"][0]
        app.draw_path(self.canvas(), [stem])
        self.wait_answer("1")
        app.draw_path(self.canvas(), [bar])
        self.wait_answer("4")
        app.click(buttons["Undo"])
        self.wait_answer("1")
        self.assertEqual(able(), {"Undo", "Redo", "Clear"})
        app.click(buttons["Redo"])
        self.wait_answer("4")
        app.click(buttons["Clear"])
        self.wait_empty()
        self.assertEqual(able(), {"Undo"})
        app.key("ctrl+z")
        self.wait_answer("4")
        app.key("ctrl+z")
        self.wait_answer("1")
        app.key("ctrl+shift+z")
        self.wait_answer("4")
        app.key("Delete")
        self.wait_empty()

        # A wider pen: more ink on the canvas, and in what the network sees.
        app.draw_path(self.canvas(), [stem])
        self.wait_answer("1")
        seen = app.find("image", "What the Network Sees")
        ink = [app.screenshot(of=node).count((255, 255, 255)) for node in (self.canvas(), seen)]
        app.find("slider", "Pen Width").set_value(2)
        app.settle()
        wide = [app.screenshot(of=node).count((255, 255, 255)) for node in (self.canvas(), seen)]
        self.assertLess(wide[0], ink[0])
        self.assertGreater(wide[1], ink[1])
        self.clean()

    def test_draw(self):
        app = self.start()
        self.show_canvas()
        right = []
        for digit, strokes in drawn.DIGITS.items():
            app.draw_path(self.canvas(), strokes)
            bars = g.wait_for(lambda: (lambda b: b if sum(b.values()) > 0.98 else None)(self.bars()), SLOW, "the bars")
            time.sleep(0.2)
            bars = self.bars()
            right += [digit] if max(bars, key=bars.get) == digit else []
            app.click("push button", "Clear")
            self.wait_empty()
        self.assertGreaterEqual(len(right), 9, f"recognised only {right}")
        self.assertIn("7", right)
        self.clean()

    def test_draw_by_keyboard(self):
        app = self.start()
        self.show_canvas()
        for _ in range(20):
            if app.find("image", "Canvas").has("focused"):
                break
            app.key("Tab")
            app.settle(0.05, 1)
        app.key("Up", times=12)
        app.key("space")
        app.key("Down", times=24)
        app.key("space")
        g.wait_for(lambda: self.bars().get("1", 0) > 0.5, SLOW, "a one")
        app.key("ctrl+z")
        g.wait_for(lambda: sum(self.bars().values()) < 0.02, 5, "the stroke to be taken back")
        self.clean()

    def test_teach(self):
        app = self.start()
        self.show_canvas()
        app.draw_path(self.canvas(), HOUSE)
        g.wait_for(lambda: sum(self.bars().values()) > 0.98, SLOW, "the bars")
        self.assertLess(self.bars()["8"], 0.5)
        self.teach("8")
        self.wait_taught(1)
        app.find("label", "Digits + 1 drawing")
        # By the pointer, and a little otherwise.
        app.click("push button", "Clear")
        app.draw_path(self.canvas(), [[(x + .03, y) for x, y in stroke] for stroke in HOUSE])
        (data_folder() / "taught.onnx").unlink()
        app.click("push button", "Wrong? Teach It")
        app.click(app.find(name="8", where=lambda n: n.popup()))
        self.wait_taught(2)
        self.wait_answer("8")
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.click("push button", "Clear")
        app.draw_path(self.canvas(), drawn.DIGITS["7"])
        self.wait_answer("7")
        self.show("train")
        self.wait_status("Finished")

        # It is there again after a restart, even one by force.
        app.proc.kill()
        app.proc.wait()
        app = self.start()
        self.show_canvas()
        app.find("label", "Digits + 2 drawings")
        app.draw_path(self.canvas(), HOUSE)
        self.wait_answer("8")
        app.click("push button", "Forget All")
        app.click("push button", "Undo", where=lambda n: "Stroke" not in n.description)
        g.wait_for(lambda: app.find_all("label", "Digits + 2 drawings"), 10, "it to be known again")
        self.wait_answer("8")
        app.click("push button", "Forget All")
        g.wait_for(lambda: app.find_all("label", "Digits"), 10, "the model from before")
        g.wait_for(lambda: self.bars()["8"] < 0.5, 10, "it to be forgotten")
        self.clean()

    def test_drawing_survives_a_crash(self):
        app = self.start()
        self.show_canvas()
        app.draw_path(self.canvas(), HOUSE)
        g.wait_for(lambda: sum(self.bars().values()) > 0.98, SLOW, "the bars")
        self.teach("8")
        g.wait_for((data_folder() / "drawings.jsonl").exists, 2, "the drawing to be written")
        app.proc.kill()
        app.proc.wait()
        app = self.start()
        self.show_canvas()
        self.wait_taught(1)
        app.draw_path(self.canvas(), HOUSE)
        self.wait_answer("8")
        app.click("push button", "Delete the Drawing of “8”")
        g.wait_for(lambda: not app.find_all("label", re.compile("Taught Drawings")), 5, "the list to go")
        g.wait_for(lambda: not (data_folder() / "drawings.jsonl").exists(), 5, "the file to go")
        self.clean()

    def maps(self):
        return self.app.find("image", "Maps of the Layer", timeout=SLOW)

    def test_inside(self):
        app = self.start()
        self.show_canvas()
        app.draw_path(self.canvas(), drawn.DIGITS["7"])
        self.wait_answer("7")
        app.click("push button", "Inside")
        app.settle()
        canvas = app.find("image", "Canvas to Look Inside")
        g.wait_for(lambda: re.match(r"Channel|\d+", self.maps().description), SLOW, "maps")
        app.settle()
        seven = app.screenshot(of=self.maps())
        self.assertGreater(seven.colours(), 20)

        # Live: the maps change with each stroke.
        app.draw_path(canvas, drawn.DIGITS["4"])
        g.wait_for(lambda: app.screenshot(of=self.maps()).differs(seven), 5, "other maps")
        # A click shows one large, and its number is told.
        app.click(self.maps(), at=(.1, .3))
        g.wait_for(lambda: app.find_all("label", re.compile(r"Map \d+ of 16")), 5, "the map")
        self.assertTrue(app.find("image", "Filters of the First Layer"))
        # Another layer, by keyboard.
        before = app.screenshot(of=self.maps())
        app.click("combo box", "Layer")
        app.settle()
        app.key("Down")
        app.key("Down")
        app.key("Return")
        g.wait_for(lambda: app.screenshot(of=self.maps()).differs(before), 5, "another layer's maps")
        self.assertEqual([why for _, why in app.audit_a11y()], [])

        # It is the same drawing in both views.
        app.key("Escape")
        app.click("push button", "Clear What Is Inside")
        app.find("label", "Look Inside")
        app.click("push button", "Draw")
        self.wait_empty()
        self.clean()


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
