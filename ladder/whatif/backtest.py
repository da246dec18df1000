"""Does the rung-only chain forecast better than assuming no change? Judged on the workspace's own history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ladder.placement import Placed
from ladder.whatif.chain import Array, probabilities, project
from ladder.whatif.transitions import POOLED_STEPS, STEP_MONTHS, Moves, load_moves

LEAST_TRAINING = 3
LEAST_ORIGINS = 3
MOST_ORIGINS = 6
LEAST_GAIN = 0.05


@dataclass(frozen=True, eq=False)
class ChainBacktest:
    """Rolling-origin check of the rung-only chain: the mean absolute error of rung shares.

    `months` is the horizon checked: the one asked for, or the longest the history allows (0: none).
    `.frame` has origin, target, chain, persistence (errors as shares, mean over rungs), one row per origin.
    """

    months: float
    chain: float | None
    persistence: float | None
    verdict: str
    frame: pd.DataFrame

    @property
    def better(self) -> bool | None:
        """Whether the chain's error is at least 5% below persistence; None when it could not be checked."""
        if self.chain is None or self.persistence is None:
            return None
        return _beats(self.chain, self.persistence)

    def to_dict(self) -> dict[str, Any]:
        return {
            "months": self.months,
            "origins": [origin.isoformat() for origin in self.frame["origin"]],
            "chain": self.chain,
            "persistence": self.persistence,
            "better": self.better,
            "verdict": self.verdict,
        }


def chain_backtest(placed: Placed, horizon: int = 12) -> ChainBacktest:
    """Forecast `horizon` months ahead from up to 6 past period ends, each with what was known by then."""
    return backtest(load_moves(placed), placed.periods, STEP_MONTHS[placed.ladder.period], horizon)


def backtest(moves: Moves, ends: tuple[date, ...], step_months: float, horizon: int) -> ChainBacktest:
    """The check on counted moves; `ends` are the period ends of `moves.standing`."""
    last = len(moves.standing) - 1
    steps = min(max(1, round(horizon / step_months)), last - LEAST_TRAINING - LEAST_ORIGINS + 1)
    if steps < 1:
        return _unchecked(len(moves.standing))
    filled = moves.standing.sum(axis=0) > 0
    rows = []
    for origin in range(max(LEAST_TRAINING, last - steps - MOST_ORIGINS + 1), last - steps + 1):
        actual = _shares(moves.standing[origin + steps])
        still = np.abs(_shares(moves.standing[origin]) - actual)[filled].mean()
        error = np.abs(_shares(forecast_from(moves, origin, steps)[-1]) - actual)[filled].mean()
        rows.append((ends[origin], ends[origin + steps], float(error), float(still)))
    frame = pd.DataFrame(rows, columns=["origin", "target", "chain", "persistence"])
    chain, persistence = float(frame["chain"].mean()), float(frame["persistence"].mean())
    months = round(steps * step_months, 1)
    return ChainBacktest(months, chain, persistence, _verdict(len(rows), months, chain, persistence), frame)


def forecast_from(moves: Moves, origin: int, steps: int) -> Array:
    """The chain's path from a past period end, (steps + 1, S), trained on the 12 steps before it alone."""
    known = moves.until(origin)
    counts, arrivals = known.counts[-POOLED_STEPS:], known.arrivals[-POOLED_STEPS:]
    matrix = probabilities(counts.sum(axis=0), known.shape)
    return project(known.standing[-1], matrix, arrivals.mean(axis=0), steps)


def _shares(standing: Array) -> Array:
    result: Array = standing / max(float(standing.sum()), 1.0)
    return result


def _beats(chain: float, persistence: float) -> bool:
    return chain < (1 - LEAST_GAIN) * persistence


def _verdict(checks: int, months: float, chain: float, persistence: float) -> str:
    missed = (
        f"in the last {checks} checks, {months:g} months ahead, this forecast missed rung shares by "
        f"{100 * chain:.1f} points on average; assuming no change missed by {100 * persistence:.1f}."
    )
    if _beats(chain, persistence):
        return "Better than assuming no change: " + missed
    return "No better than assuming no change: " + missed


def _unchecked(periods: int) -> ChainBacktest:
    least = LEAST_TRAINING + LEAST_ORIGINS + 1
    verdict = (
        f"This forecast could not be checked: the history has {periods} period ends, and a check needs "
        f"at least {least}."
    )
    empty = pd.DataFrame({name: [] for name in ("origin", "target", "chain", "persistence")})
    return ChainBacktest(0, None, None, verdict, empty)
