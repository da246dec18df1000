"""Coverage on a shop small enough to count by hand."""

from datetime import date, datetime
from pathlib import Path

import pytest

from ladder.pictures.coverage_picture import coverage_picture
from ladder.quality import Coverage, coverage
from ladder.workspace import Folder
from tests.workspaces import add_import, make_workspace


def order(customer: str | None, when: str, amount: int = 100) -> dict[str, object]:
    return {"customer_id": customer, "ts": datetime.fromisoformat(when), "amount": amount}


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    """Orders in January (a guest's too) and April 2024, a refund in April; one answer in January; one list entry."""
    orders = [order("ann", "2024-01-05"), order(None, "2024-01-31"), order("bob", "2024-04-02")]
    tables = {
        "transactions": [*orders, order("bob", "2024-04-03", -100)],
        "feedback": [{"customer_id": "ann", "ts": datetime(2024, 1, 20), "nps": 9}],
        "customers": [{"customer_id": "ann"}, {"customer_id": "eve", "first_seen": datetime(2023, 12, 1)}],
    }
    return make_workspace(tmp_path / "shop", tables)


def line(found: Coverage, table: str) -> tuple[object, ...]:
    (row,) = found.frame[found.frame["table"] == table].to_dict("records")
    return row["rows"], row["first"], row["last"], row["months"], row["empty_months"], row["days_behind"]


def test_rows_days_and_empty_months_are_told_per_table(shop: Folder):
    found = coverage(shop)
    assert line(found, "transactions") == (4, date(2024, 1, 5), date(2024, 4, 3), 2, 2, 0)
    assert line(found, "feedback") == (1, date(2024, 1, 20), date(2024, 1, 20), 1, 0, 74)
    assert found.last == date(2024, 4, 3)


def test_a_customer_without_a_date_counts_in_no_month(shop: Folder):
    assert line(coverage(shop), "customers")[:4] == (2, date(2023, 12, 1), date(2023, 12, 1), 1)


def test_a_list_of_customers_is_no_interaction(shop: Folder):
    assert coverage(shop).frame.set_index("table")["rows"].isna()["interactions"]


def test_months_hold_only_rows_and_add_up(shop: Folder):
    months = coverage(shop).months
    found = months[months["table"] == "transactions"]
    assert list(zip(found["month"], found["rows"], strict=True)) == [
        (date(2024, 1, 1), 2),
        (date(2024, 4, 1), 2),
    ]


def test_what_a_later_import_repeats_counts_once(shop: Folder):
    add_import(shop, "transactions", [order("bob", "2024-04-02"), order("bob", "2024-04-09")])
    assert line(coverage(shop), "transactions")[0] == 5


def test_a_corrected_date_of_a_customer_replaces_the_former(shop: Folder):
    add_import(shop, "customers", [{"customer_id": "eve", "first_seen": datetime(2024, 2, 1)}])
    assert line(coverage(shop), "customers")[:3] == (2, date(2024, 2, 1), date(2024, 2, 1))


def test_the_picture_outlines_the_months_without_rows(shop: Folder):
    found = coverage(shop)
    picture = coverage_picture(found.frame, found.months)
    assert "Transactions, January 2024: 2 rows" in picture.wide
    assert "Transactions, February 2024: no rows" in picture.wide
    assert picture.wide.count('class="missing"') == picture.narrow.count('class="missing"') == 2
    assert "Interactions" not in picture.wide
