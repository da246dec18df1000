"""What stands around every page: the tab's title and icon, the brand, the way to each page, the workspace."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import streamlit as st

from ladder.errors import LadderError
from ladder.ui.controls import shared_parameters
from ladder.ui.formats import day
from ladder.ui.page import draw_error, escape, open_folder, placed_workspace

ROOT = Path(__file__).resolve().parents[2]
ASSETS = resources.files("ladder.ui") / "assets"
PAGES = (
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
    st.set_page_config(page_title="Rungwise", page_icon=mark, layout="wide", initial_sidebar_state=220)
    st.logo((ASSETS / "wordmark.svg").read_text("utf-8"), icon_image=mark, size="medium")
    st.html(Path(str(ASSETS / "app.css")))
    pages = [
        st.Page(ROOT / "pages" / f"{name}.py", title=title, default=name == "ladder", url_path=name)
        for name, title, _, _ in PAGES
    ]
    chosen = st.navigation(pages, position="hidden")
    try:
        with st.sidebar:
            _sidebar(pages, chosen.title)
        chosen.run()
    except LadderError as error:
        draw_error(error)


def _sidebar(pages: list[st.Page], here: str) -> None:
    with st.container(gap="xxsmall", key="links"):
        for page, (_, title, icon, about) in zip(pages, PAGES, strict=True):
            st.page_link(
                page, label=title, icon=f":material/{icon}:", help=about, width="stretch",
                query_params=shared_parameters(),
            )  # fmt: skip
    folder = open_folder()
    with st.container(gap="xxsmall", key="workspace"):
        st.markdown(f"**{escape(folder.settings.name)}**")
        st.caption(escape(folder.ladder.title))
        if folder.imports():
            st.caption(f"Figures to {day(placed_workspace(folder).last)}")
    _close_sidebar(key="sidebar", data={"page": here})


main()
