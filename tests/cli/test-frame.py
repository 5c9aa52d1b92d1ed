#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of perceptron-cli: help, bad usage, exit codes, what goes where."""
import json
import subprocess
import sys
import unittest

import program
from program import NO_DEVICE, run, run_json, tap

COMMANDS = run("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
COMMANDS = [line.split()[0] for line in COMMANDS.splitlines()]


class Frame(unittest.TestCase):
    def test_help_lists_commands(self):
        for command in ("devices", "selftest", "bench", "inspect", "train", "evaluate", "predict"):
            self.assertIn(command, COMMANDS)

    def test_help_is_whole_for_each_command(self):
        for command in COMMANDS:
            for words in ((command, "--help"), ("help", command)):
                done = run(*words, env=NO_DEVICE)
                self.assertEqual(done.returncode, 0, words)
                self.assertEqual(done.stderr, "")
                self.assertIn(f"perceptron-cli {command}", done.stdout)
                self.assertIn("--json", done.stdout)

    def test_bad_usage(self):
        for words in ((), ("frobnicate",), ("help", "frobnicate"), ("devices", "surplus"), ("devices", "--no-such"),
                      ("inspect",), ("train",), ("evaluate",), ("predict",)):
            done = run(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertEqual(done.stdout, "", words)
            self.assertIn("perceptron-cli", done.stderr, words)

    def test_unknown_option_is_named(self):
        for command in COMMANDS:
            done = run(command, "--no-such-option")
            self.assertEqual(done.returncode, 2, command)
            self.assertIn("--no-such-option", done.stderr)

    def test_version(self):
        self.assertRegex(run("--version").stdout, r"^perceptron-cli \d+\.\d+\.\d+\n$")

    def test_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([program.PROGRAM, "devices"], env=program.environment(), stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)


class Devices(unittest.TestCase):
    def test_json(self):
        devices = run_json("devices")["devices"]
        self.assertTrue(devices)
        for device in devices:
            for key in ("id", "name", "vendor", "driver", "version", "kind", "compute_units", "memory", "max_alloc",
                        "extensions", "usable", "unusable_reason"):
                self.assertIn(key, device)
        ids = [d["id"] for d in devices]
        self.assertEqual(len(ids), len(set(ids)))

    def test_ids_are_stable(self):
        self.assertEqual([d["id"] for d in run_json("devices")["devices"]],
                         [d["id"] for d in run_json("devices")["devices"]])

    def test_text_names_each(self):
        said = run("devices").stdout
        for device in run_json("devices")["devices"]:
            self.assertIn(device["id"], said)
            self.assertIn(device["name"], said)

    def test_no_driver_gives_advice_and_3(self):
        for extra in ((), ("--json",)):
            done = run("devices", *extra, env=NO_DEVICE)
            self.assertEqual(done.returncode, 3)
            self.assertIn("pocl", done.stderr.lower())
        self.assertEqual(json.loads(done.stdout), {"devices": []})

    def test_home_that_can_not_be_written(self):
        nowhere = "/proc/nowhere"
        env = {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "XDG_DATA_HOME": nowhere, "XDG_CONFIG_HOME": nowhere}
        self.assertTrue(run_json("devices", env=env)["devices"])
        self.assertEqual(run("selftest", "--only", "optimizer sgd", env=env).returncode, 0)

    def test_two_devices(self):
        devices = run_json("devices", env={"POCL_DEVICES": "pthread basic"})["devices"]
        if len(devices) < 2:
            self.skipTest("this OpenCL driver can't imitate two devices")
        self.assertNotEqual(devices[0]["id"], devices[1]["id"])


if __name__ == "__main__":
    sys.exit(tap.main())
