"""What a person must know about a scenario's figures: why nothing changes, and where they are a guess."""

from __future__ import annotations

from collections.abc import Iterator

from ladder.model.ladder import LAPSED
from ladder.model.scenario import Scenario
from ladder.whatif.chain import higher
from ladder.whatif.money import Effect
from ladder.whatif.transitions import Transitions, climb_rate_range, state_index

LEAST_EXPOSURE = 50
LEAST_CLIMBS = 5


def remarks(
    found: Transitions,
    scenario: Scenario,
    rate: float | None,
    target: float | None,
    effect: Effect,
    break_even: float | None,
) -> tuple[str, ...]:
    """The reasons why a slider changes nothing, or else the cautions that belong to the figures."""
    idle = tuple(_idle(found, scenario, rate, target, effect))
    if idle:
        return idle
    return (
        *_cautions(found, scenario, rate, target),
        *_worth(effect, break_even),
        "The range covers what the history leaves open about climb rates and revenue per rung; the effect of "
        f"the push is {scenario.incentive.evidence}.",
    )


def _idle(
    found: Transitions, scenario: Scenario, rate: float | None, target: float | None, effect: Effect
) -> Iterator[str]:
    terms = scenario.incentive
    if terms.rung in found.missing:
        yield f"Nothing changes: {terms.rung} is not in your data."
    elif terms.rung == found.states[-1]:
        yield f"Nothing changes: {terms.rung} is the top rung, there is nothing to climb to."
    elif rate is None:
        yield f"Nothing changes: nobody has stood on {terms.rung}, so there is no climb rate to push."
    elif rate == 0:
        yield (
            f"Nothing changes: no one climbed from {terms.rung} between {found.start} and {found.end}, "
            "and a push multiplies the odds of what happens."
        )
    elif rate == 1:
        yield f"Nothing changes: everyone climbs from {terms.rung} already."
    elif terms.reach == 0:
        yield "Nothing changes: reach is 0, so nobody gets the push."
    elif not effect.contacted.any():
        yield f"Nothing changes: {terms.rung} is empty while the push lasts."
    elif rate == target:
        costs = ", so the push would only cost" if effect.cost.any() else ""
        yield f"Nothing changes: {rate:.1%} is the climb rate today{costs}; move the slider off it."


def _cautions(
    found: Transitions, scenario: Scenario, rate: float | None, target: float | None
) -> Iterator[str]:
    terms, state = scenario.incentive, state_index(found, scenario.incentive.rung)
    row = found.counts[state]
    climbs = int(row[higher(state, len(row))].sum())
    if row.sum() < LEAST_EXPOSURE or climbs < LEAST_CLIMBS:
        yield (
            f"Few customers: {climbs} climbs in {int(row.sum())} steps from {terms.rung}; "
            "take the figures as a rough guess."
        )
    seen = climb_rate_range(found, terms.rung)
    if seen and target is not None and not seen[0] <= target <= seen[1]:
        yield (
            f"A guess: {target:.1%} lies outside what a {found.period} has shown on {terms.rung} so far "
            f"({seen[0]:.1%} to {seen[1]:.1%})."
        )
    if terms.months > scenario.horizon:
        yield f"The push lasts {terms.months} months, longer than the {scenario.horizon} that are counted."
    if terms.rung == LAPSED:
        yield "Climbing from lapsed means coming back to any rung."


def _worth(effect: Effect, break_even: float | None) -> Iterator[str]:
    if effect.moved.sum() > 0 > effect.revenue.sum():
        yield "Climbing brings no revenue: customers on the rungs above spend less than those on this one."
    if break_even is None:
        yield "No effect, however large, would pay for this push within the horizon."
