"""Is it fresh: how far the tables reach, on both sides of each threshold."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ladder.quality import Check, coverage
from ladder.quality.freshness import freshness_checks
from tests.quality_shop import START, found_in, order, rows_of
from tests.workspaces import add_import, make_workspace

# add_import writes 1 January 2025 as the day of every import.
IMPORTED = date(2025, 1, 1)


def fresh(
    path: Path, orders: list[date], answers: tuple[date, ...] = (), as_of: date | None = None
) -> dict[str, Check]:
    tables = {
        "transactions": [order("ann", (day - START).days) for day in orders],
        "feedback": [{**order("ann", (day - START).days), "nps": 9} for day in answers],
    }
    folder = make_workspace(path / "shop", tables, as_of=as_of)
    return {check.name: check for check in freshness_checks(folder, coverage(folder))}


@pytest.mark.parametrize(("days", "light"), [(0, "fine"), (31, "fine"), (32, "care")])
def test_the_last_row_against_the_day_it_was_brought(tmp_path: Path, days: int, light: str):
    check = fresh(tmp_path, [IMPORTED - timedelta(days=days)])["Age of the data"]
    assert check.light == light
    assert f"The data end {days} days before the last import" in check.finding


def test_long_spans_are_told_in_months_and_years(tmp_path: Path):
    assert (
        "11 months before"
        in fresh(tmp_path / "a", [IMPORTED - timedelta(days=330)])["Age of the data"].finding
    )
    assert "27 years before" in fresh(tmp_path / "b", [date(1998, 6, 30)])["Age of the data"].finding


@pytest.mark.parametrize(("days", "light"), [(31, "fine"), (32, "care"), (92, "care"), (93, "stop")])
def test_orders_that_stop_before_the_as_of_date_let_customers_lapse(tmp_path: Path, days: int, light: str):
    last = date(2024, 6, 1)
    check = fresh(tmp_path, [last], as_of=last + timedelta(days=days))["Orders up to the as-of date"]
    assert check.light == light


def test_without_an_as_of_date_the_latest_row_of_any_table_counts(tmp_path: Path):
    check = fresh(tmp_path, [date(2024, 6, 1)], (date(2024, 7, 20),))["Orders up to the as-of date"]
    assert (check.light, check.figure) == ("care", "49 days")


@pytest.mark.parametrize(("days", "light"), [(31, "fine"), (32, "care")])
def test_a_table_that_ends_a_month_before_the_others(tmp_path: Path, days: int, light: str):
    last = date(2024, 12, 1)
    check = fresh(tmp_path, [last], (last - timedelta(days=days),))["Tables behind the others"]
    assert check.light == light
    assert [row[0] for row in rows_of(check)] == (["feedback"] if light == "care" else [])


def test_an_undone_import_is_told_until_another_takes_its_place(tmp_path: Path):
    folder = make_workspace(
        tmp_path / "shop", {"transactions": [order("ann")], "feedback": [{**order("ann"), "nps": 9}]}
    )
    assert found_in(folder)["Undone imports"].light == "fine"
    folder.undo(2)
    check = found_in(folder)["Undone imports"]
    assert (check.light, rows_of(check)) == ("care", [(2, "feedback", "feedback.csv", IMPORTED, 1)])
    add_import(folder, "feedback", [{**order("ann", 9), "nps": 8}])
    assert found_in(folder)["Undone imports"].light == "fine"
