"""Uploaded files while they are talked about: in a private folder of this process under the home, gone with it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ladder.settings import load_settings

FOLDER = ".uploads"
STALE_SECONDS = 24 * 3_600


def keep_upload(name: str, content: bytes) -> Path:
    """Write the bytes where only this user may read them; the file has a folder of its own."""
    own = _own()
    for folder in (own.parent, own):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = Path(tempfile.mkdtemp(dir=own)) / safe_name(name)
    file.write_bytes(content)
    return file


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


def safe_name(name: str) -> str:
    """A file name made from what the browser says: letters, digits and plain marks only, at most 80 characters."""
    plain = re.sub(r"[^\w .()-]+", "_", Path(name).name).strip(" .")
    return plain[-80:].lstrip(" .-") or "upload.csv"


def _own() -> Path:
    return load_settings().home / FOLDER / str(os.getpid())
