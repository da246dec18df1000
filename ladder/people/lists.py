"""Lists of people to act on."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from functools import reduce

import pandas as pd
from sqlglot import exp, parse_one

from ladder.errors import LadderError, did_you_mean
from ladder.people.measures import Extra
from ladder.people.members import SHOWN, People, list_people
from ladder.people.rules import later_ends, standing_at
from ladder.placement import Placed

STEPS = {"order": Extra(orders=1), "referral": Extra(referrals=1)}
_KNOWN = "select customer, :state as code from placement where :state <> 255 order by customer"


def one_step_up(
    placed: Placed,
    step: str = "order",
    as_of: date | None = None,
    rung: str | None = None,
    shown: int | None = SHOWN,
) -> People:
    """Who would stand higher with one more `order`, or one more `referral`; `reaches` is the rung they would get.

    Of those on `rung` (it may be lapsed), or on any rung.
    """
    end = placed.periods[placed.period(as_of)]
    codes = _codes(placed, end, rung)
    enter = standing_at(placed, {end: end}, codes.index, STEPS[step]).on(end).enter
    reached = enter.mul(list(enter.columns), axis=1).max(axis=1)
    chosen = reached[reached > codes]
    words = "order" if step == "order" else "customer brought"
    found = list_people(placed, f"One more {words} from climbing", chosen.index, end, shown)
    listed = found.frame.pop("customer").map(chosen)
    found.frame.insert(2, "reaches", [placed.ladder.state(int(code)) for code in listed])
    return found


def about_to_slip(
    placed: Placed, as_of: date | None = None, rung: str | None = None, shown: int | None = SHOWN
) -> People:
    """Who, of those on `rung` or on any, would stand lower or lapse at the next period end if nothing happened."""
    end = placed.periods[placed.period(as_of)]
    codes = _codes(placed, end, rung)
    following = later_ends(placed, end)[0]
    recent = _recent(placed, end)
    told = standing_at(placed, {following: end, **{on: on for on in recent}}, codes.index)
    ahead = told.on(following)
    held = reduce(operator.or_, (told.on(on).either for on in recent), ahead.either)
    stays = pd.Series(False, index=codes.index)
    for code in ahead.enter.columns:
        on_rung = codes == code
        stays |= on_rung & (held[code] | ahead.enter.loc[:, code:].any(axis=1))
    chosen = codes[~stays]
    found = list_people(placed, f"Would slip by {following.day} {following:%b %Y}", chosen.index, end, shown)
    found.frame.pop("customer")
    return found


def _recent(placed: Placed, end: date) -> list[date]:
    """The period ends whose rules still count for `grace` at the next one."""
    past = [on for on in placed.periods if on <= end]
    return past[len(past) - placed.ladder.grace :] if placed.ladder.grace else []


def _codes(placed: Placed, end: date, rung: str | None) -> pd.Series:
    """The code of everybody on `rung`, or on any rung, by customer."""
    state = exp.column(f"p{placed.period(end)}")
    query = exp.replace_placeholders(parse_one(_KNOWN, dialect="duckdb"), state=state)
    codes = placed.frame("codes", query).set_index("customer")["code"].astype(int)
    return codes[codes > 0] if rung is None else codes[codes == placed.ladder.code(rung)]


LISTS: dict[str, Callable[[Placed, date | None, str | None, int | None], People]] = {
    "about-to-slip": lambda placed, as_of, rung, shown: about_to_slip(placed, as_of, rung, shown),
    "one-order-from-climbing": lambda placed, as_of, rung, shown: one_step_up(
        placed, "order", as_of, rung, shown
    ),
    "one-referral-from-climbing": lambda placed, as_of, rung, shown: one_step_up(
        placed, "referral", as_of, rung, shown
    ),
}


def ready_list(
    placed: Placed, name: str, as_of: date | None = None, rung: str | None = None, shown: int | None = None
) -> People:
    """A list by its name; an unknown one is refused with the nearest."""
    if name not in LISTS:
        raise LadderError("Unknown list", f"There is no list “{name}”.", did_you_mean(name, LISTS))
    return LISTS[name](placed, as_of, rung, shown)
