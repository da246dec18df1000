"""The rules of a ladder applied to given customers on given days, in plain words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd

from ladder.people.measures import NOTHING, Extra, holds, measure
from ladder.placement import Placed
from ladder.placement.periods import period_ends
from ladder.rules import Call, Node, check_ladder
from ladder.rules.tree import comparisons

HORIZON_DAYS = 400
_FIRST_DAY = "select first_day from customers where customer = $customer"


@dataclass(frozen=True)
class Standing:
    """Who meets which rule on which day: columns are rung codes from 1, rows are customers and days."""

    enter: pd.DataFrame
    keep: pd.DataFrame

    def on(self, day: date) -> Standing:
        """One day of it: rows are customers."""
        days = self.enter.index.get_level_values("on_day") == pd.Timestamp(day)
        return Standing(self.enter[days].droplevel("on_day"), self.keep[days].droplevel("on_day"))

    @property
    def either(self) -> pd.DataFrame:
        """Those for whom the rung's `enter` or `keep` holds."""
        return self.enter | self.keep


def standing_at(
    placed: Placed, days: Mapping[date, date], customers: pd.Index, extra: Extra = NOTHING
) -> Standing:
    """Which rules hold on each day, given what is known by the day it maps to, and perhaps something extra."""
    trees = check_ladder(placed.ladder)
    values = measure(placed, calls_of(trees), days, customers, extra)
    enter = {code: holds(tree, values) for code, (tree, _) in enumerate(trees, 1)}
    keep = {code: holds(tree, values) for code, (_, tree) in enumerate(trees, 1)}
    return Standing(pd.DataFrame(enter), pd.DataFrame(keep))


@lru_cache(maxsize=16)
def calls_of(trees: tuple[tuple[Node, Node], ...]) -> tuple[Call, ...]:
    """Every measure that the rules of a ladder look at, once."""
    found = [item.call for pair in trees for tree in pair for item in comparisons(tree)]
    return tuple(dict.fromkeys(found))


def later_ends(placed: Placed, as_of: date) -> tuple[date, ...]:
    """The period ends of the 400 days after `as_of`."""
    ends = period_ends(as_of + timedelta(days=1), as_of + timedelta(days=HORIZON_DAYS), placed.ladder.period)
    return tuple(end for end in ends if end > as_of)


def course(placed: Placed, customer: int, as_of: date) -> list[tuple[date, int]]:
    """(period end, code) of one customer up to `as_of`, and after it if nothing more happens.

    The same ladder walked period by period: on a rung when `enter` holds, or when eligible before and `enter` or
    `keep` held within the last `grace` periods; the highest rung wins.
    """
    ((first_day,),) = placed.rows("first day", _FIRST_DAY, {"customer": customer})
    ends = [end for end in placed.periods if first_day <= end <= as_of] + list(later_ends(placed, as_of))
    told = standing_at(placed, {end: min(end, as_of) for end in ends}, pd.Index([customer]))
    enters, eithers = (
        [dict(enumerate(row, 1)) for row in table.itertuples(index=False, name=None)]
        for table in (told.enter, told.either)
    )
    eligible: dict[int, bool] = {}
    found = []
    for number, end in enumerate(ends):
        held = eithers[max(number - placed.ladder.grace, 0) : number + 1]
        eligible = {
            code: holds_now or (eligible.get(code, False) and any(then[code] for then in held))
            for code, holds_now in enters[number].items()
        }
        found.append((end, max((code for code, on in eligible.items() if on), default=0)))
    return found
