#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every OpenCL function fails once in a small training run: the program ends in a message and nothing is lost.

Needs the fault layer clfault.c of the shared tools; skipped where that is not there. Each function fails at its first
call alone, and from its last call on (a lost device); the long sweep over every call is a matter of a night.
"""
import functools
import re
import subprocess
import sys
import unittest

import program
from program import HOME, run, tap

FAULTS = {"clCreateBuffer": -4, "clBuildProgram": -11, "clEnqueueNDRangeKernel": -5, "clCreateContext": -2,
          "clGetPlatformIDs": -1001, "clGetDeviceIDs": -1, "clCreateKernel": -46, "clWaitForEvents": -14}


@functools.lru_cache(None)
def layer():
    source = tap.shared() and tap.shared() / "reliability" / "clfault.c"
    if not source or not source.exists():
        return None
    built = HOME / "clfault.so"
    done = subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", built, source, "-pthread"], capture_output=True,
                          check=False)
    return built if done.returncode == 0 else None


def train(out, fault=None):
    """The finished program, and how often it called each OpenCL function."""
    log = HOME / "calls.log"
    env = {"OPENCL_LAYERS": str(layer()), "CLFAULT_LOG": str(log)}
    if fault:
        env["CLFAULT"] = fault
    done = run("train", "--data", program.idx(HOME / "tiny", 60, 20), "--net", "mlp", "--batch", 20, "--epochs", 2,
               "--out", out, env=env, timeout=60)
    said = log.read_text(encoding="utf-8") if log.exists() else ""
    calls = {name: int(n) for name, n in re.findall(r"^calls (\w+) (\d+)", said, re.M)}
    live = [name for name, n in re.findall(r"^live (\w+) (-?\d+)", said, re.M) if int(n)]
    log.unlink(missing_ok=True)
    return done, calls, live


class Faults(unittest.TestCase):
    def test_every_function_fails_once(self):
        if layer() is None:
            self.skipTest("the fault layer clfault.c is not here or can't be compiled")
        out = HOME / "model.onnx"
        done, calls, live = train(out)
        self.assertEqual((done.returncode, live), (0, []), done.stderr)
        if not calls:
            self.skipTest("the OpenCL loader takes no layers")
        calls.pop("any", None)
        problems = []
        for name, n in calls.items():
            error = FAULTS.get(name, -5)
            for fault in (f"{name}:1:{error}", f"{name}:{n}+:{error}"):
                done, _, live = train(out, fault)
                if done.returncode not in (0, 1, 3):
                    problems.append(f"{fault}: exit status {done.returncode}")
                elif done.returncode and "perceptron-cli:" not in done.stderr:
                    problems.append(f"{fault}: no message")
                elif live:
                    problems.append(f"{fault}: left live: {' '.join(live)}")
                elif run("inspect", out).returncode:
                    problems.append(f"{fault}: the saved model is lost")
        self.assertEqual(problems, [])


if __name__ == "__main__":
    sys.exit(tap.main())
