"""The people behind the numbers of the tiny shop, worked out by hand at the end of April 2024.

March → April: ann client → customer, bob customer → lapsed, cat joins as customer, dan stays prospect, eve client →
advocate.
"""

from __future__ import annotations

from datetime import date

import pytest

from ladder import flows
from ladder.errors import LadderError
from ladder.model.ladder import NOT_YET
from ladder.people import find, moved, reached, standing
from ladder.people.members import WAYS
from ladder.placement import Placed

MARCH, APRIL = date(2024, 3, 31), date(2024, 4, 30)


def ids(people):
    return people.frame["customer_id"].tolist()


def test_those_on_a_rung_stand_by_falling_revenue_with_their_facts(tiny: Placed):
    found = standing(tiny, "customer")
    assert found.title == "Customer on 30 Apr 2024"
    assert found.total == 2
    rows = (
        found.frame.drop(columns="last_order")
        .assign(since=found.frame["since"].astype(str))
        .to_dict("records")
    )
    assert rows == [
        {"customer_id": "ann", "rung": "customer", "since": "2024-04-30", "orders": 2, "revenue": 30.0},
        {"customer_id": "cat", "rung": "customer", "since": "2024-04-30", "orders": 1, "revenue": 7.0},
    ]


def test_refunds_are_taken_off_the_revenue_and_no_later_order_is_counted(tiny: Placed):
    bob = standing(tiny, "customer", date(2024, 2, 29)).frame.set_index("customer_id").loc["bob"]
    assert (bob["orders"], bob["revenue"]) == (1, 0.0)
    eve = standing(tiny, "client", MARCH).frame.set_index("customer_id").loc["eve"]
    assert (eve["orders"], eve["revenue"]) == (2, 100.0)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("climbed", ["eve"]),
        ("slipped", ["ann"]),
        ("lapsed", ["bob"]),
        ("down", ["ann", "bob"]),
        ("stayed", ["dan"]),
        ("joined", ["cat"]),
        ("returned", []),
    ],
)
def test_every_way_of_moving_lists_who_went_it(tiny: Placed, way: str, expected: list[str]):
    assert ids(moved(tiny, MARCH, APRIL, way=way)) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"origin": "client", "target": "customer"}, "Client → Customer"),
        ({"origin": NOT_YET, "target": "customer"}, "Joined as Customer"),
        ({"origin": "prospect", "target": "prospect"}, "Stayed Prospect"),
        ({"origin": "customer", "way": "down"}, "Customer: slipped or lapsed"),
        ({"target": "advocate", "way": "climbed"}, "Climbed to Advocate"),
    ],
)
def test_a_title_says_which_way_the_list_reads(tiny: Placed, given: dict[str, str], words: str):
    found = moved(tiny, MARCH, APRIL, **given)
    assert found.title == f"{words}, 31 Mar 2024 to 30 Apr 2024"
    assert found.total == 1


def test_every_list_ties_to_the_flows_the_overview_and_the_funnel(tiny: Placed):
    for row in flows.flows(tiny, MARCH, APRIL).frame.itertuples():
        assert moved(tiny, MARCH, APRIL, origin=row.from_rung, target=row.to_rung).total == row.customers
    seen = flows.overview(tiny, APRIL, MARCH)
    for line in (*seen.rungs, seen.lapsed):
        assert standing(tiny, line.name).total == line.customers
    funnel = flows.funnel(tiny, date(2024, 1, 1), APRIL)
    for row in funnel.frame.itertuples():
        assert reached(tiny, row.rung, funnel).total == row.reached


def test_ways_cover_everybody_known_at_the_end_once(tiny: Placed):
    apart = [way for way in WAYS if way != "down"]
    assert sum(moved(tiny, MARCH, APRIL, way=way).total for way in apart) == 5


def test_a_short_list_still_tells_how_many_there_are(tiny: Placed):
    found = standing(tiny, "customer", shown=1)
    assert (found.total, ids(found)) == (2, ["ann"])


def test_an_unknown_movement_is_refused_with_the_nearest_word(tiny: Placed):
    with pytest.raises(LadderError, match="Did you mean climbed"):
        moved(tiny, MARCH, APRIL, way="climbd")


def test_a_customer_is_found_by_a_part_of_the_id_and_only_once_known(tiny: Placed):
    assert ids(find(tiny, " A")) == ["ann", "cat", "dan"]
    assert ids(find(tiny, "a", date(2024, 1, 31))) == ["ann"]
    assert ids(find(tiny, "%")) == []


def test_a_search_tells_how_many_there_are_and_no_internal_number(tiny: Placed):
    found = find(tiny, "a", shown=2)
    assert (found.total, ids(found)) == (3, ["ann", "cat"])
    assert "customer" not in found.frame
    # Of those whose id comes first, none is known yet.
    assert ids(find(tiny, "", date(2024, 1, 31), shown=1)) == ["eve"]
