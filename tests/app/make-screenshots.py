#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the screenshots of docs/screenshots: starts the program in each state and look, drives it, photographs it.

    tests/app/make-screenshots.py [OUTPUT FOLDER]

Shows drawn digits and made-up animals only. optipng, where installed, makes the files smaller.
"""
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

# name of the look: options of gui-run, size of the window, states
LOOKS = {
    "light": ([], (1080, 720), ("start", "data", "model", "train", "draw")),
    "dark": (["--dark"], (1080, 720), ("train", "draw")),
    "narrow": ([], (360, 720), ("draw",)),
    "high-contrast": (["--high-contrast"], (1080, 720), ("train",)),
}


def photograph(look, out):
    import drawn
    import guitest as g

    _, size, states = LOOKS[look]
    folder = tempfile.mkdtemp(prefix="perceptron-")
    for key, value in (("preset", "mlp"), ("epochs", 8), ("batch-size", 128)):
        g.setting(gui.app_id(), key, value)
    with g.App([gui.app()], timeout=60) as app:
        g.wait_for(lambda: "CPU" in app.find("combo box", "Device").description, 30, "a device")
        app.resize(*size)

        def shoot(state):
            if state in states:
                app.settle(0.3, 3)
                # The pointer lights up what it is over.
                g.X().move(2, 2)
                app.settle(0.3, 3)
                app.screenshot(str(out / (f"{state}.png" if look == "light" else f"{state}-{look}.png")))

        shoot("start")
        if {"data", "model", "train", "done"} & set(states):
            app.drop_files(drawn.animals(folder, 60))
            g.wait_for(lambda: app.find_all("label", "dog"), 30, "the classes")
            time.sleep(1.5)
            shoot("data")
            app.key("alt+2")
            shoot("model")
            if tap.shared():
                # A curve that is worth a look takes more pictures than are drawn here.
                app.key("alt+1")
                app.drop_files([str(tap.shared() / "data/mnist")])
                g.wait_for(lambda: app.find_all("label", "9"), 30, "the digits")
            app.key("alt+3")
            app.key("ctrl+Return")
            if "train" in states:
                status = g.wait_for(lambda: [n for n in app.find_all("label") if n.label.startswith(
                    ("Preparing", "Reading", "Getting", "Epoch"))], 30, "the start")[0]
                g.wait_for(lambda: re.match(r"Epoch [5-8]", status.text), 90, "epochs", interval=0.02)
                app.key("ctrl+p")
                g.wait_for(lambda: [n for n in app.find_all("label") if n.label.startswith("Paused")], 60, "a pause")
                shoot("train")
                app.key("ctrl+p")
            g.wait_for(lambda: [n for n in app.find_all("label") if n.label == "Finished"], 120, "the end", interval=0.5)
            time.sleep(1)
            shoot("done")
        if "draw" in states:
            app.key("alt+4")
            app.settle()
            use = app.find_all("push button", "Use Digits")
            if use and use[0].on_screen():
                app.click(use[0])
            app.draw_path(app.find("image", "Canvas"), smooth(drawn.DIGITS["3"]))
            time.sleep(2)
            shoot("draw")
    shutil.rmtree(folder)


def smooth(strokes, rounds=3):
    """Cuts corners (Chaikin 1974), as a hand does."""
    for _ in range(rounds):
        strokes = [[s[0]] + [(a[0] * k + b[0] * (1 - k), a[1] * k + b[1] * (1 - k)) for a, b in zip(s, s[1:])
                             for k in (.75, .25)] + [s[-1]] for s in strokes]
    return strokes


def main():
    if os.environ.get("SCREENSHOT_LOOK"):
        photograph(os.environ["SCREENSHOT_LOOK"], Path(os.environ["SCREENSHOT_OUT"]))
        return
    lacking = gui.missing()
    if lacking:
        sys.exit(f"To drive a window, this is missing: {', '.join(lacking)}")
    out = Path(sys.argv[1] if len(sys.argv) > 1 else gui.ROOT / "docs/screenshots").resolve()
    out.mkdir(parents=True, exist_ok=True)
    only = os.environ.get("ONLY", "").split()
    for look, (options, _, _) in LOOKS.items():
        if only and look not in only:
            continue
        env = dict(os.environ, SCREENSHOT_LOOK=look, SCREENSHOT_OUT=str(out))
        command = [sys.executable, str(gui.HERE / "guitest/gui-run"), "--schema-dir", str(gui.ROOT / "build/data"),
                   "--timeout", "400", *options]
        for name, value in {**gui.devices(), "POCL_DEVICES": "pthread"}.items():
            command += ["--env", f"{name}={value}"]
        subprocess.run([*command, "--", sys.executable, __file__], env=env, check=True)
    if shutil.which("optipng"):
        subprocess.run(["optipng", "-quiet", "-o2", *map(str, sorted(out.glob("*.png")))], check=True)


if __name__ == "__main__":
    main()
