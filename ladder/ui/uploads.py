"""Uploaded files while they are talked about: in a private folder of this process under the home, gone with it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ladder.settings import load_settings

FOLDER = ".uploads"
STALE_SECONDS = 24 * 3_600
LONGEST_NAME = 80
LONGEST_NAME_BYTES = 200
# Windows takes these for devices, whatever follows the point.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
)


@dataclass(frozen=True)
class Upload:
    """A file that came whole: where it is kept, its size in bytes and its SHA-256."""

    file: Path
    size: int
    sha256: str


def place_upload(name: str) -> Path:
    """A path for a file that only this user may read; the file has a folder of its own."""
    own = _own()
    for folder in (own.parent, own):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=own)) / safe_name(name)


def create_upload(file: Path) -> IO[bytes]:
    """Open a placed file for writing."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def drop_upload(file: Path) -> None:
    """Delete the file and its folder."""
    shutil.rmtree(file.parent, ignore_errors=True)


def drop_own_uploads() -> None:
    """Delete whatever this process still keeps."""
    shutil.rmtree(_own(), ignore_errors=True)


def sweep_uploads() -> None:
    """Delete what processes that were killed have left for more than a day."""
    for folder in _own().parent.glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def free_bytes() -> int:
    """Room on the disk that uploads go to."""
    home = load_settings().home
    home.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(home).free


def safe_name(name: str) -> str:
    """A file name made from what the browser says: letters, digits and plain marks only, at most 80 characters."""
    plain = re.sub(r"[^\w .()-]+", "_", re.split(r"[/\\]", name)[-1]).strip(" .")[-LONGEST_NAME:]
    while len(plain.encode()) > LONGEST_NAME_BYTES:
        plain = plain[1:]
    plain = plain.lstrip(" .-") or "upload.csv"
    return f"_{plain}" if plain.split(".")[0].strip().lower() in DEVICES else plain


def _own() -> Path:
    return load_settings().home / FOLDER / str(os.getpid())
