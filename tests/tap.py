# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unittest classes of a script and reports in TAP, which meson counts; plus what scripts here share."""
import os
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shared():
    """The folder of data sets and tools that lies beside the tree on some machines; None elsewhere."""
    folder = Path(os.environ.get("PERCEPTRON_SHARED") or ROOT.parent / "shared")
    return folder if folder.is_dir() else None


def only():
    """Part of the names of the tests to run, from the argument only=NAME; without it, of all."""
    return next((word.removeprefix("only=") for word in sys.argv[1:] if word.startswith("only=")), "")


def main():
    module = sys.modules["__main__"]
    tests = [t for suite in unittest.defaultTestLoader.loadTestsFromModule(module) for t in suite if only() in t.id()]
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        result = unittest.TestResult()
        test.run(result)
        problems = result.errors + result.failures
        failed += bool(problems)
        skip = f" # SKIP {result.skipped[0][1]}" if result.skipped else ""
        print(f"{'not ok' if problems else 'ok'} {number} - {test.id().split('.', 1)[-1]}{skip}", flush=True)
        for _, trace in problems:
            print("\n".join("# " + line for line in trace.splitlines()), flush=True)
    # A failure of a fixture belongs to no test; TestResult above would hide it, so there are none in these scripts.
    return 1 if failed else 0
