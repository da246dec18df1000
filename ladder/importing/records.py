"""The careful reader: records out of lines, one broken line never taking its neighbours along.

A physical line is a record, unless a quoted field opens at a field's start and closes, followed by a delimiter or a
line end, on a later line. `counting` follows the same rules with code of its own.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ladder.importing.plan import WHITESPACE, Dialect

LONGEST_RECORD = 1000
"""Physical lines a quoted field may span; a quote open for longer was a stray one."""
LONGEST_BYTES = 2_000_000
"""A longer line is refused as a row too long, and no quoted field makes a record longer than that."""
NEVER_CLOSED, BROKEN, LOOSE = "quote never closed", "text after a closing quote", "quotes do not match"
TOO_LONG = "row too long"

Window = Callable[[int], str]
"""The text of the first n physical lines that are left, or of as many as there are."""

_BLANKS = " \t"
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Record:
    """One record: its fields, or the problem that kept it from having any. Blank lines have neither.

    `lines` physical lines make it up. `plain` says that the engine's strict reader reads the same.
    """

    fields: list[str]
    problem: str | None = None
    lines: int = 1
    plain: bool = True


class Cut(NamedTuple):
    """A record cut at its delimiters under strict rules, the place where it ends, and what is wrong with it."""

    fields: list[str]
    end: int
    fault: str | None
    plain: bool


class _Marks(NamedTuple):
    opening: re.Pattern[str]
    body: re.Pattern[str]
    plain: re.Pattern[str]
    escaped: re.Pattern[str]


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Cut physical lines (with their line ends) into records.

    Where a quoted field never closes, or closes in the middle of a field, the physical line where it stood is one
    broken record and reading goes on with the next line.
    """
    waiting: deque[str] = deque()
    source = iter(lines)

    def window(count: int) -> str:
        while len(waiting) < count and (line := next(source, None)) is not None:
            waiting.append(line)
        return "".join(waiting[at] for at in range(min(count, len(waiting))))

    while window(1):
        record = next_record(window, dialect)
        yield record
        for _ in range(record.lines):
            waiting.popleft()


def next_record(window: Window, dialect: Dialect) -> Record:
    """The record that begins with the first line of the window."""
    line = window(1).rstrip("\r\n")
    if not line:
        return Record([])
    if len(line) > LONGEST_BYTES // 4 and len(line.encode("utf-8", "replace")) > LONGEST_BYTES:
        return Record([], TOO_LONG)
    if dialect.delimiter == WHITESPACE:
        bare = line.strip(_BLANKS)
        return Record(re.split(f"[{_BLANKS}]+", bare))
    if not dialect.quote or dialect.quote not in line:
        return Record(line.split(dialect.delimiter))
    found = cut(line, dialect)
    if found.fault == NEVER_CLOSED and (joined := _joined(window, dialect)):
        return joined
    if len(found.fields) == 1 < len(dialect.columns) and (inner := wrapped(line, dialect)):
        return Record(inner, None, 1, False)
    return Record([] if found.fault else found.fields, found.fault, 1, found.plain)


def cut(text: str, dialect: Dialect) -> Cut:
    """Cut the record at the start of a text under strict rules; it ends at a line end outside quotes."""
    marks = _marks(dialect)
    fields: list[str] = []
    loose: list[str] = []
    position, plain = 0, True
    while True:
        opened = marks.opening.match(text, position)
        if opened:
            closed = marks.body.match(text, opened.end())
            if closed is None or closed[2] is None:
                return Cut([], position, NEVER_CLOSED, False)
            end = closed.end()
            if end < len(text) and text[end] not in dialect.delimiter + "\r\n":
                return Cut([], position, BROKEN, False)
            plain = plain and not dialect.escape and len(opened[0]) < 3 and len(closed[2]) < 3
            fields.append(unescaped(closed[1], dialect))
        else:
            plain_text = marks.plain.match(text, position)
            end = plain_text.end() if plain_text else position
            fields.append(text[position:end])
            if dialect.quote in fields[-1]:
                loose.append(fields[-1])
        if end == len(text) or text[end] in "\r\n":
            return Cut(fields, end, LOOSE if clasp(loose, dialect.quote) else None, plain and not loose)
        position = end + 1


def wrapped(line: str, dialect: Dialect) -> list[str] | None:
    """The fields of a row that stands whole between quotes, as one cell; None where it has not one per column."""
    bare = line.strip()
    if not (len(bare) > 1 and bare[0] == bare[-1] == dialect.quote):
        return None
    found = cut(unescaped(bare[1:-1], dialect), dialect)
    return found.fields if found.fault is None and len(found.fields) == len(dialect.columns) else None


def clasp(fields: list[str], quote: str) -> bool:
    """Whether a quote that stands before text in one field pairs up with one that ends a later field: the delimiters
    between them may have been text."""
    open_before = False
    for field in fields:
        bare = field.rstrip()
        odd = bare.count(quote) % 2 == 1
        if open_before and odd and bare.endswith(quote):
            return True
        open_before = open_before or (odd and not bare.endswith(quote))
    return False


def unescaped(body: str, dialect: Dialect) -> str:
    """The text that stands for what was written between two quotes."""
    if dialect.quote not in body and (not dialect.escape or dialect.escape not in body):
        return body
    return _marks(dialect).escaped.sub(r"\1", body)


def are_rows(lines: list[str], joined: int, width: int, delimiter: str) -> bool:
    """Whether lines that a quoted field would join into one record of `joined` columns are rows by themselves.

    They are when each has the delimiters of a row of `width` columns, unless the joined record has that width too
    and the lines are too few for that to be no accident.
    """
    if width < 2 or any(line.count(delimiter) != width - 1 for line in lines):
        return False
    return joined != width or len(lines) >= (3 if width > 2 else 5)


def _joined(window: Window, dialect: Dialect) -> Record | None:
    """The record that goes on over several lines; None when they are no record."""
    for most in (8, 64, LONGEST_RECORD):
        text = window(most)
        found = cut(text, dialect)
        if found.fault != NEVER_CLOSED:
            break
    if found.fault in (NEVER_CLOSED, BROKEN):
        return None
    lines = _LINE_END.split(text[: found.end])
    if found.end > LONGEST_BYTES // 4 and len(text[: found.end].encode("utf-8", "replace")) > LONGEST_BYTES:
        return None
    if are_rows(lines, len(found.fields), len(dialect.columns), dialect.delimiter):
        return None
    return Record([] if found.fault else found.fields, found.fault, len(lines), False)


@lru_cache(maxsize=64)
def _marks_of(delimiter: str, quote: str, escape: str) -> _Marks:
    mark, end = re.escape(quote), re.escape(delimiter)
    pad = "" if delimiter == " " else " *"
    if escape:
        sign = re.escape(escape)
        text, pairs = f"[^{mark}{sign}]*+", f"(?:{sign}.|{mark}{mark})"
        escaped = re.compile(f"(?:{sign}(?=[{mark}{sign}])|{mark}(?={mark}))(.)")
    else:
        text, pairs = f"[^{mark}]*+", f"{mark}{mark}"
        escaped = re.compile(f"{mark}({mark})")
    body = re.compile(f"({text}(?:{pairs}{text})*+)({mark}{pad})?", re.DOTALL)
    return _Marks(re.compile(pad + mark), body, re.compile(f"[^{end}\r\n]*+"), escaped)


def _marks(dialect: Dialect) -> _Marks:
    return _marks_of(dialect.delimiter, dialect.quote, dialect.escape)
