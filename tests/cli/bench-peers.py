#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time our training steps and another engine's in turns, in one run.

    tests/cli/bench-peers.py BUILD/src/cli/perceptron-cli WORK=COMMAND ... [--rounds 5] [--seconds 2]

WORK is one of the nets of "perceptron-cli bench", or "latency" for one picture through convnet. COMMAND is run by the shell
and prints a line "RESULT {json}" with "ms", or with "p50" and "p99": the scripts of ../shared/peers do. Each round measures ours, then
theirs; the medians over the rounds are printed with their ratio and the spread of both. Nothing is judged.
"""
import argparse
import json
import statistics
import subprocess


def ours(cli, work, seconds):
    options = ["--net", "convnet", "--latency"] if work == "latency" else ["--net", work]
    done = subprocess.run([cli, "bench", *options, "--seconds", str(seconds), "--json"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)["ms"]


def theirs(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            found = json.loads(line[7:])
            return found.get("ms", found.get("p50"))
    raise SystemExit(f"no RESULT from: {command}\n{done.stderr[-500:]}")


def spread(values):
    return f"{min(values):.3f}–{max(values):.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("works", nargs="+", metavar="WORK=COMMAND")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    args = parser.parse_args()
    works = [work.split("=", 1) for work in args.works]
    times = {work: ([], []) for work, _ in works}
    for _ in range(args.rounds):
        for work, command in works:
            times[work][0].append(ours(args.cli, work, args.seconds))
            times[work][1].append(theirs(command))
    print(f"{'work':<12} {'ours ms':>9} {'theirs ms':>10} {'ratio':>6}  ours, theirs from least to most")
    for work, (mine, other) in times.items():
        a, b = statistics.median(mine), statistics.median(other)
        print(f"{work:<12} {a:>9.3f} {b:>10.3f} {a / b:>6.2f}  {spread(mine)}, {spread(other)}")


if __name__ == "__main__":
    main()
