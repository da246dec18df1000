"""The home page's answer in a sentence."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ladder import flows
from ladder.flows import Overview
from ladder.ui.controls import shared_parameters
from ladder.ui.formats import count, day
from ladder.ui.page import View, escape
from ladder.ui.places import page_file
from ladder.ui.proposed import propose_ladder


def answer_in_words(overview: Overview) -> str:
    """What changed, in Markdown: how many climbed and slipped, and the rung that changed most."""
    if overview.compare is None:
        return "This is the first period end, so there is nothing to compare it with yet."
    lines = [line for line in overview.rungs if line.customers is not None]
    up = sum(line.climbed or 0 for line in lines)
    down = sum(line.slipped or 0 for line in lines)
    balance = {
        1: f"**{count(up - down)} more up than down**",
        -1: f"**{count(down - up)} more down than up**",
    }
    text = (
        f"Since {day(overview.compare)}, :blue[**{count(up)}** climbed] and :orange[**{count(down)}** slipped or "
        f"lapsed], {balance.get((up > down) - (up < down), 'as many up as down')}."
    )
    most = max(lines, key=lambda line: abs(line.change or 0), default=None)
    if most is None or not most.change:
        return text
    verb = "grew" if most.change > 0 else "shrank"
    return (
        f"{text} Of the rungs, *{escape(most.title)}* changed most: it {verb} by {count(abs(most.change))}."
    )


def rung_table(overview: Overview) -> pd.DataFrame:
    """The ladder picture as a table: top rung first, lapsed last; nobody can climb from the top."""
    frame = pd.DataFrame([vars(line) for line in (*reversed(overview.rungs), overview.lapsed)])
    frame.loc[0, "climb_rate"] = None
    return frame


def rung_history(view: View) -> pd.DataFrame:
    """Customers per rung at every period end up to the chosen one: period_end, rung, customers."""
    history = view.ask(flows.rung_history)
    return history[history["period_end"] <= view.as_of]


def draw_missing(view: View) -> None:
    """Says which rungs the data cannot fill, and offers a ladder that needs less, or the way to one."""
    missing = [view.titles[name] for name in view.placed.ladder.names if name in view.placed.missing]
    if not missing:
        return
    st.caption(
        escape(f"Not in your data: {', '.join(missing)}. Their rules ask for tables not imported yet.")
    )
    if propose_ladder(view.folder):
        return
    st.page_link(
        page_file("rungs"),
        label="Choose a ladder that needs less",
        icon=":material/rule:",
        query_params=shared_parameters(),
    )
