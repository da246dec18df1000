"""Where the ladder goes if nothing changes: the rung-only chain, shown with its own backtest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ladder.errors import LadderError
from ladder.flows.shown import html
from ladder.model.scenario import MAX_HORIZON
from ladder.placement import Placed
from ladder.whatif.backtest import ChainBacktest, backtest
from ladder.whatif.prepare import prepare


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected customers per rung and month; arrivals go on as in the pooled steps.

    `.frame` has month (0 is `as_of`), rung, customers, share, revenue (net, of that period, currency units).
    Read it with `backtest.verdict`: a rung-only chain may be no better than assuming no change.
    """

    as_of: date
    currency: str
    backtest: ChainBacktest
    frame: pd.DataFrame

    def to_dict(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "backtest": self.backtest.to_dict(),
            "forecast": self.frame.to_dict("records"),
        }

    def _repr_html_(self) -> str:
        return html(self.frame) + f"<p>{self.backtest.verdict}</p>"


def forecast(placed: Placed, horizon: int = 12) -> Forecast:
    """The baseline of the next `horizon` (1 to 24) months: v_{t+1} = v_t P + arrivals."""
    if not 1 <= horizon <= MAX_HORIZON:
        raise LadderError(
            "The horizon cannot be used", f"It is {horizon} months.", f"Use 1 to {MAX_HORIZON}."
        )
    prepared = prepare(placed)
    found, path = prepared.transitions, prepared.path[: prepared.steps(horizon) + 1]
    months = np.round(np.arange(len(path)) * found.step_months, 2)
    columns = {
        "month": np.repeat(months, len(found.states)),
        "rung": np.tile(np.array(found.states, dtype=object), len(path)),
        "customers": path.ravel(),
        "share": (path / np.maximum(path.sum(axis=1, keepdims=True), 1)).ravel(),
        "revenue": (path * found.revenue).ravel(),
    }
    check = backtest(found.moves, found.ends, found.step_months, horizon)
    return Forecast(found.end, prepared.currency, check, pd.DataFrame(columns))
