"""A disk whose power is cut: what a change leaves when nothing is there but what was forced to it.

Until a file is fsynced its bytes may be lost, until a folder is fsynced its new, renamed and removed entries may be.
Two disks are made at every step: one that lost every entry that was not forced, and one that kept all entries and
lost the bytes that were not. A real disk is somewhere between.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Check = Callable[[Path, str], None]


class Disk:
    """Watches a folder, and shows `check` what a power cut would leave of it: a folder and the step."""

    def __init__(self, root: Path, place: Path, check: Check) -> None:
        self.root, self.place, self.check = root, place, check
        self.steps: list[str] = []
        self.contents = {_inode(file): file.read_bytes() for file in root.rglob("*") if file.is_file()}
        self.entries = {_inode(folder): _listed(folder) for folder in _folders(root)}
        self._kept: list[int] = []

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(os, "fsync", self._fsyncing(os.fsync))
        for name in ("rename", "replace"):
            patch.setattr(Path, name, self._moving(name, getattr(Path, name)))

    def cut(self, step: str) -> None:
        """Show both disks as they would be after a power cut now."""
        self.steps.append(step)
        for lost, entries in (("entries", self.entries), ("bytes", self._live())):
            shutil.rmtree(self.place, ignore_errors=True)
            self._write(_inode(self.root), entries, self.place)
            self.check(self.place, f"{step}, {lost} lost")

    def close(self) -> None:
        for handle in self._kept:
            os.close(handle)

    def _live(self) -> dict[int, dict[str, int]]:
        return {_inode(folder): _listed(folder) for folder in _folders(self.root)}

    def _write(self, folder: int, entries: dict[int, dict[str, int]], target: Path) -> None:
        target.mkdir()
        for name, inode in entries.get(folder, {}).items():
            if inode in entries or inode in self.entries:
                self._write(inode, entries, target / name)
            else:
                (target / name).write_bytes(self.contents.get(inode, b""))

    def _fsyncing(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            path = Path(f"/proc/self/fd/{handle}").readlink()
            if path.is_relative_to(self.root):
                self.cut(f"before fsync {path.relative_to(self.root)}")
                # An open handle keeps the number from being given to another file.
                self._kept.append(os.dup(handle))
                if path.is_dir():
                    self.entries[_inode(path)] = _listed(path)
                else:
                    self.contents[_inode(path)] = path.read_bytes()
            real(handle)

        return call

    def _moving(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Path, target: Path) -> Any:
            moved = real(path, target)
            if target.is_relative_to(self.root):
                self.cut(f"after {name} {target.relative_to(self.root)}")
            return moved

        return call


def _inode(path: Path) -> int:
    return path.stat().st_ino


def _listed(folder: Path) -> dict[str, int]:
    return {item.name: _inode(item) for item in folder.iterdir()}


def _folders(root: Path) -> list[Path]:
    return [root, *(item for item in root.rglob("*") if item.is_dir())]
