"""Where everything on the ladder picture stands, as data."""

from __future__ import annotations

from dataclasses import dataclass

from ladder.flows import Overview, RungLine
from ladder.pictures.wording import MISSING, count, text_width, wrap


@dataclass(frozen=True)
class Box:
    """A rectangle in user units; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def overlaps(self, other: Box) -> bool:
        """True when the two share some area; touching edges do not."""
        apart_x = self.right <= other.x or other.right <= self.x
        return not (apart_x or self.bottom <= other.y or other.bottom <= self.y)


@dataclass(frozen=True)
class Measures:
    """The fixed sizes of one form of the picture, in user units (1 unit is 1 px at the natural width)."""

    compact: bool
    width: float
    head: float
    rail_left: float
    rail_right: float
    rail_width: float
    bar: float
    above: float
    below: float
    gap: float
    overhang: float
    title_size: float
    title_room: float
    title_lines: int
    foot: float


@dataclass(frozen=True)
class RungPlace:
    """One rung: the whole row that answers a click, the step from rail to rail, and the bar on it."""

    line: RungLine
    position: int
    row: Box
    step: Box
    bar: Box
    title: tuple[str, ...]


@dataclass(frozen=True)
class RatePlace:
    """The share that left a rung upwards (`climb`) or downwards (`slip`), beside its rail."""

    kind: str
    line: RungLine
    rate: float
    customers: int | None
    box: Box


@dataclass(frozen=True)
class LadderLayout:
    """The whole picture. `rungs` and `rates` run from bottom to top; `pool` holds those who lapsed."""

    measures: Measures
    width: float
    height: float
    rails: tuple[Box, Box]
    rungs: tuple[RungPlace, ...]
    pool: RungPlace
    rates: tuple[RatePlace, ...]
    unit: float


_WIDE = Measures(
    compact=False, width=960, head=120, rail_left=200, rail_right=500, rail_width=6, bar=30, above=8, below=8,
    gap=30, overhang=20, title_size=16, title_room=168, title_lines=2, foot=40,
)  # fmt: skip
_COMPACT = Measures(
    compact=True, width=344, head=118, rail_left=8, rail_right=336, rail_width=4, bar=18, above=28, below=22,
    gap=36, overhang=36, title_size=16, title_room=320, title_lines=1, foot=24,
)  # fmt: skip


def ladder_layout(overview: Overview, *, compact: bool = False) -> LadderLayout:
    """Place the ladder: top rung above, lapsed pool at the foot, bar widths in proportion to customers.

    `unit` is the width of one customer, the same for every rung and for the pool.
    """
    m = _COMPACT if compact else _WIDE
    lines = (overview.lapsed, *overview.rungs)
    unit = (m.rail_right - m.rail_left - m.rail_width) / max(1, *(line.customers or 0 for line in lines))
    places = tuple(_place(line, position, len(lines), m, unit) for position, line in enumerate(lines))
    pool, rungs = places[0], places[1:]
    top = rungs[-1].step.y - m.overhang
    rails = [Box(x, top, m.rail_width, pool.step.y - top) for x in (m.rail_left, m.rail_right - m.rail_width)]
    return LadderLayout(
        measures=m,
        width=m.width,
        height=pool.row.bottom + m.foot,
        rails=(rails[0], rails[1]),
        rungs=rungs,
        pool=pool,
        rates=tuple(
            rate for lower, upper in zip(places, rungs, strict=False) for rate in _rates(lower, upper, m)
        ),
        unit=unit,
    )


def _place(line: RungLine, position: int, positions: int, m: Measures, unit: float) -> RungPlace:
    depth = positions - 1 - position
    height = m.above + m.bar + m.below
    row = Box(0, m.head + depth * (height + m.gap), m.width, height)
    step = Box(
        m.rail_left + m.rail_width / 2, row.y + m.above, m.rail_right - m.rail_left - m.rail_width, m.bar
    )
    bar = Box(step.x, step.y, unit * (line.customers or 0), m.bar)
    return RungPlace(
        line, position, row, step, bar, wrap(line.title, m.title_size, _title_room(line, m), m.title_lines)
    )


def _title_room(line: RungLine, m: Measures) -> float:
    """The compact form writes the title and the count on one line."""
    if not m.compact:
        return m.title_room
    return (
        m.title_room
        - 16
        - (text_width(MISSING, 14) if line.customers is None else text_width(count(line.customers), 18))
    )


def _rates(lower: RungPlace, upper: RungPlace, m: Measures) -> list[RatePlace]:
    """What stands between two neighbours: left, who climbed from the lower; right, who slipped from the upper."""
    inside = m.rail_right - m.rail_left - 2 * m.rail_width
    left = Box(m.rail_left + m.rail_width, upper.row.bottom, inside / 2, lower.row.y - upper.row.bottom)
    right = Box(left.right, left.y, left.width, left.height)
    found = []
    if lower.line.climb_rate is not None:
        found.append(RatePlace("climb", lower.line, lower.line.climb_rate, lower.line.climbed, left))
    if upper.line.slip_rate is not None:
        found.append(RatePlace("slip", upper.line, upper.line.slip_rate, upper.line.slipped, right))
    return found
