#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the rules of the source tree that no compiler checks (TAP on standard output).

    tests/check-layers.py [SOURCE ROOT]

* the arrows between folders point down: a file includes only from the folders listed for its own;
* the engine and the command line program know nothing of GTK;
* no source file is longer than 500 lines; each names its licence;
* every kernel file travels in the program's resources.
"""
import re
import sys
from pathlib import Path

# folder: what its files may include besides their own folder
ARROWS = {
    "base": set(),
    "cl": {"base"},
    "tensor": {"base", "cl"},
    "ops": {"base", "cl", "tensor"},
    "net": {"base", "cl", "tensor", "ops"},
    "data": {"base"},
    "onnx": {"base", "tensor", "ops", "net"},
    "train": {"base", "cl", "tensor", "ops", "net", "data", "onnx"},
}
ENGINE = set(ARROWS)
LONGEST = 500
GTK = re.compile(r'^\s*#\s*include\s*[<"](gtk|gdk|gsk|adwaita|graphene)(/|\.h|-\d)')
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
# The copy of the tool that drives the window is kept as it came.
FOREIGN = ("tests/app/guitest/",)


def sources(root):
    for pattern in ("src/**/*.[ch]", "kernels/*.cl*", "tests/**/*.[ch]", "tests/**/*.py", "data/**/*.py"):
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if not name.startswith(FOREIGN):
                yield name, path.read_text(encoding="utf-8").splitlines()


def folder_of(name):
    parts = name.split("/")
    if parts[:2] == ["src", "engine"] and len(parts) > 3:
        return parts[2]
    return None


def arrows(files):
    for name, lines in files:
        folder = folder_of(name)
        if folder is None:
            continue
        if folder not in ARROWS:
            yield f"{name}: tests/check-layers.py does not know the folder {folder}"
            continue
        for number, line in enumerate(lines, 1):
            m = INCLUDE.match(line)
            target = m[1].split("/")[0] if m and "/" in m[1] else None
            if target in ("app", "cli") or (target in ENGINE and target != folder and target not in ARROWS[folder]):
                yield f"{name}:{number}: {folder} must not include {m[1]}"


def no_gtk(files):
    for name, lines in files:
        if name.startswith(("src/engine/", "src/cli/")):
            for number, line in enumerate(lines, 1):
                if GTK.match(line):
                    yield f"{name}:{number}: {line.strip()}"


def short(files):
    for name, lines in files:
        if len(lines) > LONGEST:
            yield f"{name}: {len(lines)} lines; {LONGEST} are allowed"


def licensed(files):
    for name, lines in files:
        if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in lines[:3]):
            yield f"{name}: no SPDX line at its beginning"


def resources(root):
    listed = (root / "kernels/kernels.gresource.xml").read_text(encoding="utf-8")
    for path in sorted((root / "kernels").glob("*.cl*")):
        if f">{path.name}<" not in listed:
            yield f"kernels/{path.name} is not in kernels.gresource.xml"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    files = list(sources(root))
    checks = [
        ("the arrows between folders point down", arrows(files)),
        ("engine and command line program include no GTK", no_gtk(files)),
        (f"files have at most {LONGEST} lines", short(files)),
        ("files name their licence", licensed(files)),
        ("kernels are in the resources", resources(root)),
    ]
    print(f"1..{len(checks)}")
    failed = 0
    for number, (title, complaints) in enumerate(checks, 1):
        complaints = list(complaints)
        failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {number} - {title}")
        for complaint in complaints:
            print(f"# {complaint}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
