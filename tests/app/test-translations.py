#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever users read can be translated, and is, in every language of po/LINGUAS (TAP on standard output).

Needs xgettext, msgmerge and msgfmt; skips (77) where they are missing.
"""
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import tap  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
PO = ROOT / "po"
# As meson's preset "glib".
XGETTEXT = ["xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
            "--keyword=NC_:1c,2", "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
            "--flag=N_:1:pass-c-format", "--flag=C_:2:pass-c-format", "--flag=NC_:2:pass-c-format",
            "--flag=g_dngettext:2:pass-c-format", "--flag=g_strdup_printf:1:c-format",
            "--flag=g_string_printf:2:c-format", "--flag=g_string_append_printf:2:c-format"]


def lines(name):
    return [line.split("#")[0].strip() for line in (PO / name).read_text().splitlines() if line.split("#")[0].strip()]


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                          check=False)


def has_strings(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ui":
        return 'translatable="yes"' in text or 'translatable="true"' in text
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return bool(re.search(r"\b(_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2) ?\(", text))


class Translations(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="perceptron-po-")
        self.addCleanup(self.folder.cleanup)
        self.pot = Path(self.folder.name) / "perceptron.pot"
        done = run(*XGETTEXT, "--output", str(self.pot), "--files-from", str(PO / "POTFILES"), "--directory", str(ROOT))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.said = done.stderr

    def test_potfiles_is_complete_and_sorted(self):
        listed = lines("POTFILES")
        self.assertEqual(listed, sorted(set(listed)))
        self.assertEqual([f for f in listed if not (ROOT / f).is_file()], [], "listed, but not there")
        found = {str(p.relative_to(ROOT)) for folder, kind in (("src/app", "*.c"), ("src/engine", "*.c"), ("ui", "*.ui"))
                 for p in (ROOT / folder).rglob(kind) if has_strings(p)}
        found |= {str(p.relative_to(ROOT)) for kind in ("*.desktop.in", "*.metainfo.xml.in", "*.gschema.xml.in")
                  for p in (ROOT / "data").glob(kind)}
        self.assertEqual(sorted(found - set(listed)), [], "has strings, but isn't in po/POTFILES")

    def test_strings_can_be_translated(self):
        done = run("msgfmt", "--check", "--output-file=/dev/null", str(self.pot))
        problems = [line for line in done.stderr.splitlines() if "header" not in line and "fatal" not in line
                    and "charset" not in line and "CHARSET" not in line]
        self.assertEqual([line for line in problems if "error" in line], [])
        self.assertNotIn("unterminated", self.said)
        self.assertGreater(self.pot.read_text().count("\nmsgid "), 50)

    def test_languages_are_complete(self):
        for language in lines("LINGUAS"):
            with self.subTest(language):
                po = PO / f"{language}.po"
                self.assertTrue(po.is_file(), f"{language} is in LINGUAS, but has no file")
                merged = Path(self.folder.name) / f"{language}.po"
                done = run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", str(merged), str(po), str(self.pot))
                self.assertEqual(done.returncode, 0, done.stderr)
                for what in (["--untranslated"], ["--only-fuzzy"]):
                    left = run("msgattrib", "--no-obsolete", *what, "--no-wrap", str(merged)).stdout
                    ids = [i for i in re.findall(r'^msgid "(.*)"$', left, re.M) if i]
                    self.assertEqual(ids, [], f"{language}: {what[0][2:]}")
                done = run("msgfmt", "--check", "--check-accelerators=_", "--output-file=/dev/null", str(merged))
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    missing = [tool for tool in ("xgettext", "msgmerge", "msgfmt", "msgattrib") if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP missing: {', '.join(missing)}")
        raise SystemExit(77)
    raise SystemExit(tap.main())
