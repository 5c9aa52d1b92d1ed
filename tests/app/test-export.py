#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where a model leaves the program: forms, verification, what is told, failures (TAP on standard output).

    tests/app/test-export.py [only=NAME]

PERCEPTRON_SHOTS=FOLDER keeps pictures of the dialog; PERCEPTRON_LOOK: light, dark or mirrored.
"""
import json
import os
import re
import subprocess
import threading
from pathlib import Path

import drawn
import gui
LOOKS = {"light": [], "dark": ["--dark"], "mirrored": None}
LOOK = os.environ.get("PERCEPTRON_LOOK", "light")
gui.in_desktop(*(gui.right_to_left() if LOOKS[LOOK] is None else LOOKS[LOOK]))

from gi.repository import Gio, GLib  # noqa: E402

import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import SCHEMA, WindowCase, settings  # noqa: E402

CLI = Path(os.environ.get("PERCEPTRON_CLI") or Path(gui.app()).parents[1] / "cli/perceptron-cli")
FILE_MANAGER = """<node><interface name="org.freedesktop.FileManager1"><method name="ShowItems">
<arg type="as" direction="in"/><arg type="s" direction="in"/></method></interface></node>"""


class FileManager:
    """Stands for the desktop's: what it was asked to show."""

    def __init__(self):
        self.shown, self.context = [], GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.ready = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()
        self.ready.wait(10)

    def run(self):
        self.context.push_thread_default()
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        bus = Gio.DBusConnection.new_for_address_sync(os.environ["DBUS_SESSION_BUS_ADDRESS"], flags)
        interface = Gio.DBusNodeInfo.new_for_xml(FILE_MANAGER).interfaces[0]
        bus.register_object("/org/freedesktop/FileManager1", interface, self.on_call, None, None)
        bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                      GLib.Variant("(su)", ("org.freedesktop.FileManager1", 4)), None, 0, -1, None)
        self.ready.set()
        self.loop.run()

    def on_call(self, _bus, _sender, _path, _interface, _method, arguments, invocation):
        self.shown += arguments.unpack()[0]
        invocation.return_value(None)


class Export(WindowCase):
    def setUp(self):
        super().setUp()
        if not (gui.ROOT / "data/models/digits.onnx").exists():
            self.skipTest("the model of digits is not there")

    def shot(self, name):
        if os.environ.get("PERCEPTRON_SHOTS"):
            self.app.settle()
            self.app.screenshot(f"{os.environ['PERCEPTRON_SHOTS']}/{LOOK}-{name}.png")

    def open_dialog(self):
        app = self.app
        app.key("ctrl+e")
        g.wait_for(lambda: len(app.windows()) > 1, 5, "the dialog")
        app.find("check box", "ONNX")
        app.settle()

    def export(self, name, *, form=None):
        """By the dialog that is open, as @form. Returns the file that it was told to write."""
        app, path = self.app, self.path / name
        if form:
            app.click("check box", form)
        app.click("push button", "Export…")
        app.choose_file(str(path))
        return path

    def difference(self):
        """What the dialog shows: (difference, pictures)."""
        app = self.app
        app.find("label", "Exported and Verified", timeout=60)
        labels = [n.label for n in app.find_all("label", within=app.window("Export Model"))]
        number = [float(t) for t in labels if re.fullmatch(r"0|\d\.\de-\d+", t)]
        pictures = [int(t.split()[0]) for t in labels if re.fullmatch(r"\d+ pictures?", t)]
        self.assertEqual(len(number), 1, labels)
        return number[0], pictures[-1] if pictures else None

    def close_dialog(self):
        self.clean()
        self.app.click(self.app.find("push button", "Close", within=self.app.window("Export Model")))
        g.wait_for(lambda: len(self.app.windows()) == 1, 5, "the dialog to close")

    def test_onnx(self):
        """Written, verified, told; the file is known to other readers and to the list of recent files."""
        manager = FileManager()
        app = self.start()
        self.show_canvas()
        self.open_dialog()
        self.shot("choose")
        path = self.export("mine.onnx")
        difference, pictures = self.difference()
        self.shot("done")
        self.assertLess(difference, 1e-4)
        self.assertEqual(pictures, 8)
        app.find("label", "mine.onnx")
        app.find("label", str(self.path))
        app.find("label", re.compile(r"^\d+.\d\s[kM]B$"))
        app.click("push button", "Show in Folder")
        g.wait_for(lambda: manager.shown, 5, "the file manager")
        self.assertEqual(manager.shown, [path.as_uri()])
        self.close_dialog()
        said = subprocess.run([CLI, "inspect", path, "--json"], capture_output=True, text=True, check=True)
        self.assertRegex(json.loads(said.stdout)["metadata"]["verified"], "on 8 pictures")
        self.assertIn([str(path)], g.setting(SCHEMA, "recent-data"))

    def test_other_forms(self):
        app = self.start()
        self.show_canvas()
        app.click("push button", "Export the Model")
        app.find("check box", "ONNX for OpenCV 4.6")
        path = self.export("old.onnx", form="ONNX for OpenCV 4.6")
        self.assertLess(self.difference()[0], 1e-4)
        self.assertGreater(path.stat().st_size, 100000)
        self.close_dialog()
        app.choose_menu("Main Menu", "Export Model…")
        path = self.export("weights.safetensors", form="Safetensors")
        self.assertEqual(self.difference(), (0, None))
        self.assertGreater(path.stat().st_size, 100000)
        self.close_dialog()
        self.open_dialog()
        path = self.export("digits.c", form="C Source")
        app.find("label", "Exported", timeout=30)
        app.find("label", "digits.c and digits.h")
        self.shot("c")
        self.assertIn("DIGITS_CLASSES 10", path.with_suffix(".h").read_text())
        self.close_dialog()

    def test_failures(self):
        """What can't be is told, with what to do, and leaves nothing behind."""
        app = self.start()
        self.show_canvas()
        self.open_dialog()
        self.export("digits.h", form="C Source")
        app.find("label", "The Model Wasn’t Exported", timeout=30)
        app.find("label", re.compile("^Name the source file, with the ending .c"))
        self.shot("failed")
        self.assertEqual(os.listdir(self.path), [])
        app.click("push button", "Back")
        # A folder that can be chosen, but not written to.
        app.click("check box", "ONNX")
        app.click("push button", "Export…")
        app.choose_file("/proc/mine.onnx")
        app.find("label", re.compile("/proc/mine.onnx"), timeout=30)
        app.key("Escape")
        g.wait_for(lambda: len(app.windows()) == 1, 5, "the dialog to close")
        self.assertEqual([str(c) for c in app.complaints()], [])

    def test_too_large_for_c(self):
        """A form that isn't possible says why in its row."""
        app = self.start()
        settings(preset="lstm", epochs=1)
        app.drop_files(self.digits())
        g.wait_for(lambda: app.find_all("label", "7"), 20, "the classes")
        self.show("train")
        self.press_start()
        self.wait_status("Finished")
        self.open_dialog()
        app.find("label", re.compile("can't be written as C. Export the network as ONNX"))
        self.assertFalse(app.find("check box", "C Source").has("sensitive"))
        self.shot("disabled")
        self.assertLess([self.export("lstm.onnx"), self.difference()][1][0], 1e-4)
        app.find("label", "Of your data")
        self.close_dialog()

    def digits(self):
        """Folders of drawn digits, as a folder of ten classes."""
        folder = self.path / "digits"
        for digit in drawn.DIGITS:
            (folder / digit).mkdir(parents=True)
            for i in range(6):
                drawn.digit_picture(digit, i).savev(str(folder / digit / f"{i}.png"), "png", [], [])
        return [folder]

    def test_narrow(self):
        app = self.start()
        self.show_canvas()
        app.resize(360, 640)
        self.open_dialog()
        self.shot("choose-narrow")
        self.export("a rather long name of a model that somebody gave it.onnx")
        self.difference()
        self.shot("done-narrow")
        self.close_dialog()


if __name__ == "__main__":
    raise SystemExit(tap.main())
