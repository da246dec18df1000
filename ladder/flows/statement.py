"""The statement of the ladder: opening to closing per rung, which every other view ties to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlglot import exp

from ladder.flows.moves import (
    CLIMBED,
    FELL,
    JOINED,
    RETURNED,
    SLIPPED,
    direction,
    period_pair,
    transition_counts,
)
from ladder.flows.narrow import narrow
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.model.ladder import NOT_YET_CODE
from ladder.model.segment import EVERYBODY, Segment
from ladder.placement import Placed

INS = ("joined", "climbed_in", "slipped_in", "returned")
OUTS = ("climbed_out", "slipped_out", "lapsed")
_IN = {
    JOINED: "joined",
    CLIMBED: "climbed_in",
    SLIPPED: "slipped_in",
    RETURNED: "returned",
    FELL: "slipped_in",
}
_OUT = {CLIMBED: "climbed_out", SLIPPED: "slipped_out", FELL: "lapsed", RETURNED: "climbed_out"}


@dataclass(frozen=True)
class Statement:
    """Opening to closing between two period ends.

    `frame` has rung, opening, joined, climbed_in, slipped_in, returned, climbed_out, slipped_out, lapsed, closing;
    rungs from bottom to top, then the lapsed pool (who falls in stands under slipped_in, who returns under
    climbed_out). In every row opening + ins − outs = closing. Rungs that the data cannot fill are missing values,
    not 0.
    """

    start: date
    end: date
    frame: pd.DataFrame

    @property
    def ties(self) -> bool:
        """True when every row adds up."""
        ins, outs = self.frame[list(INS)].sum(axis=1), self.frame[list(OUTS)].sum(axis=1)
        return bool((self.frame["opening"] + ins - outs == self.frame["closing"]).all())

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def statement(
    placed: Placed, start: date | None = None, end: date | None = None, segment: Segment = EVERYBODY
) -> Statement:
    """The statement between the period ends on or before `start` and `end` (default: the last month).

    `segment` narrows it to some of the customers, the same at both ends.

    Opening and closing are counted by themselves, so that the equation is a check and not a definition.
    """
    first, last = period_pair(placed, start, end)
    rows = {code: dict.fromkeys(("opening", *INS, *OUTS, "closing"), 0) for code in _order(placed)}
    for column, period in (("opening", first), ("closing", last)):
        for code, customers in standing_counts(placed, period, segment):
            rows[code][column] = customers
    for move in transition_counts(placed, first, last, segment):
        way = direction(move.from_code, move.to_code)
        if way in _IN:
            rows[move.to_code][_IN[way]] += move.customers
        if way in _OUT:
            rows[move.from_code][_OUT[way]] += move.customers
    frame = pd.DataFrame([{"rung": placed.ladder.state(code), **row} for code, row in rows.items()])
    if not Statement(placed.periods[first], placed.periods[last], frame).ties:
        raise AssertionError("the statement does not add up")
    figures = frame.columns[1:]
    frame[figures] = frame[figures].astype("Int64")
    frame.loc[frame["rung"].isin(placed.missing), figures] = pd.NA
    return Statement(placed.periods[first], placed.periods[last], frame)


_STANDING = (
    "select to_code, cast(sum(customers) as bigint) from moves where period = $period group by to_code"
)


def standing_counts(placed: Placed, period: int, segment: Segment = EVERYBODY) -> list[tuple[int, int]]:
    """Code and number of those in the segment who are known at a period index."""
    if segment == EVERYBODY:
        return [(code, count) for code, count in placed.rows("standing", _STANDING, {"period": period})]
    conditions, values = narrow(placed, segment)
    state = exp.column(f"p{period}", "placement")
    query = exp.select(state, exp.Count(this=exp.Star())).from_("placement").group_by(state)
    query = query.where(state.neq(NOT_YET_CODE), *conditions)
    return [(code, count) for code, count in placed.rows("standing", query, values)]


def _order(placed: Placed) -> list[int]:
    return [*range(1, len(placed.ladder.rungs) + 1), 0]
