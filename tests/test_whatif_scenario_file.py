"""A scenario is a file: what it may say, and what a wrong word gets as an answer."""

import math

import pytest

from ladder.errors import LadderError
from ladder.model.scenario import Incentive, Scenario, scenario_from_dict, scenario_from_toml
from ladder.whatif import scenario_toml

GOOD = """
title = "Spring coupon"
horizon = 12
margin = 0.3
discount = 0.08

[incentive]
rung = "customer"
climb_to = 0.088
reach = 0.5
months = 3
contact_cost = 0.2
reward_cost = 5
redeem_already = 0.6
stickiness_half_life = inf
"""


def test_a_file_becomes_a_scenario():
    scenario = scenario_from_toml(GOOD, "spring.toml")
    assert scenario == Scenario(
        incentive=Incentive(
            rung="customer",
            climb_to=0.088,
            reach=0.5,
            months=3,
            contact_cost=0.2,
            reward_cost=5.0,
            redeem_already=0.6,
            stickiness_half_life=math.inf,
        ),
        margin=0.3,
        title="Spring coupon",
        horizon=12,
        discount=0.08,
    )
    assert scenario.incentive.evidence == "assumed"
    assert hash(scenario) == hash(scenario_from_toml(GOOD, "again.toml"))


def test_plain_data_goes_out_and_comes_back():
    scenario = scenario_from_toml(GOOD, "spring.toml")
    assert scenario_from_dict(scenario.to_dict(), "again") == scenario
    assert scenario_from_toml(scenario_toml(scenario), "again.toml") == scenario


@pytest.mark.parametrize(
    ("line", "instead", "place", "words"),
    [
        ("reach = 0.5", "reech = 0.5", "spring.toml, incentive", "Did you mean reach"),
        ("margin = 0.3", "marginn = 0.3", "spring.toml", "Did you mean margin"),
        ("margin = 0.3", "", "spring.toml", "It has no “margin”"),
        ("margin = 0.3", "margin = 30", "spring.toml", "margin is 30"),
        ("margin = 0.3", 'margin = "30%"', "spring.toml", "Write margin as a number"),
        ("months = 3", "months = 2.5", "spring.toml, incentive", "Write months as a whole number"),
        ("months = 3", "months = true", "spring.toml, incentive", "Write months as a whole number"),
        ("reach = 0.5", "reach = 1.5", "spring.toml, incentive", "Use 0 to 1"),
        ("reach = 0.5", "reach = nan", "spring.toml, incentive", "Use 0 to 1"),
        ("reach = 0.5", 'move = "clim"', "spring.toml, incentive", "Did you mean climb"),
        ("reach = 0.5", 'evidence = "asumed"', "spring.toml, incentive", "Did you mean assumed"),
        ("reach = 0.5", "lift = 0.01", "spring.toml, incentive", "either climb_to"),
        ("climb_to = 0.088", "", "spring.toml, incentive", "either climb_to"),
        ("climb_to = 0.088", "climb_to = 8.8", "spring.toml, incentive", "0.088 for 8.8%"),
        ("horizon = 12", "horizon = 25", "spring.toml", "Use 1 to 24"),
        ("stickiness_half_life = inf", "stickiness_half_life = 0", "spring.toml, incentive", "or inf"),
        ("[incentive]", "[incentiv]", "spring.toml", "It has no [incentive] block"),
        ("horizon = 12", "horizon =", "spring.toml", "not valid TOML"),
    ],
)
def test_a_wrong_word_names_its_place_and_the_way_out(line, instead, place, words):
    with pytest.raises(LadderError) as caught:
        scenario_from_toml(GOOD.replace(line, instead), "spring.toml")
    assert caught.value.title == f"The scenario {place} cannot be used"
    assert words in str(caught.value)
