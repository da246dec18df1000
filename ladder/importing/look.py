"""A first look at a file: how its bytes become rows of text, and the first of those rows."""

from __future__ import annotations

import io
import re
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any, Self

from ladder.errors import LadderError
from ladder.importing import sandbox
from ladder.importing.dialect import doubts, sniff, sniff_warnings
from ladder.importing.formats import Glance, choices, glance, recognise, shown_name
from ladder.importing.header import SIDES, aligned, ask_names, misfit, names_of, spare_side
from ladder.importing.plan import WHITESPACE, Dialect, Document, Question
from ladder.importing.records import records

Tell = Callable[[float, str], None]

SAMPLE_BYTES = 1 << 20
_SAMPLE_ROWS = 5000
_TRIED = 20
_LITERAL = re.compile(r"'[^']*'")
_LEFT_OPEN = ("encoding", "sheet", "member")


@dataclass(frozen=True)
class Look(Document):
    """What a file seems to be: its dialect, its first data rows (blanks around cells taken off, rows of another width
    left out), the sheets or members to choose from, sentences worth telling, and what must be asked before the whole
    file can be read; the dialect leaves that open.
    """

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...] = ()
    sheets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        return cls(
            dialect=Dialect.from_dict(document["dialect"]),
            rows=tuple(tuple(row) for row in document["rows"]),
            sheets=tuple(document["sheets"]),
            warnings=tuple(document["warnings"]),
            questions=tuple(Question.from_dict(item) for item in document["questions"]),
        )

    @property
    def sample(self) -> Sample:
        return Sample(self.dialect.columns, self.rows)


@dataclass(frozen=True)
class Sample:
    """The first rows of a file under a dialect: texts by column, rows of another width left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, source: str) -> list[str]:
        """The texts of a column, or the one text of a literal."""
        if source not in self.columns:
            return [source.strip("'")] if _LITERAL.fullmatch(source) else []
        place = self.columns.index(source)
        return [row[place] for row in self.rows]


def look(path: Path, told: dict[str, Any], tell: Tell | None = None) -> Look:
    """What a file seems to be, found out in the sandbox; settings of `Dialect` in `told` win over the guess.

    `tell` hears 0 and, while other files are looked into, how long the line is; what it raises stops the look.
    LadderError for what is no table, or holds no row.
    """
    size = check_file(path)
    check_dialect(_told(told))
    job = {"path": str(path.absolute()), "told": told}
    with sandbox.LOOKS.turn(tell):
        found = sandbox.call("ladder.importing.look:look_task", job, sandbox.limits_for(size), tell)
    return Look.from_dict(found)


def look_task(job: dict[str, Any], _: Callable[[float, str], None]) -> dict[str, Any]:
    return look_here(Path(job["path"]), job["told"]).to_dict()


def look_here(path: Path, told: dict[str, Any]) -> Look:
    """`look` in this process. Which sheet or member is the table is asked even if the first one cannot be read."""
    try:
        return _look(path, told, "")
    except LadderError:
        for name in choices(path, _told(told))[1:_TRIED]:
            with suppress(LadderError):
                return _look(path, told, name)
        raise


def _look(path: Path, told: dict[str, Any], standing: str) -> Look:
    fixed = tuple(name for name, value in told.items() if value or name not in _LEFT_OPEN)
    found = recognise(path, _told(told), fixed, standing)
    seen = glance(path, found.dialect, SAMPLE_BYTES)
    lines = _lines(seen)
    dialect = sniff(lines, found.dialect, (*fixed, *seen.fixed))
    if not dialect.columns or not any(line.strip() for line in lines):
        raise LadderError("No rows", f"{shown_name(path)} holds nothing but empty lines.", "Export it again.")
    data = islice(records(lines, dialect), dialect.skip, None)
    if not any(record.fields or record.problem for record in data):
        raise LadderError("No rows", f"{shown_name(path)} holds a header and no rows.", "Export it again.")
    rows = _sample_rows(lines, dialect)
    dialect, doubted = _with_names(lines, dialect, rows, fixed)
    asked = (*found.questions, *(() if "header" in fixed else doubts(dialect, rows)), *doubted)
    left_open: dict[str, Any] = {question.id: "" for question in asked if question.id in _LEFT_OPEN}
    told_of = (*found.warnings, *(() if doubted else sniff_warnings(lines, dialect)))
    return Look(replace(dialect, **left_open), rows, found.sheets, told_of, asked)


def _with_names(
    lines: list[str], dialect: Dialect, rows: Sequence[Sequence[str]], fixed: Sequence[str]
) -> tuple[Dialect, tuple[Question, ...]]:
    """The dialect with the names of a line that has too few or too many of them where it is told or plain which
    columns they name; else the question."""
    width = len(dialect.columns)
    above = list(islice(records(lines, dialect), dialect.skip))
    line = None if dialect.header or dialect.kind != "csv" else misfit(above, width)
    if line is None or dialect.names == "none" or ("header" in fixed and not dialect.names):
        return dialect, ()
    side = dialect.names or spare_side(len(line.fields), rows, width)
    if not side:
        return dialect, (ask_names(line.fields, rows, width),)
    skip = next(place for place, record in enumerate(above) if record is line) + 1
    columns = names_of([aligned(line.fields, width, side)], width)
    return replace(dialect, header=True, header_rows=1, names=side, skip=skip, columns=columns), ()


def decided(dialect: Dialect) -> tuple[str, ...]:
    """Names of the settings that a complete dialect does not leave open."""
    return tuple(
        item.name for item in fields(dialect) if item.name not in _LEFT_OPEN or getattr(dialect, item.name)
    )


def first_rows(path: Path, dialect: Dialect) -> Sample:
    """The first rows of plain UTF-8 text."""
    return Sample(dialect.columns, _sample_rows(_lines(glance(path, dialect, SAMPLE_BYTES)), dialect))


def check_file(path: Path) -> int:
    """The size of a file. LadderError for what is no file that can be read from beginning to end."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        raise LadderError("No such file", f"There is no file {shown_name(path)}.") from None
    if not stat.S_ISREG(status.st_mode):
        raise LadderError(
            "Not a file", f"{shown_name(path)} is a folder, a device or a pipe.", "Bring a file."
        )
    return status.st_size


def check_dialect(dialect: Dialect) -> None:
    """Refuse settings that cannot be: a delimiter of two characters, an unknown encoding."""
    if dialect.names not in ("", "none", *SIDES):
        raise LadderError("The dialect cannot be used", "The names belong left, right or none.", "")
    marks = (dialect.delimiter if dialect.delimiter != WHITESPACE else " ", dialect.quote or '"')
    if dialect.decimal not in (".", ",", "") or dialect.thousands == dialect.decimal != "":
        raise LadderError(
            "The dialect cannot be used", "The decimal mark is . or , and no thousands mark.", ""
        )
    if any(len(mark) != 1 or not mark.isascii() or mark in "\r\n" for mark in marks) or marks[0] == marks[1]:
        raise LadderError(
            "The dialect cannot be used",
            "Delimiter and quote are two different plain characters.",
            "Use , ; | a tab, or the word whitespace.",
        )
    try:
        "".encode(dialect.encoding or "utf-8")
    except LookupError:
        raise LadderError(
            "Unknown encoding", f"There is no encoding “{dialect.encoding}”.", "Use utf-8 or cp1252."
        ) from None


def _told(told: dict[str, Any]) -> Dialect:
    known = {item.name for item in fields(Dialect)}
    if unknown := told.keys() - known:
        message = f"{', '.join(sorted(unknown))}."
        raise LadderError("Unknown setting", message, f"Known: {', '.join(sorted(known - {'columns'}))}.")
    return Dialect.from_dict(told)


def _lines(seen: Glance) -> list[str]:
    """The physical lines of the beginning of a file; a last, cut line is left out."""
    lines = list(io.StringIO(seen.text, newline=""))
    return lines if seen.whole or len(lines) == 1 else lines[:-1]


def _sample_rows(lines: list[str], dialect: Dialect) -> tuple[tuple[str, ...], ...]:
    found = islice(records(lines, dialect), dialect.skip, dialect.skip + _SAMPLE_ROWS)
    width = len(dialect.columns)
    whole = (record.fields for record in found if len(record.fields) == width)
    return tuple(tuple(cell.strip() for cell in cells) for cells in whole if any(map(str.strip, cells)))
