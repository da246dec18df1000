"""Where imports overlap, the latest one wins: whole orders by id, equal rows by their number, fields by customer."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from ladder.placement import build
from tests.placing import ladder_of, order, states
from tests.workspaces import add_import, make_workspace

BOUGHT = ladder_of("orders(31) >= 1")


def test_a_later_import_replaces_a_whole_order(tmp_path: Path) -> None:
    """t1 had two lines; the correction has one, and the other line goes. t2 is untouched."""
    folder = make_workspace(
        tmp_path / "w",
        {"transactions": [
            order("ann", "2024-01-05", 1000, "t1"), order("ann", "2024-01-05", 500, "t1"),
            order("ann", "2024-01-31", 300, "t2"),
        ]},
        BOUGHT,
    )  # fmt: skip
    add_import(folder, "transactions", [order("ann", "2024-01-05", 900, "t1")])
    rows = build(folder).rows("orders", "select transaction_id, amount from orders order by transaction_id")
    assert rows == [("t1", 900), ("t2", 300)]


def test_without_ids_the_nth_equal_row_replaces_the_nth(tmp_path: Path) -> None:
    """Two equal rows, then a file that repeats one of them and has a new one: three rows, 10 + 10 + 7."""
    twice = [order("ann", "2024-01-31 09:00"), order("ann", "2024-01-31 09:00")]
    folder = make_workspace(tmp_path / "w", {"transactions": twice}, BOUGHT)
    add_import(
        folder, "transactions", [order("ann", "2024-01-31 09:00"), order("ann", "2024-01-31 10:00", 700)]
    )
    assert build(folder).rows("orders", "select amount from orders") == [(2700,)]


def test_a_corrected_first_seen_moves_the_customer(tmp_path: Path) -> None:
    """A sign-up dated 2014 by mistake is corrected to 2024; a file without the date changes nothing."""
    folder = make_workspace(
        tmp_path / "w", {"customers": [{"customer_id": "ann", "first_seen": datetime(2014, 1, 2)}]},
        ladder_of("interactions(31) >= 1"), as_of=date(2024, 2, 29),
    )  # fmt: skip
    add_import(folder, "customers", [{"customer_id": "ann", "first_seen": datetime(2024, 1, 2)}])
    assert states(build(folder)) == {"ann": "10"}
    add_import(folder, "customers", [{"customer_id": "ann", "attributes": {"city": "Aarhus"}}])
    assert states(build(folder)) == {"ann": "10"}


def test_a_corrected_referral_date_moves_the_referral(tmp_path: Path) -> None:
    def brought(day: int) -> dict[str, object]:
        return {"referrer_id": "ann", "referred_id": "bob", "ts": datetime(2024, 1, day)}

    folder = make_workspace(tmp_path / "w", {"referrals": [brought(3)]}, "classic", as_of=date(2024, 1, 31))
    add_import(folder, "referrals", [brought(9)])
    assert build(folder).rows("referrals", "select day from referrals") == [(date(2024, 1, 9),)]


def test_the_newest_value_of_an_attribute_stands(tmp_path: Path) -> None:
    people = [
        {
            "customer_id": "ann",
            "first_seen": datetime(2024, 1, 2),
            "attributes": {"city": "Bonn", "plan": "a"},
        }
    ]
    folder = make_workspace(tmp_path / "w", {"customers": people}, "classic", as_of=date(2024, 1, 31))
    add_import(folder, "customers", [{"customer_id": "ann", "attributes": {"city": "Kiel"}}])
    assert build(folder).rows("a", "select name, value from attributes order by name") == [
        ("city", "Kiel"),
        ("plan", "a"),
    ]


def test_refunds_under_the_ids_of_orders_take_no_order_away(tmp_path: Path) -> None:
    """A file of returns names the order they belong to; a later one with the same return replaces it alone."""
    bought = [order("ann", "2024-01-05", 1000, "t1"), order("bob", "2024-01-31", 300, "t2")]
    folder = make_workspace(tmp_path / "w", {"transactions": bought}, BOUGHT)
    add_import(folder, "transactions", [order("ann", "2024-01-20", -400, "t1")])
    add_import(folder, "transactions", [order("ann", "2024-01-20", -250, "t1")])
    placed = build(folder)
    assert placed.rows("orders", "select transaction_id, amount from orders order by 1") == [
        ("t1", 1000),
        ("t2", 300),
    ]
    assert placed.rows("refunds", "select amount from refunds") == [(250,)]
    assert states(placed) == {"ann": "1", "bob": "1"}


def test_rows_of_overlapping_files_count_once_and_the_others_all(tmp_path: Path) -> None:
    """Three weekly files of two weeks each, visits and sales without ids alike.

    day of January   3    10       17      24     31
    first file       a    a a      b
    second                a a a    b       a
    third                          b b     a      a
    all in all       a    a a a    b b     a      a
    """
    files = ["03a 10a 10a 17b", "10a 10a 10a 17b 24a", "17b 17b 24a 31a"]
    folder = make_workspace(tmp_path / "w", {}, BOUGHT)
    for file in files:
        rows = [order(word[2], f"2024-01-{word[:2]} 09:00", 100) for word in file.split()]
        add_import(folder, "transactions", rows)
        add_import(folder, "interactions", [_visit(row["customer_id"], row["ts"]) for row in rows])
    placed = build(folder)
    assert placed.rows("orders", "select day(day), amount from orders order by day") == [
        (3, 100), (10, 300), (17, 200), (24, 100), (31, 100),
    ]  # fmt: skip
    visits = placed.rows("visits", "select day(day), count(*) from interactions group by all order by all")
    assert visits == [(3, 1), (10, 3), (17, 2), (24, 1), (31, 1)]


def _visit(who: object, ts: object) -> dict[str, object]:
    return {"customer_id": who, "ts": ts, "kind": "visit"}


def test_a_corrected_order_may_have_lines_of_several_days(tmp_path: Path) -> None:
    """The newer file has t1 with a line of the next day: 9.00 on the first, 2.50 and 0.50 on the second."""
    bought = [order("ann", "2024-01-05", 1000, "t1"), order("ann", "2024-01-31", 300, "t2")]
    folder = make_workspace(tmp_path / "w", {"transactions": bought}, BOUGHT)
    lines = [("2024-01-05 10:00", 900), ("2024-01-06 08:00", 250), ("2024-01-06 09:00", 50)]
    add_import(folder, "transactions", [order("ann", when, amount, "t1") for when, amount in lines])
    placed = build(folder)
    assert placed.rows("orders", "select transaction_id, day, amount from orders order by all") == [
        ("t1", date(2024, 1, 5), 900),
        ("t2", date(2024, 1, 31), 300),
    ]
    assert placed.rows("later", "select day, amount from refunds") == [(date(2024, 1, 6), -300)]
