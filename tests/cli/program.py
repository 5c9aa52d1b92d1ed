# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line program share: starting it in a home of its own, and tiny data sets."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402,F401  (for the tests)

PROGRAM = next((a for a in sys.argv[1:] if not a.startswith("only=")), "build/src/cli/perceptron-cli")
_home = tempfile.TemporaryDirectory(prefix="perceptron-test-")
HOME = Path(_home.name)


def environment(**extra):
    """No trace of the user's settings; kernels compiled once are kept for the other tests of this build."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "OPENCL_", "CLFAULT"))}
    env.update(HOME=str(HOME), LC_ALL="C.UTF-8", TMPDIR=str(HOME),
               XDG_CACHE_HOME=str(Path(PROGRAM).resolve().parent / "test-cache"))
    if os.path.exists("/etc/OpenCL/vendors/pocl.icd"):
        env["OCL_ICD_VENDORS"] = "pocl.icd"
    env.update(extra)
    return env


def start(*args, **options):
    extra = options.pop("env", {})
    return subprocess.Popen([PROGRAM, *map(str, args)], env=environment(**extra), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def run(*args, env=None, timeout=120):
    """The finished program: .returncode .stdout .stderr"""
    return subprocess.run([PROGRAM, *map(str, args)], env=environment(**(env or {})), capture_output=True, text=True,
                          timeout=timeout, check=False)


def run_json(*args, **options):
    """What the program printed with --json; it has to succeed, and print one object and nothing else."""
    done = run(*args, "--json", **options)
    if done.returncode != 0:
        raise AssertionError(f"exit status {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


NO_DEVICE = {"OCL_ICD_VENDORS": "/nonexistent"}


def png(path, width, height, pixel):
    """Writes an RGB picture; pixel(x, y) gives its three bytes."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in pixel(x, y)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def colours(folder, n=12, size=24):
    """Two classes that any network can tell apart: reddish and bluish pictures."""
    folder = Path(folder)
    for name, base in (("blue", (20, 60, 200)), ("red", (200, 60, 20))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i in range(n):
            png(folder / name / f"{i:02}.png", size, size,
                lambda x, y, i=i, base=base: tuple(min(255, v + (x * 3 + y * 5 + i * 7) % 40) for v in base))
    return folder


def idx(folder, n_train=240, n_test=60, classes=10, size=28):
    """An IDX data set of bars: class c has a bright row block at its own height; learnt within seconds."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for part, n in (("train", n_train), ("t10k", n_test)):
        labels = bytes(i % classes for i in range(n))
        images = bytearray()
        for i, c in enumerate(labels):
            top = 2 + c * 2
            images += bytes(220 if top <= y < top + 3 and 3 + i % 4 <= x < 24 else (x * y * (i + 3)) % 30
                            for y in range(size) for x in range(size))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, n, size, size) + images)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, n) + labels)
    return folder
