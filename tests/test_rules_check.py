"""A ladder is checked before use: rungs nobody can reach are named, and nothing else is, and it is placed anyway."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, preset, preset_ids
from ladder.rules import Any, Call, check_ladder, missing_rungs, never_reached, parse_rule, tables_needed
from ladder.rules.holding import holds
from ladder.rules.reach import possible
from ladder.rules.tree import comparisons
from tests.placing import ladder_of
from tests.reference import Facts, _holds
from tests.test_placement_property import START, crowd, ladders


@pytest.mark.parametrize(
    "rule",
    [
        "nps() > 10",
        "csat() < 1",
        "csat() > 4 and csat() < 5",
        "orders() < 0",
        "orders(365) >= 2 and orders(365) < 2",
        "orders(30) >= 3 and orders(365) <= 2",
        "orders() == 0 and days_since_order() <= 90",
        "orders(30) == 0 and days_since_order() < 30",
        'interactions("demo") >= 1 and interactions() == 0',
        "average_order() < 0",
        'attribute("plan") == "gold" and attribute("plan") == "silver"',
        "not (orders() >= 0)",
    ],
)
def test_a_rule_that_can_never_hold_is_named(rule: str) -> None:
    told = f"Nobody can ever reach “R2”: its rule “{rule}” can never hold. Change one of its numbers."
    assert never_reached(ladder_of("reviews() >= 1", rule)) == (("r2", told),)


def test_a_rung_hidden_by_a_higher_one_names_it() -> None:
    ((rung, told),) = never_reached(ladder_of("orders(30) >= 2", "referrals() >= 1", "orders(365) >= 1"))
    assert rung == "r1"
    assert "whoever meets its rule also meets the rule of “R3” above it" in told


def test_a_rung_hidden_by_several_together_says_so() -> None:
    ((rung, told),) = never_reached(ladder_of("orders() >= 1", "orders() <= 5", "orders() >= 4"))
    assert rung == "r1"
    assert "the rule of one of the rungs above it" in told


def test_a_rule_to_stay_that_can_never_hold_is_named() -> None:
    ((rung, told),) = never_reached(ladder_of(("orders() >= 1", "nps() > 10")))
    assert rung == "r1"
    assert told == "“R1”: its rule to stay, “nps() > 10”, can never hold, so only the rule to enter counts."


def test_a_contradiction_is_found_among_more_measures_than_could_be_tried_together() -> None:
    many = " and ".join(f'interactions("kind {n}", {n + 10}) >= {n}' for n in range(1, 13))
    ((rung, _),) = never_reached(
        ladder_of("reviews() >= 1", f"{many} and orders(90) >= 5 and orders(90) < 3")
    )
    assert rung == "r2"


@pytest.mark.parametrize(
    "rules",
    [
        ("orders(365) >= 1 and days_since_order() <= 400",),
        ("orders(30) >= 5 and orders(365) >= 2",),
        ("orders(30) < 3 and orders(365) == 1 and days_since_order() < 30",),
        ("days_since_order() >= 30 and orders(90) >= 1",),
        ("average_order() > 1 and average_order() < 1.0001",),
        ("spend() > 0 and spend() < 0.02",),
        ("spend(30) < 0",),
        ("average_order() != -5",),
        ("days_since_order() > -5",),
        ("nps() < 20", "nps() > 5 and nps() != 11"),
        ('attribute("level") > 1 and attribute("level") < 1.5',),
        ('attribute("zip") != "" and attribute("zip") >= 5000',),
        ('attribute("plan") == "7" and attribute("plan") > 3',),
        (("orders(30) >= 1", "orders(365) >= 1"), "orders(30) >= 1"),
        ("orders() == 0", "orders() >= 1"),
        ("nps() == 10", "nps() == 0", "csat() == 5"),
    ],
)
def test_what_can_be_reached_raises_no_alarm(rules: tuple[str, ...]) -> None:
    assert never_reached(ladder_of(*rules)) == ()


@pytest.mark.parametrize("ident", preset_ids())
def test_presets_raise_no_alarm(ident: str) -> None:
    assert never_reached(preset(ident)) == ()


ENDS = [START.date() + timedelta(days=30 * number) for number in range(1, 16)]
CROWD = crowd(7)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ladders())
def test_a_rung_on_which_somebody_stands_is_never_called_unreachable(ladder: Ladder) -> None:
    """Alarms are compared with thirty lives: who meets a rule, and no higher one, proves the rung can be reached."""
    for name, told in never_reached(ladder):
        number = ladder.names.index(name)
        above = [rung.enter for rung in ladder.rungs[number + 1 :]]
        if "to stay" not in told:
            assert not stands_alone(ladder.rungs[number].enter, above)


def stands_alone(rule: str, above: list[str]) -> bool:
    facts, tree, higher = Facts(CROWD), parse_rule(rule), [parse_rule(other) for other in above]
    return any(
        _holds(tree, facts, person, end) and not any(_holds(other, facts, person, end) for other in higher)
        for person in facts.people
        for end in ENDS
        if facts.first_day[person] <= end
    )


def only_transactions(call: Call) -> bool:
    return call.measure.table == "transactions"


def test_rungs_that_orders_alone_cannot_fill_are_missing() -> None:
    assert missing_rungs(preset("classic"), only_transactions) == {"prospect", "supporter", "advocate"}
    assert missing_rungs(preset("orders-only"), only_transactions) == frozenset()
    assert missing_rungs(preset("programme"), only_transactions) == {
        "aware",
        "engaged member",
        "loyal",
        "advocate",
    }


@pytest.mark.parametrize(
    ("rule", "is_missing"),
    [
        ("nps() >= 9", True),
        ("not nps() >= 9", False),
        ("orders() >= 1 or nps() >= 9", False),
        ("orders() >= 1 and nps() >= 9", True),
        ("referrals() == 0", False),
        ('attribute("plan") != "gold"', True),
    ],
)
def test_a_rung_is_missing_when_its_rule_cannot_hold_without_the_data(rule: str, is_missing: bool) -> None:
    found = missing_rungs(ladder_of(rule), only_transactions)
    assert found == ({"r1"} if is_missing else frozenset())


def test_a_rule_names_the_tables_it_looks_at() -> None:
    rule = "orders() >= 1 and (nps() >= 9 or not referred_orders() >= 1)"
    assert tables_needed(parse_rule(rule)) == {"transactions", "feedback", "referrals"}


def test_a_rule_that_cannot_be_read_names_ladder_rung_and_part() -> None:
    with pytest.raises(LadderError, match="test: the rule keep of “r1”"):
        check_ladder(ladder_of(("orders() >= 1", "ordres() >= 1")))


# Every history of up to four orders on days around the windows and constants below: brute force, and complete.
DAYS_AGO = (0, 1, 2, 6, 7, 8, 29, 30, 31)
HISTORIES = [days for number in range(5) for days in combinations_with_replacement(DAYS_AGO, number)]
order_rules = st.recursive(
    st.one_of(
        st.builds(
            "orders({}) {} {}".format,
            st.sampled_from(["", "7", "30"]),
            st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
            st.integers(0, 3),
        ),
        st.builds(
            "days_since_order() {} {}".format,
            st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
            st.sampled_from([0, 1, 7, 30]),
        ),
    ),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(order_rules, st.lists(order_rules, max_size=2))
def test_never_is_said_exactly_when_no_history_does_it(rule: str, above: list[str]) -> None:
    tree, barred = parse_rule(rule), [parse_rule(other) for other in above]
    calls = {item.call for item in comparisons(Any((tree, *barred)))}
    shown = False
    for history in HISTORIES:
        case = {call: seen(call, history) for call in calls}
        shown = holds(tree, case) and not any(holds(other, case) for other in barred)
        if shown:
            break
    assert possible(tree, barred) == shown


def seen(call: Call, days_ago: tuple[int, ...]) -> Decimal | None:
    """What a measure of orders says of orders so many days ago."""
    if call.name == "days_since_order":
        return Decimal(min(days_ago)) if days_ago else None
    return Decimal(sum(call.window is None or day < call.window for day in days_ago))
