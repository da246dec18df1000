"""What is known, as a strip of months per table: the deeper a month, the more rows; an empty one is outlined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text
from ladder.pictures.wording import count, day

_HEIGHT = 22.0
_NAMES = ("January", "February", "March", "April", "May", "June")
_NAMES += ("July", "August", "September", "October", "November", "December")


def coverage_picture(tables: pd.DataFrame, months: pd.DataFrame) -> Picture:
    """Strips of the tables in `tables` (table, rows, first, last), from `months` (table, month, rows)."""
    known = tables[tables["first"].notna()]
    axis = _axis(known)
    words = "; ".join(
        f"{row.table}: {count(int(row.rows))} rows from {day(row.first)} to {day(row.last)}" for row in known.itertuples()
    )
    label = f"Rows by month. {words}."
    return Picture(
        _svg(known, months, axis, label, width=1000, left=118, above=False),
        _svg(known, months, axis, label, width=344, left=0, above=True),
    )


def _axis(known: pd.DataFrame) -> list[date]:
    """First days of all months from the earliest row to the latest."""
    if known.empty:
        return []
    return [stamp.date() for stamp in pd.date_range(min(known["first"]).replace(day=1), max(known["last"]), freq="MS")]


def _svg(
    known: pd.DataFrame, months: pd.DataFrame, axis: list[date], label: str, *, width: float, left: float, above: bool
) -> str:
    line = _HEIGHT + (26 if above else 12)
    step = (width - left) / max(len(axis), 1)
    drawn: list[Element] = []
    for number, row in enumerate(known.itertuples()):
        top = number * line + (20 if above else 2)
        drawn.append(text(0, top - 6 if above else top + 16, str(row.table).capitalize(), "small"))
        rows = months[months["table"] == row.table].set_index("month")["rows"].to_dict()
        drawn.extend(_strip(row, rows, axis, left, top, step))
    foot = len(known) * line + 14
    drawn.extend(_years(axis, left, foot, step))
    return root(*drawn, rungs=1, box=(width, foot + 6), size=(width, foot + 6), label=label).render()


def _strip(
    row: object, rows: dict[date, int], axis: list[date], left: float, top: float, step: float
) -> Iterator[Element]:
    most = max(rows.values(), default=1)
    first, last = row.first.replace(day=1), row.last  # type: ignore[attr-defined]
    for place, month in enumerate(axis):
        if not first <= month <= last:
            continue
        number = rows.get(month, 0)
        words = f"{str(row.table).capitalize()}, {_NAMES[month.month - 1]} {month.year}: "  # type: ignore[attr-defined]
        words += f"{count(number)} row{'' if number == 1 else 's'}" if number else "no rows"
        shade = {"class_": "climbed", "fill_opacity": 0.18 + 0.72 * number / most} if number else {"class_": "missing"}
        gap = min(2.0, step / 5)
        yield element(
            "rect", element("title", words), x=left + place * step, y=top, width=max(step - gap, 0.5),
            height=_HEIGHT, rx=min(2.0, step / 4), **shade,
        )  # fmt: skip


def _years(axis: list[date], left: float, y: float, step: float) -> Iterator[Element]:
    """Each year under its first month; left out where it would run into the next."""
    free = 0.0
    for place, month in enumerate(axis):
        x = left + place * step
        if (place == 0 or month.month == 1) and x >= free:
            if place == 0 and any(later.month == 1 for later in axis[1 : 1 + int(40 / step)]):
                continue
            yield text(x, y, str(month.year), "small muted")
            free = x + 40
