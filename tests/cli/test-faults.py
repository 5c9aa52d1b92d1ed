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
from pathlib import Path

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


# What a set that streams needs besides.
STREAMING = ("clCreateCommandQueue", "clEnqueueMapBuffer", "clEnqueueUnmapMemObject", "clWaitForEvents", "clFinish")


def train(out, fault=None, **more):
    """The finished program, how often it called each OpenCL function, and what it left behind."""
    log = HOME / "calls.log"
    # All calls in one process, unless the other one is asked for.
    env = {"OPENCL_LAYERS": str(layer()), "CLFAULT_LOG": str(log), "PERCEPTRON_COMPILER": "", **more}
    if fault:
        env["CLFAULT"] = fault
    done = run("train", "--data", program.idx(HOME / "tiny", 60, 20), "--net", "mlp", "--batch", 20, "--epochs", 2,
               "--out", out, env=env, timeout=60)
    said = log.read_text(encoding="utf-8") if log.exists() else ""
    calls = {name: int(n) for name, n in re.findall(r"^calls (\w+) (\d+)", said, re.M)}
    # The layer doesn't see markers being made, only their events being released: those may be less than none.
    live = [name for name, n in re.findall(r"^live (\w+) (-?\d+)", said, re.M) if int(n) > 0 or int(n) and name != "event"]
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
        self.check(out, {name: (f"1:{FAULTS.get(name, -5)}", f"{n}+:{FAULTS.get(name, -5)}") for name, n in calls.items()})

    def test_streaming_fails(self):
        """Pictures are written by a thread of their own: a failure there ends the run too."""
        if layer() is None:
            self.skipTest("the fault layer clfault.c is not here or can't be compiled")
        out, stream = HOME / "streamed.onnx", {"PERCEPTRON_STREAM_BYTES": "1"}
        done, calls, live = train(out, **stream)
        self.assertEqual((done.returncode, live), (0, []), done.stderr)
        if not calls:
            self.skipTest("the OpenCL loader takes no layers")
        self.check(out, {name: ("2:-5", f"{calls[name] // 2}:-5", f"{calls[name]}+:-5") for name in STREAMING}, **stream)

    def test_compiler_fails(self):
        """In the process that compiles, and in this one at its first call; what is live tells the log of the last to end."""
        if layer() is None:
            self.skipTest("the fault layer clfault.c is not here or can't be compiled")
        compiler = Path(program.PROGRAM).resolve().parents[1] / "compiler/perceptron-compiler"
        self.assertTrue(compiler.exists())
        out, several = HOME / "compiled.onnx", {"PERCEPTRON_COMPILER": str(compiler), "CLFAULT_LOG": "/dev/null"}
        done, _, _ = train(out, **several)
        self.assertEqual(done.returncode, 0, done.stderr)
        functions = ("clBuildProgram", "clCreateContext", "clCreateProgramWithSource", "clCreateProgramWithBinary",
                     "clGetProgramInfo")
        self.check(out, {name: (f"1:{FAULTS.get(name, -5)}", f"1+:{FAULTS.get(name, -5)}") for name in functions}, **several)

    def check(self, out, faults, **more):
        problems = []
        for name, ways in faults.items():
            for fault in (f"{name}:{way}" for way in ways):
                done, _, live = train(out, fault, **more)
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
