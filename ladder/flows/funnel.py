"""The climb of joining cohorts: how many of those who joined reach each rung, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.placement import Placed

_REACHED = """
with cohort as (
    select customer, first_day from customers
    where first_day > $since and first_day <= $until
),
highest as (
    select cohort.customer, rung.code,
        min(date_diff('day', cohort.first_day, periods.period_end)) as days
    from cohort
    join spells on spells.customer = cohort.customer
    join periods on periods.period = spells.first_period
    join (select unnest(range(1, $rungs + 1)) as code) as rung on rung.code <= spells.code
    where date_diff('day', cohort.first_day, periods.period_end) <= $window
    group by cohort.customer, rung.code
)
select code, count(*) as reached, median(days) as median_days from highest group by code order by code
"""
_COHORT = "select count(*) from customers where first_day > $since and first_day <= $until"


@dataclass(frozen=True)
class Funnel:
    """How far a joining cohort climbed within `window` days of becoming known.

    `frame` has rung, reached (stood on it or higher at some period end), of_first (share of the cohort),
    of_previous (share of those who reached the rung below), median_days (from becoming known to the first such
    period end). Rungs from bottom to top. `cohort` counts everybody who joined.
    """

    cohort_start: date
    cohort_end: date
    window: int
    cohort: int
    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def funnel(
    placed: Placed, cohort_start: date | None = None, cohort_end: date | None = None, window: int = 365
) -> Funnel:
    """Follow those who became known from `cohort_start` to `cohort_end` (both included) for `window` days.

    Without dates: the latest twelve months of joining whose window has passed, or everybody who has joined where
    none has. Nobody is counted who became known after the last period end.
    """
    if not 1 <= window <= 3_660:
        raise LadderError("The window cannot be used", f"It is {window} days.", "Use 1 to 3,660 days.")
    since, until = _cohort_dates(placed, cohort_start, cohort_end, window)
    parameters = {"since": since, "until": until}
    ((cohort,),) = placed.rows("cohort", _COHORT, parameters)
    count = len(placed.ladder.rungs)
    found = placed.rows("funnel", _REACHED, {**parameters, "rungs": count, "window": window})
    reached = {code: (number, days) for code, number, days in found}
    rows = []
    before = cohort
    for code in range(1, count + 1):
        number, days = reached.get(code, (0, None))
        missing = placed.ladder.state(code) in placed.missing
        rows.append(
            {
                "rung": placed.ladder.state(code),
                "reached": pd.NA if missing else number,
                "of_first": None if missing or not cohort else number / cohort,
                "of_previous": None if missing or not before else number / before,
                "median_days": None if missing else days,
            }
        )
        before = before if missing else number
    frame = pd.DataFrame(rows).astype(
        {"of_first": "float64", "of_previous": "float64", "median_days": "float64"}
    )
    frame["reached"] = frame["reached"].astype("Int64")
    return Funnel(_next_day(since), until, window, cohort, frame)


def _cohort_dates(placed: Placed, start: date | None, end: date | None, window: int) -> tuple[date, date]:
    """The day before the cohort's first day, and its last day."""
    latest, day = pd.Timestamp(placed.last), pd.Timedelta(days=1)
    ((joined,),) = placed.rows("first to join", "select min(first_day) from customers")
    until = min(pd.Timestamp(end), latest) if end else latest - pd.Timedelta(days=window)
    since = pd.Timestamp(start) - day if start else until - pd.DateOffset(years=1)
    if end is None and until <= pd.Timestamp(joined):
        until = latest
        since = since if start else pd.Timestamp(joined) - day
    if since >= until:
        raise LadderError(
            "The cohort is empty", f"{start} is after {until.date()}.", "Choose an earlier start."
        )
    return since.date(), until.date()


def _next_day(day: date) -> date:
    return (pd.Timestamp(day) + pd.Timedelta(days=1)).date()
