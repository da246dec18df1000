"""Freeze a view for a link: count, suppress, audit, and keep only what may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib import resources
from itertools import pairwise

from ladder.errors import LadderError
from ladder.flows.moves import transition_counts
from ladder.flows.rungs import REVENUE_DAYS
from ladder.model.ladder import LAPSED, LAPSED_CODE, NOT_YET_CODE
from ladder.placement import Placed
from ladder.sharing.figures import Figures, Key
from ladder.sharing.movement import (
    ALL,
    NOT_YET_STATE,
    SORTS,
    Movement,
    count,
    flow,
    joined,
    link_figures,
    movers,
    on_ladder,
    total,
)
from ladder.sharing.snapshot import Snapshot, plain
from ladder.sharing.suppress import SMALLEST_GROUP, Protection, dominated, protect
from ladder.sharing.view import View

LONGEST_SERIES = 6
_MONEY = resources.files("ladder.sharing").joinpath("money.sql").read_text("utf-8")


def freeze(
    placed: Placed,
    *,
    title: str,
    blocks: Sequence[str],
    k: int = SMALLEST_GROUP,
    as_of: date | None = None,
    compare: date | None = None,
    clv: Mapping[str, float] | None = None,
) -> Snapshot:
    """The suppressed snapshot of one view. `compare` None is the period end before `as_of`.

    The series for the Sankey runs back from `as_of` in steps of the comparison, over at most 6 period ends and no
    further than every rung can be told; the flows table is its last step. Refuses when no way is found to hide the
    small groups.
    """
    ends = _ends(placed, as_of, compare)
    movement, figures, verdict = _protected(placed, ends if "sankey" in blocks else ends[-2:], blocks, k)
    ends = ends[-movement.ends :]
    revenue = _revenue(placed, ends[-1], k) if "revenue" in blocks else {}
    values = _values(placed, ends[-1], k, clv or {}) if "clv" in blocks else {}
    view = View(placed.ladder, placed.missing, movement, figures, verdict, revenue, values)
    return Snapshot(
        title=plain(title),
        as_of=placed.periods[ends[-1]],
        compare=placed.periods[ends[-2]] if len(ends) > 1 else None,
        currency=placed.settings.currency,
        k=k,
        blocks=tuple(blocks),
        ends=tuple(placed.periods[end] for end in ends),
        rungs=tuple(view.line(state) for state in movement.states[1:]),
        lapsed=view.line(LAPSED_CODE),
        totals=view.totals(),
        nodes=view.nodes(),
        moves=view.moves(),
        hidden=view.hidden(),
    )


def _revenue(placed: Placed, period: int, k: int) -> dict[int, float]:
    """Net revenue over 365 days by state, in whole currency units; without states that one payer dominates."""
    since = placed.periods[period] - timedelta(days=REVENUE_DAYS)
    return {
        state: float(round(total / placed.scale))
        for state, total, largest, payers in _money(placed, period, since)
        if not dominated(total, largest, payers, k)
    }


def _values(placed: Placed, period: int, k: int, clv: Mapping[str, float]) -> dict[int, float]:
    """Mean CLV by state, where no single payer dominates the lifetime revenue that it rests on."""
    names = (LAPSED, *placed.ladder.names)
    return {
        state: float(round(clv[names[state]]))
        for state, total, largest, payers in _money(placed, period, date.min)
        if names[state] in clv and not dominated(total, largest, payers, k)
    }


def _money(placed: Placed, period: int, since: date) -> list[tuple[int, int, int, int]]:
    """(state, total, largest amount of one customer, payers), money in minor units."""
    parameters = {"period": period, "since": since, "until": placed.periods[period]}
    rows = placed.rows("money by state", _MONEY, parameters)
    return [(int(state), int(total), int(largest), int(payers)) for state, total, largest, payers in rows]


def _ends(placed: Placed, as_of: date | None, compare: date | None) -> tuple[int, ...]:
    """Period numbers of the series, oldest first; a single one when nothing lies before."""
    last = placed.period(as_of)
    before = last - 1 if compare is None else placed.period(compare)
    if compare is not None and before >= last:
        raise LadderError(
            "There is nothing to compare with",
            f"{compare} is not before {placed.periods[last]}.",
            "Choose an earlier date to compare with.",
        )
    ends = range(last, -1, before - last)
    return tuple(reversed(ends[:LONGEST_SERIES]))


def _protected(
    placed: Placed, ends: Sequence[int], blocks: Sequence[str], k: int
) -> tuple[Movement, Figures, Protection]:
    """The counts at `ends` and what of them may be shown; early ends are given up while a rung's size is hidden."""
    movement = _movement(placed, ends)
    figures = link_figures(movement)
    sizes = {key for key in figures.values if key[0] == "count"}
    if len(ends) > 2 and not sizes.isdisjoint(figures.small(k)):
        return _protected(placed, ends[1:], blocks, k)
    verdict = protect(figures, _offered(movement, blocks) & figures.values.keys(), k)
    if len(ends) > 2 and not sizes <= verdict.shown:
        return _protected(placed, ends[1:], blocks, k)
    return movement, figures, verdict


def _standing(placed: Placed, period: int) -> dict[int, int]:
    """Customers by state; states without anybody are absent."""
    return {move.to_code: move.customers for move in transition_counts(placed, period, period)}


def _movement(placed: Placed, ends: Sequence[int]) -> Movement:
    counts = {
        (end, state): people
        for end, period in enumerate(ends)
        for state, people in _standing(placed, period).items()
    }
    moves = {
        (start, NOT_YET_STATE if origin == NOT_YET_CODE else origin, target): people
        for start, (first, last) in enumerate(pairwise(ends))
        for origin, target, people in transition_counts(placed, first, last)
    }
    return Movement(len(placed.ladder.rungs), len(ends), counts, moves)


def _offered(movement: Movement, blocks: Iterable[str]) -> set[Key]:
    """Every figure that the chosen blocks would show if nothing had to be hidden."""
    ends = range(movement.ends)
    steps = range(movement.ends - 1)
    last_two, last_step = ends[-2:], steps[-1:]
    counts = {end: [count(end, state) for state in movement.states] for end in ends}
    flows = {step: [flow(step, a, b) for a in movement.origins for b in movement.states] for step in steps}
    rates = [movers(step, state, sort) for step in last_step for state in movement.states for sort in SORTS]
    overall = [movers(step, ALL, sort) for step in last_step for sort in SORTS]
    totals = [key for end in last_two for key in (total(end), on_ladder(end))]
    shown_by: dict[str, list[Key]] = {
        "ladder": [*(key for end in last_two for key in counts[end]), *rates, *totals[::2]],
        "kpis": [*totals, *overall, *(joined(step) for step in last_step)],
        "sankey": [key for keys in (*counts.values(), *flows.values()) for key in keys],
        "flows": [
            *(key for end in last_two for key in counts[end]),
            *(key for s in last_step for key in flows[s]),
        ],
    }
    return {key for block in blocks for key in shown_by.get(block, ())}
