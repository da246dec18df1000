"""Who moved between neighbouring period ends, pooled: the chain that a scenario pushes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from ladder.errors import LadderError, did_you_mean
from ladder.model.ladder import LAPSED, NOT_YET_CODE, Ladder
from ladder.placement import Placed
from ladder.whatif.chain import Array, higher, probabilities

POOLED_STEPS = 12
REVENUE_CLUSTERS = 1000
STEP_MONTHS = {"month": 1.0, "week": 12 * 7 / 365.25, "quarter": 3.0}


@dataclass(frozen=True, eq=False)
class Moves:
    """Every step between neighbouring period ends of a workspace.

    `counts` (M − 1, S, S) are customers known at both ends, `arrivals` (M − 1, S) those first known at the
    later end, `standing` (M, S) all known; state 0 is lapsed.
    """

    counts: Array
    arrivals: Array
    standing: Array

    def until(self, period: int) -> Moves:
        """The history up to a period end, as it was known then."""
        return Moves(self.counts[:period], self.arrivals[:period], self.standing[: period + 1])

    @property
    def shape(self) -> Array:
        """Where each state's customers went, as shares, (S, S): its zeros are the moves never seen."""
        seen = self.counts.sum(axis=0)
        result: Array = seen / np.maximum(seen.sum(axis=1, keepdims=True), 1)
        return result


@dataclass(frozen=True, eq=False)
class Transitions:
    """Pooled transitions of the steps from `start` to `end`, and what a customer spends on each state.

    `states` are lapsed and the rungs bottom to top (S). `moves` is the whole history up to
    `end`, at the period ends `ends`. `step_counts` (steps, S, S) and `counts` (S, S) are
    customers known at both ends of a step; `matrix` is P; `shape` (S, S) is the row shape of the whole
    history up to `end`: its zeros are the moves never seen. `arrivals` (S) is new customers per step and `standing`
    (S) who stands where at `end`. `revenue` (S) is net revenue per customer and period in currency units,
    with its standard error (a customer's months go together). A step is `step_months` months long.
    """

    states: tuple[str, ...]
    ends: tuple[date, ...]
    start: date
    end: date
    period: str
    step_months: float
    moves: Moves
    step_counts: Array
    counts: Array
    matrix: Array
    shape: Array
    arrivals: Array
    standing: Array
    revenue: Array
    revenue_error: Array
    missing: frozenset[str]

    @property
    def frame(self) -> pd.DataFrame:
        """from_rung, to_rung, customers (moves counted), probability; one row per pair of states."""
        index = pd.MultiIndex.from_product([self.states, self.states], names=["from_rung", "to_rung"])
        cells = {"customers": self.counts.astype(int).ravel(), "probability": self.matrix.ravel()}
        return pd.DataFrame(cells, index=index).reset_index()

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "arrivals": dict(zip(self.states, self.arrivals.tolist(), strict=True)),
            "revenue": dict(zip(self.states, self.revenue.tolist(), strict=True)),
            "transitions": self.frame.to_dict("records"),
        }


def transitions(placed: Placed, start: date | None = None, end: date | None = None) -> Transitions:
    """Pool the steps from `start` (default: 12 before the end) to `end` (default: the last period end)."""
    last = placed.period(end)
    first = max(last - POOLED_STEPS, 0) if start is None else placed.period(start)
    if first >= last:
        raise LadderError(
            "Not enough history",
            f"There is no step between {placed.periods[first]} and {placed.periods[last]}.",
            "Choose an earlier start, or import a longer history: two period ends are the least.",
        )
    revenue, error = _revenue(placed, first + 1, last)
    return pool(
        load_moves(placed).until(last),
        placed.periods[: last + 1],
        placed.ladder,
        revenue,
        error,
        first=first,
        missing=placed.missing,
    )


def pool(
    moves: Moves,
    ends: tuple[date, ...],
    ladder: Ladder,
    revenue: Array,
    revenue_error: Array,
    first: int = 0,
    missing: frozenset[str] = frozenset(),
) -> Transitions:
    """Pool the steps of a history from period `first` on; `ends` are its period ends."""
    window, shape = moves.counts[first:], moves.shape
    counts = window.sum(axis=0)
    return Transitions(
        states=(LAPSED, *ladder.names),
        ends=ends,
        start=ends[first],
        end=ends[-1],
        period=ladder.period,
        step_months=STEP_MONTHS[ladder.period],
        moves=moves,
        step_counts=window,
        counts=counts,
        matrix=probabilities(counts, shape),
        shape=shape,
        arrivals=moves.arrivals[first:].mean(axis=0),
        standing=moves.standing[-1],
        revenue=revenue,
        revenue_error=revenue_error,
        missing=missing,
    )


def climb_rate(found: Transitions, rung: str) -> float | None:
    """Share of those on `rung` who stand higher one period later; None when nobody stood there."""
    state = state_index(found, rung)
    if not found.shape[state].any():
        return None
    return float(found.matrix[state][higher(state, len(found.states))].sum())


def climb_rate_range(found: Transitions, rung: str) -> tuple[float, float] | None:
    """Lowest and highest climb rate of any single step: what the history itself has shown."""
    state = state_index(found, rung)
    rows = found.step_counts[:, state]
    rows = rows[rows.sum(axis=1) > 0]
    if not len(rows):
        return None
    rates = rows[:, higher(state, rows.shape[1])].sum(axis=1) / rows.sum(axis=1)
    return float(rates.min()), float(rates.max())


def load_moves(placed: Placed) -> Moves:
    """Every step of the workspace, from the cube of moves."""
    size, periods = len(placed.ladder.names) + 1, len(placed.periods)
    counts, arrivals = np.zeros((periods - 1, size, size)), np.zeros((periods - 1, size))
    standing = np.zeros((periods, size))
    query = "select period, from_code, to_code, customers from moves"
    for period, source, target, customers in placed.rows("moves", query):
        standing[period, target] += customers
        if period and source == NOT_YET_CODE:
            arrivals[period - 1, target] += customers
        elif period:
            counts[period - 1, source, target] += customers
    return Moves(counts, arrivals, standing)


def _revenue(placed: Placed, first: int, last: int) -> tuple[Array, Array]:
    """Mean net revenue per customer-period by state over periods first … last, and its standard error.

    A ratio mean R = ΣY/ΣN over clusters of customers, Y their revenue and N their periods on the state:
    Var R = Σ(Y − R·N)² / (ΣN)². Each customer stays within one cluster (up to 1,000 customers: is one), so
    that a big spender counts as one surprise and not as twelve.
    """
    size = len(placed.ladder.names) + 1
    query = (resources.files("ladder.whatif") / "revenue_by_state.sql").read_text("utf-8")
    unit = float(placed.scale)
    mean, error = np.zeros(size), np.zeros(size)
    terms = {"first": first, "last": last, "clusters": REVENUE_CLUSTERS}
    for code, n, y, yy, yn, nn in placed.rows("revenue by state", query, terms):
        ratio = y / n
        mean[code] = ratio / unit
        error[code] = np.sqrt(max(yy - 2 * ratio * yn + ratio**2 * nn, 0.0)) / n / unit
    return mean, error


def state_index(found: Transitions, rung: str) -> int:
    """Index of a rung (or lapsed) among the states; refuses an unknown name with the nearest one."""
    if rung not in found.states:
        raise LadderError(
            "Unknown rung", f"“{rung}” is not on this ladder.", did_you_mean(rung, found.states)
        )
    return found.states.index(rung)
