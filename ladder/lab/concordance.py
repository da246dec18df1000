"""Concordance of rung and outcome from counts, and its interval when customers are drawn again.

Of two customers at the same period end with different outcomes, how often does the one with more stand higher? Equal
rungs count half. For buying or not this is the area under the ROC curve (Mann and Whitney 1947, Hanley and McNeil
1982); 2c − 1 is Somers' D of the rung with respect to the outcome (Somers 1962). Pairs are formed within a period end
only, and added up over them (van Elteren 1960), so that a season or a growing shop does not pass for foresight.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
GROUPS = 1_000
REPLICATES = 1_000
LEVEL = 95.0


class Draws:
    """Customers in groups, and how often each replicate draws each group, the first one being the data as they are.

    Up to `GROUPS` customers each is a group of its own. Above, customers are dealt into groups at random: groups are
    as independent as customers, and sums per group are all that a replicate needs.
    """

    def __init__(self, customers: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.count = max(1, min(customers, GROUPS))
        self.group = random.permutation(customers) % self.count
        again = random.multinomial(self.count, np.full(self.count, 1 / self.count), size=REPLICATES)
        self.weights = np.vstack([np.ones(self.count), again])

    def tables(self, customers: Array, code: Array, states: int, outcome: Array, outcomes: int) -> Array:
        """Customers per replicate, state and outcome; the outcomes are numbered in their order."""
        cell = (self.group[customers] * states + code) * outcomes + outcome
        counts = np.bincount(cell, minlength=self.count * states * outcomes)
        drawn: Array = self.weights @ counts.reshape(self.count, states * outcomes).astype(np.float64)
        return np.reshape(drawn, (-1, states, outcomes))


def concordant(tables: Array) -> tuple[Array, Array]:
    """(concordant pairs, all pairs) of every replicate; `tables` has axes replicate, state, outcome.

    A pair has two different outcomes; equal states make it half concordant.
    """
    less = np.cumsum(tables, axis=2) - tables
    lower = np.cumsum(less, axis=1) - less
    agree = (tables * (lower + less / 2)).sum(axis=(1, 2))
    outcomes = tables.sum(axis=1)
    pairs = (outcomes * (np.cumsum(outcomes, axis=1) - outcomes)).sum(axis=1)
    return agree, pairs


class Concordance:
    """Concordant and all pairs of every replicate, added up over period ends."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._agree = np.zeros(REPLICATES + 1)
        self._pairs = np.zeros(REPLICATES + 1)

    def add(self, customers: Array, code: Array, states: int, outcome: Array, outcomes: int) -> None:
        """Take in one period end: per customer (an index into the draws) the state and the outcome, as numbers."""
        agree, pairs = concordant(self._draws.tables(customers, code, states, outcome, outcomes))
        self._agree += agree
        self._pairs += pairs

    @property
    def replicates(self) -> Array:
        """The concordance of the data, then of every replicate; not a number without a pair."""
        share = np.full(REPLICATES + 1, np.nan)
        np.divide(self._agree, self._pairs, out=share, where=self._pairs > 0)
        return share


def interval(replicates: Array) -> tuple[float, float]:
    """The middle 95% of the replicates (percentile bootstrap, Efron and Tibshirani 1993, chapter 13)."""
    low, high = np.nanpercentile(replicates, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return float(low), float(high)
