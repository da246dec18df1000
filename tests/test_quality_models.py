"""Do the models hold: gamma processes of known regularity are recovered, and each light on both sides of its bar."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladder.errors import LadderError
from ladder.quality import Regularity, regularity
from ladder.quality.model_checks import dropout_check, forecast_check, regularity_check, rung_check
from ladder.quality.regularity import shape_of_gaps
from ladder.value import fit
from ladder.whatif import ChainBacktest
from tests.quality_shop import rows_of
from tests.value_shop import Order, placed_shop
from tests.value_simulated import simulated_orders

LAST = date(2024, 12, 31)


def purchase_days(k: float, customers: int, mean_gap: float, seed: int) -> list[list[float]]:
    """Times of purchase within 540 days: gamma gaps of shape k, gamma rates, one in ten leaves after each."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(customers):
        now, days, rate = chance.uniform(0, 300), [], chance.gamma(1.5, 1 / 1.5) / mean_gap
        while now < 540:
            days.append(now)
            if chance.random() < 0.1:
                break
            now += chance.gamma(k, 1 / (k * rate))
        found.append(days)
    return found


@pytest.mark.parametrize("k", [0.7, 1.0, 1.5, 2.0, 4.0])
def test_the_shape_of_gamma_gaps_is_recovered_whatever_the_rates_and_who_leaves(k: float):
    buyers = [days for days in purchase_days(k, 6000, 40, seed=int(10 * k)) if len(days) >= 3]
    gaps = np.array([(days[1] - days[0], days[2] - days[1]) for days in buyers])
    found = shape_of_gaps(gaps[:, 0], gaps[:, 1])
    assert found is not None and found.pairs == len(buyers)
    # Four of its own standard errors: a right estimate fails once in 16,000 seeds.
    assert abs(found.k - k) < 4 * found.error
    assert found.error < 0.06 * k


def test_the_stated_error_is_the_spread_of_repeated_estimates():
    found = []
    for seed in range(60):
        gaps = np.random.default_rng(seed).gamma(1.0, 1.0, (400, 2))
        found.append(shape_of_gaps(gaps[:, 0], gaps[:, 1]))
    known = [one for one in found if one is not None]
    spread, stated = np.std([one.k for one in known]), np.mean([one.error for one in known])
    # 60 draws give a standard deviation to 9%; three times that.
    assert stated == pytest.approx(spread, rel=0.27)


def test_regularity_is_read_from_the_first_three_days_of_purchase_by_the_last_period_end(tmp_path: Path):
    orders: list[Order] = []
    for number, days in enumerate(purchase_days(2.0, 1500, 60, seed=3)):
        # Two orders on one day are one purchase.
        orders += [(f"c{number}", LAST - timedelta(days=540 - int(day)), 10.0) for day in (*days, days[0])]
    found = regularity(placed_shop(tmp_path / "shop", orders))
    assert found is not None
    # Whole days make buying look a little more regular: 0.05 at this pace, docs/methods.md.
    assert abs(found.k - 2.0) < 4 * found.error + 0.05


def test_subscribers_come_back_after_the_same_time(tmp_path: Path):
    orders = [
        (f"c{n}", LAST - timedelta(days=n % 30 + 30 * month), 10.0) for n in range(120) for month in range(5)
    ]
    check = regularity_check(regularity(placed_shop(tmp_path / "shop", orders)))
    assert check.light == "stop"
    assert check.finding == "100% of the customers come back after the same time, twice in a row"


@pytest.mark.parametrize(
    ("k", "pairs", "same", "light"),
    [
        (1.49, 100, 0.1, "fine"),
        (1.5, 100, 0.1, "care"),
        (1.99, 100, 0.1, "care"),
        (2.0, 100, 0.1, "stop"),
        (1.2, 100, 0.49, "fine"),
        (1.2, 100, 0.5, "stop"),
        (1.2, 99, 0.1, "unknown"),
    ],
)
def test_the_bars_of_regularity(k: float, pairs: int, same: float, light: str):
    assert regularity_check(Regularity(k, 0.1, pairs, same)).light == light


def test_nobody_with_three_purchases_says_nothing_of_regularity(tmp_path: Path):
    found = regularity(
        placed_shop(tmp_path / "shop", [("ann", date(2024, 1, 5), 1.0), ("bob", date(2024, 3, 5), 1.0)])
    )
    assert found is None
    assert regularity_check(found).finding == "0 customers bought three times; it takes 100"


def test_dropout_is_seen_in_a_world_that_has_it(tmp_path: Path):
    orders = simulated_orders(np.random.default_rng(5), 3000, LAST)
    placed = placed_shop(tmp_path / "shop", orders)
    check = dropout_check(lambda: fit(placed))
    assert (check.light, check.figure) == ("fine", "seen")


def test_dropout_is_not_seen_where_nobody_leaves(tmp_path: Path):
    chance = np.random.default_rng(7)
    orders: list[Order] = []
    for number in range(1500):
        first, rate = int(chance.uniform(100, 360)), chance.gamma(1.5, 1 / 60)
        ago = [first, *(first - np.cumsum(chance.exponential(1 / rate, 200)))]
        orders += [(f"c{number}", LAST - timedelta(days=int(days)), 10.0) for days in ago if days >= 0]
    placed = placed_shop(tmp_path / "shop", orders)
    check = dropout_check(lambda: fit(placed))
    assert (check.light, check.figure) == ("stop", "not seen")


def test_too_few_orders_leave_dropout_open():
    def refuse() -> None:
        raise LadderError("Too little", "Of 3 customers, 1 came back.", "")

    check = dropout_check(refuse)  # type: ignore[arg-type]
    assert (check.light, check.finding) == ("unknown", "Of 3 customers, 1 came back")


@pytest.mark.parametrize(("smallest", "light"), [(100, "fine"), (99, "care"), (30, "care"), (29, "stop")])
def test_the_bars_of_rung_sizes(smallest: int, light: str):
    check = rung_check([("Customer", 900), ("Client", smallest)])
    assert (check.light, check.figure) == (light, str(smallest))
    assert rows_of(check) == [("Customer", 900), ("Client", smallest)]
    assert ("merge Client" in check.meaning) is (light == "stop")


def tried(months: float, chain: float | None, persistence: float | None) -> ChainBacktest:
    return ChainBacktest(months, chain, persistence, "", pd.DataFrame())


@pytest.mark.parametrize(
    ("errors", "light", "figure"),
    [
        ([(3, 0.094, 0.1), (12, 0.05, 0.1)], "fine", "better"),
        ([(3, 0.094, 0.1), (12, 0.096, 0.1)], "care", "better at times"),
        ([(3, 0.096, 0.1), (12, 0.2, 0.1)], "stop", "never better"),
        ([(0, None, None)], "unknown", "too short"),
    ],
)
def test_the_bars_of_the_forecast(
    errors: list[tuple[float, float | None, float | None]], light: str, figure: str
):
    check = forecast_check([tried(*error) for error in errors])
    assert (check.light, check.figure) == (light, figure)


def test_a_horizon_that_the_history_cuts_short_is_tried_once():
    check = forecast_check([tried(3, 0.05, 0.1), tried(5, 0.05, 0.1), tried(5, 0.05, 0.1)])
    assert check.finding == "3 and 5 months ahead, the forecast of the ladder beats assuming no change"
