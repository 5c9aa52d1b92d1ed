# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts a script again in a desktop of its own, or says that it can't; and what the scripts here share."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE / "guitest")]

TOOLS = ("Xvfb", "metacity", "dbus-daemon", "gsettings", "xprop", "pkg-config", "cc")


def missing():
    """What is lacking to drive a window: names of programs or modules."""
    out = [tool for tool in TOOLS if not shutil.which(tool)]
    try:
        import gi
        gi.require_version("Atspi", "2.0")
        gi.require_version("GdkPixbuf", "2.0")
    except (ImportError, ValueError) as e:
        out.append(str(e))
    if not out and subprocess.run(["pkg-config", "--exists", "gtk4"], check=False).returncode:
        out.append("gtk4 (development files)")
    return out


def app():
    return os.environ.get("PERCEPTRON_APP") or str(ROOT / "build/src/app/perceptron")


def app_id():
    return os.environ.get("PERCEPTRON_APP_ID") or "io.github.perceptron.Perceptron"


def devices():
    """Two devices of one driver, and no other driver: what a machine has more must not change a test."""
    # Compiled kernels outlive the desktop of one test: compiling them is what takes most of the time.
    env = {"POCL_DEVICES": "pthread basic",
           "POCL_CACHE_DIR": os.environ.get("POCL_CACHE_DIR") or str(Path(app()).parents[2] / "pocl-cache")}
    Path(env["POCL_CACHE_DIR"]).mkdir(exist_ok=True)
    if Path("/etc/OpenCL/vendors/pocl.icd").exists():
        env["OCL_ICD_VENDORS"] = "pocl.icd"
    return env


def right_to_left():
    """Options for a desktop in Arabic, which is mirrored. GLib lets GTK speak a language only where the program speaks
    it too: a catalogue with nothing but a header, in the build folder, is enough for that."""
    folder = Path(app()).parents[2] / "po/ar/LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr "Language: ar\\nContent-Type: text/plain; charset=UTF-8\\n"\n'
    subprocess.run(["msgfmt", "--output-file", str(folder / "perceptron.mo"), "-"], input=header.encode(), check=True)
    return ["--lang", "ar"]


def in_desktop(*options, timeout=870):
    """Runs this script again inside gui-run, and ends with its status; inside it, returns."""
    if os.environ.get("GUITEST_TOP"):
        return
    lacking = missing()
    if lacking:
        print(f"1..0 # SKIP to drive a window, this is missing: {', '.join(lacking)}")
        sys.exit(77)
    schemas = os.environ.get("PERCEPTRON_SCHEMAS") or str(ROOT / "build/data")
    command = [sys.executable, str(HERE / "guitest/gui-run"), "--schema-dir", schemas, "--timeout", str(timeout)]
    for name, value in devices().items():
        command += ["--env", f"{name}={value}"]
    sys.exit(subprocess.run([*command, *options, "--", sys.executable, *sys.argv], check=False).returncode)
