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
    (0, b"\x7fELF", "a program"),
    (0, b"MZ\x90", "a program"),
    (0, b"ARROW1\0\0", "an Arrow file"),
    (0, b"Obj\x01", "an Avro file"),
    (0, b"\x09\x08\x08\x00\x00\x05", "an old Excel workbook (.xls)"),
    (0, b"\x09\x04\x06\x00", "an old Excel workbook (.xls)"),
    (0, b"\x09\x02\x06\x00", "an old Excel workbook (.xls)"),
    (0, b"\x09\x00\x04\x00", "an old Excel workbook (.xls)"),
)
_UNPACK = "Unpack it and bring what is inside, or pack that as zip or gz."
_ARCHIVES = (
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (4, b"1AY&SY", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"\x5d\x00\x00", "an LZMA archive"),
    (0, b"LZIP\x01", "an lzip archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (0, b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (0, b"\xff\x06\x00\x00sNaPpY", "a Snappy archive"),
    (0, b"\x1f\x9d", "a Unix compress archive (.Z)"),
    (0, b"MSCF\0\0\0\0", "a Windows cabinet"),
    (257, b"ustar", "a tar archive"),
)
_OLE = b"\xd0\xcf\x11\xe0"
_STREAMS = (
    ("EncryptedPackage", "protected by a password", "Save it without a password, or as CSV, and bring that."),
    ("WordDocument", "an old Word document (.doc)", _SAVE),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt)", _SAVE),
    ("__substg1.0_", "an Outlook message (.msg)", _SAVE),
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
            ole = head + file.read(8 << 20) if head.startswith(_OLE) else b""
    except OSError as error:
        raise LadderError("Cannot read the file", f"{shown_name(path)}: {error.strerror}.") from error
    if not head:
        raise LadderError("Empty file", f"{shown_name(path)} holds nothing.", "Export it again.")
    if ole:
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
    for place, magic, kind in _ARCHIVES:
        if head.startswith(magic, place):
            raise LadderError("Not a table", f"{name} is {kind}.", _UNPACK)
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


def _old_office(path: Path, content: bytes) -> LadderError:
    """What a document of Office before 2007 is, by the names of the streams inside."""
    for stream, kind, told in _STREAMS:
        if stream.encode("utf-16-le") in content:
            return LadderError("Not a table", f"{shown_name(path)} is {kind}.", told)
    return LadderError("Not a table", f"{shown_name(path)} is an old Excel workbook (.xls).", _SAVE)
