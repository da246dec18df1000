"""Which of two ladders tells better who buys, and who spends more, in the next 90 days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ladder.errors import LadderError
from ladder.lab.concordance import Array, Concordance, Draws, interval
from ladder.lab.pair import Pair
from ladder.model.ladder import NOT_YET_CODE

DAYS = 90
BANDS = 40
SEED = 1
FEWEST = 50
NARROW = 0.002
_TOLD = 0.89  # Less than what may no longer be stopped.
MEASURES = ("buys", "spend")
_NEXT = """
select customer, cast(sum(amount) as bigint) as spend, max(bought) as buys
from (
    select customer, amount, 1 as bought from orders where day > $after and day <= $until
    union all
    select customer, -amount as amount, 0 as bought from refunds where day > $after and day <= $until
)
group by customer
order by customer
"""


@dataclass(frozen=True)
class Measured:
    """One outcome: `a` and `b` are concordances (0.5 is a coin, 1 is perfect), `difference` is B − A.

    `low` and `high` are its 95% interval, None where there are too few customers for one.
    """

    measure: str
    a: float
    b: float
    difference: float
    low: float | None
    high: float | None

    @property
    def better(self) -> str:
        """`a`, `b`, or empty where the interval covers 0 or there is none."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return ""
        return "b" if self.difference > 0 else "a"


@dataclass(frozen=True)
class Separation:
    """How well the rung at a period end tells what its customers do in the `days` after it.

    `measured` has one entry for buying at all and one for net spend, without those that the data cannot tell.
    Compared are all who are known at a period end, lapsed included, at the `ends` that have `days` of data behind
    them up to `as_of`: that population does not depend on the ladder. `customers` are those known at the last one.
    """

    as_of: date
    days: int
    ends: tuple[date, ...]
    customers: int
    names: tuple[str, str]
    measured: tuple[Measured, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each measure in a sentence."""
        return tuple(_sentence(found, self.names) for found in self.measured)

    def to_dict(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "days": self.days,
            "ends": [end.isoformat() for end in self.ends],
            "customers": self.customers,
            "measures": [{**vars(found), "better": found.better or None} for found in self.measured],
            "sentences": list(self.sentences),
        }

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def separation(
    both: Pair,
    as_of: date | None = None,
    seed: int = SEED,
    progress: Callable[[float, str], None] | None = None,
) -> Separation:
    """Compare the ladders on what came in the 90 days after each period end, nothing later than `as_of`.

    `progress` is told the share done and the step; what it raises ends the work.
    Raises LadderError while no common period end lies 90 days back, or nobody bought after one.
    """
    last = both.end(as_of)
    ends = tuple(end for end in both.ends if end + timedelta(days=DAYS) <= last)
    if not ends:
        raise LadderError(
            "Too early to tell which ladder separates better",
            f"No period end has {DAYS} days behind it on {last}.",
            "Choose a later date, or bring more history.",
        )
    states = both.states(ends)
    # Only who is known by then is dealt into groups, so that customers of later years change nothing.
    known = np.flatnonzero(states[-1][0] != NOT_YET_CODE)
    draws = Draws(len(known), seed)
    sums = {(name, which): Concordance(draws) for name in MEASURES for which in "ab"}
    for number, (end, (one, other)) in enumerate(zip(ends, states, strict=True)):
        if progress:
            progress(_TOLD * number / len(ends), f"Period end {number + 1} of {len(ends)}")
        _add(both, end, known, (one[known], other[known]), sums)
    measured = [
        _measured(name, sums[name, "a"].replicates, sums[name, "b"].replicates, len(known) >= FEWEST)
        for name in MEASURES
    ]
    if not (told := tuple(found for found in measured if found)):
        raise LadderError(
            "Nothing to separate",
            f"After no period end did some customers buy within {DAYS} days and others not.",
            "Bring more history.",
        )
    return Separation(last, DAYS, ends, len(known), both.names, told)


def _measured(name: str, a: Array, b: Array, enough: bool) -> Measured | None:
    """One measure from its replicates, of which the first is the data; None without a pair to compare."""
    if np.isnan(a[0]):
        return None
    low, high = interval((b - a)[1:]) if enough else (None, None)
    return Measured(name, float(a[0]), float(b[0]), float(b[0] - a[0]), low, high)


def _add(
    both: Pair,
    end: date,
    known: Array,
    codes: tuple[Array, Array],
    sums: Mapping[tuple[str, str], Concordance],
) -> None:
    customers = np.flatnonzero(codes[0] != NOT_YET_CODE)
    buys, spend = (outcome[known][customers] for outcome in _outcomes(both, end))
    band, bands = _banded(spend)
    for which, placed, found in (("a", both.a, codes[0]), ("b", both.b, codes[1])):
        code, states = found[customers].astype(np.int64), len(placed.ladder.rungs) + 1
        sums["buys", which].add(customers, code, states, buys, 2)
        sums["spend", which].add(customers, code, states, band, bands)


def _outcomes(both: Pair, end: date) -> tuple[Array, Array]:
    """Whether each customer buys (0 or 1), and the net spend in minor units, in the days after a period end."""
    span = {"after": end, "until": end + timedelta(days=DAYS)}
    found: pd.DataFrame = both.a.frame("lab: what came next", _NEXT, span)
    count = len(both.customers)
    buys, spend = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    places = both.places(found["customer"].to_numpy())
    buys[places], spend[places] = found["buys"].to_numpy(), found["spend"].to_numpy()
    return buys, spend


def _banded(spend: Array) -> tuple[Array, int]:
    """Net spend as bands in rising order: each value its own while they are few, else of about equal size.

    Nothing, and less than nothing, are never in one band with something.
    """
    some = np.sort(spend[spend != 0])
    different = np.append(some[:1], some[1:][np.diff(some) > 0])
    if len(different) < BANDS:
        values = np.union1d(different, [0])
        return np.searchsorted(values, spend), len(values)
    values = np.union1d(some[np.arange(1, BANDS) * len(some) // BANDS], [0, 1])
    return np.searchsorted(values, spend, side="right"), len(values) + 1


def _sentence(found: Measured, names: tuple[str, str]) -> str:
    told = {"buys": "tells buyers from non-buyers", "spend": "tells big spenders from small ones"}[
        found.measure
    ]
    first, second = (1, 0) if found.better != "a" else (0, 1)
    figures = (found.a, found.b)
    both = (f"{names[which]} {figures[which]:.3f}" for which in (first, second))
    if found.low is None or found.high is None:
        return f"Too few customers to say which ladder {told} better: {', '.join(both)}."
    ends = sorted((found.low, found.high) if first else (-found.low, -found.high))
    # Many customers make a narrow range; it is told with as many decimals as it needs to be one.
    digits = 3 if ends[1] - ends[0] >= NARROW else 4
    difference, low, high = (_signed(number, digits) for number in (figures[first] - figures[second], *ends))
    span = f"difference {difference} ({low} to {high})"
    if not found.better:
        return f"No clear difference in which ladder {told} better: {', '.join(both)}, {span}."
    figures_told = f"{figures[first]:.3f} against {figures[second]:.3f} for {names[second]}"
    return f"{names[first]} {told} better: {figures_told}, {span}."


def _signed(number: float, digits: int) -> str:
    """`+0.037`, `−0.002`; exactly nothing is `0`."""
    return f"{number:+.{digits}f}".replace("-", "−") if number else "0"
