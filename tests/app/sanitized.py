#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session with a sanitized build, for run-sanitized.sh: what a person does in five minutes, then a look at the reports."""
import os
import re
import signal
import time

import gui
# PoCL sets a signal stack of its own, which the sanitizer would try to free.
SUPPRESSIONS = gui.HERE / "guitest/helpers/lsan.supp"
gui.in_desktop("--env", "ASAN_OPTIONS=fast_unwind_on_malloc=0:use_sigaltstack=0",
               "--env", f"LSAN_OPTIONS=suppressions={SUPPRESSIONS}:print_suppressions=1",
               "--env", "UBSAN_OPTIONS=print_stacktrace=1", "--env", "GUITEST_TIMEOUT=60", timeout=870)

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import STEPS, WindowCase, settings  # noqa: E402


def own_leaks(log):
    """Leaks that our code has a part in, main() aside: drivers and GLib leave some things behind."""
    leaks = re.findall(r"^(?:Direct|Indirect) leak of .*\n(?:    #.*\n)+", log, re.M)
    return [leak for leak in leaks if re.search(r"/src/(?!app/main\.c)\S+\.[ch]:\d+", leak)]


class Sanitized(WindowCase):
    def start(self):
        self.app = g.App([gui.app()], timeout=300)
        self.addCleanup(self.app.close, force=True)
        g.wait_for(lambda: "CPU" in self.device().description, 60, "a device")
        return self.app

    def end(self):
        """Closes the window as a person does: a program that is killed reports nothing."""
        self.app.key("ctrl+q")
        self.app.proc.wait(240)
        log = self.app.log()
        if os.environ.get("SANITIZED_LOG"):
            with open(os.environ["SANITIZED_LOG"], "a", encoding="utf-8") as f:
                f.write(log)
        errors = re.findall(r"^.*(?:ERROR: (?!Leak)\w+Sanitizer|runtime error:).*$", log, re.M)
        self.assertEqual(errors, [], log[-6000:])
        self.assertEqual(own_leaks(log), [])
        # Something is always suppressed: without this line nobody looked for leaks.
        self.assertIn("Suppressions used:", log)
        # Leaks of others make it 1.
        self.assertEqual(self.app.proc.returncode, 1 if "detected memory leaks" in log else 0)

    def test_pages_and_dialogs(self):
        app = self.start()
        for step in STEPS:
            self.show(step)
        for item in ("Preferences", "Keyboard Shortcuts", "About Perceptron"):
            n = len(app.windows())
            app.choose_menu("Main Menu", item)
            g.wait_for(lambda: len(app.windows()) > n, 20, item)
            app.settle()
            app.key("Escape")
            g.wait_for(lambda: len(app.windows()) == n, 20, f"{item} to close")
        app.resize(360, 640)
        app.settle()
        self.end()

    def test_drop_train_draw(self):
        app = self.start()
        (self.path / "cat").mkdir()
        (self.path / "cat" / "not a picture.png").write_text("nothing")
        self.drop_animals(20)
        app.click(app.find("label", "dog"))
        settings(preset="mlp", epochs=3, batch_size=8)
        self.show("train")
        app.click("push button", "Start")
        self.wait_status("Finished", 240)
        self.show("test")
        use = app.find_all("push button", "Use Digits")
        if use and use[0].on_screen():
            app.click(use[0])
        self.show_canvas()
        app.draw_path(app.find("image", "Canvas"), drawn.DIGITS["7"])
        g.wait_for(lambda: self.bars().get("7", 0) > 0.5, 240, "a seven")
        app.click("push button", "Inside")
        maps = app.find("image", "Maps of the Layer", timeout=240)
        g.wait_for(lambda: re.match(r"Channel|\d+", maps.description), 240, "maps")
        app.draw_path(app.find("image", "Canvas to Look Inside"), drawn.DIGITS["4"])
        app.click(maps, at=(.1, .3))
        app.settle()
        self.end()

    def test_results(self):
        app = self.start()
        self.drop_animals(20)
        settings(preset="mlp", epochs=2, batch_size=8)
        self.show("train")
        app.click("push button", "Start")
        self.wait_status("Finished", 240)
        self.show("test")
        app.click(name="Results")
        app.find("label", re.compile("validation pictures right"), timeout=240)
        app.click(app.find(name="Confusion Matrix"), at=(.02, .98))
        app.settle()
        app.click(name="Classify")
        app.drop_files([str(self.path / "cat")])
        app.find("label", "20 pictures", timeout=240)
        app.settle()
        self.end()

    def test_model(self):
        app = self.start()
        settings(preset="mlp")
        self.drop_animals(10)
        self.show("model")
        app.click(app.find(name="ConvNet", where=lambda n: "button" in n.role))
        app.find_all("push button", "Remove Convolution")
        app.click(app.find_all("label", "Convolution")[0])
        app.click(app.find_all("spin button", "Kernel Size")[0])
        app.key("ctrl+a")
        app.type("11")
        app.key("Return")
        app.find("label", re.compile("11×11 · ReLU"))
        for item in ("Dropout", "Max Pooling"):
            app.choose_menu("Add a Layer", item)
            app.settle()
        for _ in range(3):
            app.click("push button", "Undo")
            app.settle()
        app.click("push button", "Redo")
        app.settle()
        self.end()

    def test_devices(self):
        app = self.start()
        app.key("ctrl+comma")
        preferences = app.window("Preferences", timeout=30)
        app.settle()
        app.click(app.find("label", re.compile("^pthread"), within=preferences))
        app.find("label", "Local Memory", within=preferences)
        app.key("Escape")
        g.wait_for(lambda: len(app.windows()) == 1, 20, "the preferences to close")
        # And the program goes while they are open.
        app.key("ctrl+comma")
        app.window("Preferences", timeout=30)
        app.settle()
        self.end()

    def test_close_in_the_middle(self):
        app = self.start()
        self.drop_animals(20)
        settings(preset="convnet", epochs=10000, batch_size=8)
        self.show("train")
        app.click("push button", "Start")
        self.wait_status("Epoch", 240)
        time.sleep(1)
        self.end()

    def test_no_device(self):
        self.app = g.App([gui.app()], env={"OCL_ICD_VENDORS": "/nonexistent"}, timeout=300)
        self.addCleanup(self.app.close, force=True)
        self.show("train")
        self.app.find("label", "No Device to Compute On")
        self.end()


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
