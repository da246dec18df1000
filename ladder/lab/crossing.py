"""Who would stand elsewhere: the rung under one ladder against the rung under another, at one period end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ladder.flows.shown import html
from ladder.lab.pair import Array, Pair
from ladder.model.answer import records
from ladder.model.ladder import LAPSED, NOT_YET_CODE
from ladder.people import People
from ladder.people.members import SHOWN, list_people, title

_STANDING = (
    "select to_code, cast(sum(customers) as bigint) from moves where period = $period group by to_code"
)


@dataclass(frozen=True)
class Crossing:
    """Everybody known at `as_of`, by rung under A and rung under B.

    `frame` has rung_a, rung_b, customers, share_of_a (share of those on rung_a), both from bottom to top, lapsed
    first, without empty cells. Its sums over either ladder are the closing figures of that ladder's statement.
    """

    as_of: date
    frame: pd.DataFrame
    states_a: tuple[str, ...]
    states_b: tuple[str, ...]

    @property
    def customers(self) -> int:
        return int(self.frame["customers"].sum())

    @property
    def comparable(self) -> bool:
        """Whether both ladders have the same rungs in the same order, so that higher and lower mean something."""
        return self.states_a == self.states_b

    @property
    def higher(self) -> int:
        """Customers who stand higher under B; of use where the ladders are `comparable`."""
        return self._moved(1)

    @property
    def lower(self) -> int:
        """Customers who stand lower under B; of use where the ladders are `comparable`."""
        return self._moved(-1)

    @property
    def elsewhere(self) -> int:
        """Customers whose rung has another name under B."""
        return int(self.frame.loc[self.frame["rung_a"] != self.frame["rung_b"], "customers"].sum())

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)

    def _moved(self, sign: int) -> int:
        place_a, place_b = ({name: at for at, name in enumerate(s)} for s in (self.states_a, self.states_b))
        steps = self.frame["rung_b"].map(place_b) - self.frame["rung_a"].map(place_a)
        return int(self.frame.loc[np.sign(steps) == sign, "customers"].sum())


def crossing(both: Pair, as_of: date | None = None) -> Crossing:
    """The matrix A x B at the latest common period end on or before `as_of`."""
    end = both.end(as_of)
    counts = _counts(*both.states([end])[0])
    for placed, margin in ((both.a, counts.sum(axis=1)), (both.b, counts.sum(axis=0))):
        closing = dict(placed.rows("lab: closing", _STANDING, {"period": placed.period(end)}))
        if {code: int(n) for code, n in enumerate(margin) if n} != {c: n for c, n in closing.items() if n}:
            raise AssertionError("the matrix does not tie to the statement")
    left = counts.sum(axis=1)
    rows = [
        (both.a.ladder.state(a), both.b.ladder.state(b), int(counts[a, b]), counts[a, b] / left[a])
        for a, b in np.argwhere(counts).tolist()
    ]
    frame = pd.DataFrame(rows, columns=["rung_a", "rung_b", "customers", "share_of_a"])
    states = ((LAPSED, *placed.ladder.names) for placed in (both.a, both.b))
    return Crossing(end, frame, *states)


def crossed(
    both: Pair,
    as_of: date | None = None,
    *,
    rung_a: str | None = None,
    rung_b: str | None = None,
    shown: int | None = SHOWN,
) -> People:
    """Who stands on `rung_a` under A and on `rung_b` under B; either may be `lapsed` or left out.

    A list as every other, as placed on A; `rung_b` is the title of the rung under B.
    """
    end = both.end(as_of)
    ((codes_a, codes_b),) = both.states([end])
    chosen = codes_a != NOT_YET_CODE
    for placed, codes, rung in ((both.a, codes_a, rung_a), (both.b, codes_b, rung_b)):
        if rung is not None:
            chosen &= codes == placed.ladder.code(rung)
    words = f"{_words(both, rung_a, rung_b)} on {end.day} {end:%b %Y}"
    found = list_people(both.a, words, pd.Index(both.customers[chosen]), end, shown)
    listed = codes_b[both.places(found.frame.pop("customer").to_numpy())].tolist()
    under = [title(both.b, both.b.ladder.state(code)) for code in listed]
    found.frame.insert(2, "rung_b", under)
    return found


def _counts(one: Array, other: Array) -> Array:
    """Customers by code under A and code under B, without those not yet known."""
    known = one != NOT_YET_CODE
    width = NOT_YET_CODE + 1
    flat = np.bincount(one[known].astype(np.int64) * width + other[known], minlength=width * width)
    return flat.reshape(width, width)[:NOT_YET_CODE, :NOT_YET_CODE]


def _words(both: Pair, rung_a: str | None, rung_b: str | None) -> str:
    told = [
        f"{title(placed, rung)} under {name}"
        for placed, rung, name in zip((both.a, both.b), (rung_a, rung_b), both.names, strict=True)
        if rung is not None
    ]
    return ", ".join(told) or "Everybody"
