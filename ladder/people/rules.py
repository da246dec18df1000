"""The rules of a ladder applied to given customers on given days, in plain words and numbers."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Standing:
    """Who meets which rule on one day: columns are rung codes from 1, rows are customers."""

    enter: pd.DataFrame
    keep: pd.DataFrame

    @property
    def either(self) -> pd.DataFrame:
        """Those for whom the rung's `enter` or `keep` holds."""
        return self.enter | self.keep


def standing_at(
    placed: Placed, on: date, known: date, customers: pd.Index, extra: Extra = NOTHING
) -> Standing:
    """Which rules hold on `on`, from the facts up to `known` and perhaps something extra on the day."""
    trees = check_ladder(placed.ladder)
    values = measure(placed, calls_of(trees), on, known, customers, extra)
    enter = {code: holds(tree, values) for code, (tree, _) in enumerate(trees, 1)}
    keep = {code: holds(tree, values) for code, (_, tree) in enumerate(trees, 1)}
    return Standing(pd.DataFrame(enter, index=customers), pd.DataFrame(keep, index=customers))


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
    who = pd.Index([customer])
    first = placed.rows(
        "first day", "select first_day from customers where customer = $customer", {"customer": customer}
    )
    past = [end for end in placed.periods if first[0][0] <= end <= as_of]
    eligible: dict[int, bool] = {}
    held: list[dict[int, bool]] = []
    found = []
    for end in (*past, *later_ends(placed, as_of)):
        now = standing_at(placed, end, min(end, as_of), who)
        held = [*held, now.either.iloc[0].to_dict()][-placed.ladder.grace - 1 :]
        enter = now.enter.iloc[0].to_dict()
        eligible = {
            code: enter[code] or (eligible.get(code, False) and any(then[code] for then in held))
            for code in enter
        }
        found.append((end, max((code for code, on in eligible.items() if on), default=0)))
    return found
