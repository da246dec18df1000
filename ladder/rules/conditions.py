"""Reduce comparisons to the few conditions that placement can turn into bit masks.

Every numeric comparison becomes "the running total reaches n", "n days have passed since the first", "the
latest answer compares so" or "the attribute compares so", joined by and, or, not. Missing values compare as
false.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ladder.rules.tree import All, Any, Call, Compare, Node, Not


@dataclass(frozen=True)
class Reach:
    """The running total of `call` in its window is at least `threshold`.

    Units of the threshold: events for counts, 1/10,000 of the currency unit for `spend` and `average_order`;
    for the latter the total is Σ(order value − average), compared with 0 or 1.
    """

    call: Call
    threshold: int
    average: int | None = None


@dataclass(frozen=True)
class Since:
    """At least `days` have passed since the first event of `call` (first order, or becoming known)."""

    call: Call
    days: int


@dataclass(frozen=True)
class Latest:
    """The latest answer compares so with `value`."""

    call: Call
    operator: str
    value: Decimal


@dataclass(frozen=True)
class Attribute:
    """The attribute compares so with `value`, at every date: attributes have no history."""

    name: str
    operator: str
    value: Decimal | str


Condition = Reach | Since | Latest | Attribute


@dataclass(frozen=True)
class Both:
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Opposite:
    part: Formula


Formula = Condition | Both | Either | Opposite | bool
MONEY_SCALE = 10_000
LONGEST = Decimal(50_000)  # days; longer than any history, so a larger number says the same
_AtLeast = Callable[[int], Formula]


def formula(node: Node) -> Formula:
    """The rule as conditions joined by Both, Either and Opposite; True and False are constants."""
    match node:
        case All(parts):
            return Both(tuple(formula(part) for part in parts))
        case Any(parts):
            return Either(tuple(formula(part) for part in parts))
        case Not(part):
            return Opposite(formula(part))
        case Compare():
            return _compare(node)


def conditions(item: Formula) -> Iterator[Condition]:
    """Every condition in the formula, with repetitions."""
    match item:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from conditions(part)
        case Opposite(part):
            yield from conditions(part)
        case bool():
            return
        case _:
            yield item


def _compare(item: Compare) -> Formula:
    shape = item.call.measure.shape
    if shape == "attribute":
        return Attribute(item.call.text or "", item.operator, item.value)
    value = item.value if isinstance(item.value, Decimal) else Decimal(0)
    if shape == "latest":
        return Latest(item.call, item.operator, value)
    if shape == "average":
        return _average(item.call, item.operator, value)
    if shape == "sum":
        return _ordered(item.operator, value * MONEY_SCALE, lambda n: Reach(item.call, n))
    if shape == "count":
        return _ordered(item.operator, value, lambda n: n <= 0 or Reach(item.call, n))
    value = min(value, LONGEST)
    exists: Formula = True if item.call.name == "tenure" else Reach(_events(item.call), 1)
    if shape == "age":
        ordered = _ordered(item.operator, value, lambda n: n <= 0 or Since(item.call, n))
    else:
        # "n or more days since the latest" is "nothing within the last n days".
        ordered = _ordered(
            item.operator, value, lambda n: n <= 0 or Opposite(Reach(_events(item.call, n), 1))
        )
    return Both((exists, ordered))


def _ordered(operator: str, value: Decimal, at_least: _AtLeast) -> Formula:
    """Compare a whole-numbered quantity through `at_least` alone."""
    from_value, above_value = math.ceil(value), math.floor(value) + 1
    match operator:
        case ">=":
            return at_least(from_value)
        case ">":
            return at_least(above_value)
        case "<":
            return Opposite(at_least(from_value))
        case "<=":
            return Opposite(at_least(above_value))
    equal: Formula = False
    if from_value < above_value:
        equal = Both((at_least(from_value), Opposite(at_least(above_value))))
    return equal if operator == "==" else Opposite(equal)


def _average(call: Call, operator: str, value: Decimal) -> Formula:
    """mean op v is Σ(order − v) op 0, where there is at least one order."""
    target = int(value * MONEY_SCALE)
    total = _ordered(operator, Decimal(0), lambda n: Reach(call, n, average=target))
    return Both((Reach(Call("orders", window=call.window), 1), total))


def _events(call: Call, window: int | None = None) -> Call:
    """The count of the events that `days_since_…` measures."""
    if call.name == "days_since_interaction":
        return Call("interactions", call.text, window)
    return Call("orders", None, window)
