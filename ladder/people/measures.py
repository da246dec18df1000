"""What every measure of a rule says about given customers on a given day: the plain reading of the grammar.

Placement turns whole histories into bit masks; here the same measures are counted for one day, so that a card can
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
    on: date,
    known: date,
    customers: pd.Index,
    extra: Extra = NOTHING,
) -> dict[Call, pd.Series]:
    """The value of each call on day `on` for each of `customers` (internal numbers), from the facts up to `known`.

    A day after `known` reads as "if nothing more happens". Missing values are NaN; money is in currency units.
    """
    found = {}
    for call in dict.fromkeys(calls):
        values = _values(placed, call, on, known, customers)
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
    return compared.fillna(False).astype(bool) & value.notna()


def _values(placed: Placed, call: Call, on: date, known: date, customers: pd.Index) -> pd.Series:
    query: exp.Select = exp.select("customer", "value").from_(_queries()[call.name].subquery("measured"))
    given: dict[str, object] = {
        "on": on,
        "known": known,
        "window": call.window or LIFETIME,
        "text": call.text,
    }
    given |= {"scale": placed.scale}
    if len(customers) == 1:
        query = query.where(exp.column("customer").eq(exp.Placeholder(this="customer")))
        given["customer"] = int(customers[0])
    named = {item.name for item in query.find_all(exp.Placeholder)}
    frame = placed.frame(f"measure {call.name}", query, {name: given[name] for name in named})
    return frame.set_index("customer")["value"].reindex(customers)


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
