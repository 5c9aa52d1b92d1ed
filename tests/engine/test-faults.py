#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that fail, and devices that are weaker than the one here, by an OpenCL layer that lies between program and
driver. The layer's source lies beside the tree on some machines; elsewhere all this is skipped.
Arguments: the programs test-lost-device, test-ops and test-ways."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap

LOST_DEVICE, OPS, WAYS = sys.argv[1:4]
del sys.argv[1:4]
FOLDER = tempfile.TemporaryDirectory(prefix="perceptron-faults-")


def build_layer():
    """Returns the path of the layer, or None where it can't be had."""
    source = tap.shared() and tap.shared() / "reliability" / "clfault.c"
    compiler = shutil.which("cc")
    if not source or not source.is_file() or not compiler:
        return None
    layer = Path(FOLDER.name) / "clfault.so"
    done = subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", layer, source, "-pthread"], capture_output=True)
    return layer if done.returncode == 0 else None


LAYER = build_layer()


@unittest.skipIf(LAYER is None, "there is no layer that makes OpenCL calls fail")
class Faults(unittest.TestCase):
    def run_with(self, command, **variables):
        env = dict(os.environ, OPENCL_LAYERS=str(LAYER), **variables)
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=280)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-3000:])
        self.assertNotIn("\nnot ok", done.stdout)
        return done.stdout

    def test_launch_fails_once(self):
        self.run_with([LOST_DEVICE, "-p", "/lost-device/once"], CLFAULT="clEnqueueNDRangeKernel:2000:-5")

    def test_launches_fail_for_good(self):
        self.run_with([LOST_DEVICE, "-p", "/lost-device/for-good"], CLFAULT="clEnqueueNDRangeKernel:2000+:-5")

    def weak_device(self, facts):
        for program in [OPS], [WAYS]:
            out = self.run_with(program, CLFAULT_DEVICE=facts, PERCEPTRON_KERNEL_STYLE="gpu", PERCEPTRON_TEST_TINY="1")
            self.assertIn("\nok ", out)

    def test_one_item_a_group(self):
        self.weak_device("max_wg=1")

    def test_sixteen_items_a_group(self):
        self.weak_device("max_wg=16,local=16384")

    def test_old_device(self):
        self.weak_device("max_wg=64,local=16384,cl12,noext")


if __name__ == "__main__":
    sys.exit(tap.main())
