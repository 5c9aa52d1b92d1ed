#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws on the Test page, teaches the network what it got wrong, and looks inside it (TAP on standard output).

    tests/app/test-draw.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing.
"""
import re
import signal
import time

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase  # noqa: E402


class Draw(WindowCase):
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


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
