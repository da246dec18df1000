"""Excel workbooks (.xlsx): one sheet as strict CSV, a record per row of the sheet."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from ladder.errors import LadderError
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import Glance, Plain, Share, Spoiled, check_growth, check_room, strict
from ladder.importing.formats.sheet_head import STRINGS, STYLES, head_of_sheet, is_read_alike
from ladder.importing.formats.sheet_xml import Odd, Scan, scan
from ladder.importing.formats.sheets import Sheet, damaged_workbook, sheets_of
from ladder.importing.formats.unpacking import Stream, members_of, opened
from ladder.importing.plan import Dialect
from ladder.importing.sentences import counted

_FIRST_ROWS = 5_000
_CHUNK = 10_000
_EXACT = 1e15
_SCANNED, _PARSED = 0.2, 0.5
"""Shares of the work that are done when the XML was searched, and when the reader has the sheet."""
_FIXED = ("delimiter", "quote", "escape")

Row = list[Any]


def glance(path: Path, dialect: Dialect, size: int) -> Glance:
    """The first rows, as many as `size` characters hold; of a large sheet only they are read."""
    sheet = _chosen(path, dialect.sheet)
    if (text := _first_alone(path, sheet, size)) is not None:
        return Glance(text, False, _FIXED)
    with _read(path, sheet, lambda done: None) as table:
        text, rows = _first(table, size)
    return Glance(text, rows == table.height, _FIXED)


def _first_alone(path: Path, sheet: Sheet, size: int) -> str | None:
    """The first rows of a large sheet; None where it has to be read whole to tell how they read."""
    head = head_of_sheet(path, sheet)
    if head is None:
        return None
    try:
        with CalamineWorkbook.from_filelike(BytesIO(head.content)) as workbook:
            table = _Table(workbook.get_sheet_by_name(sheet.name), scan([head.xml], shown_name(path)))
            text, _ = _first(table, size)
    except CalamineError:
        return None
    return text if is_read_alike(path, sheet, table.width, table.days) else None


def _first(table: _Table, size: int) -> tuple[str, int]:
    """The first rows as CSV, and their number."""
    sink = StringIO()
    writer = csv.writer(sink)
    rows = 0
    for row in islice(table.texts(), _FIRST_ROWS):
        writer.writerow(row)
        rows += 1
        if sink.tell() > size:
            break
    return sink.getvalue(), rows


def plain(path: Path, dialect: Dialect, work: Path, share: Share) -> Plain:
    """Strict CSV in which record and row of the sheet have the same number.

    LadderError when the rows read are fewer than the XML holds.
    """
    target = work / "plain.csv"
    with _read(path, _chosen(path, dialect.sheet), share) as table:
        filled = _write(path, table, target, share)
        if table.is_mixed:
            filled = _write(path, table, target, share)
        if filled < table.scan.filled:
            raise LadderError(
                "The import cannot be published",
                f"Two independent counts disagree: {filled:,} rows read, {table.scan.filled:,} rows in the sheet.",
                "Nothing was changed. Save the sheet as CSV and bring that.",
            )
    return Plain(target, strict(dialect), table.height, tuple(table.spoiled()), table.warnings())


def _write(path: Path, table: _Table, target: Path, share: Share) -> int:
    """Write all rows; returns how many have a value."""
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        filled = 0
        for number, row in enumerate(table.texts()):
            writer.writerow(row)
            filled += any(row)
            if number % _CHUNK == 0:
                check_growth(path, sink.tell())
                check_room(target.parent, sink.tell())
                share(_PARSED + (1 - _PARSED) * number / table.height)
    return filled


class _Table:
    """A sheet as the reader gives it, mended by what its XML says.

    The dates of a column are all written with a time of day, or all without. `days` are the columns, from 0, that
    were written without.
    """

    def __init__(self, sheet: CalamineSheet, found: Scan) -> None:
        self.scan, self._sheet = found, sheet
        begin, end = sheet.start or (0, 0), sheet.end or (-1, -1)
        odd = [(-1, -1), *found.odd]
        self._left = begin[1]
        self.height = max(end[0], max(row for row, _ in odd)) + 1
        self.width = max(end[1], max(column for _, column in odd)) + 1
        self._timed: set[int] = set()
        self.days: set[int] = set()
        self._rounded = 0

    def texts(self) -> Iterator[list[str]]:
        """Every row from the first on, each as wide as the table."""
        before, odd = [""] * self._left, self._odd_by_row()
        ways = self._ways()
        self._rounded = 0
        self._timed |= self._first_timed()
        self.days.clear()
        for number, row in enumerate(islice(self._rows(), self.height)):
            texts = before + [
                cell if type(cell) is str else ways[type(cell)](cell, place)
                for place, cell in enumerate(row, self._left)
            ]
            texts += [""] * (self.width - len(texts))
            for place, cell in odd.get(number, ()):
                texts[place] = cell.text
            yield texts

    @property
    def is_mixed(self) -> bool:
        """Whether a column in which days were written had a time of day later: it reads right when written again."""
        return bool(self.days & self._timed)

    def spoiled(self) -> Iterator[Spoiled]:
        """Cells that cannot be used: errors, formulas without a result, and what a merged range covers."""
        for (row, column), cell in self.scan.odd.items():
            if cell.reason:
                yield Spoiled(row + 1, cell.reason, column)
        for first, last in self._merged():
            for row in range(first[0], min(last[0], self.height - 1) + 1):
                for column in range(first[1], min(last[1], self.width - 1) + 1):
                    if (row, column) != first:
                        yield Spoiled(row + 1, "merged cell", column)

    def warnings(self) -> tuple[str, ...]:
        """What deserves a look, once all rows have been read."""
        found = []
        if merged := len(self._merged()):
            kept = "merged range has" if merged == 1 else "merged ranges have"
            found.append(
                f"{merged:,} {kept} a value in the first cell only; rows that need another cell are refused."
            )
        if self._rounded:
            found.append(
                f"{counted(self._rounded, 'number has', 'numbers have')} more digits than a spreadsheet keeps: of "
                "ids the last digits are lost. Format the column as text in the program that exports it."
            )
        return tuple(found)

    def _merged(self) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
        return self._sheet.merged_cell_ranges or ()

    def _rows(self) -> Iterable[Row]:
        return chain(self._sheet.iter_rows(), repeat([]))

    def _odd_by_row(self) -> dict[int, list[tuple[int, Odd]]]:
        found: dict[int, list[tuple[int, Odd]]] = {}
        for (row, column), cell in self.scan.odd.items():
            found.setdefault(row, []).append((column, cell))
        return found

    def _first_timed(self) -> set[int]:
        """Columns in which one of the first dates has a time of day."""
        return {
            place
            for row in islice(self._sheet.iter_rows(), _CHUNK)
            for place, cell in enumerate(row, self._left)
            if type(cell) is datetime
        }

    def _ways(self) -> dict[type, Callable[[Any, int], str]]:
        """How a value of each type is written, with the column that it is in."""
        return {
            int: lambda cell, _: str(cell),
            float: self._number,
            bool: lambda cell, _: "TRUE" if cell else "FALSE",
            datetime: self._moment,
            date: self._day,
            time: lambda cell, _: _to_second(datetime.combine(date(2000, 1, 1), cell)).time().isoformat(),
            timedelta: lambda cell, _: _duration(cell),
        }

    def _number(self, cell: float, _: int) -> str:
        self._rounded += abs(cell) >= _EXACT
        return number_text(cell)

    def _moment(self, cell: datetime, column: int) -> str:
        self._timed.add(column)
        return (_to_second(cell) if cell.microsecond else cell).isoformat(" ")

    def _day(self, cell: date, column: int) -> str:
        if column in self._timed:
            return f"{cell.isoformat()} 00:00:00"
        self.days.add(column)
        return cell.isoformat()


@lru_cache(1 << 16)
def number_text(number: float) -> str:
    """A number with the 15 digits that a spreadsheet keeps, without exponent: 17850, 36.9, 0.0000001."""
    text = f"{number:.15g}"
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text


def _to_second(moment: datetime) -> datetime:
    """The nearest second: as a share of a day, times are off by microseconds."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    sign = "-" if seconds < 0 else ""
    return f"{sign}{abs(seconds) // 3600}:{abs(seconds) // 60 % 60:02}:{abs(seconds) % 60:02}"


def _chosen(path: Path, name: str) -> Sheet:
    sheets = sheets_of(path)
    found = next((item for item in sheets if item.name == name), None)
    if found is None:
        known = ", ".join(item.name for item in sheets)
        raise LadderError("No such sheet", f"{shown_name(path)} has no sheet “{name}”.", f"Sheets: {known}.")
    return found


@contextmanager
def _read(path: Path, sheet: Sheet, share: Share) -> Iterator[_Table]:
    """The sheet, after its parts were looked through: the reader itself would follow a bomb to its end."""
    for part in (STRINGS, STYLES):
        if any(item.filename == part for item in members_of(path)):
            with opened(path, "zip", part) as stream:
                deque(stream.blocks(), 0)
    with opened(path, "zip", sheet.part) as stream:
        found = scan(_told(stream, share), shown_name(path))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            table = _Table(workbook.get_sheet_by_name(sheet.name), found)
            share(_PARSED)
            yield table
    except CalamineError as error:
        raise damaged_workbook(path) from error


def _told(stream: Stream, share: Share) -> Iterator[bytes]:
    for block in stream.blocks():
        share(_SCANNED * stream.share)
        yield block
