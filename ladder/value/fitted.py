"""Fit both models to a placed workspace as of a period end; horizon, margin and discount come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ladder.errors import LadderError
from ladder.model.ladder import LAPSED
from ladder.value import expectations
from ladder.value.fit import fit_buying, fit_spending
from ladder.value.models import DROPOUT_EVIDENCE, Array, Buying, Spending
from ladder.value.statistics import DAY_GRAIN_LIMIT, Statistics, statistics

if TYPE_CHECKING:
    from ladder.placement import Placed

MIN_REPEATERS = 10
GOOD_CUSTOMERS = 500
CHECKED_TUPLES = 200
CHECKED_WEEKS = 52.0
AGREEMENT = 1e-6


@dataclass(frozen=True, eq=False)
class Fitted:
    """Both models fitted as of a period end, with what is needed to value every customer.

    Pure in (placed.key, as_of): keep it, and ask `clv_from` and `values_from` for other terms.
    `standing`: each state with its customers (NA = rung not in the data), bottom rung to top, lapsed last.
    """

    key: str
    as_of: date
    period: int
    currency: str
    codes: tuple[int, ...]
    standing: tuple[tuple[str, Any], ...]
    statistics: Statistics
    buying: Buying
    spending: Spending
    notes: tuple[str, ...]

    @property
    def history_months(self) -> int:
        """Whole months from the first order to `as_of`, at least 1."""
        return max(1, round(self.statistics.weeks / expectations.WEEKS_PER_MONTH))

    @property
    def dropout_seen(self) -> bool:
        """False where the history cannot tell customers who left from customers who wait."""
        return self.buying.a is not None

    def tuple_columns(self) -> tuple[Array, Array, Array]:
        """frequency, recency and T (weeks) of the distinct tuples."""
        frequency, recency, T = columns(self.statistics.tuples, "frequency", "recency", "T")
        return frequency, recency, T

    def model(self) -> dict[str, Any]:
        """The fitted models as plain data; parameters in weeks and currency units."""
        buying, spending = self.buying, self.spending
        both = ("BG/NBD" if self.dropout_seen else "NBD", "Gamma-Gamma" if spending.p else "shrunken mean")
        named = {name: getattr(buying, name) for name in ("r", "alpha", "a", "b")}
        return {
            "name": " + ".join(both),
            "params": named | {name: getattr(spending, name) for name in ("p", "q", "v")},
            "log_likelihood": buying.log_likelihood,
            "nbd_log_likelihood": buying.nbd_log_likelihood,
            "spending_log_likelihood": spending.log_likelihood,
            "n": buying.customers,
            "n_spending": spending.customers,
            "tuples": len(self.statistics.tuples),
            "grain": self.statistics.grain,
            "dropout_seen": self.dropout_seen,
            "time_unit": "week",
        }


def columns(frame: pd.DataFrame, *names: str) -> tuple[Array, ...]:
    """Columns of a frame as float arrays."""
    return tuple(frame[name].to_numpy(dtype=float) for name in names)


def fit(placed: Placed, as_of: date | None = None, day_limit: int = DAY_GRAIN_LIMIT) -> Fitted:
    """Fit BG/NBD and Gamma-Gamma to the orders up to the latest period end on or before `as_of`.

    Raises LadderError where the data cannot carry a model, saying what is missing.
    """
    period = placed.period(as_of)
    end = placed.periods[period]
    known = _enough(statistics(placed, end, period, day_limit), end)
    buying = fit_buying(*columns(known.tuples, "frequency", "recency", "T", "weight"))
    spenders = spending_rows(known)
    if spenders.empty:
        raise _too_little(
            end, "No repeat order has a positive amount.", "Check the amount column of the import."
        )
    spending = fit_spending(*columns(spenders, "paid_days", "monetary_value"))
    return Fitted(
        key=placed.key,
        as_of=end,
        period=period,
        currency=placed.settings.currency,
        codes=(*range(1, len(placed.ladder.rungs) + 1), 0),
        standing=_standing(placed, period),
        statistics=known,
        buying=buying,
        spending=spending,
        notes=_notes(known, buying, spending),
    )


def spending_rows(known: Statistics) -> pd.DataFrame:
    """The customers the spending model is fitted on: those with a positive repeat amount."""
    return known.customers[known.customers["paid_days"] > 0]


def disagreement(known: Statistics, buying: Buying) -> float:
    """Largest relative gap between quadrature and closed form (where finite) over up to 200 tuples."""
    rows = known.tuples
    if len(rows) > CHECKED_TUPLES:
        rows = rows.sample(CHECKED_TUPLES, random_state=0)
    data = columns(rows, "frequency", "recency", "T")
    ours = expectations.expected_orders(buying, data[0], data[1], data[2], np.array([CHECKED_WEEKS]))[:, 0]
    theirs = expectations.closed_form(buying, data[0], data[1], data[2], CHECKED_WEEKS)
    usable = np.isfinite(theirs) & (theirs > 1e-9)
    return float(np.max(np.abs(ours[usable] / theirs[usable] - 1), initial=0.0))


def _standing(placed: Placed, period: int) -> tuple[tuple[str, Any], ...]:
    query = """
        select code, count(*) as customers
        from spells
        where $period between first_period and last_period
        group by code
    """
    counted = dict(placed.rows("value: customers per state", query, {"period": period}))
    return tuple(
        (state, pd.NA if state in placed.missing else counted.get(placed.ladder.code(state), 0))
        for state in (*placed.ladder.names, LAPSED)
    )


def _enough(known: Statistics | None, end: date) -> Statistics:
    hint = f"It needs at least {MIN_REPEATERS} customers who ordered on two different days."
    if known is None:
        raise _too_little(end, "There is no order by then.", hint)
    customers = int(known.tuples["weight"].sum())
    repeaters = int(known.tuples.loc[known.tuples["frequency"] > 0, "weight"].sum())
    if known.weeks <= 0:
        raise _too_little(end, "Every order is on the last day.", hint)
    if repeaters < MIN_REPEATERS:
        said = f"Of {customers:,} customers with an order, {repeaters:,} came back on another day."
        raise _too_little(end, said, hint)
    return known


def _too_little(end: date, message: str, hint: str) -> LadderError:
    return LadderError(f"Too little to value customers at {end}", message, hint)


def _notes(known: Statistics, buying: Buying, spending: Spending) -> tuple[str, ...]:
    unpriced = int((known.customers["frequency"] > 0).sum()) - spending.customers
    said = (
        (
            buying.customers < GOOD_CUSTOMERS,
            f"Only {buying.customers:,} customers have ordered: below {GOOD_CUSTOMERS} the ranges are wide.",
        ),
        (
            buying.a is None,
            "Dropout cannot be seen in this history: a model without it explains the orders as well (2ΔLL "
            f"below {DROPOUT_EVIDENCE}). No probability of being alive is shown, and the horizon stops at the "
            "length of the history.",
        ),
        (
            spending.p is None,
            "Amounts per order could not be modelled (Gamma-Gamma); each customer's mean is shrunk to the "
            f"mean of all, {spending.mean:,.2f}.",
        ),
        (
            known.unpaid_days > 0,
            f"{known.unpaid_days:,} order days are worth zero or less; they count as orders, not as amounts.",
        ),
        (
            unpriced > 0,
            f"{unpriced:,} returning customers have no positive repeat amount; the average amount stands in.",
        ),
        (known.kept != 1, _kept_in_words(known.kept)),
        (
            known.grain == "week",
            f"{buying.customers:,} customers: recency and age are rounded to whole weeks.",
        ),
        (
            disagreement(known, buying) > AGREEMENT,
            "Two ways of computing the expected orders differ by more than one in a million: use with care.",
        ),
    )
    return tuple(sentence for holds, sentence in said if holds)


def _kept_in_words(kept: float) -> str:
    if kept < 1:
        return f"Refunds on other days took {1 - kept:.1%} of the order money; all values are reduced by it."
    return (
        f"Lines added to orders on later days, less refunds, brought {kept - 1:.1%} of the order money on top; "
        "all values are raised by it."
    )
