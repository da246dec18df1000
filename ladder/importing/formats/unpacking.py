"""Gzip and zip: a stream of what is inside, which stops when the archive unpacks without end."""

from __future__ import annotations

import gzip
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from ladder.errors import LadderError
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import check_growth

MOST_MEMBERS = 10_000
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".psv", ".dat", ".jsonl", ".ndjson", ".json", ".xlsx", ".parquet")
_OFFICE = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("xl/vbaProject.bin", "an Excel workbook with macros (.xlsm)"),
    ("content.xml", "an OpenDocument file"),
    ("Index/Document.iwa", "a Numbers, Pages or Keynote document"),
)


class Stream:
    """The content of a file or archive, counted against the size of what it comes out of."""

    def __init__(self, path: Path, file: IO[bytes], content: IO[bytes]) -> None:
        self._path, self._file, self._content = path, file, content
        self._size = max(1, path.stat().st_size)
        self._done = 0

    def read(self, size: int) -> bytes:
        block = self._content.read(size)
        self._done += len(block)
        check_growth(self._path, self._done)
        return block

    def blocks(self, size: int = 1 << 20) -> Iterator[bytes]:
        return iter(lambda: self.read(size), b"")

    def seek(self, position: int) -> None:
        self._content.seek(position)

    @property
    def share(self) -> float:
        """How much of the file has been taken in, from 0 to 1."""
        return min(1.0, self._file.tell() / self._size)


@contextmanager
def opened(path: Path, compression: str, member: str = "") -> Iterator[Stream]:
    """The bytes of a file, of a gzip archive, or of one member of a zip archive."""
    try:
        with path.open("rb") as file:
            if compression == "none":
                yield Stream(path, file, file)
            elif compression == "gzip":
                with gzip.GzipFile(fileobj=file) as content:
                    yield Stream(path, file, cast(IO[bytes], content))
            else:
                with zipfile.ZipFile(file) as archive, archive.open(_member(archive, member, path)) as inside:
                    yield Stream(path, file, inside)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise damaged(path) from error


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> zipfile.ZipInfo:
    found = next((item for item in archive.infolist() if item.filename == name), None)
    if found is None:
        message = f"{shown_name(path)} does not hold the chosen file."
        raise LadderError("No such file in the archive", message, "Choose one of those it holds.")
    check_growth(path, found.file_size)
    if found.flag_bits & _ENCRYPTED or found.compress_type not in _METHODS:
        message = f"{shown_name(path)} is protected by a password or packed in an unusual way."
        raise LadderError(
            "The archive cannot be unpacked", message, "Unpack it yourself and bring what is inside."
        )
    return found


def damaged(path: Path) -> LadderError:
    return LadderError(
        "Damaged archive", f"{shown_name(path)} is cut short or damaged.", "Download or export it again."
    )


def members_of(path: Path) -> tuple[zipfile.ZipInfo, ...]:
    """Files inside a zip archive. LadderError for a damaged one, one with too many members or with equal names."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = tuple(item for item in archive.infolist() if not item.is_dir())
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, UnicodeError) as error:
        raise damaged(path) from error
    if len(members) > MOST_MEMBERS:
        message = f"{shown_name(path)} holds {len(members):,} files; {MOST_MEMBERS:,} are the most."
        raise LadderError("Too many files in the archive", message, "Bring them one by one.")
    if len({item.filename for item in members}) < len(members):
        message = f"{shown_name(path)} holds two files of one name."
        raise LadderError("The archive is ambiguous", message, "Unpack it and bring what is inside.")
    return members


def kind_of_archive(path: Path) -> str:
    """`xlsx` or `zip`. LadderError for other documents that are zip archives inside."""
    names = {item.filename for item in members_of(path)}
    for mark, kind in _OFFICE:
        if any(name == mark or (mark.endswith("/") and name.startswith(mark)) for name in names):
            hint = "Save it as xlsx without macros, or as CSV, and bring that."
            raise LadderError("Not a table", f"{shown_name(path)} is {kind}.", hint)
    return (
        "xlsx" if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names) else "zip"
    )


def tables_in(path: Path) -> tuple[str, ...]:
    """Names of the members that may be tables: by their endings, or all where no ending tells."""
    names = [item.filename for item in members_of(path) if item.file_size and not _is_clutter(item)]
    likely = [name for name in names if PurePosixPath(name).suffix.lower() in _TABLES]
    if not names:
        raise LadderError("Empty archive", f"{shown_name(path)} holds no file.", "Export it again.")
    return tuple(likely or names)


def _is_clutter(item: zipfile.ZipInfo) -> bool:
    """Whether a member is none of the person's files: what systems add, and links, which only name a file."""
    parts = PurePosixPath(item.filename.replace("\\", "/")).parts
    added = "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1] in ("Thumbs.db", "desktop.ini")
    return added or stat.S_ISLNK(item.external_attr >> 16)
