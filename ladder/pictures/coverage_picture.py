"""What is known, as a strip of months per table: the deeper a month, the more rows; an empty one is outlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text
from ladder.pictures.wording import count, day

_HEIGHT = 22.0
_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Strip:
    """One table: its rows, first and last day, and rows by month (first day of the month)."""

    table: str
    rows: int
    first: date
    last: date
    months: dict[date, int]


def coverage_picture(tables: pd.DataFrame, months: pd.DataFrame) -> Picture:
    """Strips of the tables in `tables` (table, rows, first, last), from `months` (table, month, rows)."""
    strips = tuple(
        Strip(
            str(row["table"]), int(row["rows"]), row["first"], row["last"],
            dict(months.loc[months["table"] == row["table"], ["month", "rows"]].itertuples(index=False)),
        )
        for row in tables[tables["first"].notna()].to_dict("records")
    )  # fmt: skip
    return Picture(_svg(strips, 1000, 118, above=False), _svg(strips, 344, 0, above=True))


def _svg(strips: Sequence[Strip], width: float, left: float, *, above: bool) -> str:
    axis = _axis(strips)
    line = _HEIGHT + (26 if above else 12)
    step = (width - left) / max(len(axis), 1)
    drawn: list[Element] = []
    for number, strip in enumerate(strips):
        top = number * line + (20 if above else 2)
        drawn.append(text(0, top - 6 if above else top + 16, strip.table.capitalize(), "small"))
        drawn.extend(_cells(strip, axis, left, top, step))
    foot = len(strips) * line + 14
    drawn.extend(_years(axis, left, foot, step))
    words = "; ".join(
        f"{strip.table}: {count(strip.rows)} rows from {day(strip.first)} to {day(strip.last)}"
        for strip in strips
    )
    size = (width, foot + 6)
    return root(*drawn, rungs=1, box=size, size=size, label=f"Rows by month. {words}.").render()


def _axis(strips: Sequence[Strip]) -> list[date]:
    """First days of all months from the earliest row to the latest."""
    if not strips:
        return []
    first = min(strip.first for strip in strips).replace(day=1)
    return [stamp.date() for stamp in pd.date_range(first, max(strip.last for strip in strips), freq="MS")]


def _cells(strip: Strip, axis: Sequence[date], left: float, top: float, step: float) -> Iterator[Element]:
    most = max(strip.months.values(), default=1)
    gap = min(2.0, step / 5)
    for place, month in enumerate(axis):
        if not strip.first.replace(day=1) <= month <= strip.last:
            continue
        rows = strip.months.get(month, 0)
        told = f"{count(rows)} row{'' if rows == 1 else 's'}" if rows else "no rows"
        words = f"{strip.table.capitalize()}, {_NAMES[month.month - 1]} {month.year}: {told}"
        yield element(
            "rect", element("title", words), class_="climbed" if rows else "missing",
            fill_opacity=0.18 + 0.72 * rows / most if rows else None, x=left + place * step, y=top,
            width=max(step - gap, 0.5), height=_HEIGHT, rx=min(2.0, step / 4),
        )  # fmt: skip


def _years(axis: Sequence[date], left: float, y: float, step: float) -> Iterator[Element]:
    """Each year under its first month; left out where it would run into the next."""
    free = 0.0
    for place, month in enumerate(axis):
        x = left + place * step
        if (place == 0 or month.month == 1) and x >= free:
            if place == 0 and any(later.month == 1 for later in axis[1 : 1 + int(40 / step)]):
                continue
            yield text(x, y, str(month.year), "small muted")
            free = x + 40
