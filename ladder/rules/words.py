"""Read a rule back in plain words, for tooltips, cards and the rule editor."""

from __future__ import annotations

from decimal import Decimal

from ladder.rules.tree import All, Any, Call, Compare, Node, Not

_AMOUNT = {
    ">=": "at least {}",
    ">": "more than {}",
    "<=": "at most {}",
    "<": "fewer than {}",
    "==": "exactly {}",
    "!=": "not {}",
}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "==": "!=", "!=": "=="}
_NONE = {("==", Decimal(0)), ("<", Decimal(1)), ("<=", Decimal(0))}
_SOME = {(">=", Decimal(1)), (">", Decimal(0)), ("!=", Decimal(0))}
_WHOSE = {"referred_orders": " by customers brought"}
_SUBJECT = {
    "spend": "spend",
    "average_order": "the average order",
    "days_since_order": "the latest order",
    "days_since_first_order": "the first order",
    "tenure": "known for",
    "days_since_interaction": "the latest interaction",
    "nps": "the latest NPS answer",
    "csat": "the latest satisfaction score",
}


def in_words(node: Node, currency: str = "") -> str:
    """The rule as a phrase, such as “at least 2 orders in the last 365 days and spend at least 100 EUR”."""
    match node:
        case All(parts):
            return " and ".join(_grouped(part, currency) for part in parts)
        case Any(parts):
            return " or ".join(_grouped(part, currency) for part in parts)
        case Not(Compare() as inner) if inner.call.measure.shape in ("count", "sum"):
            return _compare(Compare(inner.call, _OPPOSITE[inner.operator], inner.value), currency)
        case Not(part):
            return f"not ({in_words(part, currency)})"
        case Compare():
            return _compare(node, currency)


def _grouped(node: Node, currency: str) -> str:
    text = in_words(node, currency)
    return f"({text})" if isinstance(node, (All, Any)) else text


def _compare(item: Compare, currency: str) -> str:
    call, shape = item.call, item.call.measure.shape
    if shape == "attribute":
        return f"{call.text} {_equality(item)}"
    assert isinstance(item.value, Decimal)  # noqa: S101 - the parser lets text meet attributes only
    if shape == "count":
        return _count(call, item.operator, item.value)
    if shape in ("since", "age"):
        return _days(call, item.operator, item.value)
    number = f"{item.value:f} {currency}".strip() if call.measure.unit == "money" else f"{item.value:f}"
    amount = _AMOUNT[item.operator].format(number).replace("fewer", "less")
    return f"{_SUBJECT[call.name]}{_window(call)} {amount}"


def _equality(item: Compare) -> str:
    value = f"{item.value:f}" if isinstance(item.value, Decimal) else f"“{item.value}”"
    return {"==": f"is {value}", "!=": f"is not {value}"}.get(
        item.operator, _AMOUNT[item.operator].format(value).replace("fewer", "less")
    )


def _count(call: Call, operator: str, value: Decimal) -> str:
    whose = f" “{call.text}”" if call.text else _WHOSE.get(call.name, "")
    unit, plural = call.measure.unit + whose, call.measure.unit + "s" + whose
    if (operator, value) in _NONE:
        return f"no {plural}{_window(call)}"
    if (operator, value) in _SOME:
        return f"at least 1 {unit}{_window(call)}"
    return f"{_AMOUNT[operator].format(f'{value:f}')} {plural}{_window(call)}"


def _days(call: Call, operator: str, value: Decimal) -> str:
    days = "day" if value == 1 else "days"
    kind = f" “{call.text}”" if call.text else ""
    amount = _AMOUNT[operator].format(f"{value:f} {days}")
    if call.name == "tenure":
        return f"known for {amount}"
    return f"{_SUBJECT[call.name]}{kind} {amount} ago"


def _window(call: Call) -> str:
    if call.window is None:
        return " so far" if call.measure.windowed else ""
    return f" in the last {call.window} days"
