"""A ladder that cannot be climbed, that nobody climbs, or that looks back too far is placed, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.placing import ladder_of, order, placed_on, states

ORDERS = [
    order("ann", "2024-01-05"),
    order("ann", "2024-02-10"),
    order("bob", "2024-02-03"),
    order("bob", "2024-03-31"),
]


def test_a_rule_that_can_never_hold_is_placed_and_told(tmp_path: Path):
    rule = "orders(365) >= 5 and orders(365) < 3"
    placed = placed_on(tmp_path, ladder_of("orders(31) >= 1", rule), ORDERS)
    assert states(placed) == {"ann": "110", "bob": "·11"}
    assert placed.warnings[0] == (
        f"Nobody can ever reach “R2”: its rule “{rule}” can never hold. Change one of its numbers."
    )
    assert len(placed.warnings) == 2, "and the window is longer than the data"


@pytest.mark.parametrize("rule", ["orders() < 0", "nps() > 10", "not (orders() >= 0)", "tenure() < 0"])
def test_a_rule_that_is_constantly_false_is_placed_alone(tmp_path: Path, rule: str):
    placed = placed_on(tmp_path, ladder_of(rule), ORDERS, feedback=[])
    assert states(placed) == {"ann": "000", "bob": "·00"}
    assert placed.warnings[0].startswith("Nobody can ever reach “R1”")


def test_a_rung_that_nobody_has_reached_is_told_once_and_not_where_the_data_are_missing(tmp_path: Path):
    placed = placed_on(tmp_path, ladder_of("orders() >= 1", "orders() >= 3", "nps() >= 9"), ORDERS)
    assert placed.missing == {"r3"}
    assert placed.warnings == (
        "Nobody stood on “R2” at any period end: its rule may ask for more than anybody does.",
    )


@pytest.mark.parametrize(("window", "told"), [(87, 0), (88, 1)])
def test_a_window_longer_than_the_data_is_told_to_the_day(tmp_path: Path, window: int, told: int):
    """5 January to 31 March 2024 are 87 days."""
    placed = placed_on(tmp_path, ladder_of(f"orders({window}) >= 1"), ORDERS)
    assert len(placed.warnings) == told
    if told:
        assert placed.warnings[0] == (
            "orders(88) looks back 88 days, but the data hold 87, from 5 Jan 2024 to 31 Mar 2024: "
            "it counts the whole history."
        )
