#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop is told about the program: files that name each other must agree (TAP on standard output)."""
import configparser
import json
import re
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

import tap

ROOT = Path(__file__).resolve().parent.parent
APP_ID = "io.github.perceptron.Perceptron"
DATA = ROOT / "data"


class Flatpak(unittest.TestCase):
    def setUp(self):
        self.manifest = json.loads((ROOT / f"flatpak/{APP_ID}.json").read_text())

    def test_permissions(self):
        arguments = [a for a in self.manifest["finish-args"] if not a.startswith("--env=")]
        self.assertEqual(sorted(arguments),
                         ["--device=dri", "--share=ipc", "--socket=fallback-x11", "--socket=wayland"])
        environment = [a for a in self.manifest["finish-args"] if a.startswith("--env=")]
        self.assertTrue(all(e.startswith("--env=RUSTICL_ENABLE=") for e in environment))

    def test_runtime(self):
        self.assertEqual(self.manifest["id"], APP_ID)
        self.assertEqual((self.manifest["runtime"], self.manifest["sdk"]), ("org.gnome.Platform", "org.gnome.Sdk"))
        self.assertGreaterEqual(int(self.manifest["runtime-version"]), 43)

    def test_sources(self):
        options = re.findall(r"option\('(\w+)'", (ROOT / "meson_options.txt").read_text())
        for module in self.manifest["modules"]:
            for source in module["sources"]:
                if source["type"] == "dir":
                    self.assertTrue((ROOT / "flatpak" / source["path"] / "meson.build").is_file())
                else:
                    self.assertEqual(source["type"], "archive")
                    self.assertTrue(source["url"].startswith("https://"))
                    self.assertRegex(source["sha256"], r"^[0-9a-f]{64}$")
            for option in module.get("config-opts", []):
                self.assertIn(option[2:].split("=")[0], [*options, "buildtype"])

    def test_command(self):
        self.assertIn(f"executable('{self.manifest['command']}'", (ROOT / "src/app/meson.build").read_text())


class Desktop(unittest.TestCase):
    def setUp(self):
        self.entry = configparser.ConfigParser(interpolation=None)
        self.entry.optionxform = str
        self.entry.read(DATA / f"{APP_ID}.desktop.in")
        self.main = self.entry["Desktop Entry"]
        self.component = ET.parse(DATA / f"{APP_ID}.metainfo.xml.in").getroot()

    def test_file_types(self):
        types = self.main["MimeType"].strip(";").split(";")
        self.assertIn("application/x-onnx", types)
        self.assertIn("inode/directory", types)
        mime = ET.parse(DATA / f"{APP_ID}.mime.xml").getroot()
        space = "{http://www.freedesktop.org/standards/shared-mime-info}"
        self.assertEqual([t.get("type") for t in mime.iter(space + "mime-type")], ["application/x-onnx"])
        self.assertEqual([t.get("pattern") for t in mime.iter(space + "glob")], ["*.onnx"])
        self.assertIn("application/x-onnx", [t.text for t in self.component.iter("mediatype")])

    def test_actions(self):
        pages = re.findall(r'<property name="name">(\w+)</property>', (ROOT / "ui/window.ui").read_text())
        for action in self.main["Actions"].strip(";").split(";"):
            group = self.entry[f"Desktop Action {action}"]
            self.assertTrue(group["Name"])
            self.assertRegex(group["Exec"], r"^perceptron --show \w+$")
            self.assertIn(group["Exec"].split()[-1], pages)

    def test_screenshots(self):
        images = [i.text for i in self.component.iter("image")]
        self.assertTrue(images)
        for image in images:
            self.assertTrue((ROOT / image.split("/main/")[1]).is_file(), image)

    def test_release(self):
        version = re.search(r"version: '([\d.]+)'", (ROOT / "meson.build").read_text())[1]
        self.assertEqual(self.component.find("releases/release").get("version"), version)
        notes = " ".join(self.component.find("releases/release/description").itertext()).split()
        about = re.search(r"#define RELEASE_NOTES(.*?)\n\n", (ROOT / "src/app/about.c").read_text(), re.S)[1]
        shown = re.sub(r"<[^>]*>", " ", "".join(re.findall(r'"(.*?)"', about))).split()
        self.assertEqual(shown, notes, "the About window tells the same news")


class Settings(unittest.TestCase):
    def test_keys_are_described_and_bounded(self):
        schema = ET.parse(DATA / f"{APP_ID}.gschema.xml.in").getroot().find("schema")
        for key in schema.iter("key"):
            name = key.get("name")
            self.assertTrue((key.findtext("summary") or "").strip(), f"{name} has no summary")
            self.assertTrue((key.findtext("default") or "").strip(), f"{name} has no default")
            if key.get("type") in ("i", "u", "d", "x", "t"):
                limits = key.find("range")
                self.assertTrue(limits is not None and limits.get("min") and limits.get("max"), f"{name} has no range")


class Resources(unittest.TestCase):
    def test_each_template_is_there_and_listed(self):
        listed = {f.text for f in ET.parse(ROOT / "ui/perceptron.gresource.xml").getroot().iter("file")}
        there = {str(p.relative_to(ROOT / "ui")) for p in (ROOT / "ui").rglob("*.ui")}
        self.assertEqual(there - listed, set(), "not in perceptron.gresource.xml")

    def test_own_icons_are_there(self):
        icons = {p.stem for p in (ROOT / "icons").glob("*.svg")}
        used = set()
        for path in [*(ROOT / "ui").rglob("*.ui"), *(ROOT / "src/app").rglob("*.c")]:
            used |= set(re.findall(r"pcn-[a-z-]+-symbolic", path.read_text()))
        self.assertEqual(used - icons, set())
        for path in (ROOT / "icons").glob("*-symbolic.svg"):
            root = ET.parse(path).getroot()
            self.assertEqual((root.get("width"), root.get("height")), ("16", "16"), path.name)
            self.assertNotIn("stroke", path.read_text(), f"{path.name}: GTK recolours fills only")


if __name__ == "__main__":
    raise SystemExit(tap.main())
