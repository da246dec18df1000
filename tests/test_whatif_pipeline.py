"""Transitions, forecast and what-if from a workspace's own Parquet, through placement, on the real engine."""

import json
import time
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, Rung
from ladder.model.scenario import Incentive, Scenario
from ladder.placement import build
from ladder.whatif import chain_backtest, forecast, prepare, run, transitions, what_if
from tests.workspaces import make_workspace

LADDER = Ladder(
    "two",
    "Two rungs",
    (
        Rung("once", "orders(62) >= 1"),
        Rung("often", "orders(62) >= 3"),
    ),
)


def placed_shop(path, orders):
    """A placed workspace of orders given as (customer, moment, amount in cents); refunds are negative."""
    rows = [{"customer_id": customer, "ts": ts, "amount": amount} for customer, ts, amount in orders]
    return build(make_workspace(path, {"transactions": rows}, LADDER, currency="EUR"))


def random_orders(customers, days, seed=5):
    random = np.random.default_rng(seed)
    for customer in range(customers):
        day, rate = int(random.integers(0, days // 2)), random.gamma(2, 14)
        while day < days:
            amount = int(random.integers(-500, 6000)) or 1
            yield f"c{customer}", datetime(2024, 1, 1) + timedelta(days=day, hours=9), amount
            day += 1 + int(random.exponential(rate))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return placed_shop(tmp_path_factory.mktemp("shop") / "ws", list(random_orders(300, 600)))


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Anna buys each month and thrice in February, Bo only in January, Cy joins in February."""
    orders = [
        ("anna", datetime(2025, 1, 10), 1000),
        ("anna", datetime(2025, 2, 3), 2000),
        ("anna", datetime(2025, 2, 10), 2000),
        ("anna", datetime(2025, 3, 20), 500),
        ("anna", datetime(2025, 3, 25), -100),
        ("bo", datetime(2025, 1, 20), 3000),
        ("cy", datetime(2025, 2, 15), 700),
        ("bo", datetime(2025, 4, 30), 100),
    ]
    return placed_shop(tmp_path_factory.mktemp("three") / "ws", orders)


def test_three_customers_counted_by_hand(three):
    # ends      31 Jan   28 Feb   31 Mar   30 Apr
    # anna      once     often    often    once     (orders of the last 62 days: 1, 3, 3, 1)
    # bo        once     once     lapsed   once
    # cy        -        once     once     lapsed
    found = transitions(three)
    assert (found.start, found.end) == (date(2025, 1, 31), date(2025, 4, 30))
    assert found.states == ("lapsed", "once", "often")
    assert found.counts.tolist() == [[0, 1, 0], [2, 2, 1], [0, 1, 1]]
    assert found.matrix.tolist() == [[0, 1, 0], [0.4, 0.4, 0.2], [0, 0.5, 0.5]]
    assert found.arrivals.tolist() == [0, pytest.approx(1 / 3), 0]
    assert found.standing.tolist() == [1, 2, 0]
    # Feb to Apr: anna often, often, once; bo once, lapsed, once; cy once, once, lapsed
    # lapsed: 2 customer-months, nothing; once: 5, of them bo's 1.00 in April and cy's 7.00; often: 40.00 + 4.00 in 2
    assert found.revenue.tolist() == pytest.approx([0, 8 / 5, 44 / 2])


def test_every_count_agrees_with_a_plain_loop_over_the_placement(shop):
    wide = shop.frame("all", "select * from placement").to_numpy().astype(int)
    earned = shop.rows("a", "select period, customer, sum(revenue) from activity group by all")
    revenue = {(period, customer): amount for period, customer, amount in earned}
    last = len(shop.periods) - 1
    counts, arrivals, spent = Counter(), Counter(), defaultdict(list)
    for customer, *states in wide:
        for step in range(last - 12, last):
            before, after = states[step], states[step + 1]
            if after != 255:
                (arrivals if before == 255 else counts)[(before, after)] += 1
                spent[after].append(revenue.get((step + 1, customer), 0) / 100)
    found = transitions(shop)
    assert found.counts.tolist() == [[counts[i, j] for j in range(3)] for i in range(3)]
    assert (found.arrivals * 12).tolist() == pytest.approx([arrivals[255, j] for j in range(3)])
    assert found.standing.tolist() == [(wide[:, -1] == j).sum() for j in range(3)]
    assert found.revenue.tolist() == pytest.approx([np.mean(spent[j]) for j in range(3)])
    assert (found.moves.counts.sum(axis=2) <= found.moves.standing[:-1]).all()
    assert np.abs(found.matrix.sum(axis=1) - 1).max() < 1e-12


def test_the_standard_error_of_revenue_counts_a_customer_once(shop):
    query = """
        select s.code, s.customer, count(*)::double as n, coalesce(sum(a.revenue), 0)::double / 100 as y
        from spells s
        join periods p on p.period between greatest(s.first_period, $first) and s.last_period
        left join (select customer, period, sum(revenue) as revenue from activity group by all) a
            on a.customer = s.customer and a.period = p.period
        group by s.code, s.customer
    """
    rows = shop.frame("plain", query, {"first": len(shop.periods) - 12})
    found = transitions(shop)
    for code, group in rows.groupby("code"):
        mean = group["y"].sum() / group["n"].sum()
        error = np.sqrt(((group["y"] - mean * group["n"]) ** 2).sum()) / group["n"].sum()
        assert found.revenue[code] == pytest.approx(mean)
        assert found.revenue_error[code] == pytest.approx(error)


def test_a_chain_up_to_a_date_knows_nothing_of_what_came_after(shop):
    end = shop.periods[-5]
    cut = [order for order in random_orders(300, 600) if order[1].date() <= end]
    earlier = transitions(shop, end=end)
    assert earlier.end == end
    wide = (
        shop.frame("wide", "select * from placement")
        .to_numpy()[:, 1:]
        .astype(int)[:, : len(shop.periods) - 4]
    )
    assert earlier.moves.standing[-1].tolist() == [(wide[:, -1] == code).sum() for code in range(3)]
    assert len({order[0] for order in cut}) == earlier.standing.sum()


def test_one_period_end_is_not_enough_and_says_so(shop):
    with pytest.raises(LadderError, match="Not enough history"):
        transitions(shop, start=shop.last)


def test_what_if_from_the_workspace_is_whole_and_fast(shop):
    scenario = Scenario(
        Incentive("once", lift=0.02, reach=0.5, contact_cost=0.1, reward_cost=1.0, redeem_already=0.6),
        margin=0.4,
        horizon=24,
    )
    found = what_if(shop, scenario)
    assert found.as_of == shop.last
    assert found.delta["end"]["often"] > 0
    low, high = found.intervals["npv"]
    assert low < found.totals["npv"] < high
    assert found.frame.query("month == 0")["baseline"].tolist() == transitions(shop).standing.tolist()
    prepared = prepare(shop)
    assert prepare(shop) is prepared
    spent = []
    for _ in range(5):
        start = time.process_time()
        run(prepared, scenario)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.02


def test_the_forecast_starts_today_adds_arrivals_and_carries_its_verdict(shop):
    found = forecast(shop, horizon=6)
    totals = found.frame.groupby("month")["customers"].sum()
    chain = transitions(shop)
    assert totals.diff().dropna().tolist() == pytest.approx([chain.arrivals.sum()] * 6)
    assert found.backtest.verdict == chain_backtest(shop, 6).verdict
    assert found.backtest.months == 6
    with pytest.raises(LadderError, match="Use 1 to 24"):
        forecast(shop, horizon=25)


def test_a_tiny_shop_gets_an_answer_with_its_cautions(tiny):
    found = what_if(tiny, Scenario(Incentive("customer", lift=0.05), margin=0.4))
    assert "rough guess" in found.notes[0]
    assert found.baseline.better is None
    assert "could not be checked" in found.baseline.verdict
    assert json.loads(json.dumps(found.to_dict()))["evidence"] == "assumed"


def test_changed_settings_are_not_answered_from_memory(tmp_path):
    folder = make_workspace(tmp_path / "ws", {"transactions": two_months()}, LADDER, currency="EUR")
    assert prepare(build(folder)).currency == "EUR"
    folder.change_settings(currency="SEK")
    assert prepare(build(folder)).currency == "SEK"


def two_months():
    return [{"customer_id": "anna", "ts": datetime(2025, month, 10), "amount": 1000} for month in (1, 2, 3)]
