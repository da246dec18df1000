"""Sufficient statistics of the buying and spending models, made by SQL as of a period end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from ladder.placement import Placed, Steps

DAYS_PER_WEEK = 7
DAY_GRAIN_LIMIT = 200_000
TUPLE = ["frequency", "recency_days", "age_days"]

_BUYERS = sqlglot.parse_one(
    (resources.files("ladder.value") / "statistics.sql").read_text("utf-8"), dialect="duckdb", into=exp.Select
)
STORED = "statistics"
"""The table of a derived file that holds the statistics as of its last period end, where a build has made it."""

_IS_STORED = "select count(*) > 0 from duckdb_tables() where table_name = $name"
# Times are rounded to $grain days, 1 or 7.
_ROUNDED = """
select * replace (
    (round(recency_days / $grain) * $grain)::integer as recency_days,
    (round(age_days / $grain) * $grain)::integer as age_days
)
from buyers
"""

_TOTALS = """
with known as (
    select customer, day, amount from orders where day <= $as_of::date
),

returned as (
    select amount
    from refunds
    where day <= $as_of::date and customer in (select customer from known)
)

select
    count(distinct known.customer),
    min(known.day),
    coalesce(sum(known.amount), 0) - (select coalesce(sum(amount), 0) from returned)
from known
"""


@dataclass(frozen=True, eq=False)
class Statistics:
    """What the models need to know about the customers who ordered by `as_of`.

    `customers`: customer, code (placement), frequency (order days − 1), recency and T (weeks), paid_days and
    monetary_value (mean net amount of repeat order days with a positive amount, currency units, NaN where
    there is none), tuple (row of `tuples`). `tuples`: the distinct frequency, recency, T (weeks) with their weight.
    `kept`: share of the money of paid order days left after refunds of other days; above 1 where more was added to
    orders on later days than was refunded. `unpaid_days`: order days worth nothing or less.
    """

    as_of: date
    first_day: date
    grain: str
    customers: pd.DataFrame
    tuples: pd.DataFrame
    kept: float
    unpaid_days: int

    @property
    def weeks(self) -> float:
        """Weeks from the first order in the data to `as_of`."""
        return (self.as_of - self.first_day).days / DAYS_PER_WEEK


def statistics(
    placed: Placed, as_of: date, period: int, day_limit: int = DAY_GRAIN_LIMIT
) -> Statistics | None:
    """Sufficient statistics as of `as_of` (a period end); None when nobody had ordered by then.

    Orders and refunds after `as_of` are not read. Above `day_limit` customers, recency and T are rounded to
    whole weeks, which keeps the number of distinct tuples small.
    """
    count, first_day, net = placed.rows("value: totals of orders and refunds", _TOTALS, {"as_of": as_of})[0]
    if not count:
        return None
    grain = DAYS_PER_WEEK if count > day_limit else 1
    buyers, bound = _buyers(placed, as_of, period)
    bound["grain"] = grain
    tuples = placed.frame("value: distinct frequency, recency and T", _grouped(buyers), bound)
    customers = placed.frame("value: statistics per customer", buyers, bound)
    paid = float(customers["paid_total"].sum())
    return Statistics(
        as_of=as_of,
        first_day=first_day,
        grain="week" if grain == DAYS_PER_WEEK else "day",
        customers=_customers(customers, tuples, 10**placed.settings.minor_digits),
        tuples=_in_weeks(tuples),
        kept=max(float(net) / paid, 0.0) if paid else 1.0,
        unpaid_days=int(customers["unpaid_days"].sum()),
    )


def store_statistics(engine: Steps, as_of: date, period: int) -> None:
    """Make the table `statistics` while a build has the facts at hand, as of the period end of index `period`."""
    table = exp.Create(this=exp.to_table(STORED), kind="table", expression=_BUYERS.copy())
    engine.run("value: statistics per customer", table, {"as_of": as_of, "period": period})


def _buyers(placed: Placed, as_of: date, period: int) -> tuple[exp.Select, dict[str, Any]]:
    """The query for the statistics per customer, rounded to $grain days, and its other parameters."""
    query = sqlglot.parse_one(_ROUNDED, dialect="duckdb", into=exp.Select)
    ((stored,),) = placed.rows("value: what is stored", _IS_STORED, {"name": STORED})
    if stored and as_of == placed.last:
        return query.from_(STORED), {}
    return query.with_("buyers", as_=_BUYERS), {"as_of": as_of, "period": period}


def _grouped(buyers: exp.Select) -> exp.Select:
    counted = exp.select(*TUPLE, "count(*) as weight", dialect="duckdb").from_(buyers.subquery("buyers"))
    return counted.group_by(*TUPLE).order_by(*TUPLE)


def _in_weeks(frame: pd.DataFrame) -> pd.DataFrame:
    weeks = {"recency": frame["recency_days"] / DAYS_PER_WEEK, "T": frame["age_days"] / DAYS_PER_WEEK}
    return frame.drop(columns=["recency_days", "age_days"]).assign(**weeks)


def _customers(frame: pd.DataFrame, tuples: pd.DataFrame, minor: int) -> pd.DataFrame:
    numbered = tuples[TUPLE].assign(tuple=np.arange(len(tuples)))
    joined = frame.merge(numbered, on=TUPLE, how="left", validate="many_to_one")
    joined = joined.sort_values("customer", ignore_index=True)
    amount = joined["paid_amount"].astype(float) / minor
    mean = (amount / joined["paid_days"].where(joined["paid_days"] > 0)).astype(float)
    return _in_weeks(joined.drop(columns=["paid_amount", "paid_total", "unpaid_days"])).assign(
        monetary_value=mean
    )
