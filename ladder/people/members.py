"""The people behind a number: who stands on a rung, who moved between two period ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlglot import exp, parse_one

from ladder.errors import LadderError, did_you_mean
from ladder.flows.moves import period_pair
from ladder.model.answer import records
from ladder.model.ladder import LAPSED, NOT_YET, NOT_YET_CODE
from ladder.placement import Placed

REVENUE_DAYS = 365
SHOWN = 1_000
WAYS = ("climbed", "slipped", "stayed", "joined", "returned", "lapsed")
_MEMBERS = """
with chosen as (
    select customer, :state as code from placement where :chosen
), bought as (
    select customer, count(*) as orders, max(day) as last_order
    from orders
    where day <= $until and customer in (select customer from chosen)
    group by customer
), movement as (
    select customer, day, amount from orders
    union all
    select customer, day, -amount as amount from refunds
), earned as (
    select customer, sum(amount) as revenue
    from movement
    where day > $since and day <= $until and customer in (select customer from chosen)
    group by customer
)
select
    customers.customer_id,
    chosen.code,
    periods.period_end as since,
    coalesce(bought.orders, 0) as orders,
    bought.last_order,
    cast(coalesce(earned.revenue, 0) as bigint) as revenue
from chosen
join customers on customers.customer = chosen.customer
left join bought on bought.customer = chosen.customer
left join earned on earned.customer = chosen.customer
left join spells
    on spells.customer = chosen.customer and $period between spells.first_period and spells.last_period
left join periods on periods.period = spells.first_period
order by coalesce(earned.revenue, 0) desc, customers.customer_id
limit $shown
"""
_COUNT = "select count(*) from placement where :chosen"


@dataclass(frozen=True)
class People:
    """A list of customers and which way it reads.

    `frame` holds at most `shown` of the `total` customers, by falling revenue: customer_id, rung (at `as_of`),
    since (the period end from which they have been there), orders (so far), last_order, revenue (net over the
    365 days up to `as_of`, in currency units). Contacts are never part of it.
    """

    title: str
    as_of: date
    total: int
    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return str(self.frame.to_html(index=False))


def standing(placed: Placed, rung: str, as_of: date | None = None, shown: int | None = SHOWN) -> People:
    """Who stands on `rung` (or `lapsed`) at a period end. `shown` None gives everybody."""
    period = placed.period(as_of)
    chosen = _state(period, placed.ladder.code(rung))
    return _people(placed, f"{title(placed, rung)} on {_day(placed.periods[period])}", chosen, period, shown)


def moved(
    placed: Placed,
    start: date | None = None,
    end: date | None = None,
    *,
    origin: str | None = None,
    target: str | None = None,
    way: str | None = None,
    shown: int | None = SHOWN,
) -> People:
    """Who moved between two period ends: from a rung, to a rung, or in one of `WAYS`; any of these together.

    From a rung `slipped` includes those who lapsed; from `lapsed`, `climbed` means those who came back.
    """
    first, last = period_pair(placed, start, end)
    before, after = exp.column(f"p{first}"), exp.column(f"p{last}")
    chosen = exp.NEQ(this=after.copy(), expression=exp.Literal.number(NOT_YET_CODE))
    parts: list[exp.Expr] = [chosen]
    if origin is not None:
        code = NOT_YET_CODE if origin == NOT_YET else placed.ladder.code(origin)
        parts.append(_state(first, code))
    if target is not None:
        parts.append(_state(last, placed.ladder.code(target)))
    if way is not None:
        parts.append(_way(way, before, after, origin))
    words = _words(placed, origin, target, way)
    span = f"{_day(placed.periods[first])} to {_day(placed.periods[last])}"
    return _people(placed, f"{words}, {span}", exp.and_(*parts), last, shown)


def title(placed: Placed, rung: str) -> str:
    """A rung as people read it."""
    if rung in (LAPSED, NOT_YET):
        return rung.capitalize()
    found = placed.ladder.rungs[placed.ladder.code(rung) - 1]
    return found.title or found.name.capitalize()


def _people(placed: Placed, words: str, chosen: exp.Expr, period: int, shown: int | None) -> People:
    end = placed.periods[period]
    query = exp.replace_placeholders(
        parse_one(_MEMBERS, dialect="duckdb"), state=exp.column(f"p{period}"), chosen=chosen
    )
    counted = exp.replace_placeholders(parse_one(_COUNT, dialect="duckdb"), chosen=chosen.copy())
    ((total,),) = placed.rows("count people", counted)
    frame = placed.frame(
        "people",
        query,
        {
            "since": end - timedelta(days=REVENUE_DAYS),
            "until": end,
            "period": period,
            "shown": total if shown is None else shown,
        },
    )
    frame.insert(1, "rung", [placed.ladder.state(code) for code in frame.pop("code")])
    frame["revenue"] = frame["revenue"] / placed.scale
    return People(words, end, int(total), frame)


def _state(period: int, code: int) -> exp.Expr:
    return exp.EQ(this=exp.column(f"p{period}"), expression=exp.Literal.number(code))


def _way(way: str, before: exp.Expr, after: exp.Expr, origin: str | None) -> exp.Expr:
    if way not in WAYS:
        raise LadderError("Unknown movement", f"“{way}” is none.", did_you_mean(way, WAYS))
    lapsed, not_yet = exp.Literal.number(0), exp.Literal.number(NOT_YET_CODE)
    known_before = exp.NEQ(this=before.copy(), expression=not_yet)
    came_back = exp.and_(exp.EQ(this=before.copy(), expression=lapsed), exp.GT(this=after.copy(), expression=lapsed))
    fell = exp.and_(
        known_before, exp.GT(this=before.copy(), expression=lapsed), exp.EQ(this=after.copy(), expression=lapsed)
    )
    up = exp.and_(known_before.copy(), exp.GT(this=after.copy(), expression=before.copy()))
    down = exp.and_(known_before.copy(), exp.LT(this=after.copy(), expression=before.copy()))
    return {
        "climbed": up if origin == LAPSED else exp.and_(up, exp.GT(this=before.copy(), expression=lapsed.copy())),
        "slipped": down,
        "stayed": exp.EQ(this=after.copy(), expression=before.copy()),
        "joined": exp.EQ(this=before.copy(), expression=not_yet.copy()),
        "returned": came_back,
        "lapsed": fell,
    }[way]


def _words(placed: Placed, origin: str | None, target: str | None, way: str | None) -> str:
    """Which way the list reads: `Customer → Client`, `Client, slipped`, `Joined as Customer`."""
    if origin == NOT_YET or way == "joined":
        return f"Joined as {title(placed, target)}" if target else "Joined"
    if origin and target:
        arrow = "stayed" if origin == target else f"→ {title(placed, target)}"
        return f"{title(placed, origin)} {arrow}"
    if origin and way:
        verb = "returned" if origin == LAPSED and way == "climbed" else way
        return f"{title(placed, origin)}, {verb}"
    if target and way:
        return f"{way.capitalize()} to {title(placed, target)}"
    return (way or "Moved").capitalize()


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
