"""Money of a push: what displaced customers bring, what it costs, and who would have climbed anyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ladder.model.scenario import Incentive
from ladder.whatif.chain import Array, displace, higher, shift


@dataclass(frozen=True, eq=False)
class Effect:
    """A push worked through the chain; arrays end with the step axis T, after any batch axes.

    `delta` (..., T + 1, S) is scenario minus baseline in customers; `revenue` and `margin` are differences,
    `cost` = contact + rewards, `leakage` the rewards of those who would have climbed anyway; `contacted` and
    `moved` count customers reached and climbs that the push added.
    """

    delta: Array
    revenue: Array
    margin: Array
    cost: Array
    rewards: Array
    leakage: Array
    contacted: Array
    moved: Array

    @property
    def profit(self) -> Array:
        """Margin minus cost per step."""
        return self.margin - self.cost


@dataclass(frozen=True)
class Push:
    """An incentive in the chain's units: `state` index, log-odds `effect`, steps active, share kept a step."""

    incentive: Incentive
    state: int
    effect: float
    active: int
    kept: float
    margin: float

    def work(self, baseline: Array, matrix: Array, revenue: Array, effect: float | None = None) -> Effect:
        """Follow the push along a baseline (..., T + 1, S), chain (..., S, S) and revenue (..., S)."""
        size, beta = matrix.shape[-1], self.effect if effect is None else effect
        success = higher(self.state, size)
        change = shift(matrix, self.state, success, beta)
        reach = np.where(np.arange(size) == self.state, self.incentive.reach, 0.0)
        delta = displace(baseline, matrix, change, reach, self.active, self.kept)
        standing = (baseline + delta)[..., :-1, self.state]
        active = np.arange(standing.shape[-1]) < self.active
        contacted = np.where(active, standing * self.incentive.reach, 0.0)
        already = (matrix[..., self.state, :] * success).sum(axis=-1)[..., None]
        added = (change[..., self.state, :] * success).sum(axis=-1)[..., None]
        gained = (delta[..., 1:, :] * revenue[..., None, :]).sum(axis=-1)
        return self._settle(delta, gained, contacted, already, added)

    def _settle(self, delta: Array, gained: Array, contacted: Array, already: Array, added: Array) -> Effect:
        """Cost_t = N ρ c0 + c1·N ρ (u r0 + (u′ − u) r1); a push that repels pays fewer rewards at r0."""
        terms = self.incentive
        anyway = contacted * (already + np.minimum(added, 0)) * terms.redeem_already
        leakage = terms.reward_cost * anyway
        rewards = leakage + terms.reward_cost * contacted * np.maximum(added, 0) * terms.redeem_moved
        return Effect(
            delta=delta,
            revenue=gained,
            margin=gained * self.margin,
            cost=contacted * terms.contact_cost + rewards,
            rewards=rewards,
            leakage=leakage,
            contacted=contacted,
            moved=contacted * added,
        )
