"""The Share page: make a link, hand its address over once, list and revoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from ladder import value
from ladder.errors import LadderError
from ladder.model.link import BLOCKS, Link
from ladder.sharing import create_link, list_links, revoke_link
from ladder.ui.formats import day
from ladder.ui.page import View, draw_error
from ladder.workspace import Folder

BLOCK_NAMES = {
    "ladder": "The ladder picture",
    "kpis": "Climb rate, slip rate, net movement",
    "sankey": "Flows over time",
    "flows": "Table of moves",
    "revenue": "Revenue per rung",
    "clv": "Value per customer",
}
DAYS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
GROUPS = (5, 10, 20, 50)
_ADDRESS = "link-address"


def link_form(view: View) -> None:
    """What the page shows, for how long, and the button that freezes it."""
    with st.form("link", border=True):
        title = st.text_input("Title of the page", "Our loyalty ladder", max_chars=120)
        offered = [block for block in BLOCKS if block != "clv" or view.placed.settings.margin is not None]
        blocks = st.multiselect(
            "It shows",
            offered,
            [block for block in offered if block != "clv"],
            format_func=BLOCK_NAMES.__getitem__,
        )
        left, right = st.columns(2)
        days = left.selectbox("It answers for", list(DAYS), 1, format_func=DAYS.__getitem__)
        smallest = right.selectbox(
            "Smallest group", GROUPS, 1, help="Smaller groups are hidden, and whatever would give them away."
        )
        if st.form_submit_button("Create the link", type="primary", icon=":material/add_link:"):
            _create(view, title, blocks, days, smallest)


def show_address() -> None:
    """The address of the link just made; it is shown once, because only its hash is kept."""
    made = st.session_state.pop(_ADDRESS, None)
    if made is None:
        return
    address, hidden = made
    with st.container(border=True, key="address"):
        st.markdown(":material/check_circle: **The link is ready.** Copy it now: it is not shown again.")
        st.code(address, language=None, wrap_lines=True)
        if hidden:
            st.caption(f"{hidden} small groups are hidden on the page, and it says so.")
        st.link_button("Open the page", address, icon=":material/open_in_new:")


def link_table(folder: Folder) -> pd.DataFrame:
    """id, title, as_of, ladder, status, expires, views, hidden; newest first."""
    now = datetime.now(UTC)
    rows = [
        {
            "id": link.id,
            "title": link.title,
            "as_of": link.as_of,
            "ladder": link.ladder,
            "status": link.status(now),
            "expires": link.expires.date(),
            "views": link.views,
            "hidden": link.hidden,
        }
        for link in list_links(folder)
    ]
    return pd.DataFrame(
        rows, columns=["id", "title", "as_of", "ladder", "status", "expires", "views", "hidden"]
    )


def revoke_form(folder: Folder) -> None:
    """Choose an open link and withdraw it at once."""
    now = datetime.now(UTC)
    live = {link.id: link for link in list_links(folder) if link.answers(now)}
    if not live:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Revoke a link", list(live), format_func=lambda ident: _named(live[ident]), width=360
        )
        st.button("Revoke", icon=":material/link_off:", on_click=_revoke, args=(folder, chosen))


def _create(view: View, title: str, blocks: Sequence[str], days: int, smallest: int) -> None:
    try:
        with st.spinner("Freezing the view and proving that no small group can be told …"):
            token, link = create_link(
                view.folder,
                view.placed,
                title=title,
                blocks=tuple(blocks),
                days=days,
                k=smallest,
                as_of=view.as_of,
                compare=view.compare,
                clv=_values(view) if "clv" in blocks else None,
            )
    except LadderError as error:
        draw_error(error)
        return
    parts = urlsplit(st.context.url or "")
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    st.session_state[_ADDRESS] = (f"{origin}/s/{token}", link.hidden)
    st.rerun()


def _values(view: View) -> dict[str, float]:
    rungs = view.ask(value.clv, view.as_of).rungs
    return {str(rung): float(mean) for rung, mean in zip(rungs["rung"], rungs["mean"], strict=True)}


def _revoke(folder: Folder, ident: str) -> None:
    revoke_link(folder, ident)
    st.toast("The link no longer answers.")


def _named(link: Link) -> str:
    return f"{link.title} ({day(link.as_of)}, {link.id})"
