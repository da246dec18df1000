"""What every measure of a rule says about given customers on a given day; the plain reading of the grammar.

Placement turns whole histories into bit masks; here the same measures are counted for one day, so that a card can
say why a customer stands where they do and what is missing, also for days to come.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from importlib import resources

import pandas as pd

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
_QUERIES = {
    name.strip(): text.strip()
    for name, _, text in (
        part.partition("\n")
        for part in resources.files("ladder.people")
        .joinpath("measures.sql")
        .read_text("utf-8")
        .split("-- measure:")[1:]
    )
}


@dataclass(frozen=True)
class Extra:
    """Something that might happen on the day itself: so many more orders, and customers brought."""

    orders: int = 0
    referrals: int = 0


NOTHING = Extra()


def measure(
    placed: Placed, calls: Iterable[Call], on: date, customers: pd.Index, extra: Extra = NOTHING
) -> dict[Call, pd.Series]:
    """The value of each call on day `on` for each of `customers` (internal numbers), from what is known today.

    A day after the last fact reads as "if nothing more happens". Missing values are NaN; money is in currency units.
    """
    found = {}
    for call in dict.fromkeys(calls):
        values = _count(placed, call, on, customers)
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
    if item.call.measure.shape == "attribute" and isinstance(item.value, Decimal):
        value = pd.to_numeric(value, errors="coerce")
    constant = float(item.value) if isinstance(item.value, Decimal) else item.value
    compared = _COMPARE[item.operator](value, constant)
    return pd.Series(compared.to_numpy(dtype=bool) & value.notna().to_numpy(), index=value.index)


def _count(placed: Placed, call: Call, on: date, customers: pd.Index) -> pd.Series:
    parameters: dict[str, object] = {"on": on, "known": placed.last}
    query = _QUERIES[call.name]
    if "$window" in query:
        parameters["window"] = call.window or LIFETIME
    if "$text" in query:
        parameters["text"] = call.text
    if "$scale" in query:
        parameters["scale"] = placed.scale
    if len(customers) == 1:
        query = f"select * from ({query}) where customer = $customer"  # noqa: S608 - one of our own constants
        parameters["customer"] = int(customers[0])
    frame = placed.frame(f"measure {call.name}", query, parameters)
    return frame.set_index("customer")["value"].reindex(customers)


def _with_extra(call: Call, values: pd.Series, extra: Extra) -> pd.Series:
    if extra.orders and call.name == "orders":
        return values + extra.orders
    if extra.orders and call.name == "days_since_order":
        return values * 0 if values.notna().all() else values.fillna(0) * 0
    if extra.orders and call.name == "days_since_first_order":
        return values.fillna(0)
    if extra.referrals and call.name == "referrals":
        return values + extra.referrals
    return values
