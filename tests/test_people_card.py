"""Cards and lists of the tiny shop, worked out by hand, and their agreement with placement on a random crowd."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.people import Fact, about_to_slip, card, one_step_up
from ladder.people.rules import course
from ladder.placement import Placed, build
from tests.placing import ladder_of, order, placed_on
from tests.workspaces import make_workspace

APRIL, MAY, JUNE = date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30)
CROWD_LADDER = """
id = "crowd"
title = "Crowd"
grace = 1
[[rung]]
name = "aware"
enter = "orders() == 0 and (interactions('visit', 45) >= 1 or days_since_interaction() < 20)"
[[rung]]
name = "buyer"
enter = "orders(60) >= 1 and not attribute('country') == 'SE'"
keep = "orders(100) >= 1"
[[rung]]
name = "friend"
enter = "orders(90) >= 2 and average_order(90) > 15 and tenure() >= 40"
keep = "spend(120) >= 20 or redemptions() >= 1"
[[rung]]
name = "fan"
enter = "(nps() >= 9 or csat() == 5) and reviews(200) >= 1 and days_since_order() <= 50"
[[rung]]
name = "partner"
enter = "referrals(150) >= 1 and referred_orders(90) >= 1 and days_since_first_order() > 30"
"""


def test_a_card_says_why_here_what_next_and_until_when(tiny: Placed):
    """ann: orders on 5 January and 2 March; the latter is 59 days old at the end of April and 90 at that of May."""
    ann = card(tiny, "ann")
    assert (ann.rung, ann.held_by) == ("customer", "enter")
    assert ann.why == (Fact("at least 1 order in the last 60 days", "1", holds=True),)
    assert ann.next_rung == "client"
    assert ann.missing == (Fact("at least 2 orders in the last 90 days", "1", holds=False),)
    assert ann.lifts == (("one more order", "client"), ("one more customer brought", "advocate"))
    assert ann.falls == (MAY, "lapsed")
    assert ann.attributes == {"country": "DK"}
    assert ann.timeline["what"].tolist() == ["answer", "order", "order"]
    assert ann.timeline["amount"].dropna().tolist() == [20.0, 10.0]


def test_a_card_looks_at_its_own_date_and_knows_nothing_later(tiny: Placed):
    """At the end of February bob's order of the 10th is 19 days old; it is 80 at the end of April: gone by then."""
    bob = card(tiny, "bob", date(2024, 2, 29))
    assert (bob.rung, bob.falls) == ("customer", (APRIL, "lapsed"))
    cat = card(tiny, "cat")
    assert (cat.rung, cat.falls) == ("customer", (JUNE, "lapsed"))


def test_a_card_of_the_top_rung_and_of_the_lapsed(tiny: Placed):
    eve, bob = card(tiny, "eve"), card(tiny, "bob")
    assert (eve.rung, eve.next_rung, eve.missing, eve.lifts) == ("advocate", None, (), ())
    assert (bob.rung, bob.held_by, bob.why, bob.falls) == ("lapsed", "", (), None)


def test_a_card_is_plain_data_for_json(tiny: Placed):
    told = card(tiny, "ann").to_dict()
    assert told["falls"] == ["2024-05-31", "lapsed"]
    assert told["why"] == [{"words": "at least 1 order in the last 60 days", "value": "1", "holds": True}]
    assert told["timeline"][0]["amount"] is None


@pytest.mark.parametrize(("who", "on"), [("nobody", APRIL), ("cat", date(2024, 3, 31))])
def test_somebody_unknown_by_then_has_no_card(tiny: Placed, who: str, on: date):
    with pytest.raises(LadderError, match=r"Unknown customer|Not yet known"):
        card(tiny, who, on)


def test_about_to_slip_is_who_falls_at_the_next_period_end_without_anything_new(tiny: Placed):
    found = about_to_slip(tiny)
    assert (found.title, found.frame["customer_id"].tolist()) == ("Would slip by 31 May 2024", ["ann"])
    assert about_to_slip(tiny, rung="advocate").total == 0


def test_one_step_up_says_which_rung_the_step_would_reach(tiny: Placed):
    frame = one_step_up(tiny).frame
    assert frame[["customer_id", "reaches"]].to_numpy().tolist() == [
        ["ann", "client"],
        ["cat", "client"],
        ["dan", "customer"],
    ]
    assert one_step_up(tiny, rung="lapsed").frame["customer_id"].tolist() == ["bob"]
    assert one_step_up(tiny, "referral").frame["reaches"].tolist() == ["advocate", "advocate"]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    """Fifty random people over a year, on a ladder that uses every measure, `keep` and `grace`."""
    path: Path = tmp_path_factory.mktemp("crowd") / "workspace"
    return build(make_workspace(path, _crowd_tables(random.Random(7)), CROWD_LADDER))


def test_walking_the_ladder_day_by_day_gives_the_placement(crowd: Placed):
    states = crowd.frame("states", "select * from placement order by customer").set_index("customer")
    for customer, row in states.iterrows():
        walked = {day: code for day, code in course(crowd, int(customer), crowd.last) if day <= crowd.last}
        placed = {day: row[f"p{n}"] for n, day in enumerate(crowd.periods) if row[f"p{n}"] != 255}
        assert walked == placed, customer
    assert len(set(states.to_numpy().ravel().tolist())) >= 6, "the crowd should stand on every rung"


def test_about_to_slip_agrees_with_what_each_card_says(crowd: Placed):
    end, following = crowd.periods[-3], crowd.periods[-2]
    listed = set(about_to_slip(crowd, end, shown=None).frame["customer_id"])
    known = crowd.rows("known", "select customer_id from customers where first_day <= $end", {"end": end})
    cards = [card(crowd, customer_id, end) for (customer_id,) in known]
    assert listed == {item.customer_id for item in cards if item.falls and item.falls[0] == following}
    assert listed


def _crowd_tables(chance: random.Random) -> dict[str, list[dict[str, object]]]:
    people = [f"p{number:02d}" for number in range(50)]
    start = datetime(2024, 1, 3, 9)

    def when(first: int = 0, last: int = 360) -> datetime:
        return start + timedelta(days=chance.randint(first, last))

    def some(most: int, make: Callable[[], dict[str, object]]) -> list[dict[str, object]]:
        rounds = [who for who in people for _ in range(chance.randint(0, most))]
        return [{"customer_id": who, "ts": when(), **make()} for who in rounds]

    pick = chance.choice
    referred = [{"referrer_id": pick(people), "referred_id": who, "ts": when(0, 300)} for who in people[:30]]
    return {
        "customers": [{"customer_id": who, "attributes": {"country": pick(["DK", "SE"])}} for who in people],
        "transactions": some(6, lambda: {"amount": pick([900, 1500, 2500, -700])}),
        "interactions": some(4, lambda: {"kind": pick(["visit", "mail"])}),
        "feedback": some(2, lambda: {"nps": pick([None, 5, 9, 10]), "csat": pick([None, 4, 5]), "review": 5}),
        "referrals": referred,
        "incentives": some(1, lambda: {"incentive": "bag", "redeemed_ts": when(200)}),
    }


def test_the_timeline_tells_a_line_added_later_from_a_refund(tmp_path: Path):
    lines = [
        order("ann", "2024-01-05", 1000, "t1"),
        order("ann", "2024-01-07", 300, "t1"),
        order("ann", "2024-01-31", -200),
    ]
    timeline = card(placed_on(tmp_path, ladder_of("orders() >= 1"), lines), "ann").timeline
    assert list(zip(timeline["what"], timeline["amount"], strict=True)) == [
        ("refund", -2.0),
        ("added to an order", 3.0),
        ("order", 10.0),
    ]
