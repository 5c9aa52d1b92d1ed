#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the screenshots of docs/screenshots: starts the program in each look, drives it, photographs each screen.

    [ONLY="light dark"] [STATES="train draw"] tests/app/make-screenshots.py [OUTPUT FOLDER]

Looks: light, dark, narrow, high-contrast, german, arabic (mirrored). Shows drawn digits and made-up animals only; the
curves and results are of MNIST where it lies beside the tree. A screen that can't be reached is left out and named at
the end (exit status 1). pngquant, where installed, makes the files smaller.
"""
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import gui
import tap

STATES = ("start", "data", "preview", "model", "train", "draw", "inside", "classify", "results", "devices", "shortcuts",
          "no-device")
# name of the look: options of gui-run, language, size of the window, screens
LOOKS = {
    "light": ([], None, (1080, 720), STATES),
    "dark": (["--dark"], None, (1080, 720), STATES),
    # The window of shortcuts is GTK's, and as wide as it is.
    "narrow": ([], None, (360, 720), tuple(s for s in STATES if s != "shortcuts")),
    "high-contrast": (["--high-contrast"], None, (1080, 720), ("data", "model", "train", "draw", "results")),
    "german": (["--lang", "de"], "de", (1080, 720), STATES),
    "arabic": (None, None, (1080, 720), STATES),
}


class Photographer:
    """One start of the program in one look; each screen is a method, and a screen that fails doesn't stop the others."""

    def __init__(self, look, out, wanted):
        import guitest
        self.g = guitest
        self.look, self.out, self.wanted = look, out, wanted
        self.failed = []
        build = Path(gui.app()).parents[2]
        language = LOOKS[look][1]
        self.translate = gettext.translation("perceptron", build / "po", [language] if language else [],
                                             fallback=True).gettext
        self.folder = tempfile.mkdtemp(prefix="perceptron-")

    # What is looked for, in the language of the window; without the mnemonic.
    def name(self, text):
        return self.translate(text).replace("_", "")

    def find(self, role, text, timeout=10):
        return self.app.find(role, self.name(text), timeout=timeout)

    def press(self, text, timeout=10):
        # A toggle and a plain button are both push buttons to a screen reader.
        self.app.click(self.find("push button", text, timeout))
        self.app.settle()

    def labels(self, *starts):
        starts = tuple(self.translate(s).split("%")[0] for s in starts)
        return [n for n in self.app.find_all("label") if n.label.startswith(starts)]

    def wait(self, cond, timeout, what, interval=0.1):
        return self.g.wait_for(cond, timeout, what, interval=interval)

    def shoot(self, state):
        dialogs = self.app.windows()[1:]
        if dialogs and self.look == "narrow":
            self.app.resize(*LOOKS[self.look][2], top=dialogs[-1])
        self.app.settle(0.3, 3)
        # The pointer lights up what it is over.
        self.g.X().move(2, 2)
        self.app.settle(0.3, 3)
        self.app.screenshot(str(self.out / (f"{state}.png" if self.look == "light" else f"{state}-{self.look}.png")))

    def screen(self, state, needed=False):
        if state not in self.wanted and not needed:
            return
        try:
            getattr(self, state.replace("-", "_"))()
            if state in self.wanted:
                self.shoot(state)
        except (self.g.GuiError, TypeError) as error:
            self.failed.append(f"{state} ({self.look}): {str(error).splitlines()[0]}")

    def start(self):
        self.app.settle(0.5, 5)

    def data(self):
        import drawn
        self.app.key("alt+1")
        self.app.drop_files(drawn.animals(self.folder, 60))
        self.wait(lambda: self.app.find_all("label", re.compile("dog")), 30, "the classes")
        time.sleep(2)

    def preview(self):
        self.app.key("alt+1")
        self.app.click(self.wait(lambda: self.app.find_all("image", re.compile(r"cat-00\d")), 10, "a thumbnail")[0], count=2)
        time.sleep(1)

    def leave_preview(self):
        if "preview" in self.wanted:
            self.app.key("Escape")
            self.app.settle()

    def model(self):
        self.app.key("alt+2")
        time.sleep(0.5)

    def digits(self):
        """A curve that is worth a look takes more pictures than are drawn here."""
        if tap.shared():
            self.app.key("alt+1")
            self.app.drop_files([str(tap.shared() / "data/mnist")])
            self.wait(lambda: self.app.find_all("label", "9"), 60, "the digits")

    def train(self):
        self.app.key("alt+3")
        self.app.settle()
        self.app.key("ctrl+Return")
        # "Epoch 5 of 8", in any language: the first number.
        self.wait(lambda: [n for n in self.labels("Epoch %u of %u") if int(re.search(r"\d+", n.text)[0]) >= 5], 240, "epochs", 0.05)
        self.app.key("ctrl+p")
        self.wait(lambda: self.labels("Paused · %s"), 60, "a pause")

    def finish(self):
        if self.labels("Paused · %s"):
            self.app.key("ctrl+p")
        try:
            self.wait(lambda: self.labels("Finished"), 240, "the end", 0.5)
        except self.g.GuiError as error:
            self.failed.append(f"what a finished run shows ({self.look}): {error}")

    def show_test(self, view):
        self.app.key("alt+4")
        self.app.settle()
        self.press(view)

    def draw(self):
        import drawn
        self.show_test("Dra_w")
        use = self.app.find_all("push button", self.name("Use D_igits"))
        if use and use[0].on_screen():
            self.app.click(use[0])
        self.app.draw_path(self.find("image", "Canvas"), smooth(drawn.DIGITS["3"]))
        self.wait(lambda: any(n.value > 0.5 for n in self.app.find_all("level bar")), 60, "an answer")
        time.sleep(1)

    def inside(self):
        self.show_test("Dra_w")
        self.press("_Inside")
        # The maps come from the device.
        self.wait(lambda: self.app.find_all(where=lambda n: n.label and n.label == self.name("Maps of the Layer")), 60,
                  "what happens inside")
        time.sleep(2)

    def classify(self):
        import drawn
        self.show_test("_Classify")
        folder = Path(self.folder) / "unknown"
        folder.mkdir(exist_ok=True)
        for i, digit in enumerate("3058917462"):
            drawn.digit_picture(digit, i).savev(str(folder / f"scan-{i + 1:02}.png"), "png", [], [])
        self.app.drop_files([str(p) for p in sorted(folder.glob("*.png"))])
        self.wait(lambda: self.app.find_all("label", re.compile(r"^10 ")), 60, "the table")
        time.sleep(2)

    def results(self):
        self.show_test("Resul_ts")
        for button in ("Use T_rained", "_Evaluate"):
            there = [b for b in self.app.find_all("push button", self.name(button)) if b.on_screen()]
            if there:
                self.app.click(there[0])
                self.app.settle()
        self.wait(lambda: self.app.find_all("image", re.compile("matrix|Matrix|" + self.name("Confusion Matrix"))), 60,
                  "the matrix")
        time.sleep(2)

    def devices(self):
        self.app.key("alt+1")
        n = len(self.app.windows())
        self.app.key("ctrl+comma")
        self.wait(lambda: len(self.app.windows()) > n, 10, "Preferences")
        self.app.settle(0.5, 5)
        # On a wide window there is a button for each page; Devices is the first page anyway.
        page = [n for n in self.app.find_all("push button", self.name("Devices")) if n.on_screen()]
        if page:
            self.app.click(page[0])
            self.app.settle()

    def shortcuts(self):
        n = len(self.app.windows())
        self.app.key("ctrl+question")
        self.wait(lambda: len(self.app.windows()) > n, 10, "the shortcuts")
        time.sleep(1)

    def leave_dialog(self):
        n = len(self.app.windows())
        if n > 1:
            self.app.key("Escape")
            self.wait(lambda: len(self.app.windows()) < n, 10, "the dialog to go")

    def no_device(self):
        self.app.key("alt+3")
        self.app.settle()

    def run(self):
        size = LOOKS[self.look][2]
        for key, value in (("preset", "mlp"), ("epochs", 8), ("batch-size", 128)):
            self.g.setting(gui.app_id(), key, value)
        trains = bool({"train", "results", "classify"} & set(self.wanted))
        with self.g.App([gui.app()], timeout=60) as self.app:
            self.wait(lambda: "CPU" in self.find("combo box", "Device").description, 30, "a device")
            self.app.resize(*size)
            self.screen("start")
            self.screen("data", needed=bool({"preview", "model"} & set(self.wanted)))
            self.screen("preview")
            self.leave_preview()
            self.screen("model")
            if trains:
                self.digits()
                self.screen("train", needed=True)
                self.finish()
            for state in ("draw", "inside", "results", "classify"):
                self.screen(state)
            for state in ("devices", "shortcuts"):
                self.screen(state)
                self.leave_dialog()
        if "no-device" in self.wanted:
            with self.g.App([gui.app()], env={"OCL_ICD_VENDORS": "/nonexistent"}, timeout=60) as self.app:
                self.app.resize(*size)
                self.screen("no-device")
        shutil.rmtree(self.folder)
        for what in self.failed:
            print(f"left out: {what}", file=sys.stderr)
        return 1 if self.failed else 0


def smooth(strokes, rounds=3):
    """Cuts corners (Chaikin 1974), as a hand does."""
    for _ in range(rounds):
        strokes = [[s[0]] + [(a[0] * k + b[0] * (1 - k), a[1] * k + b[1] * (1 - k)) for a, b in zip(s, s[1:])
                             for k in (.75, .25)] + [s[-1]] for s in strokes]
    return strokes


def main():
    wanted = os.environ.get("STATES", "").split()
    if os.environ.get("SCREENSHOT_LOOK"):
        look = os.environ["SCREENSHOT_LOOK"]
        states = [s for s in LOOKS[look][3] if not wanted or s in wanted]
        sys.exit(Photographer(look, Path(os.environ["SCREENSHOT_OUT"]), states).run())
    lacking = gui.missing()
    if lacking:
        sys.exit(f"To drive a window, this is missing: {', '.join(lacking)}")
    out = Path(sys.argv[1] if len(sys.argv) > 1 else gui.ROOT / "docs/screenshots").resolve()
    out.mkdir(parents=True, exist_ok=True)
    only = os.environ.get("ONLY", "").split()
    status = 0
    for look, (options, _, _, _) in LOOKS.items():
        if only and look not in only:
            continue
        if options is None:
            options = gui.right_to_left()
        env = dict(os.environ, SCREENSHOT_LOOK=look, SCREENSHOT_OUT=str(out))
        command = [sys.executable, str(gui.HERE / "guitest/gui-run"), "--schema-dir", str(gui.ROOT / "build/data"),
                   "--timeout", "590", *options]
        for name, value in {**gui.devices(), "POCL_DEVICES": "pthread"}.items():
            command += ["--env", f"{name}={value}"]
        status |= subprocess.run([*command, "--", sys.executable, __file__], env=env, check=False).returncode
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--ext", ".png", "--speed", "1", "--skip-if-larger",
                        *map(str, sorted(out.glob("*.png")))], check=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
