"""Write so that a crash, a full disk or a power cut leaves the old file or the new one, nothing between."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ladder.errors import LadderError


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` with `content`: write beside it, fsync, rename, fsync the folder. Owner only."""
    replace_file(path, content)
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """`write_atomic` but for the last step: after a power cut the old file may be back."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force a folder's entries to the disk; a no-op where the system cannot open folders."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def nothing_changed(what: str) -> Iterator[None]:
    """Tell what the system refuses as a sentence; for steps that leave the old state behind when they fail."""
    try:
        yield
    except OSError as error:
        raise LadderError(
            f"The {what} was not made",
            f"The system said: {error.strerror or type(error).__name__}.",
            "Nothing was changed.",
        ) from error
