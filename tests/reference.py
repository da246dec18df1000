"""Placement done the slow and obvious way: every customer, every period end, every event up to that day.

Shares no code with the engine but the reading of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ladder.model.ladder import Ladder
from ladder.rules import All, Compare, Node, Not, check_ladder
from ladder.rules import Any as AnyOf

Rows = list[dict[str, Any]]
Within = Callable[[date], bool]


def place(tables: Mapping[str, Rows], ladder: Ladder, ends: list[date]) -> dict[str, list[int]]:
    """The state code of every customer at every period end: 0 lapsed, 1..R rungs, 255 not yet known."""
    facts = Facts(tables)
    trees = check_ladder(ladder)
    return {person: _path(facts, person, trees, ladder.grace, ends) for person in facts.people}


class Facts:
    """The tables as plain lists, with orders folded."""

    def __init__(self, tables: Mapping[str, Rows]) -> None:
        self.first_day: dict[str, date] = {}
        self.orders: dict[str, list[tuple[date, int]]] = {}
        self.refunds: dict[str, list[tuple[date, int]]] = {}
        self.attributes: dict[str, dict[str, str]] = {}
        self._fold([row for row in tables.get("transactions", []) if row["customer_id"] is not None])
        signed_up = self._list(tables.get("customers", []))
        for table in ("interactions", "feedback", "incentives"):
            for row in tables.get(table, []):
                self._see(row["customer_id"], row["ts"].date())
        for row in tables.get("referrals", []):
            if row["referrer_id"] != row["referred_id"]:
                self._see(row["referrer_id"], row["ts"].date())
                self._see(row["referred_id"], row["ts"].date())
        self.tables = {**tables, "interactions": [*tables.get("interactions", []), *signed_up]}
        self.people = sorted(self.first_day)

    def _fold(self, rows: Rows) -> None:
        """Lines of one transaction, or without one of one customer-day, are one order; negative lines refunds."""
        lines: dict[tuple[str, Any], Rows] = {}
        for row in rows:
            person, day = row["customer_id"], row["ts"].date()
            self._see(person, day)
            if row["amount"] < 0:
                self.refunds.setdefault(person, []).append((day, -row["amount"]))
            else:
                lines.setdefault((person, row.get("transaction_id") or day), []).append(row)
        for (person, _), order in lines.items():
            first = min(row["ts"] for row in order).date()
            amount = sum(row["amount"] for row in order if row["ts"].date() == first)
            self.orders.setdefault(person, []).append((first, amount))
            later = [(row["ts"].date(), -row["amount"]) for row in order if row["ts"].date() > first]
            self.refunds.setdefault(person, []).extend(later)

    def _list(self, rows: Rows) -> Rows:
        """Take in the customers table; signing up comes back as an interaction."""
        signed_up = []
        for row in rows:
            if row.get("first_seen"):
                self._see(row["customer_id"], row["first_seen"].date())
                signed_up.append(
                    {"customer_id": row["customer_id"], "ts": row["first_seen"], "kind": "first seen"}
                )
            self.attributes.setdefault(row["customer_id"], {}).update(row.get("attributes", {}))
        return signed_up

    def _see(self, person: str, day: date) -> None:
        self.first_day[person] = min(day, self.first_day.get(person, day))

    def of(self, table: str, person: str, end: date) -> Rows:
        rows = [
            row
            for row in self.tables.get(table, [])
            if row["customer_id"] == person and row["ts"].date() <= end
        ]
        return sorted(rows, key=lambda row: row["ts"])

    def referrals(self, end: date) -> list[tuple[str, str, date]]:
        """(referrer, referred, first day) of every pair known by then."""
        pairs: dict[tuple[str, str], date] = {}
        for row in self.tables.get("referrals", []):
            key, day = (row["referrer_id"], row["referred_id"]), row["ts"].date()
            if key[0] != key[1] and day <= end:
                pairs[key] = min(day, pairs.get(key, day))
        return [(*key, day) for key, day in pairs.items()]


def _path(facts: Facts, person: str, trees: Any, grace: int, ends: list[date]) -> list[int]:
    held = [False] * len(trees)
    failed = [0] * len(trees)
    codes = []
    for end in ends:
        if facts.first_day[person] > end:
            codes.append(255)
            continue
        for rung, (enter, keep) in enumerate(trees):
            enters = _holds(enter, facts, person, end)
            keeps = enters or _holds(keep, facts, person, end)
            failed[rung] = 0 if keeps else failed[rung] + 1
            held[rung] = enters or (held[rung] and failed[rung] <= grace)
        codes.append(max((rung + 1 for rung in range(len(trees)) if held[rung]), default=0))
    return codes


def _holds(node: Node, facts: Facts, person: str, end: date) -> bool:
    match node:
        case All(parts):
            return all(_holds(part, facts, person, end) for part in parts)
        case AnyOf(parts):
            return any(_holds(part, facts, person, end) for part in parts)
        case Not(part):
            return not _holds(part, facts, person, end)
        case Compare(call, operator, value):
            found = measure(facts, person, end, call.name, call.text, call.window)
            if found is None or isinstance(found, str) != isinstance(value, str):
                return False
            return bool(eval(f"found {operator} value", {"found": found, "value": value}))  # noqa: S307
    raise AssertionError(node)


def measure(facts: Facts, person: str, end: date, name: str, text: str | None, window: int | None) -> Any:
    """One measure of one customer as of one period end."""
    after = date.min if window is None else end - timedelta(days=window)

    def within(day: date) -> bool:
        return after < day <= end

    if name == "tenure":
        return (end - facts.first_day[person]).days
    if name == "attribute":
        return facts.attributes.get(person, {}).get(text or "")
    if name in ("referrals", "referred_orders", "redemptions"):
        return _brought(facts, person, end, name, within)
    if "interaction" in name:
        visits = [
            row["ts"].date() for row in facts.of("interactions", person, end) if text in (None, row["kind"])
        ]
        if name == "interactions":
            return sum(map(within, visits))
        return (end - visits[-1]).days if visits else None
    if name in ("nps", "csat", "reviews"):
        return _answered(facts.of("feedback", person, end), name, within)
    return _bought(facts, person, end, name, within)


def _bought(facts: Facts, person: str, end: date, name: str, within: Within) -> Any:
    orders = [(day, amount) for day, amount in facts.orders.get(person, []) if day <= end]
    inside = [amount for day, amount in orders if within(day)]
    if name == "orders":
        return len(inside)
    if name == "spend":
        back = sum(amount for day, amount in facts.refunds.get(person, []) if within(day))
        return Decimal(sum(inside) - back) / 100
    if name == "average_order":
        return Decimal(sum(inside)) / 100 / len(inside) if inside else None
    pick = max if name == "days_since_order" else min
    return (end - pick(day for day, _ in orders)).days if orders else None


def _answered(answers: Rows, name: str, within: Within) -> Any:
    if name == "reviews":
        return sum(within(row["ts"].date()) for row in answers if row.get("review") is not None)
    given = [row[name] for row in answers if row.get(name) is not None]
    return given[-1] if given else None


def _brought(facts: Facts, person: str, end: date, name: str, within: Within) -> int:
    if name == "referrals":
        return sum(within(day) for who, _, day in facts.referrals(end) if who == person)
    if name == "referred_orders":
        return _referred_orders(facts, person, end, within)
    given = [row for row in facts.tables.get("incentives", []) if row["customer_id"] == person]
    used = [max(row["ts"], row["redeemed_ts"]) for row in given if row.get("redeemed_ts")]
    return sum(within(moment.date()) for moment in used)


def _referred_orders(facts: Facts, person: str, end: date, within: Within) -> int:
    count = 0
    pairs = facts.referrals(end)
    for who, referred, day in pairs:
        rivals = [(other_day, other) for other, whom, other_day in pairs if whom == referred]
        if who == person and min(rivals) == (day, person):
            count += sum(within(when) and when >= day for when, _ in facts.orders.get(referred, []))
    return count
