"""Maximum likelihood through lifetimes, of which the likelihood is kept, not the stopping rule nor the covariance.

The only module that imports lifetimes; everything leaves it as plain values.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import digamma

from ladder.value import likelihood
from ladder.value.models import DROPOUT_EVIDENCE, Array, Buying, Spending

with warnings.catch_warnings():
    # lifetimes 0.11.3 sets a pandas option that pandas 3 has retired.
    warnings.simplefilter("ignore")
    from autograd import hessian, value_and_grad  # type: ignore[import-untyped]
    from lifetimes import BetaGeoFitter, GammaGammaFitter
    from lifetimes.utils import ConvergenceError

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
    fitter = _quietly(_BetaGeo(), frequency.astype(int), recency, T, weights=weight)
    if fitter is None:
        return plain
    logs = np.log(fitter.params_.to_numpy(dtype=float))
    natural = float(weight @ likelihood.bg_nbd(logs, frequency, recency, T))
    full = Buying(1, 1, 1, 1, natural, plain.nbd_log_likelihood, plain.customers, fitter.log_covariance).at(
        logs
    )
    usable = np.isfinite(natural) and full.evidence >= DROPOUT_EVIDENCE
    return full if usable else plain


def fit_spending(paid_days: Array, monetary_value: Array) -> Spending:
    """Gamma-Gamma on customers with a positive repeat amount; only their mean where it cannot be used.

    It is not used below 30 customers, with q ≤ 1 (no finite mean) or without a maximum (equal amounts).
    """
    mean = float(paid_days @ monetary_value / paid_days.sum())
    shrunken = _mean_only(paid_days, monetary_value, mean)
    if len(paid_days) < MIN_SPENDERS or np.ptp(monetary_value) <= 1e-9 * mean:
        return shrunken
    fitter = _quietly(_GammaGamma(), paid_days, monetary_value)
    if fitter is None:
        return shrunken
    logs = np.log(fitter.params_.to_numpy(dtype=float))
    natural = float(likelihood.gamma_gamma(logs, paid_days, monetary_value).sum())
    # Beyond the bound customers do not differ from each other, or orders of one customer do not: no maximum.
    if not np.isfinite(natural) or logs[1] <= 0 or np.abs(logs[:2]).max() > BOUND:
        return shrunken
    return Spending(1, 1, 1, mean, natural, len(paid_days), fitter.log_covariance).at(logs)


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


def _mean_only(paid_days: Array, monetary_value: Array, mean: float) -> Spending:
    """The mean amount per repeat order day, with the variance of a ratio of sums over customers."""
    misses = paid_days * (monetary_value - mean)
    variance = float((misses**2).sum()) / float((paid_days.sum() * mean) ** 2)
    return Spending(None, None, None, mean, None, len(paid_days), np.array([[variance]]))


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
    start = np.full(size, 0.1) if initial is None else initial
    objective = self._negative_log_likelihood
    chosen: Any = options
    result = minimize(value_and_grad(objective), start, args=arguments, jac=True, tol=tol, options=chosen)
    if not np.all(np.isfinite(result.x)) or not np.abs(result.jac).max() < GRADIENT:
        raise ConvergenceError("the gradient is not zero")
    return result.x, float(result.fun), hessian(objective)(result.x, *arguments)


def _log_covariance(self: Any) -> Any:
    """Covariance of the log-parameters; lifetimes scales its columns wrongly (it is asymmetric)."""
    self.log_covariance = np.linalg.pinv(self._hessian_, hermitian=True) / self.data["weights"].sum()
    scale = np.diag(self.params_.to_numpy(dtype=float))
    names = self.params_.index
    return pd.DataFrame(scale @ self.log_covariance @ scale, index=names, columns=names)


class _BetaGeo(BetaGeoFitter):  # type: ignore[misc]  # lifetimes has no types
    _fit = _fit_by_gradient
    _compute_variance_matrix = _log_covariance


class _GammaGamma(GammaGammaFitter):  # type: ignore[misc]  # lifetimes has no types
    _fit = _fit_by_gradient
    _compute_variance_matrix = _log_covariance


def _quietly(fitter: Any, *data: Array, **options: Any) -> Any:
    """The fitted fitter, or None where the likelihood has no usable maximum."""
    with _LOCK, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return fitter.fit(*data, **options)
        except (ConvergenceError, np.linalg.LinAlgError):
            return None
