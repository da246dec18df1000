"""Log-likelihoods per customer in natural units; parameters are given as logarithms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import gammaln

from ladder.value.models import Array

STEP = 1e-5


def bg_nbd(logs: Array, frequency: Array, recency: Array, T: Array) -> Array:
    """BG/NBD, stable form (Hardie, note 027): one value per customer. `logs` of r, alpha, a, b."""
    r, alpha, a, b = np.exp(logs)
    buys = gammaln(r + frequency) - gammaln(r) + r * np.log(alpha)
    stays = gammaln(a + b) + gammaln(b + frequency) - gammaln(b) - gammaln(a + b + frequency)
    alive = -(r + frequency) * np.log(alpha + T)
    left = np.log(a) - np.log(b + np.maximum(frequency, 1) - 1) - (r + frequency) * np.log(alpha + recency)
    return np.asarray(buys + stays + np.logaddexp(alive, np.where(frequency > 0, left, -np.inf)))


def nbd(logs: Array, frequency: Array, T: Array) -> Array:
    """NBD for the same data, that is BG/NBD without dropout, so that the two may be compared."""
    r, alpha = np.exp(logs)
    return np.asarray(
        gammaln(r + frequency) - gammaln(r) + r * np.log(alpha) - (r + frequency) * np.log(alpha + T)
    )


def gamma_gamma(logs: Array, paid_days: Array, monetary_value: Array) -> Array:
    """Gamma-Gamma (Hardie, note 025, equation 1a): one value per customer with a repeat amount."""
    p, q, v = np.exp(logs)
    shape = p * paid_days
    return np.asarray(
        gammaln(shape + q)
        - gammaln(shape)
        - gammaln(q)
        + q * np.log(v)
        + (shape - 1) * np.log(monetary_value)
        + shape * np.log(paid_days)
        - (shape + q) * np.log(paid_days * monetary_value + v)
    )


def scores(terms: Callable[[Array], Array], logs: Array) -> Array:
    """Derivatives of each log-likelihood by central differences, shape (customers, parameters)."""
    columns = []
    for index in range(len(logs)):
        step = np.zeros_like(logs)
        step[index] = STEP
        columns.append((terms(logs + step) - terms(logs - step)) / (2 * STEP))
    return np.column_stack(columns)
