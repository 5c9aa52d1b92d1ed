#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Train page as a person uses it: settings, a run's life, advice, a device that fails, the next day (TAP)."""
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import gui
gui.in_desktop()

import guitest as g  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, SLOW, WindowCase, settings  # noqa: E402


def build_layer(folder):
    """The OpenCL layer that makes calls fail, or None where it can't be had."""
    source = tap.shared() and tap.shared() / "reliability/clfault.c"
    if not source or not source.is_file() or not shutil.which("cc"):
        return None
    layer = folder / "clfault.so"
    done = subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", layer, source, "-pthread"], capture_output=True)
    return layer if done.returncode == 0 else None


class Notifications:
    """Stands in for the desktop's service: keeps what it is told."""
    XML = """<node><interface name="org.freedesktop.Notifications">
      <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
        <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
        <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
      <method name="GetCapabilities"><arg type="as" direction="out"/></method>
      <method name="CloseNotification"><arg type="u" direction="in"/></method></interface></node>"""

    def __init__(self):
        self.heard = []
        self.context = GLib.MainContext.new()
        self.loop = GLib.MainLoop.new(self.context, False)
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        assert self.ready.wait(10), "the name org.freedesktop.Notifications"

    def serve(self):
        self.context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            os.environ["DBUS_SESSION_BUS_ADDRESS"], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(self.XML).interfaces[0]
        self.bus.register_object("/org/freedesktop/Notifications", interface, self.on_call, None, None)
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE,
                                       lambda *_: self.ready.set(), None)
        self.loop.run()

    def on_call(self, bus, sender, path, interface, method, parameters, invocation):
        if method == "Notify":
            self.heard.append((parameters[3], parameters[4]))
        answer = {"Notify": GLib.Variant("(u)", (1,)), "GetCapabilities": GLib.Variant("(as)", (["body", "actions"],))}
        invocation.return_value(answer.get(method))

    def close(self):
        self.loop.quit()
        self.thread.join(5)
        self.bus.close_sync(None)


class Train(WindowCase):
    def begin(self, n=20, **values):
        """The program with animals, on the Train page."""
        settings(**{"preset": "mlp", "batch_size": 8, "augment": "none", **values})
        self.drop_animals(n)
        self.show("train")

    def last_epoch(self):
        words = re.search(r"at epoch (\d+\.\d+)", self.app.find("image", "Loss").description)
        return float(words[1]) if words else 0

    def wait_last_epoch(self, n):
        """The words of a chart follow the curve after a moment."""
        g.wait_for(lambda: abs(self.last_epoch() - n) < 0.6, 5, f"epoch {n} at the end of the curve")

    def fact(self, title):
        """A number of the run; its name ends with its title."""
        label = self.app.find("label", re.compile(f". {title}$")).label
        return label[:-len(title) - 1]

    def test_settings(self):
        app = self.start()
        self.begin()
        app.click("label", "More Settings")
        app.settle(0.4, 3)
        for key, name, text, value in (
                ("momentum", "Momentum", "0.5", 0.5), ("weight-decay", "Weight Decay", "0.001", 0.001),
                ("warm-up", "Warm-Up", "2", 2), ("patience", "Stop Early", "4", 4), ("seed", "Seed", "77", 77)):
            app.type(text, "spin button", name, clear=True, enter=True)
            g.wait_for(lambda key=key, value=value: abs(float(g.setting(SCHEMA, key)) - value) < 1e-6, 5, key)
        app.click("label", "Optimizer")
        app.settle(0.3, 2)
        app.click("label", "Adam")
        g.wait_for(lambda: g.setting(SCHEMA, "optimizer") == "adam", 5, "the optimizer")
        app.click("push button", re.compile("Reset"))
        g.wait_for(lambda: g.setting(SCHEMA, "seed") == 1 and g.setting(SCHEMA, "patience") == 0, 5, "the usual settings")
        self.clean()

    def test_life_of_a_run(self):
        app = self.start()
        self.begin(60, epochs=9999)
        self.press_start()
        self.wait_status("Epoch")
        app.click("spin button", "Epochs")
        app.key("Up")
        self.assertEqual(g.setting(SCHEMA, "epochs"), 9999, "settings are fixed while it runs")
        app.click("push button", "Pause")
        self.wait_status("Paused")
        self.assertRegex(self.fact("Speed"), r"^[\d,.]+ pictures/s$")
        self.assertRegex(self.fact("Device Memory"), r" of ")
        self.assertNotEqual(self.fact("Learning Rate"), "–")
        app.click("push button", "Resume")
        self.wait_status("Epoch")
        app.click("push button", "Stop")
        self.wait_status("Stopped")
        g.wait_for(self.last_epoch, 5, "the curve in words")

        # More epochs: the curve goes on where it was.
        app.type("3", "spin button", "Epochs", clear=True, enter=True)
        g.wait_for(lambda: g.setting(SCHEMA, "epochs") == 3, 5, "the epochs to be kept")
        self.press_start()
        self.wait_status("Finished")
        self.wait_last_epoch(3)
        app.find("push button", "Train More", where=lambda n: "sensitive" in n.states)
        app.key("ctrl+shift+Return")
        g.wait_for(lambda: self.last_epoch() > 7, SLOW, "five epochs more")
        self.wait_status("Finished")
        self.wait_last_epoch(8)
        self.clean()

    def test_tuning(self):
        """A long run begins with looking for the fastest kernels, unless that is skipped or switched off."""
        app = self.start()
        self.begin(60, epochs=9999, tune=True, preset="convnet-rgb")  # has much to try
        self.press_start()
        self.wait_status("Tuning for this device")
        app.find("push button", "Stop")
        app.click("push button", "Skip")
        self.wait_status("Epoch")
        self.assertEqual(app.find_all("push button", "Skip"), [])
        app.click("push button", "Stop")
        self.wait_status("Stopped")
        app.key("ctrl+comma")
        app.click("label", "General")
        app.click("label", "Tune for the Device")
        g.wait_for(lambda: not g.setting(SCHEMA, "tune"), 5, "the switch")
        app.key("Escape")
        self.press_start()
        self.wait_status("Epoch")
        self.clean()

    def test_compiling(self):
        """Where nothing is cached, it is told how many programs are ready; the window answers meanwhile."""
        app = self.start(POCL_CACHE_DIR=str(self.path / "pocl"))
        self.begin(60, epochs=9999, preset="convnet-rgb")
        self.press_start()
        told = re.compile(r"Getting the device ready… (\d+) of (\d+)$")
        first = told.match(g.wait_for(lambda: [s for s in self.status() if told.match(s)], SLOW, "programs to be counted")[0])
        self.assertLess(int(first[1]), int(first[2]))
        self.assertGreater(int(first[2]), 5)
        self.show("data")
        app.find("label", "dog")
        self.show("train")
        # A run that is stopped then needs no more of them; the next one does.
        app.click("push button", "Stop")
        self.wait_status("Stopped")
        app.click("push button", "Start")
        self.wait_status("Epoch")
        self.clean()

    def test_crash_of_a_compiler(self):
        """It takes neither the window nor the pictures with it, and the next try may succeed."""
        real = Path(gui.app()).parents[1] / "compiler/perceptron-compiler"
        crashing = self.path / "compiler"
        crashing.write_text(f"#!/bin/sh\n[ -e '{self.path}/mended' ] || kill -SEGV $$\nexec '{real}'\n", encoding="utf-8")
        crashing.chmod(0o700)
        app = self.start(PERCEPTRON_COMPILER=str(crashing))
        self.begin(20, epochs=2)
        self.press_start()
        self.wait_status("Training failed")
        app.find("label", re.compile("compiler of .* crashed on .*cl"))
        self.clean()
        (self.path / "mended").touch()
        self.press_start()
        self.wait_status("Finished")
        self.clean()

    def test_advice(self):
        app = self.start()
        self.begin(epochs=6, learning_rate=10.0, weight_decay=1.0, schedule="constant")
        self.press_start()
        app.find("label", "Training Ran Away", timeout=SLOW)
        self.clean()
        for _ in range(4):
            app.click("push button", re.compile("^Start Again With a Rate of"))
            g.wait_for(lambda: self.status() and self.status()[0].startswith(("Epoch", "Finished", "Training failed")),
                       SLOW, "another run")
            time.sleep(0.3)
            g.wait_for(lambda: self.status() and self.status()[0].startswith(("Finished", "Training failed")), SLOW,
                       "its end")
            if self.status()[0] == "Finished":
                break
        self.assertEqual(self.status(), ["Finished"])
        self.assertLess(g.setting(SCHEMA, "learning-rate"), 10)
        self.assertFalse([n for n in app.find_all("label", "Training Ran Away") if n.on_screen()])
        self.clean()

    def test_device_fails(self):
        layer = build_layer(self.path)
        if not layer:
            self.skipTest("there is no layer that makes OpenCL calls fail")
        app = self.start(OPENCL_LAYERS=str(layer), CLFAULT="clEnqueueNDRangeKernel:1500:-5", CLFAULT_LOG="/dev/null")
        g.wait_for(lambda: "CPU" in self.device().description, 15, "a device")
        self.begin(epochs=60)
        self.press_start()
        app.find("label", "The Device Failed", timeout=SLOW)
        self.assertEqual(self.status(), ["Training failed"])
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        failed = g.wait_for(self.last_epoch, 5, "the curve in words")
        before = self.device_name()
        app.click("push button", re.compile("^Go On With"))
        self.wait_status("Finished")
        self.assertNotEqual(self.device_name(), before)
        self.wait_last_epoch(60)
        self.assertGreater(self.last_epoch(), failed)
        self.assertFalse([n for n in app.find_all("label", "The Device Failed") if n.on_screen()])

    def test_chart(self):
        app = self.start()
        self.begin(epochs=40)
        self.press_start()
        self.wait_status("Finished")
        chart = app.find("image", "Loss")
        whole = app.screenshot(of=chart)
        self.assertNotIn("Shown from", chart.description)

        def words(pattern):
            return g.wait_for(lambda: re.search(pattern, app.find("image", "Loss").description), 5, pattern)

        # A part is chosen by a drag, moved and left by keys.
        app.draw_path(chart, [[(.3, .6), (.4, .6), (.6, .6)]])
        low, high = map(float, words(r"Shown from epoch (\d+\.\d+) to (\d+\.\d+)").groups())
        self.assertTrue(8 < low < 16 and 20 < high < 28, (low, high))
        self.assertTrue(app.screenshot(of=chart).differs(whole))
        app.key("shift+Right")
        self.assertGreater(float(words(r"Shown from epoch (\d+\.\d+)")[1]), low)
        app.key("plus")
        g.wait_for(lambda: float(words(r"to (\d+\.\d+)\.$")[1]) != high, 5, "a smaller part")
        app.key("0")
        g.wait_for(lambda: "Shown from" not in app.find("image", "Loss").description, 5, "everything")

        # The menu: each way of showing it is another picture, told in words.
        for item in ("Logarithmic Scale", "Smooth Curve"):
            before = app.screenshot(of=chart)
            app.click(app.find_all("push button", "How the Chart Is Shown")[0])
            app.click("menu item", item)
            app.settle(0.3, 3)
            self.assertTrue(app.screenshot(of=chart).differs(before), item)
        words("On a logarithmic scale")
        self.clean()

    def test_notification(self):
        told = Notifications()
        self.addCleanup(told.close)
        app = self.start()
        self.begin(epochs=2000, notify_after=0)
        self.press_start()
        self.wait_status("Epoch")
        app.click("push button", "Minimize")
        title, body = g.wait_for(lambda: told.heard, SLOW, "a notification")[0]
        self.assertEqual(title, "Training Has Finished")
        self.assertIn("ready", body)
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_next_day(self):
        app = self.start()
        self.begin(epochs=3)
        self.press_start()
        self.wait_status("Finished")
        kept = os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"),
                            "perceptron/last.onnx")
        g.wait_for(lambda: os.path.exists(kept), 10, "the newest model on disk")
        app.proc.kill()
        app.proc.wait()
        app = self.start()
        self.show("train")
        app.click(g.wait_for(lambda: [n for n in app.find_all("push button", "Train More") if n.has("sensitive")], 20,
                             "a run to go on with")[0])
        g.wait_for(lambda: self.last_epoch() > 7, SLOW, "five epochs more")
        self.wait_status("Finished")
        self.wait_last_epoch(8)
        self.show("test")
        app.click("push button", "Use Trained")
        app.find("label", "cat, dog")
        self.clean()


if __name__ == "__main__":
    raise SystemExit(tap.main())
