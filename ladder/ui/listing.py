"""A list of people on a page: choose a row to open the card, download all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ladder.model.ladder import LAPSED, ladder_name
from ladder.people import People
from ladder.ui.download import download
from ladder.ui.formats import count, people
from ladder.ui.page import View, escape
from ladder.ui.tables import ROW_HEIGHT


def columns(currency: str) -> dict[str, Any]:
    """Headings and formats of a list of people."""
    known = st.column_config
    return {
        "customer": None,
        "customer_id": known.TextColumn("Customer", pinned=True),
        "rung": known.TextColumn("Rung", help="where they stand at the date of the list"),
        "rung_b": known.TextColumn("On the other ladder", help="the rung there at the same date"),
        "reaches": known.TextColumn("Would reach", help="the rung they would stand on after that step"),
        "since": known.DateColumn("There since", format="D MMM YYYY", help="first period end of this stay"),
        "orders": known.NumberColumn("Orders", format="%,d", help="all orders so far"),
        "last_order": known.DateColumn("Last order", format="D MMM YYYY"),
        "revenue": known.NumberColumn(
            f"Revenue, {currency}", format="%,.2f", help="orders less refunds in the 365 days before the date"
        ),
    }


def list_rows(
    view: View, found: People, key: str, everybody: Callable[[], People], height: int = 480
) -> str | None:
    """Draw a list; returns the id of the customer whose row was just chosen."""
    if not found.total:
        st.caption("Nobody at this date.")
        return None
    named = {**view.titles, LAPSED: "Lapsed"}
    shown = found.frame.assign(
        **{name: found.frame[name].map(named) for name in ("rung", "reaches") if name in found.frame}
    )
    chosen = st.dataframe(
        shown, hide_index=True, height=min(height, ROW_HEIGHT * (len(found.frame) + 1) + 3),
        row_height=ROW_HEIGHT, key=f"{key}-rows",
        on_select="rerun", selection_mode="single-row", alt=found.title, column_config=columns(view.currency),
        placeholder="—",
    )  # fmt: skip
    cut = (
        ""
        if found.total <= len(found.frame)
        else f" The {count(len(found.frame))} with the most revenue are shown."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        ladder = view.placed.ladder
        label, file = f"Download {people(found.total)}", f"{key}-{ladder.id}-v{ladder.version}.csv"
        download(view.folder, label, file, lambda: everybody().frame, key, view.seen, ladder_name(ladder))
        st.caption(escape(f"Choose a row to open the customer's card.{cut}"))
    rows = chosen["selection"]["rows"]
    return str(found.frame["customer_id"].iloc[rows[0]]) if rows and rows[0] < len(found.frame) else None
