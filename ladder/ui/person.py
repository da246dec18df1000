"""The parts of a customer's card."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from ladder.model.ladder import LAPSED
from ladder.people import Card, Fact
from ladder.pictures.style import root
from ladder.pictures.svg import Element, Picture, element, text
from ladder.ui.formats import day
from ladder.ui.page import View, escape

HELD_BY = {
    "enter": "meets the rule",
    "keep": "no longer meets the rule to get there, but the one to stay:",
    "grace": "meets the rule no longer; the ladder grants a period of grace:",
}
_HIGH, _WIDE, _NARROW = 84.0, 960.0, 344.0


def draw_why(card: Card, titles: dict[str, str]) -> None:
    """Why here, what next, and until when."""
    here = titles.get(card.rung, card.rung.capitalize())
    with st.container(gap="xsmall"):
        st.markdown(f"**Why here.** On *{escape(here)}* on {day(card.as_of)}{_because(card)}")
        st.markdown(_lines(card.why))
        st.markdown(f"**What next.** {_next(card, titles)}")
        st.markdown(_lines(card.missing))
        st.markdown(f"**Until when.** {_until(card, titles)}")


def draw_facts(card: Card) -> None:
    """Who it is, as far as the analysis knows; contacts stay out."""
    told = {name.replace("_", " ").capitalize(): value for name, value in card.attributes.items()}
    lines = (f":gray[{escape(name)}] \u2002{escape(value)}" for name, value in told.items())
    st.markdown("  \n".join((f":gray[Known since] \u2002{day(card.first_day)}", *lines)))


def history_picture(history: pd.DataFrame, view: View) -> Picture:
    """One bar per period end, as high as the rung; the pool's colour while lapsed.

    `history` has period_end and rung, as `ladder.flows.history` gives it.
    """
    return Picture(_svg(history, view, _WIDE), _svg(history, view, _NARROW))


def _svg(history: pd.DataFrame, view: View, width: float) -> str:
    step = width / max(len(history), 12)
    ends, rungs = history["period_end"].tolist(), history["rung"].tolist()
    bars = [
        _bar(n * step, step, f"{day(end)}: ", rung, view)
        for n, (end, rung) in enumerate(zip(ends, rungs, strict=True))
    ]
    last = text(len(history) * step, _HIGH + 18, day(ends[-1]), "small muted end")
    first = [text(0, _HIGH + 18, day(ends[0]), "small muted")] if len(history) * step > 190 else []
    size = (width, _HIGH + 24)
    return root(
        *bars,
        *first,
        last,
        rungs=len(view.placed.ladder.rungs),
        box=size,
        size=size,
        label=f"Rung at each period end from {day(ends[0])} to {day(ends[-1])}.",
    ).render()


def _bar(x: float, step: float, when: str, rung: str, view: View) -> Element:
    code = view.placed.ladder.code(rung)
    high = 4 + (_HIGH - 8) * code / len(view.placed.ladder.rungs)
    tone = f"fill:var(--rw-rung-{code})" if code else "fill:var(--rw-pool)"
    words = when + view.titles.get(rung, LAPSED)
    bar = element("rect", x=x, y=_HIGH - high, width=max(step - 2, 1), height=high, rx=1.5, style=tone)
    return element("g", element("title", words), bar, role="img", aria_label=words)


def _because(card: Card) -> str:
    if not card.held_by:
        return ": known, but on no rung now."
    return f": {HELD_BY[card.held_by]} “{escape(card.rule)}”."


def _next(card: Card, titles: dict[str, str]) -> str:
    if card.next_rung is None:
        return "This is the top rung."
    told = [f"The next rung is *{escape(titles[card.next_rung])}*: {escape(card.next_rule)}."]
    told += [
        f":blue[{what.capitalize()}] would lift to *{escape(titles[rung])}*." for what, rung in card.lifts
    ]
    return " ".join(told)


def _until(card: Card, titles: dict[str, str]) -> str:
    if card.rung == LAPSED:
        return "Already off the ladder; anyone may come back."
    if card.falls is None:
        return "Stays for at least a year, even if nothing more happens."
    on, rung = card.falls
    where = "lapses" if rung == LAPSED else f"slips to {escape(titles[rung])}"
    return f"If nothing more happens, :orange[{where} on {day(on)}]."


def _lines(facts: Iterable[Fact]) -> str:
    """One comparison a line: what is asked, and what is there."""
    marks = {True: ":blue[:material/check:]", False: ":orange[:material/close:]"}
    return "  \n".join(
        f"{marks[fact.holds]} {escape(fact.words)} :gray[· {escape(fact.value)}]" for fact in facts
    )
