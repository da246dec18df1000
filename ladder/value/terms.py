"""Horizon, margin and discount of a valuation, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ladder.errors import LadderError
from ladder.value.expectations import WEEKS_PER_MONTH
from ladder.value.fitted import Fitted

if TYPE_CHECKING:
    from ladder.workspace import WorkspaceSettings

LONGEST_MONTHS = 60


@dataclass(frozen=True)
class Terms:
    """What a value covers: the next `horizon` months, `margin` of the revenue, `discount` a year."""

    horizon: int
    margin: float
    discount: float

    @property
    def weeks(self) -> float:
        return self.horizon * WEEKS_PER_MONTH


def terms_from(
    settings: WorkspaceSettings, horizon: int | None, margin: float | None, discount: float | None
) -> Terms:
    """The given terms, or the workspace's where one is None; LadderError where one cannot be used."""
    months = settings.horizon_months if horizon is None else horizon
    if isinstance(months, bool) or months != int(months) or months < 1:
        raise LadderError("The horizon cannot be used", f"It is {months!r}.", "Give 1 or more whole months.")
    share = settings.margin if margin is None else margin
    if share is None:
        raise LadderError(
            "A margin is needed",
            "Value is what stays of the revenue, so revenue alone is never shown as value.",
            "Give your contribution margin as a share of revenue, such as 0.3, here or in the settings.",
        )
    if not 0 < share <= 1:
        hint = (
            f"For {share:g}% write {share / 100:g}." if 1 < share <= 100 else "Give more than 0, at most 1."
        )
        raise LadderError("The margin cannot be used", f"It is {share:g}.", hint)
    rate = settings.discount if discount is None else discount
    if not 0 <= rate <= 1:
        hint = (
            f"For {rate:g}% a year write {rate / 100:g}."
            if 1 < rate <= 100
            else "Give a yearly rate from 0 to 1."
        )
        raise LadderError("The discount rate cannot be used", f"It is {rate:g}.", hint)
    return Terms(int(months), float(share), float(rate))


def capped(terms: Terms, fitted: Fitted) -> tuple[Terms, str]:
    """The terms with a horizon the history can carry, and a sentence when it was cut (else empty)."""
    longest = min(LONGEST_MONTHS, fitted.history_months)
    if terms.horizon <= longest:
        return terms, ""
    said = (
        f"The horizon is {longest} months instead of {terms.horizon}: a forecast goes no further than the "
        f"{fitted.history_months} months of history, and never beyond {LONGEST_MONTHS}."
    )
    return Terms(longest, terms.margin, terms.discount), said
