"""What a push would be worth: pooled transitions, baseline forecast, one incentive against the baseline."""

from ladder.whatif.backtest import ChainBacktest, chain_backtest
from ladder.whatif.forecast import Forecast, forecast
from ladder.whatif.prepare import Prepared, prepare
from ladder.whatif.scenario_file import scenario_toml
from ladder.whatif.transitions import Transitions, climb_rate, climb_rate_range, transitions
from ladder.whatif.what_if import WhatIf, run, what_if

__all__ = [
    "ChainBacktest",
    "Forecast",
    "Prepared",
    "Transitions",
    "WhatIf",
    "chain_backtest",
    "climb_rate",
    "climb_rate_range",
    "forecast",
    "prepare",
    "run",
    "scenario_toml",
    "transitions",
    "what_if",
]
