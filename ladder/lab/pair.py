"""One workspace placed on two ladders, and what both say at the same period end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlglot import exp

from ladder.errors import LadderError
from ladder.flows import rung_history
from ladder.model.ladder import NOT_YET_CODE, Ladder
from ladder.placement import Placed

Array = np.ndarray[Any, Any]
_CUSTOMERS = "select customer from customers order by customer"


@dataclass(frozen=True, eq=False)
class Pair:
    """The same customers placed on ladder A and on ladder B.

    `ends` are the period ends that both ladders have; `customers` are the numbers of all customers in rising order.
    """

    a: Placed
    b: Placed
    ends: tuple[date, ...]
    customers: Array

    @property
    def names(self) -> tuple[str, str]:
        """What people read for A and for B; different also for two versions of one ladder, and for a draft."""
        return ladder_names(self.a.ladder, self.b.ladder)

    def end(self, as_of: date | None = None) -> date:
        """The latest period end on or before `as_of` that both ladders have; the last one without a date."""
        found = [end for end in self.ends if as_of is None or end <= as_of]
        if not found:
            raise LadderError(
                "No figures that early",
                f"{as_of} lies before {self.ends[0]}, the first period end that both ladders have.",
                f"Choose a date from {self.ends[0]} to {self.ends[-1]}.",
            )
        return found[-1]

    def places(self, numbers: Array) -> Array:
        """Where customers stand among `customers`; several times faster for numbers in rising order."""
        return np.searchsorted(self.customers, numbers)

    def states(self, ends: Sequence[date]) -> list[tuple[Array, Array]]:
        """State codes under A and under B at some of `ends`, in the order of `customers`; 255 is not yet known."""
        found = list(zip(*(self._states(placed, ends) for placed in (self.a, self.b)), strict=True))
        for one, other in found:
            if not np.array_equal(one == NOT_YET_CODE, other == NOT_YET_CODE):
                raise AssertionError("the two ladders do not know the same customers")
        return found

    def _states(self, placed: Placed, ends: Sequence[date]) -> list[Array]:
        names = [f"p{placed.period(end)}" for end in ends]
        query = exp.select("customer", *map(exp.column, names)).from_("placement").order_by("customer")
        rows = placed.frame("lab: states", query)
        places = self.places(rows["customer"].to_numpy())
        found = []
        for name in names:
            codes = np.full(len(self.customers), NOT_YET_CODE, dtype=np.uint8)
            codes[places] = rows[name].to_numpy()
            found.append(codes)
        return found


def pair(a: Placed, b: Placed) -> Pair:
    """Put two placements of one workspace side by side.

    Raises LadderError where they were made of different data, or have no period end in common (such as the ends of
    weeks and of months in a short history).
    """
    customers, others = (
        placed.frame("lab: customers", _CUSTOMERS)["customer"].to_numpy() for placed in (a, b)
    )
    if not np.array_equal(customers, others):
        raise LadderError(
            "The data changed meanwhile", "The two ladders were placed on different customers.", "Try again."
        )
    ends = tuple(sorted(set(a.periods) & set(b.periods)))
    if not ends:
        raise LadderError(
            "The ladders cannot be compared",
            f"One has ends of a {a.ladder.period}, the other of a {b.ladder.period}, and no day is both.",
            "Compare ladders with the same period, or bring more history.",
        )
    return Pair(a, b, ends, customers)


def history(both: Pair, as_of: date | None = None) -> pd.DataFrame:
    """ladder (a, b), period_end, rung, customers: who stood where at every period end up to `as_of`."""
    end = both.end(as_of)
    parts = [rung_history(placed).assign(ladder=which) for which, placed in (("a", both.a), ("b", both.b))]
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.loc[frame["period_end"] <= end, ["ladder", "period_end", "rung", "customers"]]
    return frame.reset_index(drop=True)


def ladder_names(a: Ladder, b: Ladder) -> tuple[str, str]:
    """Titles where they differ, else with the version, else B is a changed A that has no version yet."""
    if a.title != b.title:
        return a.title, b.title
    one, other = (f"{ladder.title}, version {ladder.version}" for ladder in (a, b))
    return (one, other) if one != other or a == b else (one, f"{a.title}, draft")
