"""The home page's question: where do our customers stand, and is it getting better?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ladder.flows.moves import Move, period_pair, transition_counts
from ladder.flows.rungs import rungs
from ladder.model.ladder import LAPSED
from ladder.placement import Placed
from ladder.rules import check_ladder, in_words


@dataclass(frozen=True)
class RungLine:
    """One rung of the picture; None where the data cannot tell.

    `change` is against the compared period end. `climb_rate`, `slip_rate` and `lapsed_rate` are shares of those on
    the rung at the compared period end who now stand higher, on a lower rung or lapsed, or lapsed.
    `revenue` is net over 365 days; `clv` is per customer; both in currency units.
    """

    name: str
    title: str
    customers: int | None
    share: float | None
    change: int | None
    revenue: float | None
    climb_rate: float | None = None
    slip_rate: float | None = None
    climbed: int | None = None
    slipped: int | None = None
    lapsed_rate: float | None = None
    clv: float | None = None
    rule: str = ""


@dataclass(frozen=True)
class Overview:
    """The ladder at one period end against another: `rungs` from bottom to top, and the lapsed pool.

    `customers` counts everybody known; None on a page that may not tell.
    """

    as_of: date
    compare: date | None
    rungs: tuple[RungLine, ...]
    lapsed: RungLine
    customers: int | None
    currency: str


def overview(
    placed: Placed,
    as_of: date | None = None,
    compare: date | None = None,
    values: Mapping[str, float] | None = None,
) -> Overview:
    """The ladder at `as_of` compared with `compare` (default: the period end before).

    `values` gives CLV per customer by rung name, where it has been fitted.
    """
    now = placed.period(as_of)
    moves = _Moves(placed, now, compare)
    standing = {row["rung"]: row for row in rungs(placed, placed.periods[now]).to_dict()}
    words = [in_words(enter, placed.settings.currency) for enter, _ in check_ladder(placed.ladder)]
    lines = tuple(
        _line(placed, code, standing[rung.name], moves, (values or {}).get(rung.name), words[code - 1])
        for code, rung in enumerate(placed.ladder.rungs, 1)
    )
    known = sum(row["customers"] or 0 for row in standing.values())
    rule = "known, but on no rung now; anyone may come back"
    lapsed = _line(placed, 0, standing[LAPSED], moves, (values or {}).get(LAPSED), rule)
    return Overview(placed.periods[now], moves.compare, lines, lapsed, known, placed.settings.currency)


class _Moves:
    """Moves from the compared period end to now; none when there is no period end to compare with."""

    def __init__(self, placed: Placed, now: int, compare: date | None) -> None:
        self.compare: date | None = None
        self.counts: list[Move] = []
        if compare is None and now == 0:
            return
        first, last = period_pair(placed, compare, placed.periods[now])
        self.compare = placed.periods[first]
        self.counts = transition_counts(placed, first, last)

    def of(self, code: int) -> tuple[int, int, int, int]:
        """(base, climbed, slipped or lapsed, lapsed) of those who stood there at the compared period end."""
        left = [move for move in self.counts if move.from_code == code]
        return (
            sum(move.customers for move in left),
            sum(move.customers for move in left if move.to_code > code),
            sum(move.customers for move in left if move.to_code < code),
            sum(move.customers for move in left if move.to_code == 0 and code),
        )


def _line(
    placed: Placed, code: int, now: Mapping[str, Any], moves: _Moves, clv: float | None, rule: str
) -> RungLine:
    name = placed.ladder.state(code)
    title = placed.ladder.rungs[code - 1].label if code else "Lapsed"
    if name in placed.missing:
        return RungLine(name, title, None, None, None, None, rule=rule)
    base, climbed, slipped, lapsed = moves.of(code)
    known = moves.compare is not None
    return RungLine(
        name=name,
        title=title,
        customers=int(now["customers"]),
        share=float(now["share"]),
        change=int(now["customers"]) - base if known else None,
        revenue=float(now["revenue"]),
        climb_rate=climbed / base if base else None,
        slip_rate=slipped / base if base and code else None,
        climbed=climbed if known else None,
        slipped=slipped if known and code else None,
        lapsed_rate=lapsed / base if base and code else None,
        clv=clv,
        rule=rule,
    )
