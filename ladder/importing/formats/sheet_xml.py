"""What the workbook reader does not tell: read from the XML of a sheet, before and beside it.

The reader turns errors such as #REF!, and formulas that were never calculated, into empty cells, keeps 15 digits of a
number, and lays a sheet out in memory from its first to its last cell, however far apart. So the XML is searched
for those, and the rows are counted by other means than the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape

from ladder.errors import LadderError
from ladder.importing.dialect import MOST_COLUMNS

MOST_CELLS = 60_000_000
_SPARSE, _EMPTIER = 10_000_000, 50
_LONGEST_ROW = 64 << 20
# None of these runs past the next < or for long, so that XML made to mislead them costs no more than other XML.
_ROW = re.compile(rb"row [^<>]{0,100}?\br=\"(\d{1,8})\"")
_FILLED = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?t(?:\s[^<>]*)?>[^<]")
_COLUMN = re.compile(rb" r=\"([A-Z]{1,3})\d")
_MAY_BE_ODD = re.compile(rb"v>(?:#|-?\d{16})")
_ODD = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*("
    rb"<(?:\w+:)?f\b[^<>]*>(?:[^<]*</(?:\w+:)?f>)?\s*(?:<(?:\w+:)?v\b[^<>]*>(?:[^<]*</(?:\w+:)?v>)?)?"
    rb"|<(?:\w+:)?v>(?:#|-?\d{16})[^<]*</(?:\w+:)?v>"
    rb")\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,8})\"")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*>([^<]*)<")
_LONG = re.compile(r"-?\d{16,}")


@dataclass(frozen=True)
class Odd:
    """A cell that the reader misreads: its text, and why it cannot be used (empty where the text is right)."""

    text: str
    reason: str = ""


@dataclass
class Scan:
    """`filled` rows have a value for certain, `last` is the number of the last row. `odd` goes by (row, column)
    from 0."""

    filled: int = 0
    last: int = 0
    width: int = 0
    cells: int = 0
    odd: dict[tuple[int, int], Odd] = field(default_factory=dict)


def scan(blocks: Iterable[bytes], name: str) -> Scan:
    """Go over the XML of a sheet. LadderError for one that is too wide, too sparse, or no XML of a workbook."""
    found = Scan()
    for rows in whole_rows(blocks, name):
        _count(rows, found)
        if found.width > MOST_COLUMNS:
            message = f"{name} has a sheet of {found.width:,} columns; {MOST_COLUMNS:,} are the most."
            raise LadderError(
                "Too many columns", message, "Leave out what is not needed, or bring it as CSV."
            )
        if b"<f" in rows or b":f" in rows or _MAY_BE_ODD.search(rows):
            for cell in _ODD.finditer(rows):
                _take(cell.group(1), cell.group(2), found, name)
    area = found.last * found.width
    if area > MOST_CELLS or (area > _SPARSE and area > _EMPTIER * found.cells):
        message = (
            f"{name} spreads {found.cells:,} cells over {found.last:,} rows and {found.width:,} columns."
        )
        raise LadderError(
            "Too large a sheet", message, "Copy the table to a sheet of its own, or bring it as CSV."
        )
    return found


def is_filled(head: bytes) -> bool:
    """Whether the beginning of a sheet's XML holds a value."""
    return _FILLED.search(head) is not None


def refuse_entities(head: bytes, name: str) -> None:
    """LadderError for XML that declares entities: no workbook does, and bombs are made of them."""
    head = head.replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        message = f"{name} holds XML with declarations that no workbook has."
        raise LadderError("Not a workbook", message, "Save it anew with a spreadsheet program.")


def whole_rows(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The XML of a sheet in pieces that end where a row does. LadderError for entities, and for rows without end."""
    rest = b""
    for place, block in enumerate(blocks):
        if place == 0:
            refuse_entities(block[:4096], name)
        head, end, tail = block.rpartition(b"row>")
        if end:
            yield rest + head + end
            rest = tail
        else:
            rest += block
        if len(rest) > _LONGEST_ROW:
            raise LadderError(
                "Not a workbook", f"{name} has a row that does not end.", "Save it anew, or as CSV."
            )
    yield rest


def _count(rows: bytes, found: Scan) -> None:
    pieces = rows.split(b"row>")
    found.filled += sum(map(bool, map(_FILLED.search, pieces)))
    numbers = _ROW.findall(rows)
    found.last = max([found.last, *map(int, numbers)]) if numbers else found.last + len(pieces) - 1
    columns = _COLUMN.findall(rows)
    found.cells += len(columns)
    found.width = max([found.width, *map(_number, set(columns))])


def _take(attributes: bytes, body: bytes, found: Scan, name: str) -> None:
    value = _VALUE.search(body)
    text = unescape(value[1].decode("utf-8", "replace")) if value else ""
    if b't="e"' in attributes:
        odd = Odd(text, "formula error")
    elif value is None and b't="str"' not in attributes:
        formula = _FORMULA.search(body)
        odd = Odd(
            "=" + unescape(formula[1].decode("utf-8", "replace")) if formula else "=",
            "formula without a result",
        )
    elif _LONG.fullmatch(text) and b't="s"' not in attributes:
        odd = Odd(text)
    else:
        return
    place = _REFERENCE.search(attributes)
    if place is None:
        message = f"{name} has formulas without results or with errors, and does not say where."
        raise LadderError("The workbook cannot be read", message, "Save it anew with a spreadsheet program.")
    found.odd[int(place[2]) - 1, _number(place[1]) - 1] = odd


def _number(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
