"""Rules read back in plain words."""

from __future__ import annotations

import pytest

from ladder.rules import in_words, parse_rule


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("orders(365) >= 2", "at least 2 orders in the last 365 days"),
        ("orders() == 0", "no orders so far"),
        ("orders() < 1", "no orders so far"),
        ("orders(30) > 0", "at least 1 order in the last 30 days"),
        ("orders() < 1.5", "fewer than 1.5 orders so far"),
        ("orders() != 3", "not 3 orders so far"),
        ("not orders(30) >= 2", "fewer than 2 orders in the last 30 days"),
        ("spend(365) >= 100", "spend in the last 365 days at least 100 EUR"),
        ("spend() < 0.5", "spend so far less than 0.5 EUR"),
        ("average_order() > 20", "the average order so far more than 20 EUR"),
        ("days_since_order() <= 90", "the latest order at most 90 days ago"),
        ("days_since_order() == 1", "the latest order exactly 1 day ago"),
        ("days_since_first_order() >= 30", "the first order at least 30 days ago"),
        ("tenure() > 30", "known for more than 30 days"),
        ('interactions("demo", 30) >= 2', "at least 2 interactions “demo” in the last 30 days"),
        ('days_since_interaction("mail") <= 7', "the latest interaction “mail” at most 7 days ago"),
        ("nps() >= 9", "the latest NPS answer at least 9"),
        ("csat() == 5", "the latest satisfaction score exactly 5"),
        ("reviews() >= 1", "at least 1 review so far"),
        ("referred_orders(365) >= 5", "at least 5 orders by customers brought in the last 365 days"),
        ("redemptions() == 0", "no redemptions so far"),
        ('attribute("plan") == "gold"', "plan is “gold”"),
        ('attribute("plan") != "gold"', "plan is not “gold”"),
        ('attribute("level") >= 3', "level at least 3"),
        ("not nps() < 7", "not (the latest NPS answer less than 7)"),
        (
            "nps() >= 9 and (orders() >= 1 or reviews() >= 2)",
            "the latest NPS answer at least 9 and (at least 1 order so far or at least 2 reviews so far)",
        ),
    ],
)
def test_a_rule_reads_as_a_phrase(rule: str, said: str) -> None:
    assert in_words(parse_rule(rule), "EUR") == said
