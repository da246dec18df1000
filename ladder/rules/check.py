"""Check a ladder before it is used: every rule reads, every rung can be reached, the data can fill it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from ladder.errors import LadderError
from ladder.model.ladder import Ladder
from ladder.rules.parse import parse_rule
from ladder.rules.tree import All, Any, Call, Compare, Node, Not, comparisons

Value = Decimal | str | None
MAX_CASES = 60_000
_COUNTED = {"days_since_order": "orders", "days_since_interaction": "interactions"}


@lru_cache(maxsize=64)
def check_ladder(ladder: Ladder) -> tuple[tuple[Node, Node], ...]:
    """The (enter, keep) trees of each rung from bottom to top.

    Raises LadderError for a rule that cannot be read and for a rung nobody can ever stand on.
    """
    trees = tuple(
        (
            parse_rule(rung.enter, f"{ladder.id}: the rule enter of “{rung.name}”"),
            parse_rule(rung.stay, f"{ladder.id}: the rule keep of “{rung.name}”"),
        )
        for rung in ladder.rungs
    )
    enters = [enter for enter, _ in trees]
    # Whoever came by `enter` may still stand there by `keep`, when a higher rung has let them go.
    holds = [Any((enter, keep)) for enter, keep in trees]
    for number, rung in enumerate(ladder.rungs):
        if not _possible(enters[number], ()):
            raise LadderError(
                f"{ladder.id}: nobody can reach “{rung.name}”",
                f"Its rule “{rung.enter}” can never hold.",
                "Change one of its numbers.",
            )
        above = tuple(enters[number + 1 :])
        if not _possible(holds[number], above):
            hider = next(
                name for name, enter in _above(ladder, enters, number) if _hides(holds[number], enter, above)
            )
            raise LadderError(
                f"{ladder.id}: nobody can reach “{rung.name}”",
                f"Whoever meets its rule also meets the rule of {hider} above it, and the highest rung wins.",
                f"Make the rule of {hider} stricter, or that of “{rung.name}” looser.",
            )
    return trees


def tables_needed(node: Node) -> frozenset[str]:
    """Tables that a rule looks at."""
    return frozenset(item.call.measure.table for item in comparisons(node))


def missing_rungs(ladder: Ladder, has: Callable[[Call], bool]) -> frozenset[str]:
    """Names of rungs that the data cannot fill, because what their rules measure is not there.

    `has(call)` tells whether the data hold anything that the call measures.
    """
    trees = check_ladder(ladder)
    return frozenset(
        rung.name
        for rung, (enter, _) in zip(ladder.rungs, trees, strict=True)
        if not _outcomes(enter, has)[0]
    )


def _outcomes(node: Node, has: Callable[[Call], bool]) -> tuple[bool, bool]:
    """(can be true, can be false) when measures without data stay at their empty value."""
    match node:
        case All(parts):
            ends = [_outcomes(part, has) for part in parts]
            return all(yes for yes, _ in ends), any(no for _, no in ends)
        case Any(parts):
            ends = [_outcomes(part, has) for part in parts]
            return any(yes for yes, _ in ends), all(no for _, no in ends)
        case Not(part):
            yes, no = _outcomes(part, has)
            return no, yes
        case Compare():
            if has(node.call):
                return True, True
            holds = _holds(node, {node.call: None if node.call.measure.nullable else Decimal(0)})
            return holds, not holds


def _above(ladder: Ladder, enters: list[Node], number: int) -> Iterable[tuple[str, Node]]:
    higher = list(zip(ladder.names, enters, strict=True))[number + 1 :]
    return [
        *((f"“{name}”", enter) for name, enter in higher),
        ("the rungs", Any(tuple(n for _, n in higher))),
    ]


def _hides(rule: Node, other: Node, above: tuple[Node, ...]) -> bool:
    return not _possible(rule, (other,) if other in above else above)


def _possible(rule: Node, barred: tuple[Node, ...]) -> bool:
    """True when some customer could meet `rule` and none of `barred`, or when there are too many cases."""
    calls = _candidates((rule, *barred))
    if math.prod(len(values) for values in calls.values()) > MAX_CASES:
        return True
    names = list(calls)
    for values in itertools.product(*(sorted(calls[name], key=repr) for name in names)):
        case = dict(zip(names, values, strict=True))
        if _holds(rule, case) and not any(_holds(node, case) for node in barred) and _consistent(case):
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


def _holds(node: Node, case: Mapping[Call, Value]) -> bool:
    match node:
        case All(parts):
            return all(_holds(part, case) for part in parts)
        case Any(parts):
            return any(_holds(part, case) for part in parts)
        case Not(part):
            return not _holds(part, case)
        case Compare():
            return _compare(node, case[node.call])


def _compare(item: Compare, value: Value) -> bool:
    if isinstance(value, str) and isinstance(item.value, Decimal):
        value = _number(value)
    if value is None or isinstance(value, str) != isinstance(item.value, str):
        return False
    order = (value > item.value) - (value < item.value)  # type: ignore[operator]  # both are of one type here
    return {
        "==": order == 0,
        "!=": order != 0,
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
    }[item.operator]


def _number(text: str) -> Decimal | None:
    """An attribute is text; compared with a number it counts where it is one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
