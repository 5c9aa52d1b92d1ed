#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses the Data page as a person would: drops, selects, excludes, moves, renames, divides, looks closely, comes back.

    tests/app/test-data.py [only=NAME]

Needs Xvfb and a few tools; skips (77) where they are missing. Pictures are made here; no data set is needed.
"""
import contextlib
import json
import re
import shutil
import signal
import time

import gui
gui.in_desktop()

import guitest as g  # noqa: E402
import tap  # noqa: E402
from window_case import WindowCase, last_data  # noqa: E402


@contextlib.contextmanager
def held(name):
    """A key is held down meanwhile."""
    code = g.X().keycode(g._keysym(name))[0]
    g.X().key(code, True)
    try:
        yield
    finally:
        g.X().key(code, False)


class Data(WindowCase):
    def counts(self):
        """The rows of the side bar: name and count."""
        out = {}
        for item in self.app.find("list", "Classes").load().walk():
            if item.role == "list item":
                texts = [n.label for n in item.load().walk() if n.role == "label" and n.label]
                if len(texts) == 2:
                    out[texts[0]] = int(texts[1].replace(",", ""))
        return out

    def wait_counts(self, **wanted):
        wanted = {k.replace("_", " "): v for k, v in wanted.items()}
        return g.wait_for(lambda: (lambda c: c if all(c.get(k) == v for k, v in wanted.items()) else None)(self.counts()),
                          15, f"counts {wanted}, not {self.counts()}")

    def picture(self, name):
        return g.wait_for(lambda: self.app.find_all("image", re.compile(re.escape(name))), 10, name)[0]

    def open_class(self, name):
        self.app.click(self.app.find("label", name, within=self.app.find("list", "Classes")))
        self.app.settle()

    def has_notice(self, text):
        return g.wait_for(lambda: self.app.find_all("label", text), 5, f"the toast {text!r}")

    def test_start_page(self):
        app = self.start()
        for card in ("Draw a Digit", "Handwritten Digits", "Fashion", "Your Own Photos"):
            app.find("push button", card)
        self.assertTrue(app.find_all("label", re.compile("dev data")), "what to do for the missing sets")
        self.assertFalse(app.find("push button", "Fashion").has("sensitive"))
        self.assertFalse(app.find_all("label", "Open Again"), "nothing was open yet")
        self.clean()
        app.click("push button", "Draw a Digit")
        app.settle()
        g.wait_for(lambda: app.find("push button", "Clear").on_screen(), 10, "the page with the canvas")

    def test_exclude_and_undo(self):
        app = self.start()
        self.drop_animals(12)
        self.wait_counts(All_Pictures=24, cat=12, dog=12)
        self.rests()
        self.open_class("cat")
        app.click(self.picture("cat-000.png"))
        app.settle()
        with held("Shift_L"):
            app.click(self.picture("cat-002.png"))
        with held("Control_L"):
            app.click(self.picture("cat-005.png"))
        app.key("Delete")
        n = 4
        self.wait_counts(cat=12 - n, All_Pictures=24 - n, Excluded=n)
        self.has_notice("4 pictures excluded")
        self.clean()
        app.click("push button", "Undo", where=lambda b: b.label == "Undo" and b.on_screen())
        self.wait_counts(cat=12, All_Pictures=24)
        self.assertNotIn("Excluded", self.counts())
        app.key("ctrl+shift+z")
        self.wait_counts(cat=12 - n, Excluded=n)
        app.key("ctrl+z")
        self.wait_counts(cat=12)
        app.key("ctrl+y")
        self.wait_counts(Excluded=n)

        # And by way of the list of what is excluded.
        self.open_class("Excluded")
        app.click(self.picture("cat-00"))
        app.key("ctrl+a")
        app.key("Menu")
        app.click("menu item", "Restore")
        self.wait_counts(cat=12, All_Pictures=24)
        self.clean()

    def test_move_rename_merge(self):
        app = self.start()
        self.drop_animals(6)
        self.open_class("cat")
        app.click(self.picture("cat-003.png"), button=3)
        app.click("menu item", "Move to Class")
        app.settle()
        app.click("menu item", "dog")
        self.wait_counts(cat=5, dog=7)

        # A new class, by keyboard.
        app.click(self.picture("cat-001.png"))
        app.key("shift+F10")
        app.click("menu item", "Move to Class")
        app.settle()
        app.click("menu item", "New Class…")
        app.find("text", "Name of the Class")
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.type("lion & <b>", "text", "Name of the Class", enter=True)
        self.wait_counts(cat=4, dog=7, **{"lion & <b>": 1})

        # Renamed by F2, then merged, which it says beforehand.
        self.open_class("lion & <b>")
        app.key("F2")
        app.type("tiger", "text", "Name of the Class", clear=True, enter=True)
        self.wait_counts(tiger=1)
        app.find("label", "tiger", within=app.find("list", "Classes"))
        app.key("F2")
        app.type("cat", "text", "Name of the Class", clear=True)
        app.find("label", re.compile("the two become one"))
        app.click("push button", "Merge")
        self.wait_counts(cat=5, dog=7)
        self.assertNotIn("tiger", self.counts())
        app.key("ctrl+z")
        self.wait_counts(tiger=1, cat=4)
        for _ in range(3):
            app.key("ctrl+z")
        self.wait_counts(cat=6, dog=6)
        self.clean()

    def test_split(self):
        app = self.start()
        self.drop_animals(20)
        app.find("label", re.compile("40 pictures: 32 to learn from, 8 to check"))
        app.click("toggle button" if app.find_all("toggle button", "Divide the Pictures") else "push button",
                  "Divide the Pictures")
        slider = app.find("slider", "Keep for the Test")
        self.assertFalse(app.find("push button", "Apply").has("sensitive"), "nothing to apply yet")
        slider.set_value(25)
        g.wait_for(lambda: app.find_all("label", re.compile(r"^10 \(25")), 5, "the number told live")
        app.find("label", re.compile("40 pictures: 32 to learn from, 8 to check$"))
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.click("push button", "Apply")
        app.find("label", re.compile("40 pictures: 22 to learn from, 8 to check, 10 to test"))
        app.settle()
        app.key("ctrl+z")
        app.find("label", re.compile("40 pictures: 32 to learn from, 8 to check$"))
        self.clean()

    def test_preview(self):
        app = self.start()
        self.drop_animals(5)
        self.open_class("dog")
        app.click(self.picture("dog-001.png"), count=2)
        window = g.wait_for(lambda: app.window("dog-001.png"), 10, "the preview")
        self.assertTrue(window)
        app.find("label", "64 × 64")
        g.wait_for(lambda: len(app.find_all("image", re.compile("^Varied"))) == 6, 10, "the variants")
        seen = app.find("image", "Varied, 1")
        app.settle()
        before = app.screenshot(of=seen)
        app.click("push button", "Show Other Variants")
        g.wait_for(lambda: app.screenshot(of=seen).differs(before), 10, "other variants")
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.key("Right")
        g.wait_for(lambda: app.window("dog-002.png"), 5, "the next one")
        app.key("Left")
        app.key("Left")
        g.wait_for(lambda: app.window("dog-000.png"), 5, "the first one")
        app.key("Delete")
        g.wait_for(lambda: app.window("dog-001.png"), 5, "the one after what was excluded")
        app.key("Escape")
        self.wait_counts(dog=4, Excluded=1)
        self.clean()

    def test_preview_by_keyboard(self):
        app = self.start()
        self.drop_animals(4)
        self.open_class("cat")
        app.click(self.picture("cat-002.png"))
        app.key("Return")
        g.wait_for(lambda: app.window("cat-002.png"), 10, "the preview")
        app.key("Escape")
        app.settle()
        self.clean()

    def test_comes_back(self):
        app = self.start()
        self.drop_animals(8)
        self.open_class("cat")
        app.click(self.picture("cat-000.png"))
        app.key("Delete")
        self.wait_counts(cat=7, Excluded=1)
        app.key("F2")
        app.type("Katze ä", "text", "Name of the Class", clear=True, enter=True)
        self.wait_counts(**{"Katze ä": 7})
        g.wait_for(lambda: "Katze" in json.dumps(json.loads(last_data().read_text()), ensure_ascii=False), 5, "the file")
        app.proc.kill()  # a crash
        app.proc.wait()

        app = self.start()
        self.wait_counts(**{"Katze ä": 7, "dog": 8, "Excluded": 1})
        self.clean()
        app.key("ctrl+q")
        app.proc.wait(timeout=30)

        # Gone: a word, no dialog, and the page to begin with, where it is offered again.
        shutil.rmtree(self.path / "cat")
        shutil.rmtree(self.path / "dog")
        app = self.start()
        app.find("label", re.compile("can’t be opened again"))
        app.find("label", "Add Pictures")
        app.find("label", "Open Again")
        self.assertEqual(len(app.windows()), 1)
        self.clean()

    def test_rejects(self):
        app = self.start()
        (self.path / "cat").mkdir()
        (self.path / "cat" / "note.png").write_text("nothing")
        self.drop_animals(3)
        g.wait_for(lambda: "Not Used" in self.counts(), 20, "the rejects")
        app.find("label", re.compile("should have"))
        self.open_class("Not Used")
        app.find("label", re.compile("note.png"))
        app.click("push button", "Copy as Text")
        self.has_notice("List copied")
        self.clean()

    def test_narrow(self):
        app = self.start()
        self.assertEqual(tuple(app.resize(360, 640)), (360, 640), "the page to begin with")
        self.drop_animals(10)
        self.assertEqual(tuple(app.resize(360, 640)), (360, 640), "with pictures")
        app.click("push button" if app.find_all("push button", "Show Classes") else "toggle button", "Show Classes")
        self.open_class("dog")
        app.click(self.picture("dog-000.png"), count=2)
        g.wait_for(lambda: app.window("dog-000.png"), 10, "the preview")
        self.assertEqual(tuple(app.resize(360, 640)), (360, 640), "the preview")
        self.assertEqual([why for _, why in app.audit_a11y()], [])
        app.key("Escape")
        time.sleep(0.2)
        self.clean()


if __name__ == "__main__":
    signal.alarm(600)
    raise SystemExit(tap.main())
