"""Decide which figures a link may show, so that a small group looks like anything from 0 to at least k.

Hiding the small figures alone is not enough where totals are shown: the hidden one can be subtracted. For each
small group we look for the world nearest to the truth in which it counts 0, and one in which it counts k, and hide
whatever tells that world from the truth: the network method for complementary suppression (Cox 1995, "Network
models for complementary cell suppression", JASA 90) written as a linear program, so that sums of any shape will do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, milp
from scipy.sparse import hstack

from ladder.errors import LadderError
from ladder.sharing.audit import SOLVE_SECONDS, recoverable
from ladder.sharing.figures import Figures, Key

Mask = NDArray[np.bool_]

SMALLEST_GROUP = 10
LOWEST_SMALLEST_GROUP = 5
LARGEST_SHARE = 0.5
# What to give up first: single flows, then the movers behind a rate, then rung counts, then what concerns everybody.
_PRICE = {"flow": 1.0, "movers": 20.0, "count": 100.0, "joined": 300.0, "overall": 300.0, "total": 500.0}


@dataclass(frozen=True)
class Protection:
    """The verdict on a link's figures: what may be shown, and what of the offered is hidden."""

    shown: frozenset[Key]
    hidden: frozenset[Key]


def check_smallest_group(k: int) -> int:
    """Refuse a smallest group below 5: nobody can turn the protection off."""
    if isinstance(k, bool) or not isinstance(k, int) or k < LOWEST_SMALLEST_GROUP:
        raise LadderError(
            "The smallest group is too small",
            f"Groups under {k} would be hidden.",
            f"Choose at least {LOWEST_SMALLEST_GROUP}; {SMALLEST_GROUP} is usual.",
        )
    return k


def protect(figures: Figures, offered: Collection[Key], k: int = SMALLEST_GROUP) -> Protection:
    """Choose what to show of the offered figures so that no group of 1 to k−1 people can be worked out.

    Figures that are not offered are never shown, and are protected all the same. When the audit finds something
    even then, all flows go, then all movers, counts and totals.
    """
    check_smallest_group(k)
    shown = np.fromiter(
        (key in offered for key in figures.columns), dtype=np.bool_, count=len(figures.values)
    )
    shown = _blur(figures, shown & ((figures.truth == 0) | (figures.truth >= k)), k)
    while recoverable(figures, _keys(figures, shown), k):
        if not shown.any():
            raise _unsafe(k)
        sorts = _sorts(figures)
        shown &= sorts > sorts[shown].min()
    visible = _keys(figures, shown)
    return Protection(shown=visible, hidden=frozenset(offered) - visible)


def dominated(total: float, largest: float, contributors: int, k: int) -> bool:
    """True if a sum of money would tell about one person: fewer than k payers, or one with more than half."""
    return contributors < k or total <= 0 or largest > LARGEST_SHARE * total


def _blur(figures: Figures, shown: Mask, k: int) -> Mask:
    """Hide what tells the truth from worlds in which each small group counts k, and 0."""
    low, high = figures.truth.astype(np.float64), figures.truth.astype(np.float64)
    for key in figures.small(k):
        column = figures.columns[key]
        for goal in (k, 0):
            if not low[column] <= goal <= high[column]:
                world = _nearest_world(figures, shown, column, goal)
                shown = shown & (world == figures.truth)
                low, high = np.minimum(low, world), np.maximum(high, world)
    return shown


def _nearest_world(figures: Figures, shown: Mask, column: int, goal: int) -> NDArray[np.float64]:
    """Counts that add up, give one figure the value `goal`, and differ from the truth at the lowest price.

    Unknowns are what to add to and what to take from each true count; only shown figures cost. Counts may come out
    as fractions: asking for whole ones takes seconds where this takes milliseconds, and the audit asks for them.
    """
    size, step = len(figures.truth), goal - int(figures.truth[column])
    least, most = np.zeros(2 * size), np.concatenate([np.full(size, np.inf), figures.truth])
    # Adding and taking at once would be free for hidden figures, so the figure itself gets one direction only.
    least[[column, size + column]] = most[[column, size + column]] = (max(step, 0), max(-step, 0))
    answer = milp(
        np.tile(_prices(figures) * shown, 2),
        bounds=Bounds(least, most),
        constraints=figures.ties(hstack([figures.matrix, -figures.matrix], format="csr")),
        options={"time_limit": SOLVE_SECONDS},
    )
    if answer.x is None:
        return figures.truth.astype(np.float64)
    change = np.round(answer.x[:size] - answer.x[size:], 6)
    return np.asarray(figures.truth + change, dtype=np.float64)


def _prices(figures: Figures) -> NDArray[np.float64]:
    """What hiding costs: by sort, and more for large figures, so that most customers stay visible."""
    return np.asarray(_sorts(figures) * np.log2(2 + figures.truth), dtype=np.float64)


def _sorts(figures: Figures) -> NDArray[np.float64]:
    return np.fromiter((_PRICE[str(key[0])] for key in figures.columns), dtype=np.float64)


def _keys(figures: Figures, shown: Mask) -> frozenset[Key]:
    return frozenset(key for key, column in figures.columns.items() if shown[column])


def _unsafe(k: int) -> LadderError:
    return LadderError(
        "This link cannot be made",
        f"No way was found to hide every group under {k} from a careful reader.",
        "Share fewer period ends or fewer blocks, or wait until more customers are known.",
    )
