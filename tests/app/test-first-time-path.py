#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of somebody who sees the program for the first time, timed step by step (TAP on standard output).

    [PERCEPTRON_PHOTOS=1] tests/app/test-first-time-path.py [--shots FOLDER]

From the first window to a drawn digit, to a network trained on one's own two folders, to its mistakes, to the fastest
device: only by what the screen shows, by the pointer alone. The table tells when the result of a step was on the
screen, in seconds since the program was started, and by how many actions of the hand. The hand neither reads nor
hesitates: it is the program's share of the time, and the screen grabs of --shots don't count.

Set beforehand, only to be short: few epochs. The pictures are drawn here, and for them the batches are small and the
network is the smallest; with PERCEPTRON_PHOTOS they are the cats and dogs that lie beside the tree, and the network is
what a new user gets. Needs Xvfb and a few tools; skips (77) where they are missing.
"""
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase, settings  # noqa: E402

EPOCHS = 4
PHOTOS = tap.shared() / "data/catdog/train" if os.environ.get("PERCEPTRON_PHOTOS") and tap.shared() else None
CLI = Path(gui.app()).parent.parent / "cli/perceptron-cli"


class Hand(g.App):
    """Counts what the hand does: clicks, strokes, drops."""
    actions = 0

    def click(self, *arguments, count=1, **options):
        self.actions += count
        return super().click(*arguments, count=count, **options)

    def draw_path(self, target, points, **options):
        self.actions += len(points)
        return super().draw_path(target, points, **options)

    def drop_files(self, paths, *arguments, **options):
        self.actions += 1
        return super().drop_files(paths, *arguments, **options)


def shots():
    """The folder for pictures of the screens, where they are asked for."""
    if "--shots" not in sys.argv:
        return None
    folder = Path(sys.argv[sys.argv.index("--shots") + 1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class FirstTime(WindowCase):
    def begin(self):
        settings(epochs=EPOCHS, **({} if PHOTOS else {"preset": "mlp", "batch_size": 16}))
        self.table, self.shots = [], shots()
        self.began = time.monotonic()
        # In the build folder, the program that compares devices isn't where an installed one would be.
        self.app = Hand([gui.app()], env={"PERCEPTRON_CLI": str(CLI)} if CLI.exists() else None, timeout=30)
        self.addCleanup(self.app.close, force=True)
        self.addCleanup(self.report)

    def report(self):
        if self.shots:
            self.app.screenshot(str(self.shots / "path-end.png"))
        print(f"# {'step':<44}{'seconds':>8}{'actions':>9}")
        for what, seconds, actions in self.table:
            print(f"# {what:<44}{seconds:8.1f}{actions:9}")
        print(f"# {'all':<44}{self.table[-1][1]:8.1f}{sum(row[2] for row in self.table):9}", flush=True)

    def done(self, what):
        """The result of a step is on the screen."""
        now = time.monotonic()
        self.table.append((what, now - self.began, self.app.actions))
        if self.shots:
            self.app.settle(0.5, 3)
            self.app.screenshot(str(self.shots / f"path-{len(self.table)}-{re.sub('[^a-z]+', '-', what.lower())}.png"))
        self.assertEqual([str(c) for c in self.app.complaints()], [], what)
        self.app.actions = 0
        self.began += time.monotonic() - now

    def press(self, name, timeout=10, **options):
        """A button that can be seen and pressed, whatever its kind."""
        there = g.wait_for(lambda: [n for n in self.app.find_all(name=name, **options) if n.on_screen() and
                                    n.role in ("push button", "toggle button", "radio button", "page tab", "tab") and
                                    n.has("sensitive")], timeout, f"the button {name!r}",
                           interval=0.1)
        self.app.click(there[0])

    def see(self, pattern, timeout=SLOW):
        """A text that can be seen."""
        return g.wait_for(lambda: [n for n in self.app.find_all("label", re.compile(pattern)) if n.on_screen()],
                          timeout, f"the text {pattern!r}", interval=0.1)[0]

    def folders(self):
        """Two folders as a person has them: a few of the pictures lie in the wrong one."""
        if PHOTOS:
            for kind in ("cat", "dog"):
                (self.path / kind).mkdir()
                for photo in sorted((PHOTOS / kind).iterdir())[:200]:
                    shutil.copy(photo, self.path / kind)
            return [str(self.path / kind) for kind in ("cat", "dog")]
        out = drawn.animals(self.path, 60)
        for i in range(12):
            drawn.save_animal("dog", 500 + i, self.path / f"cat/stray-{i:02}.png")
        return out

    def draw(self):
        app = self.app
        self.press("Draw a Digit")
        app.draw_path(app.find("image", "Canvas"), drawn.DIGITS["7"])
        g.wait_for(lambda: self.bars().get("7", 0) > 0.5, SLOW, "a seven")
        self.done("Draw a 7, and read the answer")

    def add(self, folders):
        self.press("Data")
        self.see("^Add Pictures$")
        self.app.drop_files(folders)
        for kind in ("cat", "dog"):
            self.see(f"^{kind}$")
        self.done("Drop two folders, and see the classes")

    def train(self):
        self.press("Train")
        self.press("Start")
        self.see("^(Epoch|Finished)")  # the smallest network is quicker than the eye
        self.done("Press Start, and see it learn")
        self.see("^Finished")
        self.done(f"Wait until it has finished ({EPOCHS} epochs)")

    def mistakes(self):
        app = self.app
        self.press("Try It Out")
        self.press("Results")
        g.wait_for(lambda: [n for n in app.find_all(name="Confusion Matrix") if n.on_screen()], SLOW, "the matrix")
        self.see("of .* right")
        self.done("See how often it is right")
        app.click(self.see("taken for", 20))
        self.see(r"\.(png|jpe?g)$", 20)
        self.done("Look at a mistake")

    def compare(self):
        app = self.app
        app.choose_menu("Main Menu", "Preferences")
        preferences = app.window("Preferences", timeout=10)
        app.settle()
        self.press("Devices", within=preferences)
        self.see("^Comparison$", 10)
        self.done("Find the devices")
        if not CLI.exists():
            return
        self.press("Compare", within=preferences)
        figures = g.wait_for(lambda: app.find_all("label", re.compile(r"^[\d.]+ ms$"), within=preferences), SLOW,
                             "the figures", interval=0.3)
        # They may lie below the fold.
        app.scroll_to(figures[-1])
        self.see("^One Picture$", 10)
        self.done("Compare the devices")

    def test_path(self):
        folders = self.folders()
        self.begin()
        self.see("^Add Pictures$")
        self.done("Start the program")
        self.draw()
        self.add(folders)
        self.train()
        self.mistakes()
        self.compare()


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
