"""Question: would this forecast have been right? One check on orders that the models had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ladder.errors import LadderError
from ladder.value.expectations import expected_orders
from ladder.value.fitted import Fitted, columns, fit
from ladder.value.models import Array

if TYPE_CHECKING:
    from ladder.placement import Placed

MOST_PERIODS = 12
LAST_BIN = 7

_MADE = """
select customer, count(distinct day) as orders
from orders
where day > $origin::date and day <= $as_of::date
group by customer
"""


@dataclass(frozen=True, eq=False)
class HoldoutCheck:
    """Orders (customer-days) made after `origin` up to `as_of` beside those expected at `origin`.

    `naive` assumes that everyone keeps the pace of the past, x / T. `by_frequency`: frequency (0 to 6, 7+),
    customers, actual, expected, naive (means per customer); only customers known at `origin`.
    """

    origin: date
    as_of: date
    customers: int
    actual: float
    expected: float
    naive: float
    by_frequency: pd.DataFrame

    @property
    def weeks(self) -> float:
        return (self.as_of - self.origin).days / 7

    @property
    def error(self) -> float | None:
        """Expected over actual orders, minus 1; None when there was no order."""
        return self.expected / self.actual - 1 if self.actual else None

    @property
    def naive_error(self) -> float | None:
        """The same for the naive forecast."""
        return self.naive / self.actual - 1 if self.actual else None

    @property
    def verdict(self) -> str:
        """The check in one or two sentences."""
        if self.error is None or self.naive_error is None:
            return f"Nobody known on {self.origin} ordered up to {self.as_of}: the check says nothing."
        told = (
            f"Made on {self.origin} for the {self.weeks:.0f} weeks to {self.as_of}, this forecast was off by "
            f"{_off(self.error)} on orders ({self.expected:,.0f} expected, {self.actual:,.0f} made); doing nothing "
            f"fancy was off by {_off(self.naive_error)}."
        )
        better = abs(self.error) < abs(self.naive_error)
        return told if better else told + " The plain rule was at least as good: use the forecast with care."

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON-ready data."""
        return {
            "origin": self.origin.isoformat(),
            "as_of": self.as_of.isoformat(),
            "weeks": self.weeks,
            "customers": self.customers,
            "actual": self.actual,
            "expected": self.expected,
            "naive": self.naive,
            "error": self.error,
            "naive_error": self.naive_error,
            "by_frequency": self.by_frequency.to_dict("records"),
            "verdict": self.verdict,
        }

    def _repr_html_(self) -> str:
        table = self.by_frequency.to_html(index=False, float_format="{:,.3f}".format)
        return f"<p>{self.verdict}</p>{table}"


def holdout_check(placed: Placed, as_of: date | None = None, origin: date | None = None) -> HoldoutCheck:
    """Fit at `origin` (default: up to 12 periods back, half the history) and count what came until `as_of`.

    Both are moved to the latest period end on or before them. Raises LadderError when no period lies between
    them, or the data up to `origin` cannot carry a model.
    """
    last = placed.period(as_of)
    first = last - min(MOST_PERIODS, (last + 1) // 2) if origin is None else placed.period(origin)
    if not 0 <= first < last:
        raise LadderError(
            "Nothing to check the forecast on",
            "No period end lies before the one the forecast is checked at.",
            "It needs at least two periods of history.",
        )
    return _checked(placed, fit(placed, placed.periods[first]), placed.periods[last])


def _checked(placed: Placed, fitted: Fitted, as_of: date) -> HoldoutCheck:
    known = fitted.statistics.customers
    made = placed.frame("value: orders after the origin", _MADE, {"origin": fitted.as_of, "as_of": as_of})
    actual = known["customer"].map(made.set_index("customer")["orders"]).fillna(0).to_numpy(dtype=float)
    weeks = (as_of - fitted.as_of).days / 7
    by_tuple = expected_orders(fitted.buying, *fitted.tuple_columns(), np.array([weeks]))[:, 0]
    expected = by_tuple[known["tuple"].to_numpy()]
    frequency, T = columns(known, "frequency", "T")
    naive = frequency / np.where(T > 0, T, 1.0) * weeks
    return HoldoutCheck(
        origin=fitted.as_of,
        as_of=as_of,
        customers=len(known),
        actual=float(actual.sum()),
        expected=float(expected.sum()),
        naive=float(naive.sum()),
        by_frequency=_binned(frequency, actual, expected, naive),
    )


def _binned(frequency: Array, actual: Array, expected: Array, naive: Array) -> pd.DataFrame:
    data = pd.DataFrame({"actual": actual, "expected": expected, "naive": naive})
    bins = np.minimum(frequency, LAST_BIN).astype(int)
    means = data.groupby(bins).mean()
    means.insert(0, "customers", np.bincount(bins)[means.index])
    means.insert(
        0, "frequency", [f"{LAST_BIN}+" if value == LAST_BIN else str(value) for value in means.index]
    )
    return means.reset_index(drop=True)


def _off(error: float) -> str:
    return f"{abs(error):.0%} ({'too high' if error > 0 else 'too low'})"
