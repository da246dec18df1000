"""Files of any kind as delimited UTF-8 text: CSV and its kin, gzip and zip of them, Excel, Parquet, JSON lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing.formats import jsonl, parquet, text, workbook
from ladder.importing.formats.encodings import Guess
from ladder.importing.formats.magic import container_of, name_warning, refuse_binary, refuse_other, shown_name
from ladder.importing.formats.plain import Found, Glance, Plain, Share, Spoiled
from ladder.importing.formats.sheets import Sheet, sheets_of
from ladder.importing.formats.unpacking import kind_of_archive, opened, tables_in
from ladder.importing.plan import Dialect, Question

__all__ = [
    "Found",
    "Glance",
    "Plain",
    "Share",
    "Spoiled",
    "choices",
    "glance",
    "plain_text",
    "recognise",
    "shown_name",
]

_PEEK = 1 << 16
_ARCHIVED = (b"PK\x03\x04", b"\x1f\x8b", b"PAR1")


def recognise(path: Path, told: Dialect, fixed: tuple[str, ...] = (), standing: str = "") -> Found:
    """How to open a file. Of `told`, the settings named in `fixed` are the person's: member, sheet, encoding.

    LadderError for what is no table. Several sheets or members are a question; the first, or the one named
    `standing`, stands meanwhile.
    """
    container = container_of(path)
    if container == "parquet":
        warned = name_warning(path, "parquet") + parquet.warnings(path)
        return Found(replace(told, kind="parquet", compression="none", encoding="utf-8"), warnings=warned)
    if container == "pk" and kind_of_archive(path) == "xlsx":
        return _workbook(path, told, standing)
    if container == "pk":
        return _archive(path, told, fixed, standing)
    found = _text(path, replace(told, compression="gzip" if container == "gzip" else "none"), fixed)
    return replace(found, warnings=name_warning(path, container) + found.warnings)


def choices(path: Path, told: Dialect) -> tuple[str, ...]:
    """The sheets of a workbook or members of an archive that may be the table, where `told` names none."""
    if container_of(path) != "pk" or told.sheet or told.member:
        return ()
    if kind_of_archive(path) == "xlsx":
        return tuple(sheet.name for sheet in _likely(path, sheets_of(path)))
    return tables_in(path)


def glance(path: Path, dialect: Dialect, size: int) -> Glance:
    """The first `size` bytes or so of a recognised file as delimited text."""
    if dialect.kind == "xlsx":
        return workbook.glance(path, dialect, size)
    if dialect.kind == "parquet":
        return parquet.glance(path, size)
    if dialect.kind == "jsonl":
        return jsonl.glance(path, dialect, size)
    return Glance(*text.head_of(path, dialect, size))


def plain_text(path: Path, dialect: Dialect, work: Path, share: Share) -> Plain:
    """The whole file as delimited UTF-8 text without byte order mark; `share` is told how far that is.

    Plain UTF-8 text is not copied: a link leads to it, since its own name may be none that every reader takes.
    Everything else is written into the folder `work`.
    """
    if dialect.kind == "xlsx":
        return workbook.plain(path, dialect, work, share)
    if dialect.kind == "parquet":
        return parquet.plain(path, dialect, work, share)
    if dialect.kind == "jsonl":
        return jsonl.plain(path, dialect, work, share)
    copy = text.as_utf8(path, dialect, work, share)
    if copy == path:
        copy = work / "copy.txt"
        copy.symlink_to(path.absolute())
    return Plain(copy, replace(dialect, compression="none", member="", encoding="utf-8"))


def _likely(path: Path, sheets: tuple[Sheet, ...]) -> list[Sheet]:
    """The sheets with values, without the hidden ones if others are left."""
    filled = [sheet for sheet in sheets if sheet.is_filled]
    if not filled:
        raise LadderError(
            "No rows", f"{shown_name(path)} has no sheet with a value.", "Save it with its values."
        )
    return [sheet for sheet in filled if not sheet.is_hidden] or filled


def _workbook(path: Path, told: Dialect, standing: str) -> Found:
    sheets = sheets_of(path)
    names = tuple(sheet.name for sheet in sheets)
    filled = _likely(path, sheets)
    chosen = told.sheet or standing or filled[0].name
    dialect = replace(told, kind="xlsx", compression="none", encoding="utf-8", sheet=chosen)
    hidden = [
        sheet.name for sheet in sheets if sheet.is_hidden and sheet.is_filled and sheet.name != dialect.sheet
    ]
    warned = (f"Hidden sheets are left out: {', '.join(hidden[:10])}.",) if hidden else ()
    asked: tuple[Question, ...] = ()
    if not told.sheet and len(filled) > 1:
        asked = (Question("sheet", "Which sheet is the table on?", tuple(sheet.name for sheet in filled)),)
    return Found(dialect, names, name_warning(path, "xlsx") + warned, asked)


def _archive(path: Path, told: Dialect, fixed: tuple[str, ...], standing: str) -> Found:
    members = tables_in(path)
    dialect = replace(told, compression="zip", member=told.member or standing or members[0])
    found = _text(path, dialect, fixed)
    asked: tuple[Question, ...] = ()
    if not told.member and len(members) > 1:
        asked = (Question("member", "Which file of the archive is the table?", members),)
    return replace(
        found, sheets=members, warnings=name_warning(path, "zip") + found.warnings, questions=asked
    )


def _text(path: Path, told: Dialect, fixed: tuple[str, ...]) -> Found:
    """Delimited text or JSON lines, in the person's encoding or the likeliest."""
    name = shown_name(path)
    with opened(path, told.compression, told.member) as stream:
        head = stream.read(_PEEK)
    if not head:
        raise LadderError("Empty file", f"{name} holds nothing.", "Export it again.")
    if told.compression != "none" and head.startswith(_ARCHIVED):
        message = f"{name} holds an archive or a workbook inside an archive."
        raise LadderError("An archive in an archive", message, "Unpack it and bring what is inside.")
    refuse_other(name, head)
    warned: tuple[str, ...] = ()
    asked: tuple[Question, ...] = ()
    dialect = told
    if "encoding" not in fixed:
        guess = text.encoding_of(path, told)
        dialect = replace(told, encoding=guess.encoding)
        warned, asked = _told(guess)
    begin = head.decode(dialect.encoding, "replace")
    refuse_binary(name, begin)
    dialect = replace(dialect, kind="jsonl" if jsonl.looks_like(begin, told.kind) else "csv")
    if dialect.kind != "jsonl":
        jsonl.refuse_other_json(path, begin)
    return Found(dialect, (), warned, asked)


def _told(guess: Guess) -> tuple[tuple[str, ...], tuple[Question, ...]]:
    """What a person should know of a guessed encoding: nothing of Unicode, else how some words read."""
    if not guess.words:
        return (), ()
    if guess.doubtful:
        options = (guess.encoding, *guess.others)
        examples = tuple(
            (_escaped(word), *(word.decode(name, "replace") for name in options)) for word in guess.words
        )
        return (), (Question("encoding", "Which encoding is the text in?", options, examples),)
    read = ", ".join(word.decode(guess.encoding, "replace") for word in guess.words)
    others = ", ".join(guess.others)
    return (
        f"The text is taken for {guess.encoding}: {read}. Choose another encoding if that reads wrong: {others}.",
    ), ()


def _escaped(word: bytes) -> str:
    return word.decode("ascii", "backslashreplace")
