"""One way to read a line that strict rules refuse, when there is exactly one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ladder.importing.plan import Dialect
from ladder.importing.records import clasp, cut, unescaped
from ladder.importing.shapes import Shapes

_MOST_WAYS = 20_000
_LONGEST_LINE = 100_000
_OTHERS = ("\t", ";", "|", ",", " ")

Way = tuple[int, int, int, str, bool]
"""Cheapest way to a place: literal quotes, how many ways are as cheap, and the last field: start, text, quoted."""


def repaired(line: str, dialect: Dialect, shapes: Shapes) -> list[str] | None:
    """The fields of a line whose quotes are ill formed, or None where it can be read in no way, or in several.

    A quote may be literal: inside quotes where no delimiter follows, or anywhere in an unquoted field. Of the
    readings with the expected number of columns the one with the fewest literal quotes is taken, if it is alone in
    that and its cells look like those of the other rows. A backslash before a quote may stand for the quote.
    """
    if len(line) > _LONGEST_LINE:
        return None
    width = len(dialect.columns)
    if not dialect.escape and "\\" + dialect.quote in line:
        escaped = cut(line, replace(dialect, escape="\\"))
        if escaped.fault is None and len(escaped.fields) == width and shapes.fit(escaped.fields):
            return escaped.fields
    fields = fewest_literals(line, dialect, width)
    if fields is None:
        return None
    bare = [field.replace(dialect.quote, "") for field in fields]
    return fields if _is_even(line, dialect, width) or shapes.fit(bare) else None


def _is_even(line: str, dialect: Dialect, width: int) -> bool:
    """Whether the quotes move no cell to another column: there are as many delimiters as columns need, and every
    field that begins with a quote ends with one."""
    raw = [field.strip() for field in line.split(dialect.delimiter)]
    opened = [field for field in raw if field.startswith(dialect.quote)]
    return len(raw) == width and all(len(field) > 1 and field.endswith(dialect.quote) for field in opened)


def other_delimiters(line: str, dialect: Dialect, *, blanks: bool = True) -> Iterator[list[str]]:
    """The line cut at each other usual delimiter, and at `blanks`."""
    for delimiter in _OTHERS if blanks else _OTHERS[:-1]:
        if delimiter in line and delimiter not in (dialect.delimiter, dialect.quote):
            other = replace(dialect, delimiter=delimiter)
            if not dialect.quote:
                yield line.split(delimiter)
            elif (found := cut(line, other)).fault is None:
                yield found.fields


def fewest_literals(line: str, dialect: Dialect, width: int) -> list[str] | None:
    """The reading of a line as `width` fields with the fewest literal quotes; None when there is none, or a tie.

    It is the shortest path over the delimiters of the line.
    """
    delimiters, quotes = line.count(dialect.delimiter), line.count(dialect.quote)
    if not 0 < width <= delimiters + 1 or (delimiters + 1) * (quotes + 1) > _MOST_WAYS:
        return None
    ways: dict[tuple[int, int], Way] = {(0, 0): (0, 1, 0, "", False)}
    starts = [0, *(match.end() for match in re.finditer(re.escape(dialect.delimiter), line))]
    for start in starts:
        steps = list(_fields_from(line, start, dialect))
        for count in range(width):
            if (start, count) in ways:
                _spread(ways, (start, count), steps)
    end = (len(line) + 1, width)
    if end not in ways or ways[end][1] != 1:
        return None
    return _walked(ways, end, dialect.quote)


def _spread(
    ways: dict[tuple[int, int], Way], place: tuple[int, int], steps: list[tuple[int, int, str, bool]]
) -> None:
    cost, number = ways[place][:2]
    for after, literals, text, quoted in steps:
        target = (after, place[1] + 1)
        known = ways.get(target)
        if known is None or cost + literals < known[0]:
            ways[target] = (cost + literals, number, place[0], text, quoted)
        elif cost + literals == known[0]:
            ways[target] = (known[0], known[1] + number, *known[2:])


def _fields_from(line: str, start: int, dialect: Dialect) -> Iterator[tuple[int, int, str, bool]]:
    """Each way to read the field that starts here: where the next begins, literal quotes, text, whether quoted."""
    quote, delimiter = dialect.quote, dialect.delimiter
    end = line.find(delimiter, start)
    end = len(line) if end < 0 else end
    yield end + 1, line.count(quote, start, end), line[start:end], False
    body = start if delimiter == " " else len(line) - len(line[start:].lstrip(" "))
    if not line.startswith(quote, body):
        return
    body += 1
    close = line.find(quote, body)
    while close >= 0:
        after = close + 1
        while delimiter != " " and line.startswith(" ", after):
            after += 1
        if after == len(line) or line[after] == delimiter:
            text, literals = line[body:close], _literals(line[body:close], dialect)
            yield after + 1, literals, unescaped(text, dialect), True
        close = line.find(quote, close + 1)


def _literals(body: str, dialect: Dialect) -> int:
    """Quotes of a quoted text that are neither doubled nor escaped; an escape sign that ends it counts as one."""
    rest = body
    if dialect.escape:
        rest = re.sub(re.escape(dialect.escape) + ".", "", body, flags=re.DOTALL)
    return rest.replace(dialect.quote * 2, "").count(dialect.quote) + (
        bool(dialect.escape) and rest.endswith(dialect.escape)
    )


def _walked(ways: dict[tuple[int, int], Way], end: tuple[int, int], quote: str) -> list[str] | None:
    fields: list[str] = []
    loose: list[str] = []
    place, count = end
    while count:
        _, _, place, text, quoted = ways[place, count]
        count -= 1
        fields.append(text)
        if not quoted and quote in text:
            loose.append(text)
    return None if clasp(loose[::-1], quote) else fields[::-1]
