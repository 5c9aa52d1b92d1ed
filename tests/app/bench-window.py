#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the window: how soon it is there, how soon the bars follow the pen, how long the main loop is held up.

    tests/app/bench-window.py [PART...]          parts: start canvas import train

Prints numbers and judges none. A blocked main loop is a window that doesn't answer: what is shown is the longest turn.
Uses the photos beside the tree (../shared/data/catdog) where they are; makes 4,000 small pictures elsewhere.
"""
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import gui
gui.in_desktop(timeout=900)

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import settings  # noqa: E402

N_PHOTOS = 4000
N_STARTS = 5
N_MOTIONS = 250
ANSWER = {"GUITEST_PROBE_ANSWER": "PcnSession::predicted"}


def say(what, value, note=""):
    print(f"{what:<58} {value:>12}  {note}".rstrip(), flush=True)


def milliseconds(value):
    return f"{value:.1f} ms" if value is not None else "?"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else None


def start():
    app = g.App([gui.app()], env=ANSWER, timeout=60)
    g.wait_for(lambda: "CPU" in app.find("combo box", "Device").description, 60, "a device")
    # Pages that aren't shown are built after the first frame: measure_start() measures that.
    time.sleep(1.5)
    app.settle(0.5, 5)
    return app


def end(app):
    app.key("ctrl+q")
    app.proc.wait(60)


def labels(app, start):
    return [n for n in app.find_all("label") if n.label.startswith(start)]


def measure_start():
    frames, blocks = [], []
    for _ in range(N_STARTS):
        app = g.App([gui.app()], wait=False)
        began = app._started * 1e9
        g.wait_for(lambda: app.probe.live() and app.probe.frames() > 0, 30, "a frame", interval=0.0005)
        frames.append((time.monotonic_ns() - began) / 1e6)
        time.sleep(1.5)
        blocks.append(max([length / 1e6 for _, length in app.probe.blocks()], default=0))
        app.close()
    say(f"start to first frame, median of {N_STARTS}", f"{statistics.median(frames):.0f} ms", f"longest {max(frames):.0f} ms")
    say("longest block after that and while the rest is built", milliseconds(statistics.median(blocks)))


def draw(app, n):
    """Moves the pen n times, each time when the answer to the last motion is on the screen; the milliseconds it took."""
    canvas = app.find("image", "Canvas")
    x, y, width, height = canvas.rect()
    rng = random.Random(1)
    seen = len(app.probe.answers())
    got = []
    at = [x + width / 2, y + height / 2]
    g.X().move(*at)
    g.X().button(1, True)
    time.sleep(0.5)
    seen = len(app.probe.answers())
    for i in range(n):
        at = [min(max(at[0] + rng.uniform(-9, 9), x + width * .2), x + width * .8),
              min(max(at[1] + rng.uniform(-9, 9), y + height * .2), y + height * .8)]
        g.X().move(*at)
        limit = time.monotonic() + 2
        while len(app.probe.answers()) <= seen and time.monotonic() < limit:
            time.sleep(0.0005)
        new = app.probe.answers()[seen:]
        seen += len(new)
        got += new[:1]
        # The last frame is on the screen by then: a display of 60 Hz shows no other within 17 ms.
        time.sleep(rng.uniform(0.02, 0.045))
    g.X().button(1, False)
    return got


def scribble(app, n):
    """A quick stroke, n motions of a mouse of 125 Hz; the milliseconds from the oldest motion that an answer is for."""
    canvas = app.find("image", "Canvas")
    x, y, width, height = canvas.rect()
    seen = len(app.probe.answers())
    path = [(.2 + .6 * (i % 50 if i // 50 % 2 == 0 else 50 - i % 50) / 50, .2 + .6 * i / n) for i in range(n)]
    app.draw_path(canvas, [path], step=1e9, pause=0.008)
    time.sleep(0.5)
    # The first counts from the pointer's way to the canvas.
    return app.probe.answers()[seen + 1:]


def show_canvas(app):
    app.key("alt+4")
    app.settle(0.3, 3)
    use = [b for b in app.find_all("push button", "Use Digits") if b.on_screen()]
    if use:
        app.click(use[0])
    app.find("image", "Canvas", timeout=20)
    app.settle(0.3, 3)


def measure_canvas(app, when):
    show_canvas(app)
    draw(app, 20)          # compiles the kernels of a first use
    got = draw(app, N_MOTIONS)
    note = f"{len(got)} motions, longest {max(got):.1f} ms" if got else "no answer came"
    say(f"canvas motion to bars painted, {when}: p50", milliseconds(percentile(got, .5)), note)
    say(f"canvas motion to bars painted, {when}: p99", milliseconds(percentile(got, .99)),
        "slowest " + ", ".join(f"{ms:.0f}" for ms in sorted(got)[-6:]))
    app.key("Delete")
    got = scribble(app, 500)
    say(f"the same in a stroke at 125 Hz, {when}: p50", milliseconds(percentile(got, .5)), f"{len(got)} frames")
    say(f"the same in a stroke at 125 Hz, {when}: p99", milliseconds(percentile(got, .99)))


def photos(folder):
    shared = tap.shared()
    if shared and (shared / "data/catdog").is_dir():
        return [str(shared / "data/catdog")], "photos"
    return drawn.animals(folder, N_PHOTOS // 2), "small pictures made here"


def measure_import(app, folder):
    paths, kind = photos(folder)
    app.key("alt+1")       # on the Test page, pictures dropped are to be classified
    app.settle(0.3, 3)
    with app.watch() as w:
        app.drop_files(paths)
        # Looking for the classes would itself keep the main loop busy: each widget is asked about.
        time.sleep(8)
    g.wait_for(lambda: labels(app, "dog"), 120, "the classes")
    say(f"longest block while {N_PHOTOS:,} {kind} are added and shown", milliseconds(w.longest_stall))


def measure_train(app):
    settings(preset="convnet-rgb", epochs=1000, batch_size=32)
    app.key("alt+3")
    app.settle(0.3, 3)
    with app.watch() as w:
        app.key("ctrl+Return")
        g.wait_for(lambda: labels(app, "Epoch"), 300, "the first epoch", interval=0.5)
        time.sleep(1)
    say("longest block from Start to the first step", milliseconds(w.longest_stall))
    with app.watch() as w:
        time.sleep(8)
    say("longest block while training, charts shown", milliseconds(w.longest_stall))
    measure_canvas(app, "while training")
    app.key("alt+3")
    app.settle(0.3, 3)
    with app.watch() as w:
        app.key("ctrl+Return")
        g.wait_for(lambda: labels(app, "Stopped"), 120, "the stop", interval=0.2)
        time.sleep(1)
    say("longest block at the stop", milliseconds(w.longest_stall))
    app.key("ctrl+Return")
    g.wait_for(lambda: labels(app, "Epoch"), 300, "another run", interval=0.5)
    window = time.monotonic()
    before = len(app.probe.blocks())
    app.key("ctrl+q")
    g.wait_for(lambda: not g.X().windows(app.pid), 30, "the window to go", interval=0.002)
    window = time.monotonic() - window
    blocks = [length / 1e6 for _, length in app.probe.blocks()[before:]]
    app.proc.wait(120)
    say("longest block at a close in the middle", milliseconds(max(blocks)) if blocks else "under 4 ms",
        f"window gone after {window * 1000:.0f} ms")


def main():
    parts = sys.argv[1:] or ["start", "canvas", "import", "train"]
    folder = Path(tempfile.mkdtemp(prefix="perceptron-bench-", dir=os.environ["GUITEST_TOP"]))
    settings()
    if "start" in parts:
        measure_start()
    if not {"canvas", "import", "train"} & set(parts):
        return
    app = start()
    if "canvas" in parts:
        measure_canvas(app, "idle")
    if "import" in parts or "train" in parts:
        measure_import(app, folder)
    if "train" in parts:
        measure_train(app)
    else:
        end(app)


if __name__ == "__main__":
    main()
