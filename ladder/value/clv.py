"""Question: what is a customer on each rung worth?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ladder.value.customers import Valuation
from ladder.value.fitted import Fitted, fit
from ladder.value.intervals import deviations
from ladder.value.models import Array, Whole
from ladder.value.terms import Terms, capped, terms_from

if TYPE_CHECKING:
    from ladder.placement import Placed

NORMAL_95 = 1.959964
FEW = 30
FIGURES = ["mean", "low", "high", "median", "p10", "p90", "total", "share"]


@dataclass(frozen=True, eq=False)
class Clv:
    """Value to come per rung, in currency units of margin, discounted to `as_of`.

    `rungs`: rung, customers (standing there; NA = rung not in the data), valued (those with an order), mean,
    low, high (95% range for the rung's average), median, p10, p90, total, share; bottom to top, lapsed last.
    Figures are over the valued customers, NaN where there is none.
    """

    as_of: date
    terms: Terms
    currency: str
    model: dict[str, Any]
    rungs: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def total(self) -> float:
        """Value to come of all customers with an order."""
        return float(self.rungs["total"].sum())

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON-ready data."""
        rows = self.rungs.astype(object).where(self.rungs.notna(), None).to_dict("records")
        return {
            "as_of": self.as_of.isoformat(),
            "horizon": self.terms.horizon,
            "margin": self.terms.margin,
            "discount": self.terms.discount,
            "currency": self.currency,
            "total": self.total,
            "model": self.model,
            "rungs": rows,
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        table = self.rungs.to_html(index=False, na_rep="–", float_format="{:,.2f}".format)
        return table + "".join(f"<p>{escape(note)}</p>" for note in self.notes)


def clv(
    placed: Placed,
    as_of: date | None = None,
    horizon: int | None = None,
    margin: float | None = None,
    discount: float | None = None,
) -> Clv:
    """Customer lifetime value per rung as of a period end.

    `horizon` in months (at most 60 and the observed history), `margin` a share of revenue in (0, 1], `discount`
    a year; None takes the workspace's setting. Raises LadderError without a margin or with too little data.
    """
    terms = terms_from(placed.settings, horizon, margin, discount)
    return clv_from(fit(placed, as_of), terms)


def clv_from(fitted: Fitted, terms: Terms) -> Clv:
    """Customer lifetime value per rung from fitted models: nothing is fitted again."""
    terms, cut = capped(terms, fitted)
    valuation = Valuation(fitted, terms)
    members = _members(fitted)
    sigma = deviations(fitted, valuation.values, members, len(fitted.codes))
    rungs = _rungs(fitted, valuation.values(fitted.buying, fitted.spending), members, sigma)
    notes = (_said(fitted, terms), cut, *fitted.notes, valuation.note, *_rung_notes(rungs))
    return Clv(fitted.as_of, terms, fitted.currency, fitted.model(), rungs, tuple(filter(None, notes)))


def _members(fitted: Fitted) -> Whole:
    """The row of `standing` that each customer belongs to."""
    row = {code: index for index, code in enumerate(fitted.codes)}
    return np.asarray(fitted.statistics.customers["code"].map(row), dtype=np.int64)


def _rungs(fitted: Fitted, values: Array, members: Whole, sigma: Array) -> pd.DataFrame:
    grand = values.sum()
    rows: list[dict[str, Any]] = []
    for index, (state, customers) in enumerate(fitted.standing):
        own = values[members == index]
        rows.append({"rung": state, "customers": customers, "valued": len(own)})
        if len(own):
            spread = np.exp(NORMAL_95 * sigma[index])
            p10, median, p90 = np.quantile(own, [0.1, 0.5, 0.9])
            figures = (own.mean(), own.mean() / spread, own.mean() * spread, median, p10, p90, own.sum())
            share = own.sum() / grand if grand > 0 else np.nan
            rows[-1] |= dict(zip(FIGURES, (*figures, share), strict=True))
    frame = pd.DataFrame(rows, columns=["rung", "customers", "valued", *FIGURES])
    return frame.astype({"customers": "Int64", "valued": "Int64"} | dict.fromkeys(FIGURES, float))


def _said(fitted: Fitted, terms: Terms) -> str:
    return (
        f"Value = margin ({terms.margin:.0%} of revenue) on the orders expected in the {terms.horizon} months "
        f"after {fitted.as_of}, discounted at {terms.discount:.1%} a year. Past orders are not in it."
    )


def _rung_notes(rungs: pd.DataFrame) -> list[str]:
    notes = []
    for rung, customers, valued in rungs[["rung", "customers", "valued"]].to_numpy():
        if customers is pd.NA:
            notes.append(f"{rung}: not in your data.")
        elif customers > valued:
            waiting = customers - valued
            notes.append(
                f"{rung}: {waiting:,} have no order in the data; their value is not known, it is not zero."
            )
        if 0 < valued < FEW:
            notes.append(f"{rung}: few customers ({valued}), so the average says little.")
    return notes
