"""The KPI row as one picture: each figure with its change and its trend, six to a row or two on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ladder.flows import Kpis
from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text
from ladder.pictures.wording import day, share
from ladder.ui.formats import points, signed

TREND = 13


@dataclass(frozen=True)
class Tile:
    """One figure in words; `good` is 1 where the line `below` tells of the better, −1 of the worse, else 0."""

    label: str
    about: str
    value: str
    below: str = ""
    good: int = 0
    trend: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Kpi:
    column: str
    label: str
    about: str
    write: Callable[[float], str]
    differ: Callable[[float], str]
    better: int = 1


def _one_decimal(difference: float) -> str:
    return f"{difference:+.1f}".replace("-", "−")


def _two_decimals(difference: float) -> str:
    return f"{difference:+.2f}".replace("-", "−")


def _score(value: float) -> str:
    return f"{value:.0f}".replace("-", "−")


_KPIS = (
    _Kpi("climb_rate", "Climb rate", "of those on a rung a period before, who stands higher", share, points),
    _Kpi(
        "slip_rate",
        "Slip rate",
        "of those on a rung a period before, who slipped or lapsed",
        share,
        points,
        -1,
    ),
    _Kpi("net_movement", "Net movement", "in the period, climbed less slipped or lapsed", signed, signed),
    _Kpi(
        "returning_share",
        "Returning buyers",
        "of the period's buyers, who had bought before it",
        share,
        points,
    ),
    _Kpi("nps", "NPS", "the period's answers: promoters less detractors, per cent", _score, _one_decimal),
    _Kpi("csat", "Satisfaction", "mean of the period's answers, 1 to 5", "{:.2f}".format, _two_decimals),
)


def kpi_tiles(kpis: Kpis, as_of: date, compare: date | None) -> tuple[Tile, ...]:
    """The KPI row at a period end against an earlier one."""
    frame = kpis.frame.set_index("period_end")
    upto = frame[frame.index <= as_of].tail(TREND)
    return tuple(_tile(kpi, upto[kpi.column], _at(frame[kpi.column], compare), compare) for kpi in _KPIS)


def _at(series: pd.Series, on: date | None) -> float | None:
    value = series.get(on) if on is not None else None
    return None if value is None or pd.isna(value) else float(value)


def _tile(kpi: _Kpi, trend: pd.Series, before: float | None, compare: date | None) -> Tile:
    known = trend.dropna().astype(float)
    if trend.empty or pd.isna(trend.iloc[-1]):
        return Tile(kpi.label, f"{kpi.about}: not in your data for this period", "—", trend=tuple(known))
    now = float(trend.iloc[-1])
    if before is None or compare is None:
        return Tile(kpi.label, kpi.about, kpi.write(now), trend=tuple(known))
    words = kpi.differ(now - before)
    changed = any(digit in words for digit in "123456789")
    good = 0 if not changed else kpi.better if now > before else -kpi.better
    about = f"{kpi.about}; {kpi.write(before)} on {day(compare)}"
    arrow = {"+": "▲ ", "−": "▼ "}.get(words[:1], "")
    below = arrow + words.lstrip("+−") if changed else "unchanged"
    return Tile(kpi.label, about, kpi.write(now), below, good, tuple(known))


def kpi_picture(tiles: Sequence[Tile], columns: int | None = None) -> Picture:
    """The tiles side by side (or `columns` to a row), and two to a row where it is narrow."""
    wide = columns or len(tiles)
    # Few tiles over the whole page stay as large as many; in a column (`columns`) they fill it.
    return Picture(_svg(tiles, wide, 160.0 * max(wide, 4 if columns else 6)), _svg(tiles, 2, 344))


def _svg(tiles: Sequence[Tile], columns: int, width: float) -> str:
    wide, high = width / columns, 78.0
    rows = -(-len(tiles) // columns)
    drawn = [_draw(tile, n % columns * wide, n // columns * high, wide) for n, tile in enumerate(tiles)]
    words = "; ".join(f"{tile.label} {tile.value}, {tile.below}" for tile in tiles)
    size = (width, rows * high)
    return root(*drawn, rungs=1, box=size, size=size, label=f"{words}.").render()


def _draw(tile: Tile, x: float, y: float, width: float) -> Element:
    tone = {1: "climbed", 0: "muted", -1: "slipped"}[tile.good]
    left = x + (0 if x == 0 else 14)
    rule = element("line", class_="lane", x1=x, x2=x, y1=y + 6, y2=y + 68) if x else element("g")
    words = f"{tile.label}: {tile.value}. {tile.about[:1].upper()}{tile.about[1:]}."
    return element(
        "g",
        element("title", words),
        element("rect", class_="hit", x=x, y=y, width=width, height=76),
        rule,
        text(left, y + 17, tile.label, "small muted"),
        text(left, y + 45, tile.value, "heading"),
        text(left, y + 66, tile.below, f"small {tone}"),
        *_trend(tile.trend, x + width - 76, y + 28, 60, 34),
        class_="still",
        role="img",
        aria_label=words,
    )


def _trend(values: Sequence[float], x: float, y: float, width: float, height: float) -> list[Element]:
    if len(values) < 3:
        return []
    low, high = min(values), max(values)
    step, span = width / (len(values) - 1), (high - low) or 1.0
    points_ = [(x + n * step, y + height - (value - low) / span * height) for n, value in enumerate(values)]
    line = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points_)
    end_x, end_y = points_[-1]
    return [
        element(
            "path", d=line, fill="none", stroke="var(--rw-stayed)", stroke_width=1.5, stroke_linejoin="round"
        ),
        element("circle", class_="figure", cx=end_x, cy=end_y, r=2.8, style="fill:var(--rw-text)"),
    ]
