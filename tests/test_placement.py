"""Placement worked out by hand: every customer's state at every period end of shops small enough to hold in mind."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.placement import Placed
from tests.placing import ladder_of, order, placed_on, states

BOUGHT = ladder_of("orders(31) >= 1")


def test_everybody_of_the_tiny_shop_stands_where_a_pencil_puts_them(tiny: Placed) -> None:
    """1 prospect, 2 customer, 3 client, 4 advocate, 0 lapsed, · not yet known; ends of January to April 2024.

    ann's January and March orders are both within 90 days of 31 March; on 30 April only the second is left.
    bob's only order is 60 days old on 10 April. eve has two orders within 90 days until January drops out, but
    by then has brought cat.
    """
    assert [end.isoformat() for end in tiny.periods] == [
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]
    assert states(tiny) == {"ann": "2232", "bob": "·220", "cat": "···2", "dan": "·111", "eve": "3334"}


def test_spells_are_the_runs_of_one_state(tiny: Placed) -> None:
    spells = tiny.rows(
        "spells",
        "select customer_id, code, first_period, last_period from spells join customers using (customer)"
        " where customer_id in ('ann', 'bob') order by customer_id, first_period",
    )
    assert spells == [
        ("ann", 2, 0, 1),
        ("ann", 3, 2, 2),
        ("ann", 2, 3, 3),
        ("bob", 2, 1, 2),
        ("bob", 0, 3, 3),
    ]


def test_activity_is_net_revenue_per_period(tiny: Placed) -> None:
    """bob's order and refund fall into one month and leave nothing."""
    rows = tiny.rows(
        "activity",
        "select period, customer_id, cast(sum(revenue) as bigint) from activity join customers using (customer)"
        " group by all having sum(revenue) <> 0 order by all",
    )
    assert rows == [
        (0, "ann", 1000),
        (0, "eve", 10000),
        (2, "ann", 2000),
        (3, "cat", 700),
        (3, "eve", 5000),
    ]


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2024-01-31 23:59:59.999999", "100"), ("2024-02-01 00:00:00.000000", "·10")],
)
def test_a_month_ends_with_its_last_microsecond(when: str, expected: str, tmp_path: Path) -> None:
    orders = [order("ann", when), order("bob", "2024-01-01"), order("bob", "2024-03-31")]
    assert states(placed_on(tmp_path, ladder_of("orders(29) >= 1"), orders))["ann"] == expected


def test_the_leap_day_ends_february(tmp_path: Path) -> None:
    orders = [order("ann", "2024-02-29 12:00"), order("bob", "2024-01-15"), order("bob", "2024-03-31")]
    placed = placed_on(tmp_path, ladder_of("days_since_order() == 0", "days_since_order() == 31"), orders)
    assert placed.periods[1] == date(2024, 2, 29)
    assert states(placed)["ann"] == "·12"


@pytest.mark.parametrize(("window", "expected"), [(29, "10"), (30, "11")])
def test_a_window_of_w_days_holds_the_days_younger_than_w(window: int, expected: str, tmp_path: Path) -> None:
    """On 29 February an order of 31 January is 29 days old: inside 30 days, outside 29."""
    orders = [order("ann", "2024-01-31 08:00"), order("bob", "2024-02-29")]
    assert states(placed_on(tmp_path, ladder_of(f"orders({window}) >= 1"), orders))["ann"] == expected


def test_keep_holds_on_to_who_has_entered(tmp_path: Path) -> None:
    """Two orders a month to enter, one to stay:

    orders   Jan 2   Feb 1   Mar 1   Apr 0   May 1
    state    on      on      on      off     off: one order keeps, but does not enter
    """
    days = ["2024-01-10", "2024-01-20", "2024-02-15", "2024-03-15", "2024-05-31"]
    ladder = ladder_of(("orders(30) >= 2", "orders(30) >= 1"))
    assert states(placed_on(tmp_path, ladder, [order("ann", day) for day in days])) == {"ann": "11100"}


@pytest.mark.parametrize(("grace", "expected"), [(0, "1000101"), (1, "1100111"), (2, "1110111")])
def test_grace_waits_before_the_fall(grace: int, expected: str, tmp_path: Path) -> None:
    """orders   Jan 1   Feb 0   Mar 0   Apr 0   May 1   Jun 0   Jul 1"""
    days = ["2024-01-15", "2024-05-15", "2024-07-31"]
    ladder = ladder_of("orders(30) >= 1", grace=grace)
    assert states(placed_on(tmp_path, ladder, [order("ann", day) for day in days])) == {"ann": expected}


def test_a_lower_rung_keeps_whom_a_higher_one_has_let_go(tmp_path: Path) -> None:
    """Both rungs take the same order; the higher one lets go after a month, the lower one after two."""
    ladder = ladder_of(("orders(31) >= 1", "orders(62) >= 1"), "orders(31) >= 1")
    orders = [order("ann", "2024-01-20"), order("bob", "2024-03-31")]
    assert states(placed_on(tmp_path, ladder, orders))["ann"] == "210"


def test_the_highest_rung_that_holds_wins(tmp_path: Path) -> None:
    ladder = ladder_of("orders() >= 1", "orders() >= 2", "spend() >= 50")
    orders = [order("ann", "2024-01-05"), order("ann", "2024-02-05"), order("bob", "2024-02-29", 5000)]
    assert states(placed_on(tmp_path, ladder, orders)) == {"ann": "12", "bob": "·3"}


def test_refunds_reduce_spend_and_are_no_orders(tmp_path: Path) -> None:
    """30.00 spent in January; 25.00 come back in February: one order, 5.00 spent."""
    ladder = ladder_of("orders() == 1", "spend() >= 30", "orders() >= 2")
    orders = [order("ann", "2024-01-05", 3000), order("ann", "2024-02-05", -2500)]
    placed = placed_on(tmp_path, ladder, orders, as_of=date(2024, 2, 29))
    assert states(placed) == {"ann": "21"}
    assert placed.rows("refunds", "select day, amount from refunds") == [(date(2024, 2, 5), 2500)]


def test_who_only_ever_returned_something_has_no_order(tmp_path: Path) -> None:
    ladder = ladder_of("spend() < 0", "orders() >= 1")
    placed = placed_on(tmp_path, ladder, [order("ann", "2024-01-05", -1)], as_of=date(2024, 1, 31))
    assert states(placed) == {"ann": "1"}


def test_spend_emptied_by_a_refund_is_nothing_to_the_cent(tmp_path: Path) -> None:
    """Three times 0.10 less 0.30 is more than nothing in floating point, and nothing in money."""
    orders = [order("ann", f"2024-01-0{day}", 10) for day in (1, 2, 3)] + [order("ann", "2024-01-31", -30)]
    assert states(placed_on(tmp_path, ladder_of("spend() > 0", "spend() <= 0"), orders)) == {"ann": "2"}


def test_lines_of_one_transaction_are_one_order(tmp_path: Path) -> None:
    lines = [
        order("ann", "2024-01-30 09:00", 1000, "t1"),
        order("ann", "2024-01-30 18:00", 500, "t1"),
        order("ann", "2024-01-30 18:00", 700, "t2"),
    ]
    placed = placed_on(tmp_path, BOUGHT, lines, as_of=date(2024, 1, 31))
    assert placed.rows("orders", "select transaction_id, amount from orders order by transaction_id") == [
        ("t1", 1500),
        ("t2", 700),
    ]


def test_a_line_added_later_is_money_of_its_own_day_and_no_second_order(tmp_path: Path) -> None:
    """On 31 January nobody knew of the 5.00 that came after midnight; still it is one order."""
    lines = [
        order("ann", "2024-01-31 23:59", 1000, "t1"),
        order("ann", "2024-02-01 00:01", 500, "t1"),
    ]
    ladder = ladder_of("orders() == 1", "spend() >= 15", "orders() >= 2")
    placed = placed_on(tmp_path, ladder, lines, as_of=date(2024, 2, 29))
    assert states(placed) == {"ann": "12"}
    assert placed.rows("money", "select period, revenue from activity order by all") == [
        (0, 1000),
        (1, 500),
    ]


def test_without_transaction_ids_a_customers_day_is_one_order(tmp_path: Path) -> None:
    lines = [
        order("ann", "2024-01-05 09:00", 100),
        order("ann", "2024-01-05 18:00", 200),
        order("ann", "2024-01-06", 400),
    ]
    placed = placed_on(tmp_path, BOUGHT, lines, as_of=date(2024, 1, 31))
    assert placed.rows("orders", "select day, amount from orders order by day") == [
        (date(2024, 1, 5), 300),
        (date(2024, 1, 6), 400),
    ]


def test_guests_are_never_placed(tmp_path: Path) -> None:
    orders = [order(None, "2023-11-05", 9999), order("ann", "2024-01-31"), order(None, "2024-05-31", 9999)]
    placed = placed_on(tmp_path, BOUGHT, orders)
    assert states(placed) == {"ann": "1"}
    assert placed.rows("revenue", "select sum(revenue) from activity") == [(1000,)]


def test_only_guests_are_nothing_to_place(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="Nothing to place yet"):
        placed_on(tmp_path, BOUGHT, [order(None, "2024-01-31")])


def test_a_month_that_has_not_ended_is_no_period(tmp_path: Path) -> None:
    assert placed_on(tmp_path, BOUGHT, [order("ann", "2024-01-31"), order("ann", "2024-02-28")]).last == date(
        2024, 1, 31
    )


def test_no_whole_period_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="No month is complete"):
        placed_on(tmp_path, BOUGHT, [order("ann", "2024-01-05")])


def test_a_wrong_early_date_is_named_when_the_history_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="From 1890-01-05") as told:
        placed_on(tmp_path, BOUGHT, [order("ann", "1890-01-05"), order("ann", "2024-01-31")])
    assert "wrong early date" in told.value.hint


def test_the_as_of_date_ends_the_history(tmp_path: Path) -> None:
    orders = [order("ann", "2024-01-05"), order("bob", "2024-02-05"), order("cat", "2024-03-31")]
    placed = placed_on(tmp_path, BOUGHT, orders, as_of=date(2024, 2, 29))
    assert placed.last == date(2024, 2, 29)
    assert states(placed) == {"ann": "10", "bob": "·1", "cat": "··"}


def test_an_as_of_date_after_the_data_goes_on_counting_days(tmp_path: Path) -> None:
    """The order of 31 January is 29 days old at the end of February and 60 at the end of March."""
    placed = placed_on(tmp_path, BOUGHT, [order("ann", "2024-01-31")], as_of=date(2024, 4, 15))
    assert states(placed) == {"ann": "110"}


def test_weeks_end_on_sundays_and_quarters_in_march(tmp_path: Path) -> None:
    orders = [order("ann", "2024-01-01"), order("ann", "2024-03-31")]
    weeks = placed_on(tmp_path / "w", ladder_of("orders() >= 1", period="week"), orders)
    quarters = placed_on(tmp_path / "q", ladder_of("orders() >= 1", period="quarter"), orders)
    assert (weeks.periods[0], weeks.last, len(weeks.periods)) == (date(2024, 1, 7), date(2024, 3, 31), 13)
    assert quarters.periods == (date(2024, 3, 31),)


def test_attributes_compare_as_text_and_as_numbers(tmp_path: Path) -> None:
    people = [
        {"customer_id": who, "first_seen": datetime(2024, 1, 2), "attributes": {"level": level}}
        for who, level in {"ann": "12", "bob": "7", "cat": "gold"}.items()
    ]
    ladder = ladder_of('attribute("level") >= 5', 'attribute("level") > 10', 'attribute("level") == "gold"')
    placed = placed_on(tmp_path, ladder, customers=people, as_of=date(2024, 1, 31))
    assert states(placed) == {"ann": "2", "bob": "1", "cat": "3"}
    assert placed.warnings == ("“level” has no history: today's value stands for every date.",)


def test_signing_up_is_an_interaction(tmp_path: Path) -> None:
    people = [{"customer_id": "ann", "first_seen": datetime(2024, 1, 2)}]
    placed = placed_on(
        tmp_path, ladder_of("interactions(31) >= 1"), customers=people, as_of=date(2024, 2, 29)
    )
    assert states(placed) == {"ann": "10"}


def test_a_customer_without_any_date_is_not_known(tmp_path: Path) -> None:
    placed = placed_on(tmp_path, BOUGHT, [order("ann", "2024-01-31")], customers=[{"customer_id": "zoe"}])
    assert states(placed) == {"ann": "1"}
