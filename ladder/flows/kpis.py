"""The figures of the KPI row at every period end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.placement import Placed

_MOVES = """
select period,
    sum(customers) filter (from_code between 1 and 254) as base,
    sum(customers) filter (from_code between 1 and 254 and to_code > from_code) as climbed,
    sum(customers) filter (from_code between 1 and 254 and to_code < from_code) as slipped,
    coalesce(sum(customers) filter (from_code = 255), 0) as joined,
    coalesce(sum(customers) filter (from_code = 0 and to_code > 0), 0) as returned
from moves group by period order by period
"""
_RETURNING = """
with first_order as (select customer, min(day) as day from orders group by customer),
buyer as (
    select distinct periods.period, periods.period_end, orders.customer, first_order.day
    from orders
    join first_order on first_order.customer = orders.customer
    asof join periods on periods.period_end >= orders.day
)
select buyer.period, avg(case when previous.period_end >= buyer.day then 1.0 else 0.0 end) as returning_share
from buyer
left join periods as previous on previous.period = buyer.period - 1
group by buyer.period
"""
_ANSWERS = """
select periods.period,
    100.0 * (count(*) filter (nps >= 9) - count(*) filter (nps <= 6)) / nullif(count(nps), 0) as nps,
    count(nps) as nps_answers,
    avg(csat) as csat,
    count(csat) as csat_answers
from feedback
asof join periods on periods.period_end >= feedback.day
group by periods.period
"""


@dataclass(frozen=True)
class Kpis:
    """The KPI row over time.

    `frame` per period end: period_end; climb_rate and slip_rate (share of those on a rung at the period end before
    who stand higher, or lower or lapsed); net_movement (climbed − slipped, customers); joined; returned;
    returning_share (of the period's buyers, those who had bought in an earlier period); nps (−100 to 100) and csat
    (1 to 5) of the answers given in the period. Missing where there is nothing to divide by.
    """

    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def kpis(placed: Placed) -> Kpis:
    """The KPI row at every period end."""
    frame = pd.DataFrame({"period": range(len(placed.periods)), "period_end": placed.periods})
    for step, query in (("moves", _MOVES), ("returning", _RETURNING), ("answers", _ANSWERS)):
        frame = frame.merge(placed.frame(step, query), on="period", how="left")
    base = frame["base"].where(frame["base"] > 0)
    frame["climb_rate"] = frame["climbed"].fillna(0) / base
    frame["slip_rate"] = frame["slipped"].fillna(0) / base
    frame["net_movement"] = frame["climbed"].fillna(0) - frame["slipped"].fillna(0)
    frame = frame.astype({"net_movement": "Int64", "joined": "Int64", "returned": "Int64"})
    columns = [
        "period_end",
        "climb_rate",
        "slip_rate",
        "net_movement",
        "joined",
        "returned",
        "returning_share",
    ]
    return Kpis(frame[[*columns, "nps", "nps_answers", "csat", "csat_answers"]])
