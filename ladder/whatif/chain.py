"""Arithmetic of a rung chain: arrays in, arrays out, no data access.

S states are `lapsed` (index 0) and the rungs from bottom to top. Batch axes may stand in front, so that one
joint draw or four hundred of them go through the same lines. Where the formulas come from: docs/methods.md.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def probabilities(counts: Array, shape: Array) -> Array:
    """Row-normalised transition counts (S, S).

    A row without exposure takes its `shape` (what was seen before), else it stays where it is. Cells without
    a count stay exactly 0.
    """
    rows = np.where(counts.sum(axis=1, keepdims=True) > 0, counts, shape)
    rows = np.where(rows.sum(axis=1, keepdims=True) > 0, rows, np.eye(len(rows)))
    result: Array = rows / rows.sum(axis=1, keepdims=True)
    return result


def higher(state: int, size: int) -> Mask:
    """The destinations that count as a climb from `state`: every state above it, (S,)."""
    result: Mask = np.arange(size) > state
    return result


def log_odds(rate: float, target: float) -> float:
    """The log-odds effect that takes the share `rate` to `target`; exactly 0 when they are equal."""
    return 0.0 if rate == target else float(logit(target) - logit(rate))


def shifted_rate(rate: float, effect: float) -> float:
    """The share that a log-odds `effect` makes of `rate`."""
    return rate if effect == 0 else float(expit(logit(rate) + effect))


def shift(matrix: Array, state: int, success: Mask, effect: float) -> Array:
    """P′ − P for a log-odds effect on the moves from `state` into the `success` states, (..., S, S).

    With u = Σ P_ij over success and u′ = logit⁻¹(logit u + β), P′_ij = P_ij·u′/u on success and
    P_ij·(1 − u′)/(1 − u) elsewhere. Written as a difference with e = exp(β) − 1 nothing is divided by u:
    β = 0 gives exactly 0, u = 0 stays 0, structural zeros stay 0.
    """
    row = matrix[..., state, :]
    u = (row * success).sum(axis=-1, keepdims=True)
    e = math.expm1(effect)
    change = np.where(success, 1 - u, -u) * (e / (1 + u * e))
    result: Array = np.zeros_like(matrix)
    result[..., state, :] = row * change
    return result


def project(start: Array, matrix: Array, arrivals: Array, steps: int) -> Array:
    """v_{t+1} = v_t P + arrivals for t = 0 … steps, (..., steps + 1, S)."""
    path = np.empty((*matrix.shape[:-2], steps + 1, matrix.shape[-1]))
    path[..., 0, :] = start
    for step in range(steps):
        path[..., step + 1, :] = _through(path[..., step, :], matrix) + arrivals
    return path


def displace(baseline: Array, matrix: Array, push: Array, reach: Array, active: int, kept: float) -> Array:
    """Scenario minus baseline for t = 0 … T, (..., T + 1, S); every row sums to 0.

    Δ_{t+1} = s·(Δ_t P) + (ρ ∘ (v_t + Δ_t))(P′ − P), the second term in the first `active` steps only.
    `push` is P′ − P, `reach` is ρ (S,), `kept` is the stickiness s.
    """
    delta = np.zeros_like(baseline)
    for step in range(baseline.shape[-2] - 1):
        moved = kept * _through(delta[..., step, :], matrix)
        if step < active:
            moved = moved + _through(reach * (baseline[..., step, :] + delta[..., step, :]), push)
        delta[..., step + 1, :] = moved + 0.0
    return delta


def discounting(rate: float, steps: int, step_months: float) -> Array:
    """Present value of one unit in the middle of each step, (steps,); `rate` is per year."""
    months = (np.arange(steps) + 0.5) * step_months
    result: Array = (1 + rate) ** (-months / 12)
    return result


def _through(row: Array, matrix: Array) -> Array:
    result: Array = np.matmul(row[..., None, :], matrix)[..., 0, :]
    return result
