#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count what "meson test" did, from the files it leaves, and print "N passed, N failed" as the last line.

    tests/summary.py BUILD/meson-logs [STATUS OF MESON TEST]
    tests/summary.py BUILD/meson-logs --unsteady       the names of the tests of the window that failed, a line each

Each TAP line of a test program counts as one, as does each program without TAP. A program that fails without a failed
line (a crash, a time-out) counts as one failure. What was skipped is listed with its reason and counts as neither.
Exits with 1 when anything failed, or when nothing ran. Tests of the window share two cores with each other and wait for
what is seen: "./dev test" runs those that failed once more, alone, with the log "alone". What passes then is listed as
unsteady, with what it said, and counts as passed; what fails again has failed.
"""
import json
import os
import re
import sys

FAILED = {"FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"}
RESULT = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(\w+)\s*(.*))?$")


def programs(folder, log="testlog"):
    """The tests of the last run, one JSON object a line."""
    try:
        with open(os.path.join(folder, f"{log}.json"), encoding="utf-8", errors="replace") as f:
            return [json.loads(line) for line in f if line.strip()]
    except (FileNotFoundError, ValueError):
        return []


def count(program):
    """passed, [failures], [skips] of one test program"""
    name, passed, failures, skips = program["name"], 0, [], []
    lines = program.get("stdout", "").splitlines()
    tap = any(re.match(r"^1\.\.\d+", line) for line in lines)
    for line in lines if tap else []:
        m = RESULT.match(line)
        if m and (m[3] or "").upper() == "SKIP":
            skips.append((f"{name}: {m[2].strip()}", m[4].strip()))
        elif m and m[1] and (m[3] or "").upper() != "TODO":
            failures.append(f"{name}: {m[2].strip()}")
        elif m:
            passed += 1
        elif re.match(r"^1\.\.0\b", line):
            skips.append((name, line.partition("#")[2].strip()))
    if program["result"] in FAILED and not failures:
        failures.append(f"{name}: {program['result'].lower()}, exit status {program.get('returncode')}")
    elif program["result"] == "SKIP" and not skips:
        last = [line for line in lines + program.get("stderr", "").splitlines() if line.strip()]
        skips.append((name, last[-1] if last else "no reason given"))
    elif not tap and program["result"] not in FAILED | {"SKIP"}:
        passed = 1
    return passed, failures, skips


def complaints(program):
    """What a program of tests said of its failures: the comments after each failed line."""
    said, inside = [], False
    for line in program.get("stdout", "").splitlines():
        inside = line.startswith("not ok") or inside and line.startswith("#")
        if inside:
            said.append(line)
    return said or program.get("stderr", "").splitlines()[-20:]


def unsteady(folder):
    """The names of the tests of the window that failed."""
    return [p["name"].rpartition(" / ")[2] for p in programs(folder)
            if p["result"] in FAILED and p["name"].startswith("perceptron:app /")]


def main():
    folder = sys.argv[1]
    if sys.argv[2:] == ["--unsteady"]:
        print("\n".join(unsteady(folder)))
        return 0
    status = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    passed, failures, skips = 0, [], []
    alone = {p["name"]: p for p in programs(folder, "alone")}
    for program in programs(folder):
        if program["result"] in FAILED:
            print("\n".join(complaints(program)))
        if program["result"] in FAILED and program["name"] in alone:
            print(f"unsteady: {program['name']}: run once more, alone: {alone[program['name']]['result']}")
            program = alone[program["name"]]
        p, f, s = count(program)
        passed, failures, skips = passed + p, failures + f, skips + s
    if status and not failures:
        failures.append(f"meson test ended with status {status}")
    if not passed and not failures:
        failures.append("no test ran")
    for name, reason in skips:
        print(f"skipped: {name}: {reason}")
    for name in failures:
        print(f"failed: {name}")
    if skips:
        print(f"{len(skips)} skipped")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
