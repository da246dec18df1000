"""Maximum likelihood through lifetimes, of which the likelihood is kept, not the stopping rule nor the covariance.

The only module that imports lifetimes; everything leaves it as plain values.
"""

from __future__ import annotations

import importlib
import threading
import warnings
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import digamma

from ladder.value import likelihood
from ladder.value.models import DROPOUT_EVIDENCE, Array, Buying, Spending

GRADIENT = 1e-5
BOUND = 12.0
_PRECISE: Any = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 500}
MIN_SPENDERS = 30
# Autograd numbers its nested traces in one process-wide counter and the warning filters are process-wide too.
_LOCK = threading.Lock()


def fit_buying(frequency: Array, recency: Array, T: Array, weight: Array) -> Buying:
    """BG/NBD on distinct (frequency, recency, T) in weeks; plain NBD where dropout cannot be seen.

    Source: Fader, Hardie and Lee (2005), Marketing Science 24:275. Dropout is kept only if
    it raises twice the log-likelihood by more than 2.71 over plain NBD.
    """
    plain = _fit_nbd(frequency, T, weight)
    fitter = _quietly("BetaGeoFitter", frequency.astype(int), recency, T, weights=weight)
    if fitter is None:
        return plain
    logs = np.log(fitter.params_.to_numpy(dtype=float))
    natural = float(weight @ likelihood.bg_nbd(logs, frequency, recency, T))
    full = Buying(1, 1, 1, 1, natural, plain.nbd_log_likelihood, plain.customers, fitter.log_covariance).at(
        logs
    )
    usable = np.isfinite(natural) and full.evidence >= DROPOUT_EVIDENCE
    return full if usable else plain


def fit_spending(paid_days: Array, monetary_value: Array, weight: Array | None = None) -> Spending:
    """Gamma-Gamma on customers with a positive repeat amount; only their mean where it cannot be used.

    It is not used below 30 customers, with q ≤ 1 (no finite mean) or without a maximum (equal amounts).
    """
    weight = np.ones_like(paid_days) if weight is None else weight
    shrunken = _mean_only(paid_days, monetary_value, weight)
    if len(paid_days) < MIN_SPENDERS or np.ptp(monetary_value) <= 1e-9 * shrunken.mean:
        return shrunken
    fitter = _quietly("GammaGammaFitter", paid_days, monetary_value, weights=weight)
    if fitter is None:
        return shrunken
    logs = np.log(fitter.params_.to_numpy(dtype=float))
    natural = float(weight @ likelihood.gamma_gamma(logs, paid_days, monetary_value))
    # Beyond the bound customers do not differ from each other, or orders of one customer do not: no maximum.
    if not np.isfinite(natural) or logs[1] <= 0 or np.abs(logs[:2]).max() > BOUND:
        return shrunken
    full = replace(shrunken, p=1.0, q=1.0, v=1.0, log_likelihood=natural, covariance=fitter.log_covariance)
    return full.at(logs)


def _fit_nbd(frequency: Array, T: Array, weight: Array) -> Buying:
    def loss(logs: Array) -> tuple[float, Array]:
        r, alpha = (float(value) for value in np.exp(logs))
        by_r = digamma(r + frequency) - digamma(r) + np.log(alpha) - np.log(alpha + T)
        by_alpha = r / alpha - (r + frequency) / (alpha + T)
        slope = -np.asarray([r * float(weight @ by_r), alpha * float(weight @ by_alpha)]) / weight.sum()
        return -float(weight @ likelihood.nbd(logs, frequency, T)) / weight.sum(), slope

    rate = float(weight @ frequency) / float(weight @ T)
    start = np.log([1.0, 1.0 / rate])
    bounds = [(-BOUND, BOUND)] * 2
    logs = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=_PRECISE).x
    slopes = [loss(logs + step)[1] - loss(logs - step)[1] for step in likelihood.STEP * np.eye(2)]
    curvature = np.stack(slopes) / (2 * likelihood.STEP)
    covariance = np.linalg.pinv((curvature + curvature.T) / 2, hermitian=True) / weight.sum()
    total = float(weight @ likelihood.nbd(logs, frequency, T))
    r, alpha = np.exp(logs)
    return Buying(float(r), float(alpha), None, None, total, total, int(weight.sum()), covariance)


def _mean_only(paid_days: Array, monetary_value: Array, weight: Array) -> Spending:
    """The mean amount per repeat order day, with the variance of a ratio of sums over customers."""
    total = float(weight @ paid_days)
    mean = float(weight @ (paid_days * monetary_value)) / total
    misses = paid_days * (monetary_value - mean)
    variance = float(weight @ misses**2) / (total * mean) ** 2
    return Spending(None, None, None, mean, None, len(paid_days), np.array([[variance]]))


class _NoMaximumError(Exception):
    """The search ended where the likelihood still rises."""


def _fit_by_gradient(
    self: Any,
    arguments: Any,
    initial: Any,
    size: int,
    display: bool,
    tol: float = 1e-7,
    bounds: Any = None,
    **options: Any,
) -> tuple[Array, float, Array]:
    """Minimise as lifetimes does, but judge success by the gradient.

    Its own rule raises ConvergenceError on "precision loss" at a gradient of 1e-7, and prints.
    """
    autograd = importlib.import_module("autograd")
    start = np.full(size, 0.1) if initial is None else initial
    objective = self._negative_log_likelihood
    chosen: Any = options
    result = minimize(
        autograd.value_and_grad(objective), start, args=arguments, jac=True, tol=tol, options=chosen
    )
    if not np.all(np.isfinite(result.x)) or not np.abs(result.jac).max() < GRADIENT:
        raise _NoMaximumError
    return result.x, float(result.fun), autograd.hessian(objective)(result.x, *arguments)


def _log_covariance(self: Any) -> Any:
    """Covariance of the log-parameters; lifetimes scales its columns wrongly (it is asymmetric)."""
    self.log_covariance = np.linalg.pinv(self._hessian_, hermitian=True) / self.data["weights"].sum()
    scale = np.diag(self.params_.to_numpy(dtype=float))
    names = self.params_.index
    return pd.DataFrame(scale @ self.log_covariance @ scale, index=names, columns=names)


@cache
def _repaired(name: str) -> Any:
    """The lifetimes fitter `name` with the stopping rule and the covariance replaced.

    Imported at the first fit: it loads all of scipy.stats, which would double the start of the program.
    """
    lifetimes = importlib.import_module("lifetimes")
    repairs = {"_fit": _fit_by_gradient, "_compute_variance_matrix": _log_covariance}
    return type(name, (getattr(lifetimes, name),), repairs)


def _quietly(name: str, *data: Array, weights: Array) -> Any:
    """The fitter `name` of lifetimes, fitted; None where the likelihood has no usable maximum.

    lifetimes sets an option that pandas 3 retired, turns warning filters off and overflows on its way.
    """
    with _LOCK, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return _repaired(name)().fit(*data, weights=weights)
        except (_NoMaximumError, np.linalg.LinAlgError):
            return None
