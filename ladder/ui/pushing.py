"""The What-if page's parts: the scenario from the controls, its results as tiles."""

from __future__ import annotations

import math

import streamlit as st

from ladder.errors import LadderError
from ladder.model.ladder import LAPSED
from ladder.model.scenario import MAX_HORIZON, Incentive, Scenario
from ladder.ui.controls import choose, enter, slide, whole
from ladder.ui.formats import day, money, share, signed
from ladder.ui.kpi_strip import Tile
from ladder.ui.page import View, escape
from ladder.whatif import Prepared, WhatIf, climb_rate, climb_rate_range

EVIDENCE = {"assumed": "assumed", "matched": "matched (observed)", "tested": "tested (at random)"}
ABOUT_EVIDENCE = (
    "Assumed: nobody has measured it. Matched: from an observational comparison. "
    "Tested: from a randomised trial."
)
FADING = {"1": "1 month", "3": "3 months", "6": "6 months", "12": "12 months", "inf": "never"}


def ask_scenario(view: View, prepared: Prepared) -> Scenario:
    """The scenario that the controls describe; refuses what cannot be, with a way out."""
    names = [*view.placed.ladder.names[:-1], LAPSED]
    titles = {
        name: view.titles.get(name, name.capitalize()) for name in names if name not in view.placed.missing
    }
    if not titles:
        raise LadderError(
            "There is no step to push", "The ladder has a single rung.", "Choose a ladder with more rungs."
        )
    rung = choose("Push customers on", "rung", titles, _busiest(prepared, list(titles)))
    target = _target(prepared, rung)
    reach = slide("Reached, % of those on the rung", "reach", 0.0, 100.0, 100.0, 1.0, format="%.0f%%")
    months = whole("The push lasts, months", "months", 1, 12, 3)
    with st.expander("Cost", expanded=True, icon=":material/payments:"):
        contact = enter(f"Per customer reached and month, {view.currency}", "contact", 0.0, 1e6, 0.05, 0.05)
        reward = enter(f"Per reward redeemed, {view.currency}", "reward", 0.0, 1e6, 2.0, 0.5)
        already = slide(
            "Redeem although they would have climbed anyway, %",
            "already",
            0.0,
            100.0,
            100.0,
            1.0,
            format="%.0f%%",
        )
    told = view.placed.settings.margin
    with st.expander("Assumptions", expanded=told is None, icon=":material/tune:"):
        fading = choose("Half of the advantage is gone after", "fades", FADING, "6")
        horizon = whole("Counted over, months", "horizon", 1, MAX_HORIZON, 12)
        margin = _ask_margin(told)
        evidence = choose("The effect is", "evidence", EVIDENCE, "assumed", help=ABOUT_EVIDENCE)
    return Scenario(
        Incentive(
            rung=rung, climb_to=target, reach=reach / 100, months=months, contact_cost=contact, reward_cost=reward,
            redeem_already=already / 100, stickiness_half_life=float(fading), evidence=evidence,
        ),
        margin=margin / 100, horizon=horizon, discount=view.placed.settings.discount,
    )  # fmt: skip


def _ask_margin(told: float | None) -> float:
    """The margin in per cent; where the workspace has none, a stand-in that says so."""
    margin = enter("Margin, %", "margin", 1.0, 100.0, 100 * (told or 0.3), 1.0, format="%.0f")
    if told is None:
        st.caption(":orange[:material/info:] No margin is told yet: 30% only stands in. Type yours.")
    return margin


def _busiest(prepared: Prepared, names: list[str]) -> str:
    """The rung with revenue from which most people climb: the first one worth a look."""
    found = prepared.transitions
    climbs = {
        name: (climb_rate(found, name) or 0.0) * found.standing[found.states.index(name)]
        for name in names
        if name != LAPSED and found.revenue[found.states.index(name)] > 0
    }
    return max(climbs, key=lambda name: climbs[name], default=names[0])


def _target(prepared: Prepared, rung: str) -> float:
    """The climb rate with the push, as a share; the slider speaks in absolute terms and shows what was seen."""
    rate = climb_rate(prepared.transitions, rung) or 0.0
    seen = climb_rate_range(prepared.transitions, rung)
    period = prepared.transitions.period
    low = max(0.1, math.floor(rate * 500) / 10)
    high = min(99.0, max(math.ceil(rate * 300), 5.0))
    start = round(min(max(rate * 110, low), high), 1)
    since = day(prepared.transitions.start)
    known = f"; a {period} has shown {share(seen[0])} to {share(seen[1])} so far" if seen else ""
    wanted = slide(f"Climb in a {period}, %", f"climb-{rung}", low, float(high), start, 0.1, format="%.1f%%")
    st.caption(f"Today {share(rate)}, the average since {since}{known}.")
    if round(wanted, 1) == round(100 * rate, 1):
        return rate  # The slider moves in tenths: where it reads as today's rate, it means that rate exactly.
    return min(max(wanted / 100, 0.0005), 0.9995)


def result_tiles(result: WhatIf) -> tuple[Tile, ...]:
    """The worth of the push in six figures."""
    totals, ranges, currency = result.totals, result.intervals, result.currency

    def span(name: str) -> str:
        low, high = ranges[name]
        return f"{money(low, currency)} to {money(high, currency)}"

    good = (ranges["npv"][0] > 0) - (ranges["npv"][1] < 0)
    need = "—" if result.break_even is None else f"{100 * result.break_even:+.2f} pp".replace("-", "−")
    unpaid = "not paid back" if totals["cost"] else "no cost"
    back = unpaid if result.payback is None else f"paid back in month {result.payback:g}"
    roi = "—" if result.roi is None else f"{result.roi:+.0%}".replace("-", "−")
    leaks, span_of = f"{money(totals['leakage'], currency)} leaks", f"over {result.scenario.horizon} months"
    return (
        Tile("Climbs added", "over the horizon", signed(totals["moved"]), span_of),
        Tile("Revenue", "added by the push", money(totals["revenue"], currency), span("revenue")),
        Tile("Cost", "contacts and rewards, leaks included", money(totals["cost"], currency), leaks),
        Tile(
            "Profit today", "margin less cost, discounted", money(totals["npv"], currency), span("npv"), good
        ),
        Tile("ROI", "discounted profit per unit of cost", roi, back),
        Tile("Break-even", "lift of the climb rate at which the push pays", need, "lift needed"),
    )


def result_in_words(result: WhatIf, titles: dict[str, str]) -> str:
    """The answer in Markdown."""
    rung = titles.get(result.scenario.incentive.rung, result.scenario.incentive.rung.capitalize())
    if not result.totals["moved"] and not result.totals["cost"]:
        return "This push changes nothing."
    if result.rate == result.new_rate:
        return (
            f"The climb from *{escape(rung)}* stays at {share(result.rate or 0)} a {result.period}: nobody moves, "
            f"and the push only costs **{money(result.totals['cost'], result.currency)}**."
        )
    low, high = (money(value, result.currency) for value in result.intervals["npv"])
    turned = "Lifting" if (result.new_rate or 0) > (result.rate or 0) else "Lowering"
    pays = "pays" if result.totals["npv"] > 0 else "does not pay"
    return (
        f"{turned} the climb from *{escape(rung)}* from {share(result.rate or 0)} to {share(result.new_rate or 0)} a "
        f"{result.period} **{pays}**: profit **{money(result.totals['npv'], result.currency)}** in today's money "
        f"({low} to {high}) over {result.scenario.horizon} months, {share(result.p_positive)} likely to pay. "
        f"The effect is *{result.evidence}*."
    )
