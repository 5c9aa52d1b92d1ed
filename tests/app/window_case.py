# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the window share: a program started anew for each test, and what a person looks for in it."""
import os
import re
import tempfile
from pathlib import Path
import unittest

import drawn
import gui
import guitest as g
from gi.repository import Gio, GLib

SCHEMA = gui.app_id()
STEPS = ("data", "model", "train", "test")
# The first use of a kernel on a device compiles it.
SLOW = 120


def last_data():
    """Where the program keeps what was open last."""
    return Path(os.environ["XDG_DATA_HOME"]) / "perceptron/last-data.json"


def settings(**values):
    """All settings as on a first start, but for these, and without tuning for long runs, which takes seconds."""
    schema = Gio.SettingsSchemaSource.get_default().lookup(SCHEMA, False)
    path = Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0/settings/keyfile"
    kept = GLib.KeyFile()
    if path.exists():
        kept.load_from_file(str(path), GLib.KeyFileFlags.NONE)
    group = schema.get_path().strip("/")
    if kept.has_group(group):
        kept.remove_group(group)
    for key, value in {"tune": False, **values}.items():
        name = key.replace("_", "-")
        value = GLib.Variant(schema.get_key(name).get_value_type().dup_string(), value)
        kept.set_value(group, name, value.print_(False))
    # All at once: a program that runs hears of them in one go.
    path.parent.mkdir(parents=True, exist_ok=True)
    kept.save_to_file(str(path))


class WindowCase(unittest.TestCase):
    def setUp(self):
        # A compiler that is at work when its window is closed may write there once more.
        self.folder = tempfile.TemporaryDirectory(prefix="perceptron window ", ignore_cleanup_errors=True)
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        settings()
        # Nothing is opened again that an earlier test had open.
        last_data().unlink(missing_ok=True)
        self.app = None

    def start(self, **env):
        self.app = g.App([gui.app()], env=env or None, timeout=30)
        self.addCleanup(self.app.close, force=True)
        if not env:
            g.wait_for(lambda: "CPU" in self.device().description, 15, "a device")
        return self.app

    def device(self):
        return self.app.find("combo box", "Device")

    def show(self, step):
        self.app.key(f"alt+{STEPS.index(step) + 1}")
        self.app.settle()

    def show_canvas(self):
        self.show("test")
        try:
            self.app.find("image", "Canvas", timeout=5)
        except g.GuiError:
            self.skipTest("the model of digits is not there")

    def status(self):
        return [n.label for n in self.app.find_all("label") if n.label.startswith(
            ("Ready", "Epoch", "Paused", "Finished", "Stopped", "Training failed", "Preparing", "Reading", "Getting", "Looking",
             "Stopping", "Tuning"))][:1]

    def press_start(self):
        """Begins a run when the window has heard of the settings, which were changed behind its back, and rests."""
        epochs = g.setting(SCHEMA, "epochs")
        if epochs:
            g.wait_for(lambda: self.app.find("spin button", "Epochs").value == epochs, 10, "the settings to be seen")
        self.app.settle()
        self.app.click("push button", "Start")

    def wait_status(self, start, timeout=SLOW):
        # Each look walks the whole window and keeps the program from its work: not more often than a person would.
        try:
            return g.wait_for(lambda: [s for s in self.status() if s.startswith(start)], timeout, f"status {start!r}",
                              interval=0.2)[0]
        except g.GuiError as e:
            raise g.GuiError(f"{e}; it says {self.status()}") from None

    def drop_animals(self, n=40):
        self.app.drop_files(drawn.animals(self.path, n))
        g.wait_for(lambda: self.app.find_all("label", "dog"), 20, "the classes")

    def bars(self):
        """The bars of the view that has an answer: those that aren't shown are empty."""
        groups = [{n.label: n.value for n in group.walk() if n.role == "level bar"}
                  for group in self.app.find_all(name="Classes")]
        return max(groups, key=lambda bars: sum(bars.values()), default={})

    def export_model(self, path):
        """By the dialog that is open, verified; and closes it."""
        app = self.app
        app.click("push button", "Export…")
        app.choose_file(str(path))
        app.find("label", "Exported and Verified", timeout=60)
        app.click(app.find("push button", "Close", within=app.window("Export Model")))

    def rests(self):
        """Nothing is painted any more: what goes on painting, seen or not, takes power and time for nothing."""
        self.assertTrue(self.app.settle(), "the window goes on painting")

    def clean(self):
        self.assertEqual([str(c) for c in self.app.complaints()], [])
        self.assertEqual([why for _, why in self.app.audit_a11y()], [])

    def device_names(self):
        app = self.app
        app.click("combo box", "Device")
        names = g.wait_for(lambda: [m.label for n in app.find_all("list item") if n.popup() for m in n.walk()
                                    if m.role == "label" and m.label and " · " not in m.label], 5, "the devices")
        app.key("Escape")
        app.settle()
        return names

    def device_name(self):
        return [m.label for m in self.device().load().walk() if m.role == "label" and m.label != "(None)"][0]
