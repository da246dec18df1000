"""The recoverability audit: what a reader of a link can work out about the figures it hides.

A reader knows every shown figure, that counts are whole and not negative, and how figures add up. Each hidden
small group is minimised and maximised over all counts that agree with that knowledge (integer programming with
HiGHS). Rank tests would find exact leaks only; bounds find narrow intervals as well: Fischetti and Salazar 2001,
"Solving the cell suppression problem on tabular data with linear constraints", Management Science 47(7).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from scipy.optimize import Bounds, milp

from ladder.sharing.figures import Counts, Figures, Key

SOLVE_SECONDS = 5.0


def recoverable(figures: Figures, shown: Collection[Key], k: int) -> tuple[Key, ...]:
    """Small groups that a reader can place in an interval which does not hold all of 0..k."""
    known = np.fromiter((key in shown for key in figures.columns), dtype=np.bool_, count=len(figures.values))
    # A finite ceiling keeps every problem bounded; too low a one could only fail a safe link.
    ceiling = 10 * (int(figures.truth.max(initial=0)) + k)
    bounds = Bounds(np.where(known, figures.truth, 0), np.where(known, figures.truth, ceiling))
    low, high = figures.truth.copy(), figures.truth.copy()
    exposed = []
    for key in figures.small(k):
        column = figures.columns[key]
        # Every solution is a possible world, so it widens the intervals of all other figures too.
        for sign in (1, -1):
            safe = low[column] <= 0 if sign == 1 else high[column] >= k
            world = None if safe else _extreme(figures, column, sign, bounds)
            if world is not None:
                low, high = np.minimum(low, world), np.maximum(high, world)
        if low[column] > 0 or high[column] < k:
            exposed.append(key)
    return tuple(exposed)


def _extreme(figures: Figures, column: int, sign: int, bounds: Bounds) -> Counts | None:
    """The counts that make one figure smallest (sign 1) or largest (−1); None if the solver gave up."""
    goal = np.zeros(len(figures.truth))
    goal[column] = sign
    answer = milp(
        goal,
        integrality=np.ones(len(goal), dtype=np.int64),
        bounds=bounds,
        constraints=figures.ties(figures.matrix),
        options={"time_limit": SOLVE_SECONDS},
    )
    return None if answer.x is None else np.rint(answer.x).astype(np.int64)
