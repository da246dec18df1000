"""Scenarios as TOML files; reading them is `ladder.model.scenario.scenario_from_toml`."""

from __future__ import annotations

import tomli_w

from ladder.model.scenario import Scenario


def scenario_toml(scenario: Scenario) -> str:
    """The scenario as TOML text that `scenario_from_toml` reads back to the same value."""
    return tomli_w.dumps(scenario.to_dict())
