"""The Value page's parts: the terms, the values kept per fit, the worth of a step up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import streamlit as st

from ladder.errors import LadderError
from ladder.model.ladder import LAPSED
from ladder.ui.cache import answer_later
from ladder.ui.controls import enter, whole
from ladder.ui.formats import count, money, people
from ladder.ui.kpi_strip import Tile
from ladder.ui.page import View, escape
from ladder.value import Clv, Terms, clv_from, fit, terms_from
from ladder.value.terms import LONGEST_MONTHS


def ask_terms(view: View) -> Terms:
    """Horizon, margin and discount from the controls; the workspace's settings stand there at first."""
    known = view.placed.settings
    margin_help = "Contribution margin: what stays of the revenue after the cost of goods and delivery."
    with st.container(horizontal=True, vertical_alignment="bottom"):
        horizon = whole("Months ahead", "horizon", 1, LONGEST_MONTHS, known.horizon_months, width=240)
        margin = enter(
            "Margin, %",
            "margin",
            0.0,
            100.0,
            100 * (known.margin or 0),
            1.0,
            width=140,
            format="%.0f",
            help=margin_help,
        )
        discount = enter(
            "Discount a year, %", "discount", 0.0, 100.0, 100 * known.discount, 1.0, width=160, format="%.0f"
        )
    return terms_from(known, horizon, margin / 100 if margin else None, discount / 100)


def rung_values(view: View, terms: Terms) -> Clv:
    """Value per rung: the models are fitted once per date, the terms only applied."""
    return view.keep("clv", (view.as_of, terms), lambda: clv_from(view.ask(fit, view.as_of), terms))


def home_values(view: View) -> dict[str, float] | None:
    """CLV per customer by rung for the ladder picture; None while it is being worked out.

    Empty where no margin is known or the data cannot carry a model. Fitting takes longer than a page may take, so it
    runs beside the page.
    """
    settings = view.placed.settings
    if settings.margin is None:
        return {}
    terms = terms_from(settings, None, None, None)

    def means() -> dict[str, float]:
        try:
            return {known.rung: known.mean for known in _means(rung_values(view, terms))}
        except LadderError:
            return {}

    state = f"{view.placed.key} {view.placed.settings}"
    found: dict[str, float] | None = answer_later(state, "rung means", (view.as_of, terms), means)
    return found


def await_values(view: View) -> None:
    """Say that the values are coming, and draw the page again when they are there."""
    if home_values(view) is None:
        st.fragment(_look_again, run_every="1s")(view)


def _look_again(view: View) -> None:
    if home_values(view) is not None:
        st.rerun()
    st.caption(":material/hourglass_empty: Working out what a customer on each rung is worth …")


def value_in_words(clv: Clv, titles: dict[str, str]) -> str:
    """The answer in Markdown: the rung worth most per customer, and what all are worth."""
    best = max(_means(clv), key=lambda known: known.mean)
    mean, low, high = (money(amount, clv.currency) for amount in (best.mean, best.low, best.high))
    return (
        f"All customers together: **{money(clv.total, clv.currency)}** of margin in the next {clv.terms.horizon} "
        f"months. A customer on *{escape(titles.get(best.rung, best.rung.capitalize()))}* is worth most: "
        f"**{mean}** ({low} to {high})."
    )


def step_tiles(clv: Clv, titles: dict[str, str]) -> tuple[Tile, ...]:
    """What lies between the averages of neighbouring rungs, for those that have a value."""
    about = "difference between the averages of two rungs; not the effect of moving somebody"
    tiles = []
    for lower, upper in pairwise(known for known in _means(clv) if known.rung in titles):
        step = upper.mean - lower.mean
        value = f"{'+' if step > 0 else ''}{money(step, clv.currency)}"
        ways = f"{money(lower.mean, clv.currency)} → {money(upper.mean, clv.currency)}"
        tiles.append(Tile(f"{titles[lower.rung]} → {titles[upper.rung]}", about, value, ways))
    return tuple(tiles)


@dataclass(frozen=True)
class _Mean:
    rung: str
    mean: float
    low: float
    high: float


def _means(clv: Clv) -> list[_Mean]:
    """The rungs that have a value, bottom to top, lapsed last."""
    known = clv.rungs.dropna(subset=["mean"])[["rung", "mean", "low", "high"]]
    return [
        _Mean(str(rung), float(mean), float(low), float(high)) for rung, mean, low, high in known.to_numpy()
    ]


def value_table(clv: Clv, titles: dict[str, str]) -> pd.DataFrame:
    """Value per rung, top rung first, lapsed last."""
    order = [*range(len(clv.rungs) - 2, -1, -1), len(clv.rungs) - 1]
    frame = clv.rungs.iloc[order].reset_index(drop=True)
    return frame.assign(title=[titles.get(rung, rung.capitalize()) for rung in frame["rung"]])


def model_in_words(clv: Clv) -> str:
    """The fitted model in one line: name, customers, parameters."""
    model = clv.model
    given = ", ".join(f"{name} = {value:.3g}" for name, value in model["params"].items() if value is not None)
    return (
        f"{model['name']} on {people(model['n'])} with an order ({count(model['n_spending'])} of them "
        f"with a repeat amount), by {model['grain']}, time in weeks: {given}; log-likelihood "
        f"{model['log_likelihood']:,.1f}."
    )


def notes_in_words(clv: Clv, titles: dict[str, str]) -> list[str]:
    """The notes of an answer; one about a rung begins with the rung's title instead of its name."""
    names = {**titles, LAPSED: "Lapsed"}
    return [
        next((names[name] + note[len(name) :] for name in names if note.startswith(f"{name}: ")), note)
        for note in clv.notes
    ]
