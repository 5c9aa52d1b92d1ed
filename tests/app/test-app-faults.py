#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenCL calls fail once, for good, or slowly while the window trains: it says so and goes on, and the work is kept.

    tests/app/test-app-faults.py [only=NAME]

Needs the fault layer clfault.c of the shared tools; skipped where that is not there. A few faults by default; with
PERCEPTRON_TEST_ALL=1 every call in every way.
"""
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import gui
gui.in_desktop(timeout=3600)

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SLOW, WindowCase, last_data, settings  # noqa: E402

# function: (error, call that fails once, call from which on all fail, rule of a slow one)
CALLS = {
    "clCreateContext": (-2, 1, 1, "1+:d2000"),
    "clCreateCommandQueue": (-6, 1, 1, "1+:d2000"),
    "clCreateBuffer": (-4, 5, 9, "%3:d200"),
    "clCreateSubBuffer": (-5, 2, 4, "%3:d200"),
    "clBuildProgram": (-11, 1, 2, "1+:d400"),
    "clCreateProgramWithSource": (-6, 1, 2, "1+:d400"),
    "clCreateKernel": (-46, 2, 5, "1+:d100"),
    "clSetKernelArg": (-38, 30, 60, "%40:d100"),
    "clEnqueueNDRangeKernel": (-5, 60, 40, "%40:d100"),
    "clEnqueueReadBuffer": (-36, 3, 2, "1+:d300"),
    "clEnqueueWriteBuffer": (-5, 4, 2, "1+:d300"),
    "clEnqueueFillBuffer": (-5, 2, 1, "1+:d100"),
    "clWaitForEvents": (-14, 10, 6, "%10:d100"),
    "clFinish": (-36, 1, 2, "1+:d1500"),
    "clFlush": (-5, 10, 5, "%10:d100"),
}
WAYS = ("once", "for good", "slow")
SHORT = {("clCreateContext", "once"), ("clCreateBuffer", "for good"), ("clBuildProgram", "once"),
         ("clEnqueueNDRangeKernel", "once"), ("clEnqueueNDRangeKernel", "for good"), ("clEnqueueNDRangeKernel", "slow"),
         ("clEnqueueReadBuffer", "once"), ("clFinish", "slow")}
# The longest that the window may not answer; far more than on an idle machine, far less than what is delayed.
STALL_MS = 1000

# What the page says of a run that failed.
MESSAGE = re.compile("The Device Failed|[Mm]emory|is kept")

FOLDER = tempfile.TemporaryDirectory(prefix="perceptron-faults-")


def build_layer():
    """The path of the layer, or None where it can't be had."""
    source = tap.shared() and tap.shared() / "reliability" / "clfault.c"
    if not source or not source.is_file():
        return None
    layer = Path(FOLDER.name) / "clfault.so"
    done = subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", layer, source, "-pthread"], capture_output=True,
                          check=False)
    return layer if done.returncode == 0 else None


LAYER = build_layer()
ANIMALS = drawn.animals(Path(FOLDER.name) / "animals", 12)


def rule(call, way):
    error, once, for_good, slow = CALLS[call]
    return {"once": f"{call}:{once}:{error}", "for good": f"{call}:{for_good}+:{error}", "slow": f"{call}:{slow}"}[way]


class Faults(WindowCase):
    def begin(self, **env):
        if LAYER is None:
            self.skipTest("the fault layer clfault.c is not here or can't be compiled")
        settings(preset="mlp", epochs=8, batch_size=8)
        self.log = Path(FOLDER.name) / "fault.log"
        self.log.unlink(missing_ok=True)
        self.app = g.App([gui.app(), *ANIMALS], env={"OPENCL_LAYERS": str(LAYER), "CLFAULT_LOG": str(self.log), **env},
                         timeout=60)
        self.addCleanup(self.app.close, force=True)
        self.expect_data()
        self.show("train")

    def expect_data(self):
        g.wait_for(lambda: self.app.find_all("label", "dog"), 30, "the data")

    def dialog(self):
        """The close button of a message, if there is one."""
        return self.app.find_all("push button", "Close", where=lambda n: n.toplevel().role in ("dialog", "alert"))

    def train(self):
        """Trains to an end of either kind. Returns whether it ended well, and what was said."""
        app, said = self.app, ""
        g.wait_for(lambda: app.find("push button", "Start").has("sensitive"), 30, "Start")
        app.key("ctrl+Return")
        time.sleep(0.3)
        try:
            g.wait_for(lambda: self.dialog() or [s for s in self.status()
                                                 if re.match("Finished|Training failed", s)],
                       SLOW, "an end", interval=0.3)
        except g.GuiError as e:
            raise g.GuiError(f"{e}; it says {self.status()}") from None
        if "Finished" in self.status():
            return True, said
        # A message beside the curves; before there are any, in a window of its own.
        for button in self.dialog():
            said += " ".join(n.label for n in button.toplevel().load().walk() if n.role == "label" and n.label)
            app.click(button)
            g.wait_for(lambda: not self.dialog(), 10, "the message to go")
        return False, said + " ".join(n.label for n in app.find_all("label", MESSAGE))

    def expect_alive(self):
        """It answers, keeps the data, and can be closed at once."""
        app = self.app
        for step in ("data", "train"):
            self.show(step)
            if step == "data":
                self.expect_data()
        self.assertEqual([str(c) for c in app.complaints()], [])
        app.key("ctrl+q")
        g.wait_for(lambda: not g.X().windows(app.pid), 5, "the window to go")
        app.proc.wait(timeout=60)
        self.assertEqual(app.proc.returncode, 0)

    def injected(self):
        return "clfault:" in (self.log.read_text(encoding="utf-8") if self.log.exists() else "")

    def check(self, call, way):
        self.begin(CLFAULT=rule(call, way))
        with self.app.watch() as watch:
            well, said = self.train()
        if not self.injected():
            self.expect_alive()
            self.skipTest(f"{call} isn't called so often here")
        self.assertLess(watch.longest_stall, STALL_MS)
        if way == "slow":
            self.assertTrue(well, said)
        elif not well:
            # A sentence that people can do something with, not a number alone.
            self.assertRegex(said, r"\w+ \w+ \w+")
        if way == "once":
            self.assertEqual(self.train(), (True, ""), f"again, after: {said}")
        elif way == "for good":
            # A device that is lost stays lost; but a flush is a hint, and its failure harms nothing.
            harmless = call == "clFlush"
            self.assertEqual(well, harmless, said)
            self.assertEqual(self.train()[0], harmless)
        self.expect_alive()

    def canvas(self):
        """What is drawn; messages about the answers that didn't come are closed."""
        while self.dialog():
            self.app.click(self.dialog()[0])
            time.sleep(0.3)
        g.X().move(2, 2)
        self.app.settle()
        return self.app.screenshot(of=self.app.find("image", "Canvas"))

    def test_drawing_is_kept(self):
        """The ink, the data and the window outlive a device that is lost; the next start of the program trains."""
        self.begin(CLFAULT="clEnqueueNDRangeKernel:1+:-5")
        self.show_canvas()
        empty = self.canvas()
        self.app.draw_path(self.app.find("image", "Canvas"), drawn.DIGITS["7"])
        g.wait_for(self.dialog, SLOW, "what went wrong")
        ink = self.canvas().differs(empty)
        self.show("train")
        self.assertFalse(self.train()[0])
        self.show("test")
        self.app.click("push button", "Use Digits")
        self.show_canvas()
        self.assertGreater(self.canvas().differs(empty), ink / 2)
        self.expect_alive()
        self.begin()
        self.assertEqual(self.train(), (True, ""))
        self.expect_alive()

    def test_last_good_model_is_kept(self):
        """A device that is lost in the middle of a run takes nothing of what was learnt before: it is on disk, and another
        start of the program tries it out."""
        self.begin(CLFAULT="clEnqueueNDRangeKernel:3000+:-5")
        settings(preset="mlp", epochs=1000, batch_size=8)
        well, said = self.train()
        self.assertTrue(self.injected())
        self.assertFalse(well)
        self.assertRegex(said, r"\w+ \w+ \w+")
        kept = last_data().parent / "last.onnx"
        g.wait_for(kept.exists, 10, "the last good model on disk")
        self.expect_alive()
        cli = Path(gui.app()).parents[1] / "cli/perceptron-cli"
        if cli.exists():
            told = subprocess.run([cli, "evaluate", "--model", kept, "--data", Path(ANIMALS[0]).parent], capture_output=True,
                                  text=True, check=False)
            self.assertRegex(told.stdout, r"accuracy +\d", told.stderr)
        self.begin()
        self.show("test")
        self.app.click("push button", "Use Trained")
        self.app.find("label", "cat, dog")
        self.expect_alive()

    def test_quit_while_driver_hangs(self):
        """The window goes at once, and the program soon after, whatever the driver is at."""
        self.begin(CLFAULT="clFinish:1+:d60000,clWaitForEvents:1+:d60000")
        self.app.key("ctrl+Return")
        g.wait_for(self.injected, 60, "a call that hangs")
        start = time.monotonic()
        self.app.key("ctrl+q")
        g.wait_for(lambda: not g.X().windows(self.app.pid), 5, "the window to go")
        self.app.proc.wait(timeout=40)
        self.assertEqual(self.app.proc.returncode, 0)
        self.assertLess(time.monotonic() - start, 40)


def add_tests():
    for call in CALLS:
        for way in WAYS:
            if (call, way) in SHORT or os.environ.get("PERCEPTRON_TEST_ALL"):
                def test(self, call=call, way=way):
                    self.check(call, way)
                setattr(Faults, f"test_{call}_{way.replace(' ', '_')}", test)


add_tests()

if __name__ == "__main__":
    signal.alarm(3600)
    raise SystemExit(tap.main())
