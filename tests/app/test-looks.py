#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page and dialog in every look: all controls named, nothing said by GTK, the window as narrow as a phone and as
wide as 4K (TAP on standard output).

    tests/app/test-looks.py [only=NAME]

Starts itself once in each desktop: light, dark, high contrast, large text, mirrored.
"""
import concurrent.futures
import functools
import os
import signal
import subprocess
import sys
import unittest

import gui

LOOKS = {
    "light": ["--size", "3840x2160"],
    "dark": ["--dark"],
    "high_contrast": ["--high-contrast"],
    "large_text": ["--text-scale", "1.5"],
    "mirrored": None,
}
LOOK = os.environ.get("PERCEPTRON_LOOK")
if LOOK:
    options = LOOKS[LOOK]
    gui.in_desktop(*(gui.right_to_left() if options is None else options), timeout=300)
    import guitest as g
    from window_case import STEPS, WindowCase

sys.path.insert(0, str(gui.HERE.parent))
import tap  # noqa: E402

if LOOK:
    class Looks(WindowCase):
        def unnamed(self):
            return [why for _, why in self.app.audit_a11y()]

        def test_look(self):
            app = self.start()
            sizes = [(1080, 720), (360, 640)] + ([(3840, 2100)] if LOOK == "light" else [])
            for step in STEPS:
                self.show(step)
                self.assertEqual(self.unnamed(), [], f"{step}, empty")
            self.show("data")
            self.drop_animals(10)
            for step in STEPS:
                self.show(step)
                for size in sizes:
                    got = tuple(app.resize(*size))
                    # Large text needs more room than a phone has upright.
                    if LOOK != "large_text":
                        self.assertEqual(got, size, step)
                    self.assertEqual(self.unnamed(), [], f"{step}, {size}")
            for item in ("Preferences", "Export Model…", "About Perceptron"):
                n = len(app.windows())
                app.choose_menu("Main Menu", item)
                g.wait_for(lambda: len(app.windows()) > n, 20, item)
                app.settle()
                if item != "About Perceptron":
                    self.assertEqual(self.unnamed(), [], item)
                app.key("Escape")
                g.wait_for(lambda: len(app.windows()) == n, 10, f"{item} to close")
            self.assertEqual([str(c) for c in app.complaints()], [])
else:
    def look_at(look):
        return subprocess.run([sys.executable, __file__], env=dict(os.environ, PERCEPTRON_LOOK=look),
                              capture_output=True, text=True, check=False)

    @functools.cache
    def begin():
        """Most of the time goes into waiting for windows to come to rest: two desktops at a time."""
        pool = concurrent.futures.ThreadPoolExecutor(2)
        return {look: pool.submit(look_at, look) for look in LOOKS if tap.only() in f"Desktops.test_{look}"}

    class Desktops(unittest.TestCase):
        pass

    def add(look):
        def test(self):
            done = begin()[look].result()
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        setattr(Desktops, f"test_{look}", test)

    for name in LOOKS:
        add(name)

if __name__ == "__main__":
    signal.alarm(880)
    if not LOOK and gui.missing():
        print(f"1..0 # SKIP to drive a window, this is missing: {', '.join(gui.missing())}")
        raise SystemExit(77)
    raise SystemExit(tap.main())
