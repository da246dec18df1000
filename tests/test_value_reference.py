"""Published figures for CDNOW, reproduced from the raw text; rows are numbered as in the reference table."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ladder.placement import Placed
from ladder.value import Fitted, clv, clv_from, fit, holdout_check, terms_from
from ladder.value import likelihood as log_likelihood
from ladder.value.expectations import (
    WEEKS_PER_MONTH,
    discounted_orders,
    expected_amount,
    expected_orders,
    probability_active,
    probability_alive,
)
from ladder.value.models import Array
from tests.value_cdnow import cdnow_shop

CALIBRATION = date(1997, 9, 30)
NEW = (np.zeros(1), np.zeros(1), np.zeros(1))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return cdnow_shop(tmp_path_factory.mktemp("cdnow") / "sample", "CDNOW_sample.txt")


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    return cdnow_shop(tmp_path_factory.mktemp("cdnow") / "master", "CDNOW_master.txt")


@pytest.fixture(scope="module")
def fitted(sample: Placed) -> Fitted:
    return fit(sample, CALIBRATION)


def customer(x: float, t_x: float, T: float) -> tuple[Array, Array, Array]:
    return np.array([x]), np.array([t_x]), np.array([T])


def test_the_sample_has_the_published_counts(fitted: Fitted) -> None:
    tuples = fitted.statistics.tuples
    repeated = tuples[tuples["frequency"] > 0]
    assert tuples["weight"].sum() == 2357
    assert repeated["weight"].sum() == 946
    assert (repeated["weight"] * repeated["frequency"]).sum() == 2457
    assert len(tuples) == 1016


def test_row_1_bg_nbd_parameters(fitted: Fitted) -> None:
    buying = fitted.buying
    found = [buying.r, buying.alpha, buying.a, buying.b]
    assert found == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
    assert found == pytest.approx([0.2425945, 4.4136027, 0.7929218, 2.4259057], rel=1e-5)
    # Row 3: CLVTools, seven decimals.
    assert found == pytest.approx([0.2425945, 4.4136019, 0.7929199, 2.4258881], rel=2e-5)


def test_row_2_log_likelihood_in_natural_units(fitted: Fitted) -> None:
    assert fitted.buying.log_likelihood == pytest.approx(-9582.42921, abs=1e-3)


def test_row_7_gamma_gamma(fitted: Fitted) -> None:
    spending = fitted.spending
    assert [round(value or 0, 2) for value in (spending.p, spending.q, spending.v)] == [6.25, 3.74, 15.44]
    assert spending.log_likelihood == pytest.approx(-4055.9177, abs=1e-3)
    assert spending.customers == 946
    assert fitted.statistics.customers["monetary_value"].mean() == pytest.approx(35.08, abs=5e-3)


def test_row_8_expected_amount_of_the_first_ten_customers(sample: Placed, fitted: Fitted) -> None:
    ids = sample.frame("ids", "select customer, customer_id from customers")
    first_ten = [f"{number:04d}" for number in range(1, 11)]
    rows = fitted.statistics.customers.merge(ids, on="customer").set_index("customer_id").loc[first_ten]
    amounts = expected_amount(
        fitted.spending, rows["paid_days"].to_numpy(float), rows["monetary_value"].to_numpy(float)
    )
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert amounts == pytest.approx(published, abs=0.01)


def test_rows_9_and_10_orders_of_a_new_customer(fitted: Fitted) -> None:
    weeks = np.array([0.1429, 1, 3, 31.8571, 32, 78, 52])
    found = expected_orders(fitted.buying, *NEW, weeks)[0]
    assert found[:6] == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], abs=5e-4)
    assert found[6] == pytest.approx(1.444004, abs=1e-4)


def test_row_12_the_customer_of_the_paper(fitted: Fitted) -> None:
    one = customer(2, 30.43, 38.86)
    assert expected_orders(fitted.buying, *one, np.array([39.0]))[0, 0] == pytest.approx(1.226, abs=1e-3)
    assert probability_alive(fitted.buying, *one)[0] == pytest.approx(0.72661, abs=1e-5)


def test_row_13_customer_1516(sample: Placed, fitted: Fitted) -> None:
    ids = sample.frame("ids", "select customer, customer_id from customers")
    row = fitted.statistics.customers.merge(ids, on="customer").set_index("customer_id").loc["1516"]
    assert (row["frequency"], row["T"]) == (26, 31)
    assert row["recency"] == pytest.approx(30.857, abs=1e-3)
    one = customer(row["frequency"], row["recency"], row["T"])
    assert expected_orders(fitted.buying, *one, np.array([52.0]))[0, 0] == pytest.approx(25.75659, abs=5e-3)
    assert probability_alive(fitted.buying, *one)[0] == pytest.approx(0.9688523, abs=1e-5)


def test_row_15_more_orders_long_ago_mean_fewer_to_come(fitted: Fitted) -> None:
    x = np.array([10.0, 15, 20, 25])
    found = expected_orders(fitted.buying, x, np.full(4, 20.0), np.full(4, 39.0), np.array([52.0]))[:, 0]
    assert found == pytest.approx([0.3474606, 0.04283391, 0.004158973, 0.0003583685], rel=2e-4)
    assert found == pytest.approx([0.3474942, 0.0428383, 0.00415939, 0.000358402], rel=2e-4)


def test_row_18_probability_of_no_order(fitted: Fitted) -> None:
    rounded = fitted.buying.at(np.log([0.243, 4.414, 0.793, 2.426]))
    assert 1 - probability_active(rounded, *NEW, 39.0)[0] == pytest.approx(0.5737864, rel=1e-5)


def test_row_24_log_likelihood_of_single_customers() -> None:
    logs = np.log([0.25, 4.0, 0.8, 2.5])
    found = log_likelihood.bg_nbd(logs, np.array([0.0, 200]), np.array([0.0, 38]), np.array([40.0, 40]))
    assert found == pytest.approx([-0.59947382, 100.7957], abs=1e-4)
    assert found[0] == pytest.approx(-0.5994738182, abs=1e-9)


def test_rows_19_and_20_hold_out_by_frequency(sample: Placed) -> None:
    bins = holdout_check(sample, origin=CALIBRATION).by_frequency
    assert bins["frequency"].tolist() == ["0", "1", "2", "3", "4", "5", "6", "7+"]
    assert bins["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    actual = [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594]
    expected = [0.22509, 0.52314, 1.04413, 1.52026, 2.16382, 2.65379, 3.50396, 6.15704]
    assert bins["actual"].round(4).tolist() == actual
    assert bins["expected"].to_numpy() == pytest.approx(expected, abs=1e-3)


def test_hold_out_totals_of_the_sample(sample: Placed) -> None:
    check = holdout_check(sample)
    assert (check.origin, check.as_of, check.weeks) == (CALIBRATION, date(1998, 6, 30), 39)
    assert check.actual == 1882
    assert check.expected == pytest.approx(1653.4, abs=0.1)
    assert check.naive == pytest.approx(2930.1, abs=0.1)
    assert "off by 12% (too low)" in check.verdict
    assert "off by 56% (too high)" in check.verdict


def test_rows_22_and_23_weekly_tracking(sample: Placed, fitted: Fitted) -> None:
    # The published figures were made with parameters known to seven digits only.
    buying = fitted.buying.at(np.log([0.2425945, 4.4136019, 0.7929199, 2.4258881]))
    made = sample.frame(
        "orders per week",
        """
        with days as (select distinct customer, day from orders),
        firsts as (select customer, min(day) as first_day from days group by customer)
        select (day - date '1997-01-01') // 7 + 1 as week, count(*) as orders
        from days join firsts using (customer) where day > first_day group by week order by week
        """,
    ).set_index("week")["orders"]
    assert made.loc[20:25].tolist() == [73, 55, 70, 33, 56, 99]
    assert made.cumsum().loc[20:25].iloc[[0, -1]].tolist() == [1359, 1672]
    ages = fitted.statistics.customers["T"].to_numpy()
    ends = np.arange(19, 26)
    first = 272 / 7 - ages
    cumulative = [
        sum(expected_orders(buying, *NEW, np.maximum(end - first, 0.0))[0]) for end in ends.astype(float)
    ]
    published = [76.86531, 74.88843, 73.04554, 71.32166, 69.70412, 68.18213]
    assert np.diff(cumulative) == pytest.approx(published, abs=2e-4)
    assert cumulative[1] == pytest.approx(1312.458, abs=1e-2)


def test_row_27_value_of_customer_1_and_the_unit_trap(sample: Placed, fitted: Fitted) -> None:
    ids = sample.frame("ids", "select customer, customer_id from customers")
    row = fitted.statistics.customers.merge(ids, on="customer").set_index("customer_id").loc["0001"]
    one = customer(row["frequency"], row["recency"], row["T"])
    amount = expected_amount(
        fitted.spending, np.array([row["paid_days"]]), np.array([row["monetary_value"]])
    )[0]
    month_ends = np.arange(13) * WEEKS_PER_MONTH
    by_month = np.diff(expected_orders(fitted.buying, *one, month_ends)[0])
    # The published figure discounts each month's orders from the end of the month.
    assert amount * (by_month / 1.01 ** np.arange(1, 13)).sum() == pytest.approx(36.28, abs=0.1)
    # Ours lets money come through the month, half a month earlier on average.
    ours = amount * discounted_orders(fitted.buying, *one, 12 * WEEKS_PER_MONTH, 1.01**12 - 1)[0]
    assert ours == pytest.approx(36.28 * 1.01**0.5, abs=0.1)
    assert abs(ours - 140.096) > 100


def test_twelve_month_total_of_the_sample_in_three_conventions(fitted: Fitted) -> None:
    customers = fitted.statistics.customers
    amounts = expected_amount(
        fitted.spending, customers["paid_days"].to_numpy(float), customers["monetary_value"].to_numpy(float)
    )
    place = customers["tuple"].to_numpy()
    weeks = 12 * WEEKS_PER_MONTH
    continuous = (
        discounted_orders(fitted.buying, *fitted.tuple_columns(), weeks, 1.01**12 - 1)[place] @ amounts
    )
    undiscounted = discounted_orders(fitted.buying, *fitted.tuple_columns(), weeks, 0.0)[place] @ amounts
    assert continuous == pytest.approx(71_909, abs=5)
    assert undiscounted == pytest.approx(75_913, abs=5)


def test_the_master_has_the_reference_parameters(master: Placed) -> None:
    known = fit(master, CALIBRATION)
    buying, spending = known.buying, known.spending
    assert [buying.r, buying.alpha, buying.a, buying.b] == pytest.approx(
        [0.251624, 4.788943, 0.723434, 2.161088], rel=2e-5
    )
    assert buying.log_likelihood == pytest.approx(-95368.444, abs=1e-3)
    assert len(known.statistics.tuples) == 8685
    assert [spending.p, spending.q, spending.v] == pytest.approx([6.2754, 3.6245, 14.9837], abs=1e-4)
    assert (spending.customers, round(spending.log_likelihood or 0, 3)) == (9450, -40763.476)
    check = holdout_check(master)
    assert (check.actual, round(check.expected, 1), round(check.naive, 1)) == (19684, 16873.7, 29010.6)


def test_rung_totals_are_the_sum_of_the_customers(sample: Placed) -> None:
    from ladder.value import customer_values

    answer = clv(sample, horizon=12, margin=0.3)
    values = customer_values(sample, horizon=12, margin=0.3)
    assert answer.total == pytest.approx(values["value"].sum(), rel=1e-12)
    rungs = answer.rungs
    assert (rungs["mean"] * rungs["valued"]).sum() == pytest.approx(answer.total, rel=1e-12)
    again = clv_from(fit(sample), terms_from(sample.settings, 12, 0.3, None))
    assert again.total == answer.total
