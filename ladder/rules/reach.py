"""Rungs on which nobody can ever stand, and rules that can never hold, told from the rules alone.

A rule is taken apart into cases, each a set of comparisons that must or must not hold. A case is possible when every
family of linked measures has values for it; families share nothing, so they are judged one by one. Values are tried
around every constant, which is enough: between two neighbouring constants every value gives the same answers. Where
that would take too long nothing is said: a warning is never false, and may be missing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from ladder.model.ladder import Ladder, Rung
from ladder.rules.check import check_ladder
from ladder.rules.holding import Value, holds
from ladder.rules.tree import All, Any, Call, Compare, Node, Not, comparisons

MAX_CASES = 2_000
MAX_VALUES = 60_000
_COUNTED = {"days_since_order": "orders", "days_since_interaction": "interactions"}
_Case = frozenset[tuple[Compare, bool]]


class _TooManyError(Exception):
    """More cases than can be tried."""


@lru_cache(maxsize=64)
def never_reached(ladder: Ladder) -> tuple[tuple[str, str], ...]:
    """(rung, sentence) for every rung that no history whatever leads to, and every `keep` that can never hold."""
    trees = check_ladder(ladder)
    enters = [enter for enter, _ in trees]
    told = []
    for number, (rung, (enter, keep)) in enumerate(zip(ladder.rungs, trees, strict=True)):
        if not possible(enter):
            why = f"its rule “{rung.enter}” can never hold. Change one of its numbers."
            told.append((rung.name, f"Nobody can ever reach “{rung.label}”: {why}"))
            continue
        if rung.keep and not possible(keep):
            why = f"its rule to stay, “{rung.keep}”, can never hold, so only the rule to enter counts."
            told.append((rung.name, f"“{rung.label}”: {why}"))
        # Whoever came by `enter` may still stand there by `keep`, when a higher rung has let them go.
        either, above = Any((enter, keep)), enters[number + 1 :]
        if above and not possible(either, above):
            alone = [
                other.label for other, rule in _above(ladder, enters, number) if not possible(either, [rule])
            ]
            hider = f"of “{alone[0]}”" if alone else "of one of the rungs"
            why = f"whoever meets its rule also meets the rule {hider} above it, and the highest rung wins."
            told.append((rung.name, f"Nobody can ever stand on “{rung.label}”: {why}"))
    return tuple(told)


def possible(rule: Node, barred: Iterable[Node] = ()) -> bool:
    """True when some customer could meet `rule` and none of `barred`, or when there are too many cases to tell."""
    try:
        found = _cases(All((rule, *(Not(node) for node in barred))), wanted=True)
    except _TooManyError:
        return True
    return any(map(_feasible, found))


def _above(ladder: Ladder, enters: list[Node], number: int) -> list[tuple[Rung, Node]]:
    return list(zip(ladder.rungs, enters, strict=True))[number + 1 :]


def _cases(node: Node, wanted: bool) -> set[_Case]:
    """The ways in which a rule holds (or fails), each as comparisons and whether they hold."""
    match node:
        case Not(part):
            return _cases(part, not wanted)
        case Compare():
            return {frozenset([(node, wanted)])}
        case All(parts) | Any(parts):
            ways = [_cases(part, wanted) for part in parts]
            together = isinstance(node, All) == wanted
            return _joined(ways) if together else set().union(*ways)


def _joined(ways: list[set[_Case]]) -> set[_Case]:
    """One way of each, together. What contradicts itself is dropped early, which keeps the number small."""
    found: set[_Case] = {frozenset()}
    for some in sorted(ways, key=len):
        if len(found) * len(some) > MAX_CASES:
            raise _TooManyError
        pairs = {one | other for one, other in itertools.product(found, some)}
        found = {case for case in pairs if _feasible(case)}
    return found


@lru_cache(maxsize=20_000)
def _feasible(case: _Case) -> bool:
    """Whether every family of linked measures has values that fit."""
    families: dict[str, list[tuple[Compare, bool]]] = {}
    for item, wanted in case:
        families.setdefault(_family(item.call), []).append((item, wanted))
    return all(map(_fits, families.values()))


def _family(call: Call) -> str:
    """Measures of one family are linked: windows of one count, and the days since the latest of what is counted."""
    return _COUNTED.get(call.name, call.name)


def _fits(items: list[tuple[Compare, bool]]) -> bool:
    calls = _candidates([item for item, _ in items])
    if math.prod(len(values) for values in calls.values()) > MAX_VALUES:
        return True
    names = list(calls)
    for values in itertools.product(*(sorted(calls[name], key=repr) for name in names)):
        case = dict(zip(names, values, strict=True))
        if all(holds(item, case) == wanted for item, wanted in items) and _consistent(case):
            return True
    return False


def _candidates(nodes: Iterable[Node]) -> dict[Call, set[Value]]:
    """Per call the values worth trying: around every constant of its own, and where linked measures meet.

    Longer windows hold at least as many events, and days since the latest event decide whether a window holds any:
    without the meeting points a possible pair would be missed.
    """
    calls: dict[Call, set[Value]] = {}
    for item in (item for node in nodes for item in comparisons(node)):
        calls.setdefault(item.call, set()).update(_around(item))
    counts = [call for call in calls if call.measure.shape == "count"]
    totals: dict[str, set[Value]] = {}
    for call in counts:
        totals.setdefault(call.name, {Decimal(1)}).update(calls[call])
    for call in calls:
        if call in counts:
            calls[call] = set(totals[call.name])
        elif call.name in _COUNTED:
            windows = [other.window for other in counts if other.name == _COUNTED[call.name] and other.window]
            calls[call].update(Decimal(day) for window in windows for day in (window - 1, window))
    return calls


def _around(item: Compare) -> set[Value]:
    """Values of the measure at, just below and just above the constant, or the nearest of its range."""
    measure = item.call.measure
    missing: set[Value] = {None} if measure.nullable else {Decimal(0)}
    if isinstance(item.value, str):
        return {*missing, item.value, item.value + "·"}
    step = Decimal("0.0001")
    if measure.shape == "attribute":
        return missing | {f"{value:f}" for value in (item.value - step, item.value, item.value + step)}
    if measure.unit == "money":
        # Spend moves in minor units, of which there are at most 10,000; a mean may lie anywhere between.
        step = step / 2 if measure.shape == "average" else step
        low = Decimal("-Infinity") if measure.shape == "sum" else Decimal(0)
        return missing | {max(value, low) for value in (item.value - step, item.value, item.value + step)}
    least, most = {"nps": (0, 10), "csat": (1, 5)}.get(measure.name, (0, 10**12))
    whole = {
        math.floor(item.value) - 1,
        math.floor(item.value),
        math.ceil(item.value),
        math.floor(item.value) + 1,
    }
    return missing | {Decimal(min(max(value, least), most)) for value in whole}


def _consistent(case: Mapping[Call, Value]) -> bool:
    """False for values that no history can show together: a longer window never holds fewer events."""
    counts = [(call, value) for call, value in case.items() if call.measure.shape == "count"]
    for (one, few), (other, many) in itertools.permutations(counts, 2):
        same = one.name == other.name and other.text in (None, one.text)
        longer = other.window is None or (one.window is not None and one.window <= other.window)
        if same and longer and isinstance(few, Decimal) and isinstance(many, Decimal) and few > many:
            return False
    return all(_agrees(call, value, counts) for call, value in case.items())


def _agrees(call: Call, value: Value, counts: list[tuple[Call, Value]]) -> bool:
    """Days since the latest order (or interaction) against the counts of orders (or interactions)."""
    for other, number in counts:
        if (
            other.name != _COUNTED.get(call.name)
            or other.text != call.text
            or not isinstance(number, Decimal)
        ):
            continue
        within = isinstance(value, Decimal) and (other.window is None or value < other.window)
        if within != (number >= 1):
            return False
    return True
