"""What would a push be worth: one incentive on one rung against the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ladder.errors import LadderError
from ladder.flows.shown import html
from ladder.model.scenario import Scenario
from ladder.placement import Placed
from ladder.whatif.backtest import ChainBacktest, backtest
from ladder.whatif.chain import Array, discounting, log_odds, shifted_rate
from ladder.whatif.money import Effect, Push
from ladder.whatif.notes import remarks
from ladder.whatif.prepare import Prepared, prepare
from ladder.whatif.transitions import climb_rate, state_index

INTERVAL = (0.025, 0.975)
_NEARLY_ALL = 1 - 1e-9
_TOTALS = ("revenue", "margin", "cost", "profit", "npv", "leakage", "moved")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A scenario's result. Money is in currency units over the horizon, scenario minus baseline.

    `rate` → `new_rate` is the share of those reached who climb per period, `log_odds` the same effect.
    `totals` holds revenue, margin (contribution), cost, profit (margin − cost), npv (profit discounted at
    mid-period), leakage (rewards of those who would have climbed anyway) and moved (added climbs);
    `intervals` their 95% ranges for the average over the joint draws: what the history leaves open about
    climb rates and revenue per rung. The effect itself stays as `evidence` says: assumed. `roi` is npv over
    discounted cost, None without cost. `break_even` is the lift in points at which npv is 0, None where
    there is none; `payback` the first month from which profit so far stays at or above 0.
    `.frame` has month, rung, baseline, scenario, delta (customers; month 0 is `as_of`), `.money` has month,
    revenue, margin, cost, profit, profit_so_far.
    """

    scenario: Scenario
    as_of: date
    currency: str
    period: str
    rate: float | None
    new_rate: float | None
    log_odds: float
    totals: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    p_positive: float
    roi: float | None
    break_even: float | None
    payback: float | None
    delta: dict[str, Any]
    notes: tuple[str, ...]
    baseline: ChainBacktest
    frame: pd.DataFrame
    money: pd.DataFrame

    @property
    def evidence(self) -> str:
        """tested, matched or assumed: where the size of the effect comes from."""
        return self.scenario.incentive.evidence

    def to_dict(self) -> dict[str, Any]:
        low, high = self.intervals["npv"]
        return {
            "title": self.scenario.title,
            "as_of": self.as_of.isoformat(),
            "currency": self.currency,
            "rate": self.rate,
            "new_rate": self.new_rate,
            "log_odds": self.log_odds,
            "delta": self.delta,
            **self.totals,
            "roi": self.roi,
            "break_even": self.break_even,
            "payback": self.payback,
            "low": low,
            "high": high,
            "p_positive": self.p_positive,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "notes": list(self.notes),
            "evidence": self.evidence,
            "baseline": self.baseline.to_dict(),
            "scenario": self.scenario.to_dict(),
        }

    def _repr_html_(self) -> str:
        told = {name: value for name, value in self.to_dict().items() if isinstance(value, (int, float, str))}
        figures = pd.DataFrame({"figure": list(told), "value": [_told(value) for value in told.values()]})
        return html(figures) + "".join(f"<p>{escape(note)}</p>" for note in self.notes)


def _told(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:,.4f}"


def what_if(placed: Placed, scenario: Scenario) -> WhatIf:
    """The worth of a scenario from the last period end on, with 12 pooled steps behind it."""
    return run(prepare(placed), scenario)


def run(prepared: Prepared, scenario: Scenario) -> WhatIf:
    """The worth of a scenario on a prepared baseline: what one move of a slider costs."""
    found, steps = prepared.transitions, prepared.steps(scenario.horizon)
    rate = climb_rate(found, scenario.incentive.rung)
    target = _target(scenario, rate)
    push = _push(prepared, scenario, rate, target)
    value = discounting(scenario.discount, steps, found.step_months)
    point = push.work(prepared.path[: steps + 1], found.matrix, found.revenue)
    drawn = push.work(prepared.paths[:, : steps + 1], prepared.matrices, prepared.revenues)
    totals, draws = _sums(point, value), _sums(drawn, value)
    need = _break_even(prepared, push, value, rate)
    spent = float((point.cost * value).sum())
    return WhatIf(
        scenario=scenario,
        as_of=found.end,
        currency=prepared.currency,
        period=found.period,
        rate=rate,
        new_rate=target,
        log_odds=push.effect,
        totals={name: float(total) for name, total in totals.items()},
        intervals={name: _range(draw) for name, draw in draws.items()},
        p_positive=float((draws["npv"] > 0).mean()),
        roi=float(totals["npv"]) / spent if spent else None,
        break_even=need,
        payback=_payback(point, found.step_months),
        delta=_delta(found.states, point.delta, drawn.delta),
        notes=remarks(found, scenario, rate, target, point, need),
        baseline=backtest(found.moves, found.ends, found.step_months, scenario.horizon),
        frame=_frame(prepared, point.delta),
        money=_money(point, found.step_months),
    )


def _target(scenario: Scenario, rate: float | None) -> float | None:
    """The new climb rate of those reached."""
    terms = scenario.incentive
    if rate is None or terms.climb_to is not None:
        return terms.climb_to
    target = rate + (terms.lift or 0.0)
    if 0 < rate < 1 and not 0 < target < 1:
        raise LadderError(
            "The effect cannot be",
            f"{rate:.1%} climb from {terms.rung} today; with a lift of {100 * (terms.lift or 0):g} points "
            f"it would be {target:.1%}.",
            f"Use a lift between {-100 * rate:.1f} and {100 * (1 - rate):.1f} points.",
        )
    return target


def _push(prepared: Prepared, scenario: Scenario, rate: float | None, target: float | None) -> Push:
    terms, step_months = scenario.incentive, prepared.transitions.step_months
    movable = rate is not None and target is not None and 0 < rate < 1
    return Push(
        incentive=terms,
        state=state_index(prepared.transitions, terms.rung),
        effect=log_odds(rate or 0.0, target or 0.0) if movable else 0.0,
        active=prepared.steps(terms.months),
        kept=2 ** (-step_months / terms.stickiness_half_life),
        margin=scenario.margin,
    )


def _sums(effect: Effect, value: Array) -> dict[str, Array]:
    """Totals over the horizon, one per draw; adding 0 turns a minus zero into zero."""
    totals = {
        name: np.asarray((effect.profit * value if name == "npv" else getattr(effect, name)).sum(axis=-1))
        for name in _TOTALS
    }
    return {name: total + 0.0 for name, total in totals.items()}


def _range(draws: Array) -> tuple[float, float]:
    low, high = np.quantile(draws, INTERVAL)
    return float(low), float(high)


def _break_even(prepared: Prepared, push: Push, value: Array, rate: float | None) -> float | None:
    """The lift at which npv is 0: the root of npv over the log-odds effect, as absolute points."""
    if rate is None or not 0 < rate < 1:
        return None
    found, path = prepared.transitions, prepared.path[: len(value) + 1]

    def npv(effect: float) -> float:
        return float((push.work(path, found.matrix, found.revenue, effect).profit * value).sum())

    most = log_odds(rate, _NEARLY_ALL)
    enough = next((effect for effect in (push.effect, most) if effect > 0 and npv(effect) > 0), None)
    nothing = npv(0.0)
    if nothing == 0 or enough is None:
        return 0.0 if nothing == 0 else None
    root = brentq(npv, 0.0, enough, xtol=1e-15, rtol=8.9e-16)
    return shifted_rate(rate, float(root)) - rate


def _payback(effect: Effect, step_months: float) -> float | None:
    """The first month from which cumulative profit stays at or above 0; None without cost or in vain."""
    if not effect.cost.any():
        return None
    short = np.flatnonzero(np.cumsum(effect.profit) < 0)
    step = int(short[-1]) + 2 if len(short) else 1
    return round(step * step_months, 2) if step <= len(effect.profit) else None


def _delta(states: tuple[str, ...], point: Array, drawn: Array) -> dict[str, Any]:
    """Customers per rung, scenario minus baseline: at the end with its 95% range, and month by month."""
    low, high = np.quantile(drawn[:, -1], INTERVAL, axis=0)
    return {
        "end": dict(zip(states, point[-1].tolist(), strict=True)),
        "low": dict(zip(states, low.tolist(), strict=True)),
        "high": dict(zip(states, high.tolist(), strict=True)),
        "by_month": dict(zip(states, point[1:].T.tolist(), strict=True)),
    }


def _frame(prepared: Prepared, delta: Array) -> pd.DataFrame:
    states, path = prepared.transitions.states, prepared.path[: len(delta)]
    columns = {
        "month": np.repeat(_months(len(delta), prepared.transitions.step_months, 0), len(states)),
        "rung": np.tile(np.array(states, dtype=object), len(delta)),
        "baseline": path.ravel(),
        "scenario": (path + delta).ravel(),
        "delta": delta.ravel(),
    }
    return pd.DataFrame(columns)


def _money(effect: Effect, step_months: float) -> pd.DataFrame:
    columns = {
        "month": _months(len(effect.profit), step_months, 1),
        "revenue": effect.revenue,
        "margin": effect.margin,
        "cost": effect.cost,
        "profit": effect.profit,
        "profit_so_far": np.cumsum(effect.profit),
    }
    return pd.DataFrame(columns)


def _months(count: int, step_months: float, first: int) -> Array:
    months: Array = np.round((np.arange(count) + first) * step_months, 2)
    return months
