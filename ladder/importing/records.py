"""The careful reader: records out of lines, one broken line never taking its neighbours along."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ladder.importing.plan import WHITESPACE, Dialect

LONGEST_RECORD = 1000
"""Physical lines a quoted field may span; a quote open for longer was a stray one."""


@dataclass(frozen=True)
class Record:
    """One record: its fields, or the problem that kept it from having any. Blank lines have no fields."""

    fields: list[str]
    problem: str | None = None


class _OpenError(Exception):
    """The text ends inside a quoted field."""


class _BrokenError(Exception):
    """A closing quote is followed by something else than a delimiter."""


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Cut physical lines (with their line ends) into records.

    A quote opens a field only at the field's start. If it never closes, or closes in the middle of a field, the
    physical line where it stood is one broken record and reading goes on with the next line.
    """
    waiting: deque[str] = deque()
    source = iter(lines)
    while (line := waiting.popleft() if waiting else next(source, None)) is not None:
        body = line.rstrip("\r\n")
        if not body:
            yield Record([])
        elif dialect.delimiter == WHITESPACE:
            yield Record(body.split() or [""])
        elif not dialect.quote or dialect.quote not in body:
            yield Record(body.split(dialect.delimiter))
        else:
            yield _quoted(line, waiting, source, dialect)


def _quoted(line: str, waiting: deque[str], source: Iterator[str], dialect: Dialect) -> Record:
    taken = [line]
    while True:
        try:
            return Record(_split("".join(taken).rstrip("\r\n"), dialect.delimiter, dialect.quote))
        except _BrokenError:
            problem = "text after a closing quote"
        except _OpenError:
            if _take_to_next_quote(taken, waiting, source, dialect.quote):
                continue
            problem = "quote never closed"
        waiting.extendleft(reversed(taken[1:]))
        return Record([], problem)


def _take_to_next_quote(taken: list[str], waiting: deque[str], source: Iterator[str], quote: str) -> bool:
    while len(taken) < LONGEST_RECORD:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return False
        taken.append(line)
        if quote in line:
            return True
    return False


def _split(text: str, delimiter: str, quote: str) -> list[str]:
    fields: list[str] = []
    position = 0
    while True:
        start = _past_blanks(text, position, delimiter)
        if text.startswith(quote, start):
            field, end = _quoted_field(text, start, delimiter, quote)
        else:
            end = text.find(delimiter, position)
            end = len(text) if end < 0 else end
            field = text[position:end]
        fields.append(field)
        if end == len(text):
            return fields
        position = end + 1


def _quoted_field(text: str, start: int, delimiter: str, quote: str) -> tuple[str, int]:
    close = text.find(quote, start + 1)
    while close >= 0 and text.startswith(quote, close + 1):
        close = text.find(quote, close + 2)
    if close < 0:
        raise _OpenError
    end = _past_blanks(text, close + 1, delimiter)
    if end < len(text) and text[end] != delimiter:
        raise _BrokenError
    return text[start + 1 : close].replace(quote * 2, quote), end


def _past_blanks(text: str, position: int, delimiter: str) -> int:
    while delimiter != " " and text.startswith(" ", position):
        position += 1
    return position
