"""The people behind a number: one panel for every picture and table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from ladder.people.members import People, moved, standing
from ladder.ui.controls import pick, picked
from ladder.ui.download import download
from ladder.ui.formats import count, people
from ladder.ui.page import View, escape

STANDING, MOVED = "standing", "moved"


def standing_on(rung: str, as_of: date) -> tuple[str, ...]:
    """What the address says for: who stands on a rung."""
    return STANDING, rung, as_of.isoformat()


def moving(start: date, end: date, origin: str = "", target: str = "", way: str = "") -> tuple[str, ...]:
    """What the address says for: who moved between two period ends."""
    return MOVED, start.isoformat(), end.isoformat(), origin, target, way


def show_people(view: View) -> None:
    """Open the panel when something is picked; nothing otherwise."""
    parts = picked()
    if not parts:
        return
    found = _find(view, parts, None)
    heading = f"{found.title}: {count(found.total)}"
    st.dialog(escape(heading), width="large", position="right", on_dismiss=pick)(_panel)(view, parts)


def _panel(view: View, parts: Sequence[str]) -> None:
    found = _find(view, parts, None)
    wanted = st.text_input("Find a customer", key="people-search", placeholder="Customer id", label_visibility="collapsed")
    frame = found.frame
    if wanted:
        frame = frame[frame["customer_id"].str.contains(wanted.strip(), case=False, regex=False)]
    chosen = st.dataframe(
        frame, hide_index=True, height=480, key="people-table", on_select="rerun", selection_mode="single-row",
        alt=found.title, column_config=_columns(view),
    )  # fmt: skip
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(frame):
        st.switch_page("pages/customers.py", query_params={"customer": str(frame["customer_id"].iloc[rows[0]])})
    if found.total > len(found.frame):
        st.caption(f"The {count(len(found.frame))} with the most revenue are shown; the download has all {people(found.total)}.")
    download(
        view.folder, f"Download {people(found.total)} (CSV)", "customers.csv", lambda: _find(view, parts, -1).frame, "people"
    )


def _find(view: View, parts: Sequence[str], shown: int | None) -> People:
    raise NotImplementedError
