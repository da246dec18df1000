"""Rows by table and day, as they count after overlapping imports were settled: what most checks look at."""

from __future__ import annotations

import pandas as pd

from ladder.engine import Engine

# Customers without a date are rows of no day; guests' purchases are rows like others.
_DAYS = """
with dated as (
    select 'customers' as name, live.first_seen as moment
    from (select distinct customer_id from raw.customers) as listed
    left join raw.live_customers as live on live.customer_id = listed.customer_id
    union all
    select 'transactions', ts from raw.live_transactions
    union all
    select 'interactions', ts from raw.live_interactions where kind <> 'first seen'
    union all
    select 'feedback', ts from raw.live_feedback
    union all
    select 'referrals', day from raw.live_referrals
    union all
    select 'incentives', day from raw.live_incentives
)
select name, cast(moment as date) as day, count(*) as count_rows,
    count(*) filter (where cast(moment as time) = time '00:00:00') as at_midnight
from dated
group by name, day
order by name, day
"""


def rows_by_day(engine: Engine) -> pd.DataFrame:
    """table, day (date, None for rows without one), rows, at_midnight (of them with the clock at 0:00)."""
    found = engine.rows("rows by day", _DAYS)
    return pd.DataFrame(found, columns=["table", "day", "rows", "at_midnight"]).astype({"day": object})


def steady(days: pd.DataFrame) -> pd.DataFrame:
    """The rows with a day of tables that fill day by day; offers come in campaigns, many on one day and then none."""
    return days[days["day"].notna() & (days["table"] != "incentives")]


def rows_by_month(days: pd.DataFrame) -> pd.DataFrame:
    """table, month (its first day), rows, first_day, last_day: only months with rows."""
    dated = days[days["day"].notna()]
    month = dated["day"].map(lambda day: day.replace(day=1))
    grouped = dated.assign(month=month).groupby(["table", "month"], sort=True)
    found = grouped.agg(rows=("rows", "sum"), first_day=("day", "min"), last_day=("day", "max"))
    return found.reset_index()
