"""What stands around every page: the tab's title and icon, the brand, the way to each page, the workspace."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

import streamlit as st

from ladder.errors import LadderError
from ladder.ui.building import is_placed
from ladder.ui.controls import shared_parameters
from ladder.ui.formats import day
from ladder.ui.page import draw_error, escape, placed_workspace
from ladder.ui.places import page_file
from ladder.ui.workspaces import (
    CDNOW,
    choose_workspace,
    has_own_workspace,
    known_workspaces,
    open_folder,
    visit_cdnow,
)
from ladder.workspace import Folder

ASSETS = resources.files("ladder.ui") / "assets"
MENU = (
    ("ladder", "Ladder", "stairs", "Where customers stand, and whether it gets better."),
    ("flows", "Flows", "alt_route", "Who moved, from where to where, when."),
    ("value", "Value", "payments", "What a customer on each rung is worth."),
    ("what_if", "What-if", "tune", "What a push on one rung would be worth."),
    ("customers", "Customers", "group", "Who they are, and lists of people to act on."),
    ("rungs", "Rungs", "rule", "What makes a customer a client: the rules, and other ladders."),
    ("data", "Data", "database", "What is known: imports, accounts of every row, settings."),
    ("share", "Share", "link", "Read-only pages for others."),
)
_close_sidebar = st.components.v2.component(
    "rungwise.sidebar", html="<span></span>", js=(ASSETS / "sidebar.js").read_text("utf-8")
)


def main() -> None:
    """Draw the frame and run the chosen page; what a page refuses is drawn here."""
    mark = (ASSETS / "mark.svg").read_text("utf-8")
    st.set_page_config(page_title="Rungwise", page_icon=mark, layout="wide", initial_sidebar_state=236)
    st.logo((ASSETS / "wordmark.svg").read_text("utf-8"), icon_image=mark, size="medium")
    st.html(Path(str(ASSETS / "app.css")))
    pages = [
        st.Page(page_file(name), title=title, default=name == "ladder", url_path=name)
        for name, title, _, _ in MENU
    ]
    chosen = st.navigation(pages, position="hidden")
    try:
        folder = open_folder()
    except LadderError as error:
        draw_error(error)
        st.page_link(pages[0], label="Open the first workspace", icon=":material/arrow_back:")
        return
    try:
        with st.sidebar:
            _sidebar(pages, chosen.title, folder)
        chosen.run()
        _footer(folder)
    except LadderError as error:
        draw_error(error)


def _sidebar(pages: list[st.Page], here: str, folder: Folder) -> None:
    with st.container(gap="xxsmall", key="links"):
        for page, (_, title, icon, about) in zip(pages, MENU, strict=True):
            st.page_link(
                page, label=title, icon=f":material/{icon}:", help=about, width="stretch",
                query_params=shared_parameters(),
            )  # fmt: skip
    with st.container(gap="xsmall", key="workspace"):
        _workspace(folder, here)
    _close_sidebar(key="sidebar", data={"page": f"{folder.path.name} {here}"})


def _footer(folder: Folder) -> None:
    """Which version of which ladder made the figures above."""
    if folder.imports() and is_placed(folder):
        ladder, last = folder.ladder, placed_workspace(folder).last
        with st.container(key="footer"):
            st.caption(escape(f"Ladder: {ladder.title}, version {ladder.version}. Data to {day(last)}."))


def _workspace(folder: Folder, here: str) -> None:
    """Whose figures these are, and the way to others."""
    with st.container(gap="xxsmall"):
        if len(known_workspaces()) > 1:
            choose_workspace(folder)
        else:
            st.markdown(f"**{escape(folder.settings.name)}**")
        st.caption(escape(f"{folder.ladder.title}, version {folder.ladder.version}"))
        # The page itself places what is new, and says why what cannot be placed; the menu never waits for it.
        if is_placed(folder):
            st.caption(f"Figures to {day(placed_workspace(folder).last)}")
    if has_own_workspace():
        return
    # The page that brings data has a primary button of its own.
    kind: Literal["primary", "secondary"] = "secondary" if here == "Data" else "primary"
    if st.button("Bring your own data", type=kind, icon=":material/upload:", width="stretch"):
        st.switch_page(page_file("data"), query_params={**shared_parameters(), "part": "new"})
    if CDNOW not in known_workspaces() and st.button(
        "Try real data (CDNOW)", width="stretch",
        help="69,659 purchases of 23,570 customers of a music shop, 1997 to 1998.",
    ):  # fmt: skip
        visit_cdnow()


main()
