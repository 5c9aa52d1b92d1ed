#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices in the preferences: facts, preferred and offered ones, self-test, comparison; and the page without a device.

    tests/app/test-devices.py [only=NAME]

The program that tests devices is a script here, which answers at once or dies as a broken driver would; one test of each
kind uses the real one.
"""
import re
import signal
import stat
import textwrap
from pathlib import Path

import gui
gui.in_desktop()

import drawn  # noqa: E402
import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, SLOW, WindowCase, settings  # noqa: E402

CLI = Path(gui.app()).parent.parent / "cli/perceptron-cli"

# Answers as perceptron-cli does: some rows, slowly when that is asked for; CRASH dies at the second row.
FAKE = textwrap.dedent("""\
    #!/usr/bin/env python3
    import json, os, signal, sys, time
    words, crash, wait = sys.argv[1:], os.environ.get("FAKE_CRASH", ""), float(os.environ.get("FAKE_WAIT", "0"))
    device = words[words.index("--device") + 1] if "--device" in words else ""
    say = lambda **line: print(json.dumps(line), flush=True)
    broken = crash and crash in device
    if words[0] == "devices":
        say(devices=[dict(id="New Platform/New Card/0", name="New Card", usable=True)])
    elif words[0] == "selftest":
        rows = [("relu 67", "elementwise"), ("conv2d 3", "convolution"), ("dense 17", "matrix"), ("optimizer adam", "optimizer")]
        say(event="start", device=device, tests=[dict(name=n, family=f) for n, f in rows])
        for i, (name, family) in enumerate(rows):
            time.sleep(wait)
            if broken and i == 1:
                os.kill(os.getpid(), signal.SIGSEGV)
            wrong = os.environ.get("FAKE_WRONG") == name
            say(event="result", name=name, family=family, passed=not wrong, seconds=0.25, message=None,
                **(dict(error=0.5, tolerance=2e-5, where="dx[0]", index=7) if wrong else dict(error=0, tolerance=2e-5)))
        say(event="end", passed=4, failed=0, seconds=1)
    elif words[0] == "bench":
        if broken:
            os.kill(os.getpid(), signal.SIGSEGV)
        for i in range(4):
            say(event="progress", fraction=None if i == 0 else i / 4)
            time.sleep(wait)
        say(net=words[words.index("--net") + 1], ms=2.5 if "--latency" in words else 20.0 if "basic" in device else 5.0,
            images_per_s=3200 if "basic" in device else 12800, device_bytes=33554432)
    """)


class Devices(WindowCase):
    def begin(self, *arguments, fake=True, **env):
        if fake:
            script = self.path / "fake-cli"
            script.write_text(FAKE)
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
            env["PERCEPTRON_CLI"] = str(script)
        elif not CLI.exists():
            self.skipTest("perceptron-cli isn't built")
        else:
            env["PERCEPTRON_CLI"] = str(CLI)
        self.app = g.App([gui.app(), *arguments], env={"XDG_CACHE_HOME": str(self.path / "cache"), **env}, timeout=30)
        self.addCleanup(self.app.close, force=True)
        g.wait_for(lambda: "CPU" in self.device().description, 20, "a device")
        return self.app

    def open_preferences(self):
        self.app.key("ctrl+comma")
        self.preferences = self.app.window("Preferences", timeout=10)
        self.app.settle()

    def close_preferences(self):
        self.app.key("Escape")
        g.wait_for(lambda: len(self.app.windows()) == 1, 5, "the preferences to close")

    def inside(self, role, name, **options):
        return self.app.find(role, name, within=self.preferences, **options)

    def labels(self):
        return [n.label for n in self.app.find_all("label", within=self.preferences)]

    def expect(self, pattern, timeout=20):
        return g.wait_for(lambda: [t for t in self.labels() if re.search(pattern, t)], timeout, pattern)[0]

    def expand(self, name):
        self.app.click(self.inside("label", re.compile(f"^{name}")))
        self.app.settle()

    def test_facts_and_preferred(self):
        app = self.begin()
        self.open_preferences()
        self.expand("pthread")
        for fact in ("Vendor", "Driver", "OpenCL", "Kind", "Compute Units", "Clock", "Memory", "Largest Allocation",
                     "Local Memory", "Largest Work-Group", "Numbers", "Identifier"):
            self.assertIn(fact, self.labels())
        self.expect(r"^OpenCL \d\.\d")
        self.assertEqual([why for _, why in app.audit_a11y()], [])

        chosen = [n for n in app.find_all(name=re.compile("^Prefer "), within=self.preferences) if not n.checked]
        app.click(chosen[0])
        name = chosen[0].label.removeprefix("Prefer ")
        g.wait_for(lambda: name in g.setting(SCHEMA, "device"), 5, "the choice to be kept")
        self.close_preferences()
        self.assertEqual(self.device_name(), name)
        app.close()
        self.begin()
        self.assertEqual(self.device_name(), name)
        self.clean()

    def test_offered(self):
        app = self.begin()
        self.assertEqual(len(self.device_names()), 2)
        used = self.device_name()
        other = [d for d in self.device_names() if d != used][0]
        self.open_preferences()
        self.expand(re.escape(other))
        # That of the preferred device can't be switched.
        app.click(self.inside("switch", re.compile("Offer in the Header Bar"), where=lambda n: n.has("sensitive")))
        g.wait_for(lambda: other in str(g.setting(SCHEMA, "disallowed-devices")), 5, "the switch to be kept")
        self.close_preferences()
        self.assertEqual((self.device_names(), self.device_name()), ([used], used))
        self.clean()

    def test_self_test(self):
        app = self.begin(FAKE_WAIT="2.5", FAKE_WRONG="dense 17")
        self.open_preferences()
        self.expand("pthread")
        app.click(self.inside("push button", "Test"))
        self.expect(r"Test [2-4] of 4", 30)
        self.assertIn("Convolution", self.labels())
        app.click(self.inside("push button", "Stop"))
        self.expect(r"Stopped after \d of 4")
        app.click(self.inside("push button", "Test"))
        self.expect("1 of 4 tests failed", 40)
        self.expect(r"dense 17: dx\[0\]\[7\] is off by 0.5, allowed are 2e-05")
        self.expect(r"^1 of 1 · 0.\d s")
        self.expect(r"^0 of 1 · 0.\d s")
        self.assertEqual([str(c) for c in app.complaints()] + [why for _, why in app.audit_a11y()], [])

    def test_crash(self):
        """A driver that takes its process down is named, and the next device has its turn."""
        app = self.begin(FAKE_CRASH="basic")
        self.open_preferences()
        app.click(self.inside("push button", "Test All"))
        self.expect(r"The driver crashed: .*It was at “conv2d 3”")
        self.expect("All 4 tests passed")
        app.click(self.inside("push button", "Compare"))
        self.expect(r"^basic.*: The driver crashed")
        self.expect("^12800$|^12,800$")
        self.assertEqual([str(c) for c in app.complaints()] + [why for _, why in app.audit_a11y()], [])

    def test_comparison(self):
        app = self.begin(FAKE_WAIT="0.2")
        self.open_preferences()
        app.click(self.inside("push button", "Compare"))
        self.expect("Training on (basic|pthread)")
        app.click(self.inside("push button", "Stop"))
        self.assertNotIn("Pictures/s", [n.label for n in app.find_all("label") if n.on_screen()])
        app.click(self.inside("push button", "Compare"))
        self.expect("^5.00 ms$", 60)
        for text in ("Pictures/s", "20.0 ms", "2.50 ms", "32 MB"):
            self.assertIn(text, self.labels())
        app.click(self.inside("push button", "Copy as Text"))
        self.inside("push button", "Copied")
        self.assertEqual([str(c) for c in app.complaints()] + [why for _, why in app.audit_a11y()], [])
        self.close_preferences()
        app.close()
        # The results are there at the next start.
        self.begin()
        self.open_preferences()
        self.expect("^20.0 ms$")

    def test_comparison_while_training(self):
        settings(preset="mlp", epochs=10000, batch_size=8)
        app = self.begin(*drawn.animals(self.path / "animals", 12))
        g.wait_for(lambda: app.find_all("label", "dog"), 30, "the data")
        self.show("train")
        app.key("ctrl+Return")
        self.wait_status("Epoch")
        self.open_preferences()
        app.click(self.inside("push button", "Compare"))
        app.find("label", "Training Is Running")
        app.click("push button", "Cancel", where=lambda n: n.toplevel().role in ("dialog", "alert"))
        app.click(self.inside("push button", "Compare"))
        app.click("push button", "Pause Training")
        self.expect("^5.00 ms$", 60)
        self.close_preferences()
        self.wait_status("Epoch")

    def test_look_again(self):
        """Another process finds what was installed meanwhile; this one offers to start again."""
        app = self.begin()
        self.open_preferences()
        app.click(self.inside("push button", "Look for Devices Again"))
        self.expect("^New Card can be used after a restart")
        self.inside("push button", "Restart")
        self.assertEqual([str(c) for c in app.complaints()] + [why for _, why in app.audit_a11y()], [])

    def test_real_programs(self):
        settings(preset="mlp", batch_size=16)
        # With all kernels to be compiled, so that there is time to stop the self-test.
        (self.path / "pocl").mkdir()
        app = self.begin(fake=False, POCL_CACHE_DIR=str(self.path / "pocl"))
        self.open_preferences()
        self.expand("pthread")
        app.click(self.inside("push button", "Test"))
        self.expect(r"Test [2-9] of \d\d", SLOW)
        app.click(self.inside("push button", "Stop"))
        self.expect(r"Stopped after \d+ of \d\d")
        app.click(self.inside("push button", "Compare"))
        g.wait_for(lambda: "One Picture" in [n.label for n in app.find_all("label") if n.on_screen()], SLOW, "figures")
        self.assertGreaterEqual(len([t for t in self.labels() if re.fullmatch(r"[\d.]+ ms", t)]), 4)
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_no_device(self):
        settings()
        app = self.start(OCL_ICD_VENDORS="/nonexistent")
        self.show("train")
        app.find("label", "No Device to Compute On")
        app.choose_dropdown("combo box", "Fedora", name="Distribution")
        app.find("label", "sudo dnf install pocl")
        app.click("push button", re.compile("^Copy the Command.*Any Processor"))
        app.click("push button", "Look Again")
        g.wait_for(lambda: app.find_all("label", "There is still no device."), 20, "the end of the look")
        self.clean()


if __name__ == "__main__":
    signal.alarm(880)
    raise SystemExit(tap.main())
