"""Expected orders and amounts: two routes to one answer, and the corners where closed forms break."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln

from ladder.value.expectations import (
    closed_form,
    discounted_orders,
    expected_amount,
    expected_orders,
    probability_active,
    probability_alive,
)
from ladder.value.models import Array, Buying, Spending

CDNOW = Buying(0.2425945, 4.4136027, 0.7929218, 2.4259057, -9582.4, -9763.7, 2357, np.eye(4))
PLAIN = Buying(0.385, 12.07, None, None, -1.0, -1.0, 10, np.eye(2))
GAMMA_GAMMA = Spending(6.25, 3.74, 15.44, 35.0, -1.0, 946, np.eye(3))


def model(r: float, alpha: float, a: float, b: float) -> Buying:
    return CDNOW.at(np.log([r, alpha, a, b]))


def histories(count: int) -> tuple[Array, Array, Array]:
    chance = np.random.default_rng(7)
    T = chance.uniform(1, 100, count)
    frequency = chance.integers(0, 40, count).astype(float)
    return frequency, np.where(frequency > 0, T * chance.uniform(0, 1, count), 0.0), T


def one(x: float, t_x: float, T: float) -> tuple[Array, Array, Array]:
    return np.array([x]), np.array([t_x]), np.array([T])


def orders(buying: Buying, x: float, t_x: float, T: float, weeks: float) -> float:
    return float(expected_orders(buying, *one(x, t_x, T), np.array([weeks]))[0, 0])


def by_quad(buying: Buying, x: float, T: float, weeks: float) -> float:
    """Expected orders if alive, integrating over p = s ** (1 / a) so that the singularity at 0 is gone."""
    a, b = buying.a or 0.0, (buying.b or 0.0) + x
    reach = weeks / (buying.alpha + T)

    def integrand(s: float) -> float:
        p = s ** (1 / a)
        lost = -np.expm1(-(buying.r + x) * np.log1p(p * reach)) / p
        return float(lost * np.exp((b - 1) * np.log1p(-p) - betaln(a, b)) / a)

    middle = (1 - np.exp(-30 / b)) ** a
    parts = [
        quad(integrand, *ends, epsabs=0, epsrel=1e-11, limit=400)[0]
        for ends in ((1e-12, middle), (middle, 1))
    ]
    return float(sum(parts))


def test_quadrature_equals_the_hypergeometric_form() -> None:
    data = histories(300)
    ours = expected_orders(CDNOW, *data, np.array([52.0]))[:, 0]
    assert ours == pytest.approx(closed_form(CDNOW, *data, 52.0), rel=1e-9)


@pytest.mark.parametrize(
    ("buying", "x", "T"),
    [
        pytest.param(model(0.24, 4.4, 1.0, 2.4), 2, 10, id="a = 1"),
        pytest.param(model(0.24, 4.4, 0.286, 0.659), 0, 30, id="a + b < 1, one order"),
        pytest.param(model(0.24, 4.4, 0.8, 2.4), 3000, 100, id="3,000 orders"),
        pytest.param(model(0.24, 4.4, 0.8, 2.4), 600, 20, id="600 orders in 20 weeks"),
        pytest.param(model(0.24, 4.4, 0.8, 2.4), 0, 0, id="came today"),
    ],
)
def test_expected_orders_where_closed_forms_break(buying: Buying, x: float, T: float) -> None:
    assert orders(buying, x, T, T, 52) == pytest.approx(
        by_quad(buying, x, T, 52) * probability_alive(buying, *one(x, T, T))[0], rel=1e-8
    )


def test_dropout_probability_one_half_by_hand() -> None:
    """With r, alpha → a known rate 1 and a, b → p = ½, the orders to come are geometric: mean 1 in the long run."""
    sure = model(1e7, 1e7, 1e7, 1e7)
    assert orders(sure, 0, 0, 0, 50) == pytest.approx(2.0, rel=1e-5)


def test_formula_equals_simulation() -> None:
    chance = np.random.default_rng(3)
    r, alpha, a, b = (float(value) for value in np.exp(CDNOW.logs))
    x, t_x, T, weeks, count = 2, 30.43, 38.86, 39, 400_000
    alive = chance.random(count) < probability_alive(CDNOW, *one(x, t_x, T))[0]
    possible = chance.poisson(chance.gamma(r + x, 1 / (alpha + T), count) * weeks)
    until_dropout = chance.geometric(chance.beta(a, b + x, count))
    made = alive * np.minimum(possible, until_dropout)
    error = made.std() / np.sqrt(count)
    assert abs(made.mean() - orders(CDNOW, x, t_x, T, weeks)) < 4 * error
    active = probability_active(CDNOW, *one(x, t_x, T), weeks)[0]
    assert abs((made > 0).mean() - active) < 4 * np.sqrt(active * (1 - active) / count)


def test_probability_alive_is_a_probability_and_falls_while_the_customer_is_silent() -> None:
    data = histories(500)
    alive = probability_alive(CDNOW, *data)
    assert ((alive >= 0) & (alive <= 1)).all()
    ages = np.linspace(10, 100, 50)
    silent = probability_alive(CDNOW, np.full(50, 3.0), np.full(50, 10.0), ages)
    assert (np.diff(silent) < 0).all()


def test_discounting_at_zero_changes_nothing_and_more_discount_leaves_less() -> None:
    data = histories(50)
    plain = expected_orders(CDNOW, *data, np.array([52.0]))[:, 0]
    assert discounted_orders(CDNOW, *data, 52.0, 0.0) == pytest.approx(plain, rel=1e-14)
    by_rate = np.array([discounted_orders(CDNOW, *data, 52.0, rate) for rate in (0.0, 0.05, 0.1, 0.5)])
    assert (np.diff(by_rate, axis=0) < 0).all()
    by_horizon = np.array([discounted_orders(CDNOW, *data, weeks, 0.1) for weeks in (4.0, 26.0, 52.0, 260.0)])
    assert (np.diff(by_horizon, axis=0) > 0).all()


def test_orders_without_dropout_are_discounted_as_an_annuity() -> None:
    """A constant rate c discounted continuously at force δ is worth c (1 − e^(−δH)) / δ."""
    rate = (0.385 + 3) / (12.07 + 40)
    force = np.log(1.1) / (12 * 30.4375 / 7)
    worth = rate * (1 - np.exp(-force * 100)) / force
    assert discounted_orders(PLAIN, *one(3, 20, 40), 100.0, 0.1)[0] == pytest.approx(worth, rel=1e-12)


def test_weeks_and_days_say_the_same() -> None:
    daily = CDNOW.at(CDNOW.logs + np.log([1, 7, 1, 1]))
    frequency, recency, T = histories(40)
    in_weeks = expected_orders(CDNOW, frequency, recency, T, np.array([39.0]))
    in_days = expected_orders(daily, frequency, recency * 7, T * 7, np.array([273.0]))
    assert in_days == pytest.approx(in_weeks, rel=1e-12)


def test_expected_amount_of_hardies_sheet() -> None:
    """Population mean p·v / (q − 1) = 35.219 without repeat orders; 24.664 for two at a mean of 22.35."""
    found = expected_amount(GAMMA_GAMMA, np.array([0.0, 2.0]), np.array([np.nan, 22.35]))
    assert found == pytest.approx([35.219, 24.664], abs=1e-3)


def test_shrunken_mean_by_hand() -> None:
    """Mean of all 10, counted as two orders: with two own orders at 30, (2·10 + 2·30) / 4 = 20."""
    simple = Spending(None, None, None, 10.0, None, 5, np.eye(1))
    found = expected_amount(simple, np.array([0.0, 2.0]), np.array([np.nan, 30.0]))
    assert found.tolist() == [10.0, 20.0]
