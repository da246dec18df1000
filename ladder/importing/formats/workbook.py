"""Excel workbooks (.xlsx): one sheet as strict CSV, a record per row of the sheet."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from ladder.errors import LadderError
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import Glance, Plain, Share, Spoiled, check_growth, check_room, strict
from ladder.importing.formats.sheet_xml import Odd, Scan, scan
from ladder.importing.formats.sheets import damaged_workbook, sheets_of
from ladder.importing.formats.unpacking import members_of, opened
from ladder.importing.plan import Dialect

_FIRST_ROWS = 5_000
_CHUNK = 10_000
_EXACT = 1e15
_READ_WHOLE = ("xl/sharedStrings.xml", "xl/styles.xml")
"""Parts that the reader takes into memory besides the sheet."""

Row = list[Any]


def glance(path: Path, dialect: Dialect, size: int) -> Glance:
    """The first rows, as many as `size` characters hold."""
    with _read(path, dialect.sheet) as table:
        sink = StringIO()
        writer = csv.writer(sink)
        rows = 0
        for row in islice(table.texts(), _FIRST_ROWS):
            writer.writerow(row)
            rows += 1
            if sink.tell() > size:
                break
    return Glance(sink.getvalue(), rows == table.height, ("delimiter", "quote", "escape"))


def plain(path: Path, dialect: Dialect, work: Path, share: Share) -> Plain:
    """Strict CSV in which record and row of the sheet have the same number.

    LadderError when the rows read are fewer than the XML holds.
    """
    target = work / "plain.csv"
    with _read(path, dialect.sheet) as table, target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        filled = 0
        for number, row in enumerate(table.texts()):
            writer.writerow(row)
            filled += any(row)
            if number % _CHUNK == 0:
                check_growth(path, sink.tell())
                check_room(work, sink.tell())
                share(number / table.height)
        if filled < table.scan.filled:
            raise LadderError(
                "The import cannot be published",
                f"Two independent counts disagree: {filled:,} rows read, {table.scan.filled:,} rows in the sheet.",
                "Nothing was changed. Save the sheet as CSV and bring that.",
            )
    return Plain(target, strict(dialect), table.height, tuple(table.spoiled()), table.warnings())


class _Table:
    """A sheet as the reader gives it, mended by what its XML says."""

    def __init__(self, sheet: CalamineSheet, found: Scan) -> None:
        self.scan, self._sheet = found, sheet
        begin, end = sheet.start or (0, 0), sheet.end or (-1, -1)
        odd = [(-1, -1), *found.odd]
        self._left = begin[1]
        self.height = max(end[0], max(row for row, _ in odd)) + 1
        self.width = max(end[1], max(column for _, column in odd)) + 1
        self._timed = self._columns_with_times()
        self._rounded = 0

    def texts(self) -> Iterator[list[str]]:
        """Every row from the first on, each as wide as the table."""
        before, odd = [""] * self._left, self._odd_by_row()
        for number, row in enumerate(islice(self._rows(), self.height)):
            texts = before + [self._text(cell, place) for place, cell in enumerate(row, self._left)]
            texts += [""] * (self.width - len(texts))
            for place, cell in odd.get(number, ()):
                texts[place] = cell.text
            yield texts

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
                f"{self._rounded:,} numbers have more digits than a spreadsheet keeps: if they are ids, "
                "their last digits are lost. Format the column as text in the program that exports it."
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

    def _columns_with_times(self) -> set[int]:
        """Columns in which a date has a time of day, so that all of their dates are written with one."""
        found: set[int] = set()
        rows = iter(self._sheet.iter_rows())
        while chunk := list(islice(rows, _CHUNK)):
            for place, cells in enumerate(zip(*chunk, strict=True), self._left):
                if place not in found and datetime in map(type, cells):
                    found.add(place)
        return found

    def _text(self, cell: Any, column: int) -> str:
        kind = type(cell)
        if kind is str:
            return str(cell)
        if kind is float:
            self._rounded += abs(cell) >= _EXACT
            return number_text(cell)
        if kind is datetime:
            return _to_second(cell).isoformat(" ")
        if kind is date:
            return f"{cell.isoformat()} 00:00:00" if column in self._timed else str(cell.isoformat())
        if kind is bool:
            return "TRUE" if cell else "FALSE"
        if kind is time:
            return str(_to_second(datetime.combine(date(2000, 1, 1), cell)).time().isoformat())
        return _duration(cell) if kind is timedelta else str(cell)


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


@contextmanager
def _read(path: Path, name: str) -> Iterator[_Table]:
    """The sheet, after its parts were looked through: the reader itself would follow a bomb to its end."""
    sheet = next((item for item in sheets_of(path) if item.name == name), None)
    if sheet is None:
        known = ", ".join(item.name for item in sheets_of(path))
        raise LadderError("No such sheet", f"{shown_name(path)} has no sheet “{name}”.", f"Sheets: {known}.")
    for part in _READ_WHOLE:
        if any(item.filename == part for item in members_of(path)):
            with opened(path, "zip", part) as stream:
                deque(stream.blocks(), 0)
    with opened(path, "zip", sheet.part) as stream:
        found = scan(stream.blocks(), shown_name(path))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            yield _Table(workbook.get_sheet_by_name(name), found)
    except CalamineError as error:
        raise damaged_workbook(path) from error
