"""Two small histograms: orders by the hour of the day, and orders by what they are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text
from ladder.pictures.wording import count, money

_HEIGHT = 64.0
_FOOT = 20.0
_LEAST = 3.0
NIGHT_HOURS = 6
MOST_POWERS = 7
_HOURS = ((0, "0:00"), (6, "6:00"), (12, "12:00"), (18, "18:00"))


@dataclass(frozen=True)
class Bar:
    """One bar from `start` to `end` in units of the axis; `odd` of its `rows` stand out, `words` tell it."""

    start: float
    end: float
    rows: int
    odd: int
    words: str


def hours_picture(hours: pd.DataFrame) -> Picture:
    """Order rows by hour, from `hours` (hour 0 to 23, rows); what lies before 6:00 stands out."""
    bars = [
        Bar(
            hour,
            hour + 1,
            rows,
            rows if hour < NIGHT_HOURS else 0,
            f"{hour}:00 to {hour + 1}:00: {_rows(rows)}",
        )
        for hour, rows in hours.itertuples(index=False)
    ]
    busiest = max(bars, key=lambda bar: bar.rows)
    label = f"Order rows by the hour of the day. The busiest hour is {busiest.words}."
    return _both(bars, _HOURS, label)


def amounts_picture(amounts: pd.DataFrame, currency: str) -> Picture:
    """Orders by amount on a logarithmic axis, from `amounts` (low, high, orders, unusual)."""
    bars = [
        Bar(
            math.log10(low), math.log10(high), int(orders), int(unusual),
            f"{money(low, currency)} to {money(high, currency)}: {_orders(int(orders))}"
            + (f", {count(int(unusual))} unusual" if unusual else ""),
        )
        for low, high, orders, unusual in amounts.itertuples(index=False)
    ]  # fmt: skip
    first, last = round(min(bar.start for bar in bars), 6), round(max(bar.end for bar in bars), 6)
    powers = range(math.ceil(first), math.floor(last) + 1, 1 + (last - first > MOST_POWERS))
    marks = tuple((power, _power(power)) for power in powers)
    often, odd = max(bars, key=lambda bar: bar.rows), sum(bar.odd for bar in bars)
    label = f"Orders by amount. The most frequent: {often.words}. {count(odd)} are unusual."
    return _both(bars, marks, label)


def _both(bars: Sequence[Bar], marks: Sequence[tuple[float, str]], label: str) -> Picture:
    return Picture(_svg(bars, marks, label, 560), _svg(bars, marks, label, 344))


def _svg(bars: Sequence[Bar], marks: Sequence[tuple[float, str]], label: str, width: float) -> str:
    start, most = min(bar.start for bar in bars), max((bar.rows for bar in bars), default=1) or 1
    step = width / (max(bar.end for bar in bars) - start)
    drawn = [_draw(bar, (bar.start - start) * step, (bar.end - bar.start) * step, most) for bar in bars]
    axis = element("line", class_="lane", x1=0, x2=width, y1=_HEIGHT + 0.5, y2=_HEIGHT + 0.5)
    size = (width, _HEIGHT + _FOOT)
    words = _labels(marks, start, step, width)
    return root(*drawn, axis, *words, rungs=1, box=size, size=size, label=label).render()


def _draw(bar: Bar, x: float, width: float, most: int) -> Element:
    gap = min(2.0, width / 5)
    height, odd = (_tall(rows, most) for rows in (bar.rows, bar.odd))
    usual: dict[str, Any] = {"class_": "stayed", "y": _HEIGHT - height, "height": height}
    strange: dict[str, Any] = {"class_": "slipped", "y": _HEIGHT - odd, "height": odd}
    rects = [element("rect", x=x, width=width - gap, **part) for part in (usual, strange) if part["height"]]
    hit = element("rect", class_="hit", x=x, y=0, width=width, height=_HEIGHT)
    return element("g", element("title", bar.words), hit, *rects)


def _tall(rows: int, most: int) -> float:
    """A single order in a thousand can still be seen."""
    return max(_HEIGHT * rows / most, _LEAST) if rows else 0.0


def _labels(marks: Sequence[tuple[float, str]], start: float, step: float, width: float) -> list[Element]:
    """The marks under the axis; one that would leave the picture is set flush with its edge."""
    drawn = []
    for place, words in marks:
        x = (place - start) * step
        side = "" if x < 24 else " end" if x > width - 24 else " centre"
        drawn.append(text(x, _HEIGHT + 15, words, f"small muted{side}"))
    return drawn


def _power(power: int) -> str:
    """A power of ten as short as it goes: `0.1`, `100`, `10k`, `1M`."""
    if power < 3:
        return f"{10.0**power:g}"
    return f"{10 ** (power % 3)}{'kMGT'[min(power // 3, 4) - 1]}"


def _rows(rows: int) -> str:
    return f"{count(rows)} row{'' if rows == 1 else 's'}"


def _orders(orders: int) -> str:
    return f"{count(orders)} order{'' if orders == 1 else 's'}"
