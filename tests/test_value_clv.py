"""CLV per rung: what it must obey, what it must refuse, and what must not change it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed
from ladder.value import Fitted, Terms, clv, clv_from, customer_values, fit, holdout_check, values_from
from ladder.value.customers import Valuation
from ladder.value.fit import fit_buying, fit_spending
from ladder.value.fitted import columns, spending_rows
from tests.placing import order, placed_on
from tests.value_shop import TWO_RUNGS, Order, placed_shop
from tests.value_simulated import simulated_orders

LAST = date(2021, 12, 31)
TERMS = Terms(12, 0.4, 0.1)


@pytest.fixture(scope="module")
def orders() -> list[Order]:
    return simulated_orders(np.random.default_rng(21), 900, LAST)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, orders: list[Order]) -> Placed:
    return placed_shop(tmp_path_factory.mktemp("value") / "shop", orders, as_of=LAST)


@pytest.fixture(scope="module")
def fitted(shop: Placed) -> Fitted:
    return fit(shop)


def repeaters(count: int, amount: float = 10.0) -> list[Order]:
    """Customers who came on 1 January and once more, a week later each; one more came on 31 December."""
    rows: list[Order] = [(f"c{n}", "2021-01-01", amount) for n in range(count)]
    rows += [(f"c{n}", date(2021, 1, 2) + timedelta(days=7 * n), amount) for n in range(count)]
    return [*rows, ("last", LAST, amount)]


def test_value_is_linear_in_margin(fitted: Fitted) -> None:
    half, whole = clv_from(fitted, Terms(12, 0.5, 0.1)).rungs, clv_from(fitted, Terms(12, 1.0, 0.1)).rungs
    for figure in ("mean", "low", "high", "p90", "total"):
        assert whole[figure].to_numpy() == pytest.approx(2 * half[figure].to_numpy(), nan_ok=True)


def test_value_falls_with_discount_and_grows_with_the_horizon(fitted: Fitted) -> None:
    assert clv_from(fitted, Terms(12, 0.4, 0.2)).total < clv_from(fitted, TERMS).total
    assert clv_from(fitted, Terms(6, 0.4, 0.1)).total < clv_from(fitted, TERMS).total


def test_totals_shares_and_customers_agree(shop: Placed, fitted: Fitted) -> None:
    answer = clv_from(fitted, TERMS)
    rungs = answer.rungs
    assert rungs["rung"].tolist() == ["client", "supporter", "lapsed"]
    assert (rungs["mean"] * rungs["valued"]).sum() == pytest.approx(answer.total)
    assert rungs["share"].sum() == pytest.approx(1)
    valued = rungs.head(2)
    assert (valued["low"] < valued["mean"]).all()
    assert (valued["mean"] < valued["high"]).all()
    assert customer_values(shop, horizon=12, margin=0.4)["value"].sum() == pytest.approx(answer.total)


def test_customer_values_are_probabilities_and_amounts(fitted: Fitted) -> None:
    values = values_from(fitted, TERMS)
    assert values.columns.tolist() == ["customer", "expected_orders", "value", "p_active"]
    assert values["p_active"].between(0, 1).all()
    assert (values["expected_orders"] >= values["p_active"]).all()
    assert np.isfinite(values.to_numpy(float)).all()


def test_the_answer_is_json(fitted: Fitted) -> None:
    plain = json.loads(json.dumps(clv_from(fitted, TERMS).to_dict(), allow_nan=False))
    assert plain["model"]["name"] == "BG/NBD + Gamma-Gamma"
    assert set(plain["model"]["params"]) == {"r", "alpha", "a", "b", "p", "q", "v"}
    assert plain["rungs"][-1]["rung"] == "lapsed"
    assert plain["rungs"][-1]["mean"] is None
    assert "client" in clv_from(fitted, TERMS)._repr_html_()
    json.dumps(fitted.model(), allow_nan=False)


def test_orders_after_the_date_change_nothing(tmp_path: Path, orders: list[Order], shop: Placed) -> None:
    later: list[Order] = [(f"c{n}", "2022-03-15", 99_999.0) for n in range(900)]
    longer = placed_shop(tmp_path / "longer", [*orders, *later, ("c1", "2022-02-01", -500.0)])
    before, after = clv(shop, LAST, margin=0.4), clv(longer, LAST, margin=0.4)
    assert after.as_of == before.as_of == LAST
    pd.testing.assert_frame_equal(after.rungs, before.rungs)
    assert after.notes == before.notes


def test_weekly_grain_says_so_and_changes_little(shop: Placed, fitted: Fitted) -> None:
    weekly = fit(shop, day_limit=100)
    assert weekly.statistics.grain == "week"
    assert any("whole weeks" in note for note in weekly.notes)
    assert len(weekly.statistics.tuples) < len(fitted.statistics.tuples)
    assert clv_from(weekly, TERMS).total == pytest.approx(clv_from(fitted, TERMS).total, rel=0.03)


def test_one_order_per_day_and_refunds_of_the_day_are_netted(tmp_path: Path) -> None:
    """Ada: 1 Jan 10; 4 Feb 20 + 30 − 5 = 45; 6 Mar 8 − 8 = 0: two repeat days, one with money, mean 45."""
    rows = [
        ("ada", "2021-01-01", 10.0),
        ("ada", "2021-02-04", 20.0),
        ("ada", "2021-02-04", 30.0),
        ("ada", "2021-02-04", -5.0),
        ("ada", "2021-03-06", 8.0),
        ("ada", "2021-03-06", -8.0),
        ("bob", "2021-02-01", -3.0),
        *repeaters(12),
    ]
    known = fit(placed_shop(tmp_path / "w", rows)).statistics
    ada = known.customers.iloc[known.customers["monetary_value"].argmax()]
    assert (ada["frequency"], ada["paid_days"], ada["monetary_value"]) == (2, 1, 45)
    assert (ada["recency"] * 7, ada["T"] * 7) == (64, 364)
    assert known.unpaid_days == 1
    assert len(known.customers) == 14
    assert known.kept == 1


def test_late_refunds_reduce_every_value(tmp_path: Path) -> None:
    """25 orders of 10 and a refund of 50 on a day without an order keep 200 of 250."""
    rows = [*repeaters(12), ("c3", "2021-11-11", -50.0)]
    fitted = fit(placed_shop(tmp_path / "w", rows))
    assert fitted.statistics.kept == pytest.approx(0.8)
    assert any("20.0% of the order money" in note for note in fitted.notes)


def test_a_line_added_to_an_order_on_a_later_day_raises_every_value(tmp_path: Path) -> None:
    """25 orders of 10, and 50 added to the first of them on a day without an order: 300 for 250."""
    rows = [
        {**order(customer, str(day), round(100 * amount)), "transaction_id": f"t{number}"}
        for number, (customer, day, amount) in enumerate(repeaters(12))
    ]
    rows.append(order("c0", "2021-11-11", 5000, "t0"))
    fitted = fit(placed_on(tmp_path, TWO_RUNGS, rows))
    assert fitted.statistics.kept == pytest.approx(1.2)
    assert any("20.0% of the order money on top" in note for note in fitted.notes)


def test_names_of_rungs_stay_text_in_a_notebook(tmp_path: Path) -> None:
    ladder = Ladder("x", "X", (Rung("client", "orders() >= 1"), Rung("<img src=x>", "referrals() >= 1")))
    shown = clv(placed_shop(tmp_path / "w", repeaters(12), ladder))._repr_html_()
    assert "&lt;img src=x&gt;: not in your data." in shown
    assert "<img" not in shown


def test_a_rung_that_is_not_in_the_data_has_no_figures(tmp_path: Path) -> None:
    ladder = Ladder(
        "three",
        "Three",
        (
            Rung("client", "orders() >= 1"),
            Rung("regular", "orders() >= 2"),
            Rung("advocate", "referrals() >= 1"),
        ),
    )
    answer = clv(placed_shop(tmp_path / "w", repeaters(12), ladder))
    advocate = answer.rungs.set_index("rung").loc["advocate"]
    assert advocate["customers"] is pd.NA
    assert pd.isna(advocate["mean"])
    assert "advocate: not in your data." in answer.notes


def test_the_interval_is_as_wide_as_a_customer_bootstrap(fitted: Fitted) -> None:
    """Exp(1) weights, both models refitted, means reweighted: 30 draws give the spread within 13%, one sigma."""
    chance = np.random.default_rng(4)
    customers = fitted.statistics.customers
    place, members = customers["tuple"].to_numpy(), customers["code"].to_numpy() == 2
    spenders = spending_rows(fitted.statistics)
    days, amounts = columns(spenders, "paid_days", "monetary_value")
    valuation = Valuation(fitted, TERMS)
    means = []
    for _ in range(30):
        weight = chance.exponential(size=len(customers))
        buying = fit_buying(*fitted.tuple_columns(), np.bincount(place, weight))
        spending = fit_spending(days, amounts, weight[spenders.index])
        values = valuation.values(buying, spending)
        means.append(np.average(values[members], weights=weight[members]))
    rung = clv_from(fitted, TERMS).rungs.set_index("rung").loc["supporter"]
    width = np.log(rung["high"] / rung["low"]) / (2 * 1.959964)
    assert width == pytest.approx(np.std(np.log(means), ddof=1), rel=0.4)


def test_the_horizon_is_cut_to_the_history(shop: Placed) -> None:
    answer = clv(shop, horizon=60, margin=0.4)
    assert answer.terms.horizon == fit(shop).history_months == 16
    assert any("16 months instead of 60" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"margin": 0.0}, "margin"),
        ({"margin": 40}, "write 0.4"),
        ({"discount": 10.0}, "write 0.1"),
        ({"discount": -0.1}, "discount"),
        ({"horizon": 0}, "horizon"),
    ],
)
def test_impossible_terms_are_refused(shop: Placed, change: dict[str, float], said: str) -> None:
    with pytest.raises(LadderError, match=said):
        clv(shop, **change)  # type: ignore[arg-type]


def test_a_margin_is_asked_for(tmp_path: Path) -> None:
    placed = placed_shop(tmp_path / "w", repeaters(12), margin=None)
    with pytest.raises(LadderError, match="contribution margin as a share") as caught:
        clv(placed)
    assert caught.value.title == "A margin is needed"


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("a", "2021-01-01", 5.0)], id="one customer"),
        pytest.param([(f"c{n}", "2021-01-31", 5.0) for n in range(50)], id="all on the last day"),
        pytest.param([(f"c{n}", "2021-01-05", 5.0) for n in range(50)], id="nobody came back"),
        pytest.param([(f"c{n}", "2021-01-05", -5.0) for n in range(50)], id="refunds only"),
        pytest.param([(n, d, 0.0) for n, d, _ in repeaters(40)], id="everything free"),
    ],
)
def test_too_little_data_is_refused_with_what_is_missing(tmp_path: Path, rows: list[Order]) -> None:
    with pytest.raises(LadderError) as caught:
        clv(placed_shop(tmp_path / "w", [*rows, ("z", "2021-01-31", 5.0)]))
    assert caught.value.title.startswith("Too little to value customers at 20")
    assert caught.value.hint


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(repeaters(40), id="all amounts the same"),
        pytest.param([*repeaters(40), *((f"c{n}", LAST, 0.0) for n in range(20))], id="zero prices"),
        pytest.param([*repeaters(40), *((f"c{n}", "2021-06-30", -10.0) for n in range(30))], id="refunds"),
        pytest.param([*repeaters(12), *((f"t{n}", LAST, 9.0) for n in range(30))], id="many came today"),
        pytest.param([(n, d, 1e7) for n, d, _ in repeaters(40)], id="huge amounts"),
        pytest.param(
            [*repeaters(20), *(("c1", date(2021, 1, 5) + timedelta(days=n), 1.0) for n in range(240))],
            id="daily buyer",
        ),
    ],
)
def test_odd_data_give_finite_figures(tmp_path: Path, rows: list[Order]) -> None:
    placed = placed_shop(tmp_path / "w", rows)
    answer = clv(placed)
    valued = answer.rungs[answer.rungs["valued"] > 0]
    figures = valued[["mean", "low", "high", "median", "p10", "p90", "total"]].to_numpy(float)
    assert np.isfinite(figures).all()
    assert (figures >= 0).all()
    assert np.isfinite(customer_values(placed).to_numpy(float)).all()
    assert answer.notes


def test_hold_out_needs_two_periods(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="two periods"):
        holdout_check(placed_shop(tmp_path / "w", [("a", "2021-01-01", 5.0), ("b", "2021-01-31", 5.0)]))


def test_hold_out_without_later_orders_says_nothing(tmp_path: Path) -> None:
    rows = [*repeaters(12), ("new", "2022-12-31", 5.0)]
    check = holdout_check(placed_shop(tmp_path / "w", rows), origin=date(2021, 12, 31))
    assert (check.actual, check.error) == (0, None)
    assert "says nothing" in check.verdict
