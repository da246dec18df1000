"""The people behind a number: one panel for every picture and table."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

import streamlit as st

from ladder.errors import LadderError
from ladder.flows import funnel
from ladder.people import People, moved, reached, standing
from ladder.people.members import SHOWN
from ladder.ui.controls import pick, picked, shared_parameters
from ladder.ui.erased import erased_since
from ladder.ui.formats import people
from ladder.ui.lab import crossed_people
from ladder.ui.listing import list_rows
from ladder.ui.page import View, escape
from ladder.ui.places import page_file


def show_people(view: View) -> None:
    """Open the panel when something is picked in the address; nothing otherwise."""
    parts = picked()
    if not parts:
        return
    found = _find(view, parts)
    heading = escape(f"{found.title}: {people(found.total)}")
    st.dialog(heading, width=780, position="right", on_dismiss=pick)(_panel)(view, found, parts)


def _panel(view: View, found: People, parts: Sequence[str]) -> None:
    if erased_since(view.folder, view.seen):
        st.rerun()  # The panel alone would go on with the list of before.
    wanted = st.text_input(
        "Find a customer", key="people-search", placeholder="Find by customer id", label_visibility="collapsed",
        live="300ms",
    ).strip()  # fmt: skip
    if wanted:
        # Not among the rows shown: whoever stands further down is looked for as well.
        found = matching(_find(view, parts, shown=None), wanted)
    listed = dataclasses.replace(found, frame=found.frame.head(SHOWN))
    whole = found if wanted else None
    chosen = list_rows(view, listed, "customers", lambda: whole or _find(view, parts, shown=None), height=520)
    if chosen:
        card = {**shared_parameters(), "customer": chosen, "as_of": view.as_of.isoformat()}
        st.switch_page(page_file("customers"), query_params=card)


def matching(found: People, wanted: str) -> People:
    """Those of a list whose id contains `wanted`, whatever its case, with their own total."""
    frame = found.frame[found.frame["customer_id"].str.contains(wanted, case=False, regex=False)]
    return dataclasses.replace(found, frame=frame.reset_index(drop=True), total=len(frame))


def _find(view: View, parts: Sequence[str], shown: int | None = SHOWN) -> People:
    match list(parts):
        case ["standing", rung, as_of]:
            return view.ask(standing, rung, _date(as_of), shown=shown)
        case ["moved", start, end, origin, target, way]:
            given = {"origin": origin or None, "target": target or None, "way": way or None}
            return view.ask(moved, _date(start), _date(end), **given, shown=shown)
        case ["reached", rung, since, until, window] if window.isdecimal():
            return view.ask(
                reached, rung, view.ask(funnel, _date(since), _date(until), int(window)), shown=shown
            )
        case ["crossed", as_of, *cell] if len(cell) == 3:
            return crossed_people(view, cell, _date(as_of), shown)
    raise LadderError(
        "This list cannot be shown", "The address names no list of people.", "Close it and click again."
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LadderError(
            "This list cannot be shown", f"“{text}” is no date.", "Close it and click again."
        ) from None
