"""Whether a rule holds for given values of its measures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ladder.rules.tree import All, Any, Call, Compare, Node, Not

Value = Decimal | str | None


def holds(node: Node, case: Mapping[Call, Value]) -> bool:
    """The rule for one value per call; None is missing, and compares as false."""
    match node:
        case All(parts):
            return all(holds(part, case) for part in parts)
        case Any(parts):
            return any(holds(part, case) for part in parts)
        case Not(part):
            return not holds(part, case)
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
