"""Question: what is each customer worth, and will they order again?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ladder.value import expectations
from ladder.value.fitted import Fitted, columns, fit
from ladder.value.models import Array, Buying, Spending
from ladder.value.terms import Terms, capped, terms_from

if TYPE_CHECKING:
    from ladder.placement import Placed


@dataclass(frozen=True, eq=False)
class Valuation:
    """Values of all customers with an order, as a function of the models' parameters; `terms` are capped."""

    fitted: Fitted
    terms: Terms

    def values(self, buying: Buying, spending: Spending) -> Array:
        """Discounted margin of the horizon per customer, currency units; never NaN or infinite."""
        return np.nan_to_num(self._raw(buying, spending), nan=0.0, posinf=0.0, neginf=0.0)

    @property
    def note(self) -> str:
        """How many values had to be replaced by zero; empty when none."""
        broken = int((~np.isfinite(self._raw(self.fitted.buying, self.fitted.spending))).sum())
        return f"{broken:,} customers could not be valued and count as zero." if broken else ""

    def _raw(self, buying: Buying, spending: Spending) -> Array:
        known = self.fitted.statistics
        orders = expectations.discounted_orders(
            buying, *self.fitted.tuple_columns(), self.terms.weeks, self.terms.discount
        )
        amount = expectations.expected_amount(
            spending, *columns(known.customers, "paid_days", "monetary_value")
        )
        return np.asarray(
            self.terms.margin * known.kept * orders[known.customers["tuple"].to_numpy()] * amount
        )


def customer_values(
    placed: Placed,
    as_of: date | None = None,
    horizon: int | None = None,
    margin: float | None = None,
    discount: float | None = None,
) -> pd.DataFrame:
    """One row per customer with an order: customer, expected_orders, value, p_active, over the horizon.

    The values are those behind the rung totals of `clv` with the same arguments.
    """
    terms = terms_from(placed.settings, horizon, margin, discount)
    return values_from(fit(placed, as_of), terms)


def values_from(fitted: Fitted, terms: Terms) -> pd.DataFrame:
    """Customer, expected_orders (undiscounted), value, p_active (at least one order in the horizon)."""
    terms, _ = capped(terms, fitted)
    row = fitted.statistics.customers["tuple"].to_numpy()
    data = fitted.tuple_columns()
    orders = expectations.expected_orders(fitted.buying, *data, np.array([terms.weeks]))[:, 0]
    active = expectations.probability_active(fitted.buying, *data, terms.weeks)
    return pd.DataFrame(
        {
            "customer": fitted.statistics.customers["customer"],
            "expected_orders": orders[row],
            "value": Valuation(fitted, terms).values(fitted.buying, fitted.spending),
            "p_active": active[row],
        }
    )
