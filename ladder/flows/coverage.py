"""What is known: rows by table and month, as they count after overlapping imports were settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ladder.model.answer import records
from ladder.model.tables import TABLES
from ladder.placement import open_facts
from ladder.workspace import Folder

# Customers without a date are counted in no month; guests' purchases are rows like others.
_MONTHS = """
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
select name, cast(date_trunc('month', moment) as date) as month, count(*) as count_rows,
    cast(min(moment) as date) as first_day, cast(max(moment) as date) as last_day
from dated
group by name, month
order by name, month
"""


@dataclass(frozen=True)
class Coverage:
    """What each table holds.

    `frame` per table in the order of TABLES: table, rows (None when it was never brought), first, last (dates),
    months (with rows), empty_months (without, between first and last), days_behind (last day of the table before the
    last day of all data). `months` per table and month with rows: table, month (its first day), rows.
    """

    frame: pd.DataFrame
    months: pd.DataFrame

    @property
    def last(self) -> date | None:
        """The day of the latest row of any table."""
        found = self.frame["last"].dropna()
        return max(found) if len(found) else None

    def to_dict(self) -> dict[str, Any]:
        return {"tables": records(self.frame), "months": records(self.months)}


def coverage(folder: Folder) -> Coverage:
    """Rows, first and last day, and the months without rows, of every table of the live imports."""
    with open_facts(folder) as engine:
        found = engine.rows("coverage", _MONTHS)
    months = pd.DataFrame(
        [(name, month, rows) for name, month, rows, _, _ in found if month],
        columns=["table", "month", "rows"],
    )
    latest = max((last for *_, last in found if last), default=None)
    lines = [_line(name, [row[1:] for row in found if row[0] == name], latest) for name in TABLES]
    return Coverage(pd.DataFrame(lines).astype({"rows": "Int64"}), months)


def _line(name: str, months: list[tuple[Any, ...]], latest: date | None) -> dict[str, Any]:
    dated = [month for month in months if month[0] is not None]
    first = min((month[2] for month in dated), default=None)
    last = max((month[3] for month in dated), default=None)
    return {
        "table": name,
        "rows": sum(month[1] for month in months) if months else None,
        "first": first,
        "last": last,
        "months": len(dated),
        "empty_months": months_between(first, last) - len(dated) if first and last else 0,
        "days_behind": (latest - last).days if latest and last else None,
    }


def months_between(first: date, last: date) -> int:
    """How many calendar months the days from `first` to `last` touch."""
    return 12 * (last.year - first.year) + last.month - first.month + 1
