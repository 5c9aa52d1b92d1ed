#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many photos the preset "transfer" needs: accuracy and time over several draws. Not part of the tests.

    tests/cli/bench-transfer.py build/src/cli/perceptron-cli [photos=FOLDER] [each=5,25,100,0] [draws=5]

FOLDER has train/CLASS and val/CLASS (default: the cats and dogs of the shared test data). Of each class "each" photos are
drawn from train (0: all of them), the preset is trained with its own settings, and judged on all of val. The backbone must
be there (./dev data backbone). What it sees in a photo is kept in the user's cache, so a second run is fast; the first one
of each size tells the time that a user waits.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402


def draw(photos, each, seed, target):
    """Folders of links to so many photos of each class."""
    chance = random.Random(seed)
    for category in sorted(os.listdir(photos / "train")):
        names = sorted(os.listdir(photos / "train" / category))
        chance.shuffle(names)
        (target / category).mkdir(parents=True)
        for name in names[:each or None]:
            (target / category / name).symlink_to((photos / "train" / category / name).resolve())


def main():
    options = dict(a.split("=", 1) for a in sys.argv[2:])
    shared = tap.shared()
    photos = Path(options.get("photos") or (shared or Path("shared")) / "data" / "catdog")
    if not (photos / "train").is_dir():
        sys.exit(f"bench-transfer: there are no photos in {photos}")
    for each in map(int, options.get("each", "5,25,100,0").split(",")):
        accuracies, seconds = [], []
        for seed in range(int(options.get("draws", 5)) if each else 1):
            with tempfile.TemporaryDirectory() as folder:
                draw(photos, each, seed, Path(folder) / "data")
                begun = time.monotonic()
                said = json.loads(subprocess.run(
                    [sys.argv[1], "train", "--data", f"{folder}/data", "--val", photos / "val", "--net", "transfer",
                     "--out", f"{folder}/model.onnx", "--json"], check=True, stdout=subprocess.PIPE).stdout)
                seconds.append(time.monotonic() - begun)
                accuracies.append(said["val_accuracy"])
        print(f"{each or 'all':>5} a class: mean {100 * sum(accuracies) / len(accuracies):.2f} %  "
              f"({', '.join(f'{100 * a:.2f}' for a in accuracies)})  first run {seconds[0]:.1f} s, last {seconds[-1]:.1f} s",
              flush=True)


if __name__ == "__main__":
    main()
