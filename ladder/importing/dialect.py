"""Proposing a dialect: delimiter, quote and header from the first part of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ladder.errors import LadderError
from ladder.importing.dates import fit
from ladder.importing.guessing import known_names, plain
from ladder.importing.plan import WHITESPACE, Dialect
from ladder.importing.records import Record, records

_DELIMITERS = (",", ";", "\t", "|")
_NUMBER = re.compile(r"[-+(]?\W{0,3}\d[\d.,\s']*\W{0,3}\)?-?")
MOST_COLUMNS = 2000


def sniff(lines: Sequence[str], base: Dialect, fixed: Sequence[str] = ()) -> Dialect:
    """`base` with what the lines suggest; the settings named in `fixed` are the person's and stay."""
    found = base
    if "quote" not in fixed:
        found = replace(found, quote=_quote(lines))
    if "delimiter" not in fixed:
        found = replace(found, delimiter=_delimiter(lines, found))
    if found.delimiter == WHITESPACE:
        found = replace(found, quote="")
    rows = [record for record in islice(records(lines, found), 500)]
    return _with_header(found, rows, fixed)


def columns_from(record: Record | None, width: int, header: bool) -> tuple[str, ...]:
    """Column names, each unlike the others: the header's cells, or column1, column2 ..."""
    cells = record.fields if record and header else []
    names: list[str] = []
    for position in range(max(width, len(cells))):
        name = cells[position].strip() if position < len(cells) else ""
        name = name or f"column{position + 1}"
        copies = sum(earlier == name or earlier.startswith(name + " (") for earlier in names)
        names.append(f"{name} ({copies + 1})" if copies else name)
    return tuple(names)


def _quote(lines: Sequence[str]) -> str:
    text = "\n".join(lines[:200])
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)", text, re.MULTILINE))
    double = text.count('"')
    return "'" if single >= 2 and not double else '"'


def _delimiter(lines: Sequence[str], dialect: Dialect) -> str:
    """The delimiter that cuts most records into one same number of fields, more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        trial = replace(dialect, delimiter=delimiter)
        widths = [len(item.fields) for item in islice(records(lines, trial), 200) if item.fields]
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (count / len(widths) if width > 1 else 0.0, width)

    if lines and (told := re.fullmatch(r'"?sep=(.)"?\s*', lines[0])):
        return told.group(1)
    scores = {delimiter: score(delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores[best][0] > 0:
        return best
    return WHITESPACE if score(WHITESPACE)[0] > 0.8 else ","


def _with_header(dialect: Dialect, rows: Sequence[Record], fixed: Sequence[str]) -> Dialect:
    """Find the header: the first row as wide as the rest, when none of its cells is a number or a date."""
    widths = Counter(len(row.fields) for row in rows if any(cell.strip() for cell in row.fields))
    width = max(widths, key=lambda size: (widths[size], size)) if widths else 0
    if width > MOST_COLUMNS:
        raise LadderError(
            "Too many columns", f"The file has {width:,} columns; {MOST_COLUMNS:,} are the most.", ""
        )
    first = next((place for place, row in enumerate(rows) if len(row.fields) == width), 0)
    header = dialect.header if "header" in fixed else bool(rows) and _names(rows[first].fields)
    skip = first + 1 if header else first
    if "skip" in fixed:
        skip = dialect.skip
        first = skip - 1 if header else skip
    name_row = rows[first] if rows and 0 <= first < len(rows) else None
    return replace(dialect, header=header, skip=skip, columns=columns_from(name_row, width, header))


def _names(cells: Sequence[str]) -> bool:
    """Whether these cells are names rather than values; two known names outweigh a number, but not a date."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    dates = [cell for cell in filled if fit([cell]).formats]
    values = [cell for cell in filled if _NUMBER.fullmatch(cell) or "@" in cell]
    known = [cell for cell in filled if plain(cell) in known_names()]
    return bool(filled) and not dates and (not values or len(known) > 1)
