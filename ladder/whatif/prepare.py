"""Everything a scenario needs that no slider changes: pooled chain, baseline path, joint draws, backtest."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock

import numpy as np

from ladder.model.scenario import MAX_HORIZON
from ladder.placement import Placed
from ladder.whatif.chain import Array, project
from ladder.whatif.transitions import Transitions, transitions

DRAWS = 400
PRIOR_STRENGTH = 2.0
_REMEMBERED = 8


@dataclass(frozen=True, eq=False)
class Prepared:
    """The baseline and its draws. T is the longest horizon in steps, D the number of draws.

    `path` (T + 1, S) is the expected baseline; `matrices` (D, S, S), `revenues` (D, S) and `paths`
    (D, T + 1, S) are the joint draws, the same for baseline and scenario.
    """

    transitions: Transitions
    path: Array
    matrices: Array
    revenues: Array
    paths: Array
    currency: str

    def steps(self, months: float) -> int:
        """Months as whole steps of this ladder, at least one."""
        return max(1, round(months / self.transitions.step_months))


def prepare(
    placed: Placed, start: date | None = None, end: date | None = None, draws: int = DRAWS, seed: int = 1
) -> Prepared:
    """Pool the chain and draw once; the same arguments on the same derived data answer from memory."""
    key = (placed.key, placed.settings, start, end, draws, seed)
    with _LOCK:
        if key in _CACHE:
            _CACHE.move_to_end(key)
            return _CACHE[key]
    found = transitions(placed, start, end)
    made = prepare_chain(found, placed.settings.currency, draws, seed)
    with _LOCK:
        _CACHE[key] = made
        while len(_CACHE) > _REMEMBERED:
            _CACHE.popitem(last=False)
    return made


def prepare_chain(found: Transitions, currency: str, draws: int = DRAWS, seed: int = 1) -> Prepared:
    """The same from pooled transitions, without data access."""
    random = np.random.default_rng(seed)
    steps = max(1, round(MAX_HORIZON / found.step_months))
    matrices = draw_matrices(random, found.counts, found.shape, draws)
    return Prepared(
        transitions=found,
        path=project(found.standing, found.matrix, found.arrivals, steps),
        matrices=matrices,
        revenues=draw_revenues(random, found.revenue, found.revenue_error, draws),
        paths=project(found.standing, matrices, found.arrivals, steps),
        currency=currency,
    )


def draw_matrices(random: np.random.Generator, counts: Array, shape: Array, draws: int) -> Array:
    """Transition matrices from Dirichlet rows, (draws, S, S): counts plus a prior of 2 spread as `shape`.

    A move never seen in the whole history is a structural zero and stays exactly 0 in every draw; a state
    never stood on stays where it is.
    """
    never = ~shape.any(axis=1)
    weight = counts + PRIOR_STRENGTH * shape + np.diag(never.astype(float))
    parts = random.standard_gamma(weight, size=(draws, *weight.shape))
    result: Array = parts / parts.sum(axis=-1, keepdims=True)
    return result


def draw_revenues(random: np.random.Generator, mean: Array, error: Array, draws: int) -> Array:
    """Revenue per customer and period, (draws, S): gamma where the mean is above 0, else normal."""
    positive = (mean > 0) & (error > 0)
    safe_mean, safe_error = np.where(positive, mean, 1.0), np.where(positive, error, 1.0)
    gamma = random.gamma((safe_mean / safe_error) ** 2, safe_error**2 / safe_mean, size=(draws, len(mean)))
    normal = random.normal(mean, error, size=(draws, len(mean)))
    return np.where(positive, gamma, normal)


_CACHE: OrderedDict[tuple[object, ...], Prepared] = OrderedDict()
_LOCK = Lock()
