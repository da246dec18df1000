"""The people behind a number: one panel for every picture and table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from ladder.errors import LadderError
from ladder.flows import funnel
from ladder.people.members import SHOWN, People, moved, reached, standing
from ladder.ui.controls import pick, picked
from ladder.ui.download import download
from ladder.ui.formats import count, people
from ladder.ui.page import View, escape


def show_people(view: View) -> None:
    """Open the panel when something is picked in the address; nothing otherwise."""
    parts = picked()
    if not parts:
        return
    found = _find(view, parts)
    heading = escape(f"{found.title}: {people(found.total)}")
    st.dialog(heading, width=760, position="right", on_dismiss=pick)(_panel)(view, found, parts)


def _panel(view: View, found: People, parts: Sequence[str]) -> None:
    wanted = st.text_input(
        "Find a customer", key="people-search", placeholder="Find by customer id", label_visibility="collapsed",
        live="300ms",
    )  # fmt: skip
    frame = found.frame
    if wanted:
        frame = frame[frame["customer_id"].str.contains(wanted.strip(), case=False, regex=False)]
    chosen = st.dataframe(
        frame, hide_index=True, height=min(520, 40 + 36 * max(len(frame), 1)), key="people-table",
        on_select="rerun", selection_mode="single-row", alt=found.title, column_config=columns(view.currency),
        placeholder="—",
    )  # fmt: skip
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(frame):
        card = {"customer": str(frame["customer_id"].iloc[rows[0]]), "as_of": view.as_of.isoformat()}
        st.switch_page("pages/customers.py", query_params=card)
    st.caption("Choose a row to open the customer's card." + _cut(found))
    download(
        view.folder,
        "Download as CSV",
        "customers.csv",
        lambda: _find(view, parts, shown=None).frame,
        "people",
    )


def columns(currency: str) -> dict[str, object]:
    """Headings and formats of a list of people."""
    known = st.column_config
    return {
        "customer_id": known.TextColumn("Customer", pinned=True),
        "rung": known.TextColumn("Rung", help="where they stand at the date in the title"),
        "since": known.DateColumn("There since", format="D MMM YYYY", help="first period end of this stay"),
        "orders": known.NumberColumn("Orders", format="%,d", help="all orders so far"),
        "last_order": known.DateColumn("Last order", format="D MMM YYYY"),
        "revenue": known.NumberColumn(
            f"Revenue, {currency}", format="%,.2f", help="orders less refunds in the 365 days before the date"
        ),
    }


def _cut(found: People) -> str:
    if found.total <= len(found.frame):
        return ""
    return f" The {count(len(found.frame))} with the most revenue are shown; the download has all."


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
