"""Are the amounts plausible: each light on both sides of its threshold."""

import math
from pathlib import Path

import pandas as pd
import pytest

from ladder.pictures.histogram_picture import amounts_picture
from ladder.quality import Check, quality
from tests.quality_shop import found, order, rows_of
from tests.workspaces import make_workspace


def amounts(path: Path, *rows: dict[str, object]) -> dict[str, Check]:
    return found(path, {"transactions": rows})


def usual(count: int) -> list[dict[str, object]]:
    """Orders of 5, 10 and 20 in equal parts: the median is 10, half of all lie a factor of two away from it."""
    return [order(f"c{number}", number % 40, (500, 1000, 2000)[number % 3]) for number in range(count)]


def test_unusual_is_three_and_a_half_robust_deviations_from_the_median_logarithm(tmp_path: Path):
    edge = round(1000 * math.exp(3.5 * math.log(2) / 0.6745))
    check = amounts(tmp_path, *usual(300), order("big", 1, edge + 1), order("inside", 2, edge - 1))[
        "Unusual amounts"
    ]
    assert [row[0] for row in rows_of(check)] == ["big"]
    assert rows_of(check)[0][3:] == pytest.approx(((edge + 1) / 100, (edge + 1) / 1000))


def test_far_too_small_is_unusual_too(tmp_path: Path):
    check = amounts(tmp_path, *usual(300), order("cents", 1, 10))["Unusual amounts"]
    assert (check.figure, rows_of(check)[0][0]) == ("1", "cents")


def test_where_most_orders_cost_the_same_the_mean_deviation_decides(tmp_path: Path):
    same = [order(f"c{number}", number % 40, 1000) for number in range(60)]
    check = amounts(tmp_path, *same, order("other", 1, 1100), order("big", 1, 900_000))["Unusual amounts"]
    assert [row[0] for row in rows_of(check)] == ["big"]


@pytest.mark.parametrize(("many", "light"), [(1, "fine"), (2, "care")])
def test_more_than_one_unusual_order_in_two_hundred_asks_for_care(tmp_path: Path, many: int, light: str):
    odd = [order(f"odd{number}", number, 1_000_000) for number in range(many)]
    assert amounts(tmp_path, *usual(200 - many), *odd)["Unusual amounts"].light == light


@pytest.mark.parametrize(
    ("share", "light"), [(0.0099, "fine"), (0.0101, "care"), (0.0499, "care"), (0.0501, "stop")]
)
def test_the_biggest_order_weighs_by_its_share_of_the_money(tmp_path: Path, share: float, light: str):
    rest = usual(4000)
    biggest = round(sum(int(str(row["amount"])) for row in rest) * share / (1 - share))
    assert amounts(tmp_path, *rest, order("big", 1, biggest))["Biggest order"].light == light


def test_a_big_order_among_few_is_an_order_like_others(tmp_path: Path):
    check = amounts(tmp_path, order("ann", 0, 500), order("bob", 1, 1000), order("cat", 2, 2000))[
        "Biggest order"
    ]
    assert (check.light, check.finding) == ("fine", "The biggest order is an order like others")


@pytest.mark.parametrize(("zeros", "light"), [(0, "fine"), (1, "care"), (10, "care"), (11, "stop")])
def test_orders_worth_nothing(tmp_path: Path, zeros: int, light: str):
    free = [order(f"free{number}", number, 0) for number in range(zeros)]
    check = amounts(tmp_path, *usual(100 - zeros), *free)["Orders worth nothing"]
    assert (check.light, check.behind) == (light, zeros)


@pytest.mark.parametrize(("orders", "light"), [(101, "fine"), (100, "care")])
def test_orders_refunded_beyond_their_amount(tmp_path: Path, orders: int, light: str):
    twice = [order("ann", 1, 500, transaction_id="t"), *[order("ann", 2, -300, transaction_id="t")] * 2]
    check = amounts(tmp_path, *usual(orders - 1), *twice)["Orders below zero"]
    assert check.light == light
    assert [row[3:] for row in rows_of(check)] == [(5.0, -1.0)]


@pytest.mark.parametrize(("refunds", "light"), [(21, "fine"), (20, "care")])
def test_refunds_before_the_first_purchase(tmp_path: Path, refunds: int, light: str):
    paid_back = [order("ann", 5 + number, -100) for number in range(refunds - 1)]
    check = amounts(tmp_path, order("ann", 0, 90_000), *paid_back, order("bob", 3, -700))[
        "Refunds without a purchase"
    ]
    assert (check.light, [row[0] for row in rows_of(check)]) == (light, ["bob"])


def test_without_refunds_nothing_can_be_said_of_them(tmp_path: Path):
    assert amounts(tmp_path, order("ann"))["Refunds without a purchase"].light == "unknown"


@pytest.mark.parametrize(("others", "light"), [(98, "fine"), (97, "care")])
def test_a_row_that_is_there_twice(tmp_path: Path, others: int, light: str):
    rows = [*usual(others), order("ann", 1, 700), order("ann", 1, 700)]
    check = amounts(tmp_path, *rows)["Repeated rows"]
    assert (check.light, check.figure) == (light, "1")


def test_a_file_joined_with_itself_stops(tmp_path: Path):
    assert amounts(tmp_path, *usual(30), *usual(30))["Repeated rows"].light == "stop"


def test_without_purchases_there_are_no_amounts_to_judge(tmp_path: Path):
    assert amounts(tmp_path, order("ann", 0, -500))["Amounts"].light == "unknown"


def test_guests_orders_are_amounts_as_well(tmp_path: Path):
    found_ = quality(
        make_workspace(tmp_path / "shop", {"transactions": [order(None, 0, 1000), order(None, 1, 0)]})
    )
    assert int(found_.amounts["orders"].sum()) == 1


def test_the_picture_of_the_amounts_tells_every_class_and_its_unusual_orders():
    frame = pd.DataFrame(
        {"low": [1.0, 100.0], "high": [10**0.1, 100 * 10**0.1], "orders": [2, 1000], "unusual": [2, 0]}
    )
    picture = amounts_picture(frame, "EUR")
    assert "€1.00 to €1.26: 2 orders, 2 unusual" in picture.wide
    assert "The most frequent: €100 to €126: 1,000 orders. 2 are unusual." in picture.narrow
    assert picture.wide.count('class="slipped"') == 1
    assert ">100<" in picture.wide
