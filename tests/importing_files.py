"""Files of other formats for the import tests, and what becomes of them as plain text."""

from __future__ import annotations

import csv
import os
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ladder.errors import LadderError
from ladder.importing.formats import plain_text
from ladder.importing.formats.plain import Plain
from ladder.importing.look import look, look_here
from ladder.workspace import Folder

SECONDS, GROWTH = 5.0, 64 << 20


def plain(path: Path, work: Path, **told: Any) -> tuple[Plain, list[list[str]]]:
    """A file as plain text, and its records."""
    seen = look_here(path, told)
    work.mkdir(exist_ok=True)
    found = plain_text(path, seen.dialect, work, lambda share: None)
    with found.path.open(encoding="utf-8", newline="") as file:
        return found, list(csv.reader(file))


def zipped(path: Path, members: dict[str, str | bytes], name: str = "file.zip") -> Path:
    with zipfile.ZipFile(path / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path / name


def workbook(path: Path, rows: list[list[Any]], name: str = "file.xlsx", **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Orders"
    for row in rows:
        book.active.append(row)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    book.save(path / name)
    return path / name


def patched(path: Path, part: str, pattern: str, replacement: str) -> Path:
    """The workbook with the XML of one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    text = parts[part].decode("utf-8")
    changed = re.sub(pattern, replacement, text, count=1, flags=re.DOTALL)
    assert changed != text
    return zipped(path.parent, {**parts, part: changed}, "patched.xlsx")


@contextmanager
def refused(match: str, folder: Folder | None = None) -> Iterator[None]:
    """A LadderError within seconds, with little memory of the caller, and nothing left in the workspace."""
    look_once()
    size, begun = _resident(), time.monotonic()
    with pytest.raises(LadderError, match=match):
        yield
    assert time.monotonic() - begun < SECONDS
    assert _resident() - size < GROWTH
    if folder is not None:
        assert [item.name for item in (folder.path / "imports").iterdir()] == []


@cache
def look_once() -> None:
    """Start the fork server, whose start is not what the tests measure."""
    look(Path(__file__).parents[1] / "data" / "sample" / "referrals.csv", {})


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
