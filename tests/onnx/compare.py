#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs saved models in other programs and compares the answers with the C reference.

compare.py EXPORT CACHE [MODEL]
    EXPORT  the program export-presets
    CACHE   a folder for the Python packages, which this installs by pip when they aren't there;
            kept for the next run
    MODEL   compare this model file instead of the test networks

Prints for each network the largest difference of a probability in onnxruntime and in OpenCV, for one
picture and for three at once. Exit status: 0 all within 1e-4, 1 not, 77 (skipped) when no package can be had.
"""
import fcntl
import os
import subprocess
import sys
import tempfile

PACKAGES = ["numpy<2", "onnx", "onnxruntime", "opencv-python-headless==4.6.0.66"]
TOLERANCE = 1e-4
# OpenCV 4.6 wants the bounds of Clip as attributes, which they no longer are in operator set 13: set 10 is for it.
ONLY_OLD_IN_OPENCV = ("relu6",)
SKIP = 77


def find_packages(cache):
    """Install what's needed into cache, unless it's there; return an error or None."""
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(cache, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        return install(cache)


def install(cache):
    done = os.path.join(cache, "installed")
    wanted = " ".join(PACKAGES)
    if os.path.exists(done) and open(done, encoding="utf-8").read() == wanted:
        return None
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
           "--retries", "1", "--timeout", "20", "--upgrade", "--target", cache] + PACKAGES
    try:
        result = subprocess.run(pip, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        return "pip took too long"
    if result.returncode != 0:
        return (result.stderr.strip().splitlines() or ["pip failed"])[-1]
    with open(done, "w", encoding="utf-8") as file:
        file.write(wanted)
    return None


def run_onnxruntime(path, image):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"image": image})[0]


def run_opencv(path, image):
    import cv2
    net = cv2.dnn.readNetFromONNX(path)
    net.setInput(image, "image")
    return net.forward("probabilities")


def check(path):
    import onnx
    onnx.checker.check_model(path, full_check=True)


def difference(run, path, image, expected):
    """The largest one over a batch of one and the whole batch, or the reason why there is none."""
    import numpy
    worst = 0.0
    for n in (1, len(image)):
        try:
            got = run(path, numpy.ascontiguousarray(image[:n]))
        except Exception as error:  # whatever the other program raises is the result
            return " ".join(str(error).split())[:300]
        if got.shape != expected[:n].shape:
            return "shape %s instead of %s" % (got.shape, expected[:n].shape)
        worst = max(worst, float(numpy.abs(got - expected[:n]).max()))
    return worst


def compare(folder, lines):
    import cv2
    import numpy
    import onnx
    import onnxruntime
    print("onnx %s, onnxruntime %s, OpenCV %s" % (onnx.__version__, onnxruntime.__version__, cv2.__version__))
    print("%-18s %12s %12s" % ("network", "onnxruntime", "OpenCV"))
    good = True
    for line in lines:
        name, *numbers = line.split(" ")
        batch, c, h, w, classes = map(int, numbers)
        path = os.path.join(folder, name)
        image = numpy.fromfile(path + ".image", "<f4").reshape(batch, c, h, w)
        expected = numpy.fromfile(path + ".expected", "<f4").reshape(batch, classes)
        results = [difference(run, path + ".onnx", image, expected) for run in (run_onnxruntime, run_opencv)]
        texts = ["%12.2e" % r if isinstance(r, float) else r for r in results]
        try:
            check(path + ".onnx")
        except Exception as error:
            texts.append("the checker says: %s" % error)
            good = False
        if name in ONLY_OLD_IN_OPENCV and not isinstance(results[1], float) and "Clip" in results[1]:
            texts[1] = "%12s" % "(Clip)"
            results[1] = 0.0
        good = good and all(isinstance(r, float) and r <= TOLERANCE for r in results)
        print("%-18s %s" % (name, " ".join(texts)), flush=True)
    return good


def main():
    export, cache, model = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3:4]
    reason = find_packages(cache)
    if reason:
        print("Skipped: onnxruntime and OpenCV 4.6 can't be installed for this test: %s" % reason)
        return SKIP
    sys.path.insert(0, cache)
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run([export, folder] + model, capture_output=True, text=True, check=False)
        sys.stdout.write(result.stderr)
        if result.returncode != 0:
            print("%s failed with %d" % (export, result.returncode))
            return 1
        return 0 if compare(folder, result.stdout.splitlines()) else 1


if __name__ == "__main__":
    sys.exit(main())
