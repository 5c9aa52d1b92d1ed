#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of tests/summary.py: the count on the last line of "./dev test" is honest."""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tap

SUMMARY = tap.ROOT / "tests" / "summary.py"


def program(result="OK", stdout="1..2\nok 1 - a\nok 2 - b\n", returncode=0, **extra):
    return {"name": "program", "result": result, "stdout": stdout, "returncode": returncode, **extra}


class Summary(unittest.TestCase):
    def summary(self, *programs, status=0, alone=()):
        """exit status, lines"""
        with tempfile.TemporaryDirectory() as folder:
            for name, logged in (("testlog", programs), ("alone", alone)):
                log = "".join(json.dumps(p) + "\n" for p in logged)
                (Path(folder) / f"{name}.json").write_text(log, encoding="utf-8")
            done = subprocess.run([sys.executable, SUMMARY, folder, str(status)], capture_output=True, text=True,
                                  check=False)
        return done.returncode, done.stdout.splitlines()

    def test_counts_lines_of_tap(self):
        self.assertEqual(self.summary(program(), program()), (0, ["4 passed, 0 failed"]))

    def test_a_program_without_tap_counts_once(self):
        self.assertEqual(self.summary(program(stdout="hello\nok then\n")), (0, ["1 passed, 0 failed"]))

    def test_failed_line(self):
        bad = program("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n# 1 != 2\n", 1)
        self.assertEqual(self.summary(bad, status=1),
                         (1, ["not ok 2 - b", "# 1 != 2", "failed: program: b", "1 passed, 1 failed"]))

    def test_window_run_again(self):
        name = {"name": "perceptron:app / draw"}
        bad = program("FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n", 1) | name
        good = program() | name
        self.assertEqual(self.summary(bad, alone=[good]),
                         (0, ["not ok 2 - b", "unsteady: perceptron:app / draw: run once more, alone: OK",
                              "2 passed, 0 failed"]))
        self.assertEqual(self.summary(bad, status=1, alone=[bad])[1][-1], "1 passed, 1 failed")
        # Another's second run is no excuse.
        self.assertEqual(self.summary(bad, program("FAIL", returncode=1), alone=[good])[1][-1], "4 passed, 1 failed")

    def test_crash_after_good_lines_fails(self):
        status, lines = self.summary(program("ERROR", "1..3\nok 1 - a\n", -11), status=1)
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed"))

    def test_timeout_fails(self):
        status, lines = self.summary(program("TIMEOUT", "", -9), status=1)
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_skips_are_told_and_count_as_neither(self):
        skip = program(stdout="1..2\nok 1 - a\nok 2 - b # SKIP no network\n")
        self.assertEqual(self.summary(skip), (0, ["skipped: program: b: no network", "1 skipped",
                                                  "1 passed, 0 failed"]))
        whole = program("SKIP", "no display here\n", 77)
        self.assertEqual(self.summary(program(), whole)[1],
                         ["skipped: program: no display here", "1 skipped", "2 passed, 0 failed"])

    def test_failure_of_meson_itself_fails(self):
        self.assertEqual(self.summary(program(), status=1)[1][-1], "2 passed, 1 failed")

    def test_nothing_ran_fails(self):
        self.assertEqual(self.summary(), (1, ["failed: no test ran", "0 passed, 1 failed"]))

    def test_glib_subtests_with_their_own_plan(self):
        nested = program(stdout="TAP version 13\n# random seed: x\n1..1\n# Start of a tests\nok 1 /a/b\n# End\n")
        self.assertEqual(self.summary(nested), (0, ["1 passed, 0 failed"]))


if __name__ == "__main__":
    sys.exit(tap.main())
