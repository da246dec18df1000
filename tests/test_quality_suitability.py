"""Is a ladder right: each light on orders counted by hand."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ladder.quality import Check, order_checks, suitability
from tests.quality_shop import order
from tests.workspaces import make_workspace

START = date(2023, 1, 15)


def check(tmp_path: Path, orders: list[tuple[str | None, int]], name: str, **settings: object) -> Check:
    """The named check on orders given as (customer, days after START)."""
    rows = [
        {
            "customer_id": customer,
            "ts": datetime.combine(START + timedelta(days=days), datetime.min.time()),
            "amount": 100,
        }
        for customer, days in orders
    ]
    folder = make_workspace(tmp_path / "shop", {"transactions": rows}, **settings)
    return next(item for item in order_checks(folder) if item.name == name)


def test_few_customers_stop_a_forecast(tmp_path: Path):
    found = check(tmp_path, [("ann", 0), ("bob", 3)], "Customers")
    assert (found.light, found.finding) == ("stop", "2 customers have ordered")


@pytest.mark.parametrize(
    ("customers", "light"), [(499, "stop"), (500, "care"), (1999, "care"), (2000, "fine")]
)
def test_the_thresholds_of_customers_are_500_and_2000(tmp_path: Path, customers: int, light: str):
    assert check(tmp_path, [(f"c{number}", 0) for number in range(customers)], "Customers").light == light


@pytest.mark.parametrize(("customers", "light"), [(5, "fine"), (6, "care"), (10, "care"), (11, "stop")])
def test_one_who_came_again_of_so_many(tmp_path: Path, customers: int, light: str):
    orders = [(f"c{number}", 0) for number in range(customers)]
    assert check(tmp_path, [*orders, ("c0", 9)], "Repeat custom").light == light


def test_two_orders_of_one_day_are_no_repeat(tmp_path: Path):
    found = check(tmp_path, [("ann", 0), ("ann", 0), ("bob", 0)], "Repeat custom")
    assert (found.figure, found.finding) == ("0%", "0 in 100 buyers ever return")


@pytest.mark.parametrize(("gap", "light"), [(60, "fine"), (61, "care"), (182, "care"), (183, "stop")])
def test_the_median_gap_is_measured_in_months(tmp_path: Path, gap: int, light: str):
    found = check(tmp_path, [("ann", 0), ("ann", gap), ("bob", 0), ("bob", gap)], "Rhythm")
    assert (found.light, found.finding) == (light, f"Half of all returns come within {gap} days")


@pytest.mark.parametrize(("days", "light"), [(395, "stop"), (396, "care"), (730, "care"), (731, "fine")])
def test_history_is_counted_from_the_first_to_the_last_order(tmp_path: Path, days: int, light: str):
    assert check(tmp_path, [("ann", 0), ("ann", days)], "History").light == light


def test_a_horizon_of_more_than_half_the_history_asks_for_care(tmp_path: Path):
    orders = [("ann", 0), ("ann", 731)]
    assert check(tmp_path, orders, "Horizon", horizon_months=12).light == "fine"
    found = check(tmp_path / "longer", orders, "Horizon", horizon_months=13)
    assert (found.light, found.meaning) == ("care", "Set it to 12 months or less, or bring more history.")


def test_a_month_without_orders_stops_and_a_thin_one_asks_for_care(tmp_path: Path):
    whole = [("ann", start + place % 14) for start in (0, 31, 59) for place in range(60)]
    assert check(tmp_path / "whole", whole, "Gaps").light == "fine"
    thin = [item for nth, item in enumerate(whole) if not 60 <= nth < 100]
    assert check(tmp_path / "thin", thin, "Gaps").light == "care"
    empty = [item for nth, item in enumerate(whole) if not 60 <= nth < 120]
    assert check(tmp_path / "empty", empty, "Gaps").light == "stop"


def test_few_who_return_leave_the_rungs_above_the_first_order_empty(tmp_path: Path):
    rows = [order(f"c{number}", number % 60) for number in range(25)]
    folder = make_workspace(tmp_path / "shop", {"transactions": [*rows, order("c0", 50), order("c1", 50)]})
    found = {item.name: item for item in suitability(folder).checks}["Repeat custom"]
    assert (found.light, found.finding) == ("stop", "8 in 100 buyers ever return")
    assert found.meaning == "Nothing above “Customer” will fill."


def test_what_lies_after_the_as_of_date_speaks_for_no_ladder(tmp_path: Path):
    orders = [("ann", 0), ("ann", 40), ("bob", 300), ("bob", 320)]
    found = check(tmp_path, orders, "Customers", as_of=START + timedelta(days=100))
    assert found.figure == "1"


@pytest.mark.parametrize(("guests", "light"), [(0, "fine"), (1, "care"), (3, "care"), (4, "stop")])
def test_the_share_of_guests_is_of_all_purchases(tmp_path: Path, guests: int, light: str):
    orders = [(None if number < guests else "ann", number) for number in range(10)]
    assert check(tmp_path, orders, "Guest sales").light == light


def test_without_orders_the_answer_asks_for_them(tmp_path: Path):
    folder = make_workspace(
        tmp_path / "list", {"customers": [{"customer_id": "ann", "first_seen": datetime(2024, 1, 1)}]}
    )
    found = suitability(folder)
    assert (found.checks, found.light) == ((), "stop")
    assert found.verdict.startswith("Bring orders first")


def test_the_verdict_names_what_to_mind(tmp_path: Path):
    rows = [{"customer_id": "ann", "ts": datetime(2024, 1, 5), "amount": 100}]
    found = suitability(make_workspace(tmp_path / "one", {"transactions": rows}))
    assert found.verdict == (
        "Only in part: look at the customers, the repeat custom, the rhythm and the history first."
    )


def test_the_models_join_in_where_they_can(tmp_path: Path):
    rows = [order(f"c{number}", day) for number in range(20) for day in (number, number + 40)]
    found = suitability(make_workspace(tmp_path / "shop", {"transactions": rows}, "orders-only"))
    assert [item.name for item in found.checks][-4:] == ["Dropout", "Regularity", "Rung sizes", "Forecast"]
    assert {item.light for item in found.checks} <= {"fine", "care", "stop", "unknown"}
    assert found.to_dict()["checks"][0].keys() == {"name", "light", "figure", "finding", "meaning"}
