"""The figures of the KPI row at every period end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlglot import exp, parse_one

from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.placement import Placed
from ladder.placement.bits import WORD, both, number, stretch, words

_MOVES = """
select period,
    sum(customers) filter (from_code between 1 and 254) as base,
    sum(customers) filter (from_code between 1 and 254 and to_code > from_code) as climbed,
    sum(customers) filter (from_code between 1 and 254 and to_code < from_code) as slipped,
    coalesce(sum(customers) filter (from_code = 255), 0) as joined,
    coalesce(sum(customers) filter (from_code = 0 and to_code > 0), 0) as returned
from moves group by period order by period
"""
_BOUGHT = """
select orders.customer from orders join days on days.day = orders.day group by orders.customer
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
    returning = _returning(len(placed.periods))
    for step, query in (("moves", _MOVES), ("returning", returning), ("answers", _ANSWERS)):
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


def _returning(periods: int) -> exp.Expr:
    """Per period the share of its buyers who had bought in an earlier one: period, returning_share.

    Each customer's orders become a mask of the periods that hold one; those with a lower bit had bought before.
    """
    bought = parse_one(_BOUGHT, dialect="duckdb")
    assert isinstance(bought, exp.Select)  # noqa: S101 - the text above
    start = exp.column("period", "days")
    after = exp.paren(exp.Add(this=start, expression=number(1)))
    for word in range(words(periods)):
        mask = exp.BitwiseOrAgg(this=stretch(start, after, word))
        bought.select(exp.alias_(mask, f"bought_{word}"), copy=False)
    found = [_returning_in(period) for period in range(periods)]
    query = exp.union(*found, distinct=False, copy=False) if periods > 1 else found[0]
    return query.with_("bought", as_=bought, materialized=True)


def _returning_in(period: int) -> exp.Select:
    word, bit = divmod(period, WORD)
    mask, nothing = exp.column(f"bought_{word}"), number(0)
    earlier: list[exp.Expr] = [exp.column(f"bought_{before}").neq(nothing) for before in range(word)]
    earlier.append(both(mask, number((1 << bit) - 1)).neq(nothing))
    before = exp.case().when(exp.or_(*earlier), exp.Literal.number("1.0")).else_(exp.Literal.number("0.0"))
    share = exp.alias_(exp.Avg(this=before), "returning_share")
    index = exp.alias_(exp.cast(exp.Literal.number(period), "integer"), "period")
    return exp.select(index, share).from_("bought").where(both(mask.copy(), number(1 << bit)).neq(nothing))
