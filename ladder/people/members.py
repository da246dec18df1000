"""The people behind a number: who stands on a rung, who moved between two period ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlglot import exp, parse_one

from ladder.errors import LadderError, did_you_mean
from ladder.flows import Funnel
from ladder.flows.moves import period_pair
from ladder.flows.rungs import REVENUE_DAYS
from ladder.model.answer import records
from ladder.model.ladder import LAPSED, LAPSED_CODE, NOT_YET, NOT_YET_CODE
from ladder.placement import Placed

SHOWN = 1_000
WAYS = ("climbed", "slipped", "lapsed", "down", "stayed", "joined", "returned")
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
    chosen.customer,
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
_FIND = "select customer from customers where contains(lower(customer_id), lower($text))"
_REACHED = """
select spells.customer
from spells
join customers on customers.customer = spells.customer
join periods on periods.period = spells.first_period
where
    customers.first_day between $joined_from and $joined_to
    and spells.code >= $code
    and date_diff('day', customers.first_day, periods.period_end) <= $window
"""


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
    """Who moved between two period ends: from a rung, to a rung, in one of `WAYS`; any of these together.

    The ways are those of the statement; `down` is slipped or lapsed, as the slip rate counts it.
    """
    first, last = period_pair(placed, start, end)
    parts: list[exp.Expr] = [exp.column(f"p{last}").neq(NOT_YET_CODE)]
    if origin is not None:
        parts.append(_state(first, NOT_YET_CODE if origin == NOT_YET else placed.ladder.code(origin)))
    if target is not None:
        parts.append(_state(last, placed.ladder.code(target)))
    if way is not None:
        parts.append(_way(way, exp.column(f"p{first}"), exp.column(f"p{last}")))
    span = f"{_day(placed.periods[first])} to {_day(placed.periods[last])}"
    return _people(placed, f"{_words(placed, origin, target, way)}, {span}", exp.and_(*parts), last, shown)


def reached(placed: Placed, rung: str, funnel: Funnel, shown: int | None = SHOWN) -> People:
    """Who of a funnel's joining cohort stood on `rung` or higher within its window; listed as they stand now."""
    code = placed.ladder.code(rung)
    dates = {"joined_from": funnel.cohort_start, "joined_to": funnel.cohort_end, "window": funnel.window}
    chosen = exp.column("customer").isin(query=parse_one(_REACHED, dialect="duckdb"))
    words = (
        f"Joined {_day(funnel.cohort_start)} to {_day(funnel.cohort_end)} and reached {title(placed, rung)}"
    )
    return _people(placed, words, chosen, len(placed.periods) - 1, shown, {**dates, "code": code})


def find(placed: Placed, text: str, as_of: date | None = None, shown: int | None = 50) -> People:
    """Customers known at a period end whose id contains `text`, whatever its case."""
    period, wanted = placed.period(as_of), text.strip()
    named = exp.column("customer").isin(query=parse_one(_FIND, dialect="duckdb"))
    known = exp.and_(named, exp.column(f"p{period}").neq(NOT_YET_CODE))
    return _people(placed, f"Ids with “{wanted}”", known, period, shown, {"text": wanted})


def title(placed: Placed, rung: str) -> str:
    """A rung as people read it."""
    if rung in (LAPSED, NOT_YET):
        return rung.capitalize()
    found = placed.ladder.rungs[placed.ladder.code(rung) - 1]
    return found.label


def list_people(placed: Placed, words: str, customers: pd.Index, as_of: date, shown: int | None) -> People:
    """Known customers (internal numbers) as a list; its frame starts with `customer`, the internal number."""
    period = placed.period(as_of)
    chosen = exp.column("customer").isin(query=parse_one("select unnest($customers)", dialect="duckdb"))
    known = exp.and_(chosen, exp.column(f"p{period}").neq(NOT_YET_CODE))
    return _people(placed, words, known, period, shown, {"customers": customers.tolist()}, drop=False)


def _people(
    placed: Placed,
    words: str,
    chosen: exp.Expr,
    period: int,
    shown: int | None,
    parameters: Mapping[str, Any] | None = None,
    drop: bool = True,
) -> People:
    end, given = placed.periods[period], dict(parameters or {})
    state, template = exp.column(f"p{period}"), parse_one(_MEMBERS, dialect="duckdb")
    query = exp.replace_placeholders(template, state=state, chosen=chosen)
    counted = exp.replace_placeholders(parse_one(_COUNT, dialect="duckdb"), chosen=chosen.copy())
    ((total,),) = placed.rows("count people", counted, given)
    times = {"since": end - timedelta(days=REVENUE_DAYS), "until": end, "period": period}
    given |= {**times, "shown": total if shown is None else shown}
    frame = placed.frame("people", query, given)
    frame.insert(2, "rung", [placed.ladder.state(code) for code in frame.pop("code")])
    frame["revenue"] = frame["revenue"] / placed.scale
    frame = frame.drop(columns="customer") if drop else frame
    return People(words, end, int(total), frame)


def _state(period: int, code: int) -> exp.Expr:
    return exp.column(f"p{period}").eq(code)


def _way(way: str, before: exp.Column, after: exp.Column) -> exp.Expr:
    if way not in WAYS:
        raise LadderError("Unknown movement", f"“{way}” is none.", did_you_mean(way, WAYS))
    on_ladder = exp.and_(before.neq(NOT_YET_CODE), before.neq(LAPSED_CODE))
    return {
        "climbed": exp.and_(on_ladder, after > before),
        "slipped": exp.and_(on_ladder, after < before, after.neq(LAPSED_CODE)),
        "lapsed": exp.and_(on_ladder, after.eq(LAPSED_CODE)),
        "down": exp.and_(on_ladder, after < before),
        "stayed": after.eq(before),
        "joined": before.eq(NOT_YET_CODE),
        "returned": exp.and_(before.eq(LAPSED_CODE), after.neq(LAPSED_CODE)),
    }[way]


def _words(placed: Placed, origin: str | None, target: str | None, way: str | None) -> str:
    """Which way the list reads: `Customer → Client`, `Client: slipped or lapsed`, `Joined as Customer`."""
    verb = "slipped or lapsed" if way == "down" else way or "moved"
    if NOT_YET in (origin, way) or way == "joined":
        return f"Joined as {title(placed, target)}" if target else "Joined"
    if origin and origin == target:
        return f"Stayed {title(placed, origin)}"
    if origin and target:
        return f"{title(placed, origin)} → {title(placed, target)}"
    if origin:
        return f"{title(placed, origin)}: {verb}"
    return f"{verb.capitalize()} to {title(placed, target)}" if target else verb.capitalize()


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
