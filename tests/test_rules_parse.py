"""Rules are read by a grammar of our own; what does not fit is refused with place, column and a way on."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ladder.errors import LadderError
from ladder.placement.masks import mask_queries
from ladder.rules import All, Any, Call, Compare, Not, conditions, formula, in_words, parse_rule
from ladder.rules.measures import MEASURES

EVERY_MEASURE = [
    ("orders() >= 1", Call("orders")),
    ("orders(365) >= 1", Call("orders", None, 365)),
    ("spend(90) > 100.50", Call("spend", None, 90)),
    ("average_order() >= 20", Call("average_order")),
    ("days_since_order() <= 90", Call("days_since_order")),
    ("days_since_first_order() <= 90", Call("days_since_first_order")),
    ("tenure() > 30", Call("tenure")),
    ("interactions() >= 1", Call("interactions")),
    ("interactions(30) >= 1", Call("interactions", None, 30)),
    ('interactions("demo") >= 1', Call("interactions", "demo")),
    ('interactions("demo", 30) >= 1', Call("interactions", "demo", 30)),
    ("days_since_interaction() < 9", Call("days_since_interaction")),
    ('days_since_interaction("mail") < 9', Call("days_since_interaction", "mail")),
    ("nps() >= 9", Call("nps")),
    ("csat() == 5", Call("csat")),
    ("reviews(365) >= 1", Call("reviews", None, 365)),
    ("referrals(365) >= 1", Call("referrals", None, 365)),
    ("referred_orders(365) >= 5", Call("referred_orders", None, 365)),
    ("redemptions(365) >= 1", Call("redemptions", None, 365)),
    ('attribute("plan") == "gold"', Call("attribute", "plan")),
]


@pytest.mark.parametrize(("text", "call"), EVERY_MEASURE)
def test_every_measure_reads(text: str, call: Call) -> None:
    tree = parse_rule(text)
    assert isinstance(tree, Compare)
    assert tree.call == call


def test_the_list_above_names_every_measure() -> None:
    assert {call.name for _, call in EVERY_MEASURE} == set(MEASURES)


def test_and_binds_closer_than_or_and_not_closest() -> None:
    one, two, three = (Compare(Call("orders"), "==", Decimal(number)) for number in (1, 2, 3))
    assert parse_rule("orders() == 1 or orders() == 2 and not orders() == 3") == Any(
        (one, All((two, Not(three))))
    )
    assert parse_rule("(orders() == 1 or orders() == 2) and orders() == 3") == All((Any((one, two)), three))


def test_a_number_may_stand_first_and_comparisons_may_chain() -> None:
    many, few = Compare(Call("orders"), ">=", Decimal(2)), Compare(Call("orders"), "<", Decimal(5))
    assert parse_rule("2 <= orders()") == many
    assert parse_rule("2 <= orders() < 5") == All((many, few))


def test_numbers_are_exact_decimals() -> None:
    assert parse_rule("spend() >= 0.1").value == Decimal("0.1")
    assert parse_rule("spend() >= -12.5").value == Decimal("-12.5")


def test_line_breaks_and_pasted_blanks_are_blanks() -> None:
    assert parse_rule("\n  orders()\n  >= 1\t\nand\u00a0nps() >= 9 ") == parse_rule(
        "orders() >= 1 and nps() >= 9"
    )


def test_a_text_keeps_its_blanks() -> None:
    assert parse_rule('attribute("home  town") == "Bad  Homburg"') == Compare(
        Call("attribute", "home  town"), "==", "Bad  Homburg"
    )


REFUSED = [
    ("order(365) >= 2", "column 1: There is no measure “order”", "orders"),
    ("nps() >= 9 and ordres() > 1", "column 16: There is no measure “ordres”", "orders"),
    ("days_since_oder() < 9", "There is no measure “days_since_oder”", "days_since_order"),
    ("Orders() >= 1", "There is no measure “Orders”", "orders"),
    ("orders >= 2", "“orders” is not a measure", "Write orders(w)"),
    ("order >= 2", "“order” is not a measure", "orders"),
    ("orders(365)", "“orders(365)” is compared with nothing", "orders(365) >= 1"),
    ('orders() >= "two"', "column 13: orders is a number but is compared with “\"two\"”", "Write a number"),
    ("orders() >= True", "orders is a number but is compared with “True”", "Write a number"),
    ("orders() >= spend()", "column 13: Two measures are compared with each other", "Compare each"),
    ('orders("demo") >= 1', "The window of orders is “\"demo\"”", "Write orders(w)"),
    ("orders(0) >= 1", "The window of orders is “0”", "whole days, 1 to 3,660"),
    ("orders(1.5) >= 1", "The window of orders is “1.5”", "whole days"),
    ("orders(3661) >= 1", "The window of orders is “3661”", "whole days"),
    ("orders(365, 30) >= 1", "“30” does not fit here", "Write orders(w)"),
    ("orders(w=365) >= 1", "Arguments have no names", "Write orders(w)"),
    ("nps(30) >= 9", "“30” does not fit here", "Write nps()"),
    ("interactions(30, 'demo') >= 1", "“'demo'” does not fit here", "Write interactions(kind, w)"),
    ("attribute() == 1", "attribute needs the name of a column", 'attribute("country")'),
    ('attribute("plan") > "gold"', "Text can only be equal or not equal", "=="),
    ("orders() in (1, 2)", "Only == != < <= > >= compare", "or"),
    ("orders() + 1 >= 2", "“orders() + 1” is not a measure", "measure on one side"),
    ("1 >= 2", "“1” is not a measure", "measure on one side"),
    ("spend() >= 0.00001", "The number “0.00001” is out of range", "4 decimals"),
    ("spend() >= 1e400", "The number “1e400” is out of range", "4 decimals"),
    ("__import__('os').system('x')", "is not part of a rule", "comparisons of measures"),
    ("(lambda: 1)() == 1", "“lambda: 1” is not a measure", "Known: attribute"),
    ("'; drop table orders; --'", "is not part of a rule", "comparisons of measures"),
    ("1 if orders() else 2", "“1 if orders() else 2” is not part of a rule", "comparisons of measures"),
    ("orders() = 2", "near column 10", "Write == to compare"),
    ("orders() >=", "“orders() >=” is not a rule near column 12", "such as"),
    ("", "“” is not a rule", "such as"),
    ("attribute('køn') == 'x' and foo() > 1", "column 29: There is no measure “foo”", "Known: attribute"),
    ("\n\n   ordres() > 1", "column 6: There is no measure “ordres”", "orders"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_what_is_not_a_rule_is_refused_with_a_way_on(text: str, message: str, hint: str) -> None:
    with pytest.raises(LadderError) as told:
        parse_rule(text, "my.toml, rung 2")
    assert told.value.title.startswith("my.toml, rung 2")
    assert message in told.value.message
    assert hint in told.value.hint


def test_long_and_deep_rules_are_refused_without_reading_on() -> None:
    with pytest.raises(LadderError, match="It has 2,011 characters"):
        parse_rule("orders() >= 1" + " " * 1998)
    for deep in (
        "not " * 41 + "nps() > 1",
        "-" * 1900 + "1",
        "nps() > " + "-" * 1900 + "1",
        "(" * 900 + ")" * 900,
    ):
        with pytest.raises(LadderError) as told:
            parse_rule(deep)
        assert len(str(told.value)) < 300


words = st.sampled_from(
    [*MEASURES, "(", ")", "and", "or", "not", ">=", "==", "<", "2", "365", '"x"', ",", "'", "-", "in", "1.5"]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=14).map(" ".join)))
@example("\ud800")
@example("a\0b")
@example("'\\d' == orders()")
@example("1if orders()else 2")
def test_any_text_reads_or_is_refused(text: str) -> None:
    try:
        tree = parse_rule(text)
    except LadderError as error:
        assert error.title
        assert error.message
        return
    assert in_words(tree)
    assert mask_queries(tuple(conditions(formula(tree))), 2, 2) is not None


CANARY = "canary'); drop table orders; --"
CARRIERS = [
    f"attribute({json.dumps(CANARY)}) == 1",
    f'attribute("plan") != {json.dumps(CANARY)}',
    f"interactions({json.dumps(CANARY)}, 30) >= 2",
    f"days_since_interaction({json.dumps(CANARY)}) <= 30",
]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(CARRIERS), min_size=1, max_size=3), st.integers(1, 130))
def test_the_sql_never_holds_a_text_of_the_rule(carriers: list[str], periods: int) -> None:
    found = tuple(dict.fromkeys(conditions(formula(parse_rule(" and ".join(carriers))))))
    queries = mask_queries(found, periods, 2)
    assert "canary" not in "".join(item.query.sql("duckdb") for item in queries)
    assert all(CANARY in item.parameters.values() for item in queries)
