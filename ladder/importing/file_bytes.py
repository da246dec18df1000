"""The bytes of a file by place, as many at a time as are asked for: a map of the whole file would count as memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileBytes:
    """An open file like a `bytes` object: its length, and slices of it."""

    def __init__(self, handle: int) -> None:
        self._handle, self._size = handle, os.fstat(handle).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, places: slice) -> bytes:
        begin, end, _ = places.indices(self._size)
        return os.pread(self._handle, max(end - begin, 0), begin)

    def rfind(self, mark: bytes, begin: int, end: int) -> int:
        """The last place of `mark` between two places, or -1."""
        found = self[begin:end].rfind(mark)
        return begin + found if found >= 0 else -1


@contextmanager
def open_bytes(path: Path) -> Iterator[FileBytes]:
    """The bytes of a file, open for as long as they are needed."""
    with path.open("rb") as file:
        yield FileBytes(file.fileno())
