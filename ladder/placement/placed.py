"""The placed workspace: a read-only derived file and what the questions need to know about it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ladder.engine import EngineError, Query, Reader, open_reader
from ladder.errors import LadderError
from ladder.model.ladder import Ladder
from ladder.placement.warnings import ladder_warnings
from ladder.rules import Call, check_ladder, missing_rungs
from ladder.rules.tree import comparisons
from ladder.workspace import WorkspaceSettings


@dataclass(frozen=True)
class Placed:
    """Every customer's state at every period end, and the facts behind it.

    `periods` are the period ends (last days); `missing` names the rungs that the data cannot fill. Queries run
    read-only on a cursor of their own.
    """

    key: str
    ladder: Ladder
    settings: WorkspaceSettings
    periods: tuple[date, ...]
    missing: frozenset[str]
    warnings: tuple[str, ...]
    reader: Reader = field(repr=False, compare=False, hash=False)

    @property
    def last(self) -> date:
        """The latest period end: the as-of date of every figure that names no other."""
        return self.periods[-1]

    @property
    def scale(self) -> int:
        """Minor units in one currency unit."""
        return int(10**self.settings.minor_digits)

    def period(self, on: date | None) -> int:
        """The index of the latest period end on or before `on` (None: the last one)."""
        if on is None:
            return len(self.periods) - 1
        index = bisect_right(self.periods, on) - 1
        if index < 0:
            raise LadderError(
                "No figures that early",
                f"{on} lies before the first period end, {self.periods[0]}.",
                f"Choose a date from {self.periods[0]} to {self.last}.",
            )
        return index

    def frame(self, step: str, query: Query, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        return self.reader.frame(step, query, parameters)

    def rows(
        self, step: str, query: Query, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        return self.reader.rows(step, query, parameters)


def open_placed(path: Path, settings: WorkspaceSettings, ladder: Ladder) -> Placed:
    """Open a derived file that was built for this ladder."""
    reader = open_reader(path)
    try:
        ends = reader.rows("periods", "select period_end from periods order by period")
        found = {call: _has(reader, call) for call in _calls(ladder)}
    except EngineError:
        # As long as the damaged file is open, its place in this process answers for the one made after it.
        reader.close()
        raise
    periods = tuple(day for (day,) in ends)
    missing = missing_rungs(ladder, lambda call: found[call])
    return Placed(
        key=path.stem,
        ladder=ladder,
        settings=settings,
        periods=periods,
        missing=missing,
        warnings=(*ladder_warnings(reader, ladder, periods, missing, found), *_warnings(found)),
        reader=reader,
    )


def _calls(ladder: Ladder) -> tuple[Call, ...]:
    trees = [tree for pair in check_ladder(ladder) for tree in pair]
    return tuple(dict.fromkeys(item.call for tree in trees for item in comparisons(tree)))


_PRESENT = {
    "customers": "select count(*) > 0 from customers",
    "transactions": "select count(*) > 0 from orders",
    "interactions": "select count(*) > 0 from interactions where $text is null or kind = $text",
    "referrals": "select count(*) > 0 from referrals",
    "incentives": "select count(*) > 0 from incentives where redeemed_day is not null",
    "attributes": "select count(*) > 0 from attributes where name = $text",
}
_ANSWERED = {
    "nps": "select count(nps) > 0 from feedback",
    "csat": "select count(csat) > 0 from feedback",
    "reviews": "select count(review) > 0 from feedback",
}


def _has(reader: Reader, call: Call) -> bool:
    """True when the data hold anything that the call measures."""
    query = _ANSWERED.get(call.name) or _PRESENT[call.measure.table]
    parameters = {"text": call.text} if "$text" in query else None
    ((found,),) = reader.rows(f"has {call.name}", query, parameters)
    return bool(found)


def _warnings(found: Mapping[Call, bool]) -> tuple[str, ...]:
    told = []
    for call, present in found.items():
        if call.measure.shape == "attribute":
            told.append(
                f"“{call.text}” has no history: today's value stands for every date."
                if present
                else f"No customer has the attribute “{call.text}”."
            )
        elif not present and call.text:
            told.append(f"There is no interaction of the kind “{call.text}” in the data.")
    return tuple(dict.fromkeys(told))
