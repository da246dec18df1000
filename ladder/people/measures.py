"""What every measure of a rule says about given customers on given days: the plain reading of the grammar.

Placement turns whole histories into bit masks; here the same measures are counted day by day, so that a card can
say why a customer stands where they do and what is missing, also for days to come.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from importlib import resources

import pandas as pd
from sqlglot import exp, parse_one

from ladder.placement import Placed
from ladder.rules import All, Any, Call, Compare, Node, Not

LIFETIME = 50_000
_ASKED = "select unnest($on) as on_day, unnest($known) as known_day"
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Extra:
    """Something that might happen on the day itself: so many more orders, so many more customers brought."""

    orders: int = 0
    referrals: int = 0


NOTHING = Extra()


def measure(
    placed: Placed,
    calls: Iterable[Call],
    days: Mapping[date, date],
    customers: pd.Index,
    extra: Extra = NOTHING,
) -> dict[Call, pd.Series]:
    """The value of each call for each of `customers` (internal numbers) on each day; indexed by customer and day.

    `days` maps a day to the last one whose facts are known then: a later day reads as "if nothing more happens".
    Missing values are NaN; money is in currency units.
    """
    index = pd.MultiIndex.from_product([customers, pd.to_datetime(list(days))], names=["customer", "on_day"])
    found = {}
    for call in dict.fromkeys(calls):
        values = _values(placed, call, days, customers).reindex(index)
        if not call.measure.nullable:
            values = values.fillna(0)
        found[call] = _with_extra(call, values, extra)
    return found


def holds(node: Node, values: Mapping[Call, pd.Series]) -> pd.Series:
    """True where the rule holds; a comparison with a missing value is false."""
    match node:
        case All(parts):
            return reduce(operator.and_, (holds(part, values) for part in parts))
        case Any(parts):
            return reduce(operator.or_, (holds(part, values) for part in parts))
        case Not(part):
            return ~holds(part, values)
        case Compare():
            return _compare(node, values[node.call])


def _compare(item: Compare, value: pd.Series) -> pd.Series:
    if isinstance(item.value, Decimal):
        value = pd.to_numeric(value, errors="coerce")
    constant = float(item.value) if isinstance(item.value, Decimal) else item.value
    compared = _COMPARE[item.operator](value, constant)
    held: pd.Series = compared.fillna(False).astype(bool) & value.notna()
    return held


def _values(placed: Placed, call: Call, days: Mapping[date, date], customers: pd.Index) -> pd.Series:
    query = exp.select("customer", "on_day", "value").from_(_queries()[call.name].subquery("measured"))
    given: dict[str, object] = {"on": list(days), "known": list(days.values()), "scale": placed.scale}
    given |= {"window": call.window or LIFETIME, "text": call.text}
    if len(customers) == 1:
        query = query.where(exp.column("customer").eq(exp.Placeholder(this="customer")))
        given["customer"] = int(customers[0])
    query = query.with_("asked", as_=parse_one(_ASKED, dialect="duckdb"))
    named = {item.name for item in query.find_all(exp.Placeholder)}
    frame = placed.frame(f"measure {call.name}", query, {name: given[name] for name in named})
    frame["on_day"] = pd.to_datetime(frame["on_day"])
    values: pd.Series = frame.set_index(["customer", "on_day"])["value"]
    return values


def _with_extra(call: Call, values: pd.Series, extra: Extra) -> pd.Series:
    if extra.orders and call.name == "orders":
        return values + extra.orders
    if extra.orders and call.name == "days_since_order":
        return values.fillna(0) * 0
    if extra.orders and call.name == "days_since_first_order":
        return values.fillna(0)
    if extra.referrals and call.name == "referrals":
        return values + extra.referrals
    return values


@lru_cache(maxsize=1)
def _queries() -> dict[str, exp.Select]:
    text = resources.files("ladder.people").joinpath("measures.sql").read_text("utf-8")
    found = {}
    for part in text.split("-- measure: ")[1:]:
        name, body = part.split("\n", 1)
        query = parse_one(body, dialect="duckdb")
        assert isinstance(query, exp.Select)  # noqa: S101 - the file holds one select per measure
        found[name.strip()] = query
    return found
