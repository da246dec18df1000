"""Moves between two period ends: the transition counts that every other view is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from sqlglot import exp

from ladder.errors import LadderError
from ladder.flows.narrow import narrow
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.model.ladder import NOT_YET_CODE
from ladder.model.segment import EVERYBODY, Segment
from ladder.placement import Placed

CLIMBED, SLIPPED, STAYED, JOINED, RETURNED, FELL = (
    "climbed",
    "slipped",
    "stayed",
    "joined",
    "returned",
    "lapsed",
)


@dataclass(frozen=True)
class Flows:
    """Moves of customers between two period ends.

    `frame` has from_rung, to_rung, customers, share_of_from, ordered by rung from bottom to top; from_rung is
    "not yet known" for those who joined between, either may be "lapsed". Customers not known at the end are left
    out.
    """

    start: date
    end: date
    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def flows(
    placed: Placed, start: date | None = None, end: date | None = None, segment: Segment = EVERYBODY
) -> Flows:
    """Moves from the period end on or before `start` to the one on or before `end` (default: the last month).

    `segment` narrows them to some of the customers.
    """
    first, last = period_pair(placed, start, end)
    moves = transition_counts(placed, first, last, segment)
    left: dict[int, int] = {}
    for move in moves:
        left[move.from_code] = left.get(move.from_code, 0) + move.customers
    name = placed.ladder.state
    rows = [
        (name(move.from_code), name(move.to_code), move.customers, move.customers / left[move.from_code])
        for move in moves
    ]
    frame = pd.DataFrame(rows, columns=["from_rung", "to_rung", "customers", "share_of_from"])
    return Flows(placed.periods[first], placed.periods[last], frame)


def period_pair(placed: Placed, start: date | None, end: date | None) -> tuple[int, int]:
    """Indexes of two period ends, the first before the second; by default the last two."""
    last = placed.period(end)
    first = placed.period(start) if start is not None else last - 1
    if first < 0:
        raise LadderError(
            "One period end is not a movement",
            f"The only period end is {placed.periods[last]}.",
            "Bring more history to see who moved.",
        )
    if first >= last:
        raise LadderError(
            "The dates are in the wrong order",
            f"{placed.periods[first]} is not before {placed.periods[last]}.",
            "Choose an earlier start or a later end; dates are read as the period end on or before them.",
        )
    return first, last


class Move(NamedTuple):
    """How many customers went from one state code to another."""

    from_code: int
    to_code: int
    customers: int


def transition_counts(placed: Placed, first: int, last: int, segment: Segment = EVERYBODY) -> list[Move]:
    """Moves between two period indexes of everybody in the segment known at the second, ordered by code."""
    before, after = exp.column(f"p{first}", "placement"), exp.column(f"p{last}", "placement")
    conditions, values = narrow(placed, segment)
    query = (
        exp.select(before, after, exp.Count(this=exp.Star()))
        .from_("placement")
        .where(exp.NEQ(this=after, expression=exp.Literal.number(NOT_YET_CODE)), *conditions)
        .group_by(before, after)
        .order_by(before, after)
    )
    return [Move(*row) for row in placed.rows("flows", query, values)]


def direction(from_code: int, to_code: int) -> str:
    """Which way a move goes; rungs are ordered by their code, 0 is lapsed, 255 not yet known."""
    if from_code == NOT_YET_CODE:
        return JOINED
    if from_code == to_code:
        return STAYED
    if from_code == 0:
        return RETURNED
    if to_code == 0:
        return FELL
    return CLIMBED if to_code > from_code else SLIPPED
