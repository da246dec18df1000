"""Fitting: weights, units, covariance, and data in which a model cannot be seen."""

from __future__ import annotations

import numpy as np
import pytest

from ladder.value import likelihood as log_likelihood
from ladder.value.fit import fit_buying, fit_spending
from ladder.value.models import Array, Buying
from tests.value_simulated import simulated


@pytest.fixture(scope="module")
def base() -> tuple[Array, Array, Array]:
    return simulated(np.random.default_rng(11), 1500)


def parameters(buying: Buying) -> list[float]:
    return [float(value) for value in np.exp(buying.logs)]


def test_weighted_tuples_fit_like_single_customers(base: tuple[Array, Array, Array]) -> None:
    data = [np.round(column, 0) for column in base]
    tuples, weight = np.unique(np.column_stack(data), axis=0, return_counts=True)
    whole = fit_buying(*data, np.ones(len(data[0])))
    grouped = fit_buying(*tuples.T, weight.astype(float))
    assert len(tuples) < len(data[0])
    assert parameters(grouped) == pytest.approx(parameters(whole), rel=1e-9)
    assert grouped.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert grouped.covariance == pytest.approx(whole.covariance, rel=1e-7)


def test_days_instead_of_weeks_only_stretch_alpha(base: tuple[Array, Array, Array]) -> None:
    x, t_x, T = base
    weekly, daily = fit_buying(x, t_x, T, np.ones_like(x)), fit_buying(x, t_x * 7, T * 7, np.ones_like(x))
    r, alpha, a, b = parameters(weekly)
    assert parameters(daily) == pytest.approx([r, alpha * 7, a, b], rel=1e-8)


def test_covariance_is_that_of_the_logarithms(base: tuple[Array, Array, Array]) -> None:
    """The inverse of the information, whose entries are sums of products of scores when the model is true."""
    fitted = fit_buying(*base, np.ones(len(base[0])))
    assert fitted.covariance == pytest.approx(fitted.covariance.T)
    scores = log_likelihood.scores(lambda logs: log_likelihood.bg_nbd(logs, *base), fitted.logs)
    assert np.abs(scores.sum(axis=0)).max() < 0.05
    by_scores = np.linalg.inv(scores.T @ scores)
    assert np.sqrt(np.diag(fitted.covariance)) == pytest.approx(np.sqrt(np.diag(by_scores)), rel=0.25)
    # The estimates of r and alpha move together: lifetimes' own matrix loses this correlation.
    spread = np.sqrt(np.diag(fitted.covariance))
    assert fitted.covariance[0, 1] / (spread[0] * spread[1]) > 0.5


def test_the_true_parameters_are_found(base: tuple[Array, Array, Array]) -> None:
    fitted = fit_buying(*base, np.ones(len(base[0])))
    distance = (fitted.logs - np.log([0.25, 4.5, 0.8, 2.5])) / np.sqrt(np.diag(fitted.covariance))
    assert np.abs(distance).max() < 3.5


def test_a_world_without_dropout_is_recognised() -> None:
    chance = np.random.default_rng(6)
    T = chance.uniform(20, 60, 800)
    x = chance.poisson(chance.gamma(0.8, 1 / 8, 800) * T).astype(float)
    t_x = np.where(x > 0, T * chance.random(800) ** (1 / np.maximum(x, 1)), 0.0)
    fitted = fit_buying(x, t_x, T, np.ones(800))
    assert (fitted.a, fitted.b) == (None, None)
    assert fitted.evidence == 0
    assert [fitted.r, fitted.alpha] == pytest.approx([0.8, 8], rel=0.25)
    assert np.isfinite(fitted.covariance).all()


def test_dropout_is_kept_where_it_shows(base: tuple[Array, Array, Array]) -> None:
    assert fit_buying(*base, np.ones(len(base[0]))).evidence > 2.71


def test_gamma_gamma_finds_the_true_parameters() -> None:
    chance = np.random.default_rng(2)
    x = chance.integers(1, 10, 3000).astype(float)
    rate = chance.gamma(4.0, 1 / 15.0, 3000)
    m = chance.gamma(6.0 * x) / (rate * x)
    fitted = fit_spending(x, m)
    distance = (fitted.logs - np.log([6, 4, 15])) / np.sqrt(np.diag(fitted.covariance))
    assert np.abs(distance).max() < 3.5


@pytest.mark.parametrize(
    ("days", "amounts"),
    [
        pytest.param(np.full(100, 3.0), np.full(100, 12.0), id="all amounts the same"),
        pytest.param(np.full(29, 3.0), np.linspace(1, 30, 29), id="fewer than 30 customers"),
        pytest.param(np.ones(300), 1 / np.random.default_rng(1).random(300) ** 2, id="no finite mean, q ≤ 1"),
        pytest.param(np.ones(1), np.array([5.0]), id="one customer"),
    ],
)
def test_spending_falls_back_to_the_mean(days: Array, amounts: Array) -> None:
    fitted = fit_spending(days, amounts)
    assert fitted.p is None
    assert fitted.mean == pytest.approx(days @ amounts / days.sum())
    assert np.isfinite(fitted.covariance).all()
