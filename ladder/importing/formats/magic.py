"""What a file is, by its first bytes; the name only informs. What is no table is refused in a sentence."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from ladder.errors import LadderError

HEAD = 4096
_SAVE = "Save it as CSV or xlsx and bring that."
_NO_TABLE = (
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"SQLite format 3", "an SQLite database"),
    (8, b"DUCK", "a DuckDB database"),
    (0, b"{\\rtf", "a word processor document"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90", "a program"),
    (0, b"ARROW1", "an Arrow file"),
    (0, b"ORC", "an ORC file"),
    (0, b"Obj\x01", "an Avro file"),
)
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"<head", b"<body")
_KINDS = {
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".gz": "gzip",
    ".zip": "zip",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".jsonl": "text",
    ".ndjson": "text",
}
_NAMES = {
    "xlsx": "an Excel workbook",
    "parquet": "a Parquet file",
    "gzip": "a gzip archive",
    "zip": "a zip archive",
    "text": "plain text",
}


def shown_name(path: Path) -> str:
    """The file's name as it may stand in a sentence: short, no control or direction marks, no broken letters."""
    inert = "".join(
        letter if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else "�"
        for letter in path.name
    )
    return inert if len(inert) <= 100 else f"{inert[:60]}…{inert[-30:]}"


def container_of(path: Path) -> str:
    """`gzip`, `pk` (a zip archive of any kind), `parquet` or `text`. LadderError for what holds no table."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            ole = head.startswith(b"\xd0\xcf\x11\xe0") and _is_encrypted(head + file.read(8 << 20))
    except OSError as error:
        raise LadderError("Cannot read the file", f"{shown_name(path)}: {error.strerror}.") from error
    if not head:
        raise LadderError("Empty file", f"{shown_name(path)} holds nothing.", "Export it again.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_office(path, ole)
    refuse_other(shown_name(path), head)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "pk"
    return "parquet" if head.startswith(b"PAR1") else "text"


def refuse_other(name: str, head: bytes) -> None:
    """LadderError when the first bytes are those of something that holds no table."""
    for place, magic, kind in _NO_TABLE:
        if head.startswith(magic, place):
            raise LadderError("Not a table", f"{name} is {kind}.", _SAVE)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(_PAGES):
        told = "Was it an error page, or an export that only looks like Excel? " + _SAVE
        raise LadderError("Not a table", f"{name} is a web page or an XML document.", told)


def refuse_binary(name: str, text: str) -> None:
    """LadderError when more than one character in twenty is a control character."""
    head = text[:HEAD]
    control = sum(character < " " and character not in "\t\n\r\x0b\x0c" for character in head)
    if control > len(head) // 20:
        raise LadderError("Not a table", f"{name} holds binary data.", _SAVE)


def name_warning(path: Path, found: str) -> tuple[str, ...]:
    """A sentence when the name's ending promises another kind of file."""
    promised = _KINDS.get(path.suffix.lower(), found)
    if promised == found:
        return ()
    return (f"{shown_name(path)} is {_NAMES[found]} in fact, whatever its name says, and is read as that.",)


def _is_encrypted(head: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in head


def _old_office(path: Path, encrypted: bool) -> LadderError:
    if encrypted:
        told = "Save it without a password, or as CSV, and bring that."
        return LadderError("Not a table", f"{shown_name(path)} is protected by a password.", told)
    return LadderError("Not a table", f"{shown_name(path)} is an old Excel workbook (.xls).", _SAVE)
