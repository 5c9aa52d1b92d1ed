# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the window draw: folders of pictures of two made-up animals, and digits as strokes."""
import functools
import hashlib
import math
import os
import random
import tempfile
from pathlib import Path

import gi
gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

import gui  # noqa: E402

SIZE = 64

# Strokes in fractions of the canvas, as a steady hand would draw them.
DIGITS = {
    "0": [[(.50, .18), (.36, .24), (.30, .42), (.30, .60), (.38, .78), (.52, .82), (.64, .74), (.70, .56), (.69, .38),
           (.62, .23), (.50, .18)]],
    "1": [[(.52, .18), (.51, .50), (.50, .82)]],
    "2": [[(.32, .32), (.40, .20), (.56, .18), (.66, .28), (.64, .42), (.50, .60), (.32, .80), (.50, .79), (.70, .80)]],
    "3": [[(.34, .22), (.52, .18), (.65, .28), (.60, .42), (.46, .48), (.62, .54), (.68, .68), (.56, .80), (.34, .78)]],
    "4": [[(.40, .18), (.32, .40), (.30, .54), (.50, .54), (.70, .52)], [(.62, .20), (.60, .50), (.58, .82)]],
    "5": [[(.66, .20), (.40, .20), (.37, .46), (.54, .44), (.67, .56), (.64, .74), (.50, .82), (.34, .76)]],
    "6": [[(.60, .18), (.44, .32), (.35, .54), (.36, .74), (.50, .82), (.64, .74), (.64, .60), (.52, .54), (.38, .62)]],
    "7": [[(.30, .22), (.50, .21), (.70, .22), (.58, .48), (.46, .82)]],
    "8": [[(.62, .26), (.50, .18), (.38, .26), (.42, .40), (.58, .54), (.66, .68), (.52, .82), (.36, .72), (.42, .56),
           (.60, .40), (.62, .26)]],
    "9": [[(.64, .34), (.52, .20), (.37, .28), (.38, .46), (.52, .50), (.64, .36), (.63, .60), (.56, .82)]],
}


def animal(kind, seed):
    """A head with pointed ears in warm colours, or with hanging ears in cold ones, on a pale ground."""
    rng = random.Random(f"{kind} {seed}")
    ground = [rng.randint(195, 240) for _ in range(3)]
    if kind == "cat":
        fur = (rng.randint(190, 250), rng.randint(90, 150), rng.randint(30, 80))
    else:
        fur = (rng.randint(40, 90), rng.randint(90, 140), rng.randint(150, 220))
    x0, y0, r = SIZE / 2 + rng.uniform(-6, 6), SIZE / 2 + rng.uniform(-3, 8), rng.uniform(13, 20)
    pixels = bytearray()
    for y in range(SIZE):
        for x in range(SIZE):
            dx, dy = x - x0, y - y0
            colour = fur if dx * dx + dy * dy < r * r else ground
            if kind == "cat" and -1.5 * r < dy < -.4 * r and abs(abs(dx) - .6 * r) < (dy + 1.5 * r) * .4:
                colour = fur
            if kind == "dog" and -.8 * r < dy < .7 * r and .8 * r < abs(dx) < 1.25 * r:
                colour = [c * 2 // 3 for c in fur]
            for ex in (-.35, .35):
                if (dx - ex * r) ** 2 + (dy + .15 * r) ** 2 < (.14 * r) ** 2:
                    colour = (30, 30, 30)
            if dx * dx + (dy - .3 * r) ** 2 < (.15 * r) ** 2:
                colour = (60, 30, 40)
            pixels += bytes(min(255, max(0, int(c) + rng.randint(-5, 5))) for c in colour)
    return GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(bytes(pixels)), GdkPixbuf.Colorspace.RGB, False, 8,
                                           SIZE, SIZE, SIZE * 3)


@functools.cache
def kept():
    """Where animals are kept from one test to the next, of this very file: to draw one takes longer than to open it."""
    folder = Path(gui.app()).parents[2] / "tests/app/drawn" / hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def save_animal(kind, seed, path):
    """animal() as a PNG file."""
    picture = kept() / f"{kind}-{seed}.png"
    if not picture.exists():
        with tempfile.TemporaryDirectory(dir=kept()) as folder:
            whole = Path(folder) / "whole.png"
            animal(kind, seed).savev(str(whole), "png", [], [])
            os.replace(whole, picture)
    Path(path).write_bytes(picture.read_bytes())


def animals(folder, n):
    """Folders cat and dog of n pictures each. Returns their paths."""
    out = []
    for kind in ("cat", "dog"):
        target = Path(folder) / kind
        target.mkdir(parents=True, exist_ok=True)
        for i in range(n):
            save_animal(kind, i, target / f"{kind}-{i:03}.png")
        out.append(str(target))
    return out


def digit_picture(digit, seed):
    """As a scanner sees it: DIGITS[digit] by a pen, a little moved and turned, white on black."""
    rng = random.Random(f"{digit} {seed}")
    turn, dx, dy, pen = rng.uniform(-.15, .15), rng.uniform(-.03, .03), rng.uniform(-.03, .03), rng.uniform(.04, .06)
    segments = []
    for stroke in DIGITS[digit]:
        points = [(.5 + (x - .5) - turn * (y - .5) + dx, y + dy) for x, y in stroke]
        segments += zip(points, points[1:])
    pixels = bytearray()
    for y in range(SIZE):
        for x in range(SIZE):
            px, py = (x + .5) / SIZE, (y + .5) / SIZE
            near = 1.0
            for (ax, ay), (bx, by) in segments:
                length = (bx - ax) ** 2 + (by - ay) ** 2
                t = min(1, max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length)) if length else 0
                near = min(near, math.hypot(ax + t * (bx - ax) - px, ay + t * (by - ay) - py))
            pixels += bytes([round(255 * min(1, max(0, (pen - near) * SIZE + .5)))] * 3)
    return GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(bytes(pixels)), GdkPixbuf.Colorspace.RGB, False, 8,
                                           SIZE, SIZE, SIZE * 3)
