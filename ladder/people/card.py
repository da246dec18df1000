"""One customer: where they stand, why, what would lift them, and when they would fall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.flows.history import number
from ladder.model.answer import records
from ladder.people.measures import Extra, holds, measure
from ladder.people.rules import calls_of, course, standing_at
from ladder.placement import Placed
from ladder.rules import Compare, check_ladder, in_words
from ladder.rules.tree import comparisons

_EVENTS = """
select day, what, detail, amount
from (
    select day, 'order' as what, transaction_id as detail, amount from orders where customer = $customer
    union all
    select day, if(amount < 0, 'added to an order', 'refund'), null, -amount from refunds where customer = $customer
    union all
    select day, kind, detail, null from interactions where customer = $customer
    union all
    select day, 'answer',
        concat_ws(', ', 'NPS ' || nps, 'satisfaction ' || csat, 'review ' || review), null
    from feedback where customer = $customer
    union all
    select referrals.day, 'brought a customer', customers.customer_id, null
    from referrals join customers on customers.customer = referrals.referred
    where referrals.customer = $customer
    union all
    select day, 'offer', concat_ws(', ', incentive, arm), null from incentives where customer = $customer
    union all
    select redeemed_day, 'redeemed', incentive, null from incentives
    where customer = $customer and redeemed_day is not null
)
where day <= $as_of
order by day desc, what, detail
"""
_ATTRIBUTES = (
    "select name, value from attributes where customer = $customer and value is not null order by name"
)
_FIRST_DAY = "select first_day from customers where customer = $customer"


@dataclass(frozen=True)
class Fact:
    """One comparison of a rule: in words, what is measured, and whether it holds."""

    words: str
    value: str
    holds: bool


@dataclass(frozen=True)
class Card:
    """A customer at a period end.

    `held_by` is enter, keep or grace: which part of the rung's rule carries them (empty when lapsed). `why` are the
    comparisons of that rung's rule, `missing` those of the next rung that do not hold. `lifts` tells what one more
    order, or one more customer brought, would lead to: (what, rung). `falls` is the first period end at which they
    would stand lower if nothing more happened, and where: (period end, rung or lapsed).
    """

    customer_id: str
    as_of: date
    rung: str
    first_day: date
    held_by: str
    rule: str
    why: tuple[Fact, ...]
    next_rung: str | None
    next_rule: str
    missing: tuple[Fact, ...]
    lifts: tuple[tuple[str, str], ...]
    falls: tuple[date, str] | None
    attributes: dict[str, str]
    timeline: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        plain = {key: value for key, value in vars(self).items() if key not in ("timeline", "why", "missing")}
        plain |= {"as_of": self.as_of.isoformat(), "first_day": self.first_day.isoformat()}
        plain |= {"why": [vars(fact) for fact in self.why], "missing": [vars(fact) for fact in self.missing]}
        plain["falls"] = [self.falls[0].isoformat(), self.falls[1]] if self.falls else None
        return {**plain, "timeline": records(self.timeline)}


def card(placed: Placed, customer_id: str, as_of: date | None = None) -> Card:
    """Everything about one customer at a period end; an id unknown by then is refused."""
    who, end = number(placed, customer_id), placed.periods[placed.period(as_of)]
    given = {"customer": who}
    ((first_day,),) = placed.rows("first day", _FIRST_DAY, given)
    if first_day > end:
        raise LadderError(
            "Not yet known then",
            f"The customer became known on {first_day}, after {end}.",
            "Choose a later date.",
        )
    walk = course(placed, who, end)
    code = next((code for day, code in reversed(walk) if day <= end), 0)
    falls = next(((day, placed.ladder.state(then)) for day, then in walk if day > end and then < code), None)
    upper = _next_code(placed, code)
    return Card(
        customer_id=customer_id,
        as_of=end,
        rung=placed.ladder.state(code),
        first_day=first_day,
        held_by=_held_by(placed, who, end, code),
        rule=_rule(placed, code),
        why=_facts(placed, who, end, code),
        next_rung=placed.ladder.state(upper) if upper else None,
        next_rule=_rule(placed, upper or 0),
        missing=tuple(fact for fact in _facts(placed, who, end, upper or 0) if not fact.holds),
        lifts=_lifts(placed, who, end, code),
        falls=falls,
        attributes=dict(placed.rows("attributes", _ATTRIBUTES, given)),
        timeline=_timeline(placed, who, end),
    )


def _next_code(placed: Placed, code: int) -> int | None:
    """The next rung up that the data can fill."""
    above = range(code + 1, len(placed.ladder.rungs) + 1)
    return next((upper for upper in above if placed.ladder.state(upper) not in placed.missing), None)


def _rule(placed: Placed, code: int) -> str:
    return in_words(check_ladder(placed.ladder)[code - 1][0], placed.settings.currency) if code else ""


def _held_by(placed: Placed, who: int, end: date, code: int) -> str:
    if not code:
        return ""
    now = standing_at(placed, {end: end}, pd.Index([who]))
    if now.enter[code].iloc[0]:
        return "enter"
    return "keep" if now.keep[code].iloc[0] else "grace"


def _facts(placed: Placed, who: int, end: date, code: int) -> tuple[Fact, ...]:
    if not code:
        return ()
    enter, _ = check_ladder(placed.ladder)[code - 1]
    values = measure(placed, calls_of(((enter, enter),)), {end: end}, pd.Index([who]))
    return tuple(
        Fact(
            in_words(item, placed.settings.currency),
            _value(item, values[item.call].iloc[0], placed),
            bool(holds(item, values).iloc[0]),
        )
        for item in dict.fromkeys(comparisons(enter))
    )


def _value(item: Compare, value: Any, placed: Placed) -> str:
    if pd.isna(value):
        return "none"
    if isinstance(value, str):
        return value
    unit = item.call.measure.unit
    if unit == "money":
        return f"{Decimal(str(value)):,.2f} {placed.settings.currency}"
    number_ = f"{float(value):,.0f}"
    return f"{number_} day{'' if number_ == '1' else 's'}" if unit == "day" else number_


def _lifts(placed: Placed, who: int, end: date, code: int) -> tuple[tuple[str, str], ...]:
    """What one more order, or one more customer brought, on the day itself would lead to."""
    found = []
    for words, extra in (
        ("one more order", Extra(orders=1)),
        ("one more customer brought", Extra(referrals=1)),
    ):
        now = standing_at(placed, {end: end}, pd.Index([who]), extra).enter.iloc[0]
        reached = max((upper for upper in now.index if now[upper]), default=0)
        if reached > code:
            found.append((words, placed.ladder.state(int(reached))))
    return tuple(found)


def _timeline(placed: Placed, who: int, end: date) -> pd.DataFrame:
    frame = placed.frame("timeline", _EVENTS, {"customer": who, "as_of": end})
    frame["amount"] = frame["amount"].astype("float64") / placed.scale
    return frame
