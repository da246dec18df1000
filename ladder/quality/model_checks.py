"""Whether the models hold on these customers: dropout, regularity, rung sizes, the forecast against no change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from ladder.errors import LadderError
from ladder.model.wording import percent
from ladder.placement import Placed
from ladder.quality.check import Check, light, listed, number, unknown, with_rows
from ladder.quality.regularity import Regularity, regularity
from ladder.value import Fitted, fit
from ladder.value.models import DROPOUT_EVIDENCE
from ladder.whatif import ChainBacktest, chain_backtest

REGULAR = (1.5, 2.0)
LEAST_PAIRS = 100
SUBSCRIPTION = 0.5
RUNG_SIZES = (100, 30)
HORIZONS = (3, 6, 12)

_STANDING = """
select code, count(*) as customers from spells where $period between first_period and last_period group by code
"""


def model_checks(placed: Placed, fitted: Callable[[], Fitted] | None = None) -> tuple[Check, ...]:
    """The checks that fit or forecast; `fitted` may give the models of the last period end where they are known."""
    return (
        dropout_check(fitted or (lambda: fit(placed))),
        regularity_check(regularity(placed)),
        rung_check(_standing(placed)),
        forecast_check([chain_backtest(placed, months) for months in HORIZONS]),
    )


def dropout_check(fitted: Callable[[], Fitted]) -> Check:
    """Whether those who left can be told from those who wait: BG/NBD against NBD."""
    name = "Dropout"
    try:
        buying = fitted().buying
    except LadderError as error:
        return unknown(name, error.message.removesuffix("."), "too few orders")
    if buying.a is None:
        return Check(
            name,
            "stop",
            "not seen",
            f"Those who left cannot be told from those who wait (evidence below {DROPOUT_EVIDENCE})",
            "No chance of being alive is shown, and value looks no further ahead than the history is long.",
        )
    evidence = f"evidence {buying.evidence:,.0f}; {DROPOUT_EVIDENCE} is enough"
    found = f"Those who left can be told from those who wait ({evidence})"
    return Check(name, "fine", "seen", found, "Value and the chance of being alive rest on more than pace.")


def regularity_check(found: Regularity | None) -> Check:
    """Whether purchases come at chance times, in a rhythm, or by contract."""
    name = "Regularity"
    if found is None or found.pairs < LEAST_PAIRS:
        few = number(found.pairs if found else 0, "customer")
        return unknown(name, f"{few} bought three times; it takes {LEAST_PAIRS}", "too few orders")
    figure = f"{found.k:.2f}"
    if found.same >= SUBSCRIPTION:
        told = f"{percent(found.same)} of the customers come back after the same time, twice in a row"
        advice = "A subscription ends on a known day: a survival curve tells more than a ladder."
        return Check(name, "stop", figure, told, advice)
    colour = light(found.k < REGULAR[0], found.k < REGULAR[1])
    words = {
        "fine": "Purchases come at chance times, as the models assume",
        "care": "Purchases keep something of a rhythm",
        "stop": "Purchases come like clockwork",
    }
    meanings = {
        "fine": "",
        "care": "The models expect a little too many orders.",
        "stop": "The models expect too many orders; who is overdue says more than how often somebody bought.",
    }
    spread = f" ({found.k:.2f} ± {1.96 * found.error:.2f}; 1 is chance)"
    return Check(name, colour, figure, words[colour] + spread, meanings[colour])


def rung_check(rungs: Sequence[tuple[str, int]]) -> Check:
    """Whether every rung (title, customers) that the data can fill holds enough people for its rates."""
    name = "Rung sizes"
    if not rungs:
        return unknown(name, "No rung of this ladder can be filled from the data")
    title, customers = min(rungs, key=lambda rung: rung[1])
    small = [rung for rung, size in rungs if size < RUNG_SIZES[1]]
    colour = light(customers >= RUNG_SIZES[0], customers >= RUNG_SIZES[1])
    meanings = {
        "fine": "Enough on every rung for its rates to mean something.",
        "care": "Its rates swing by chance: look at quarters, and mind the ranges.",
        "stop": f"Too few to say anything about: merge {listed(small)} with a neighbour.",
    }
    told = f"The smallest rung, {title}, has {number(customers, 'customer')}"
    frame = pd.DataFrame(rungs, columns=["rung", "customers"])
    return with_rows(Check(name, colour, f"{customers:,}", told, meanings[colour]), frame)


def forecast_check(tried: Sequence[ChainBacktest]) -> Check:
    """Whether the forecast of the ladder beats no change at all horizons, at some, or never."""
    name = "Forecast"
    known = {check.months: check for check in tried if check.better is not None}
    if not known:
        return unknown(name, "The history is too short to try a forecast on", "too short")
    errors = [(months, check.chain, check.persistence) for months, check in sorted(known.items())]
    frame = pd.DataFrame(errors, columns=["months", "chain", "persistence"])
    good, bad = (
        _months(months for months in sorted(known) if known[months].better is way) for way in (True, False)
    )
    if not good:
        told = f"{bad} ahead, the forecast of the ladder is no better than assuming no change"
        advice = "Read the ladder as a description of today; do not plan on its forecast."
        return with_rows(Check(name, "stop", "never better", told, advice), frame)
    told = f"{good} ahead, the forecast of the ladder beats assuming no change"
    if bad:
        advice = f"{bad} ahead it does not: look no further than it does."
        return with_rows(Check(name, "care", "better at times", told, advice), frame)
    advice = "Tried on the history, with what was known then."
    return with_rows(Check(name, "fine", "better", told, advice), frame)


def _standing(placed: Placed) -> list[tuple[str, int]]:
    """Title and customers of every rung that the data can fill, at the last period end."""
    given = {"period": len(placed.periods) - 1}
    counted = dict(placed.rows("quality: customers per rung", _STANDING, given))
    return [
        (rung.label, int(counted.get(placed.ladder.code(rung.name), 0)))
        for rung in placed.ladder.rungs
        if rung.name not in placed.missing
    ]


def _months(found: Iterable[float]) -> str:
    months = [f"{number:g}" for number in found]
    return f"{listed(months)} months" if months else ""
