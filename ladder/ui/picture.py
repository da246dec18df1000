"""Pictures made in Python as parts of a page that can be clicked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources

import streamlit as st

from ladder.pictures.svg import Picture
from ladder.ui.controls import pick

Parts = tuple[str, ...]
_CSS = """
.picture { max-width: 1180px; color: var(--st-text-color); }
.picture .rungwise text { font-family: var(--st-font); }
.picture .rungwise-narrow { max-width: 30rem; }
"""
_component = st.components.v2.component(
    "rungwise.picture",
    html='<div class="picture"></div>',
    css=_CSS,
    js=(resources.files("ladder.ui") / "assets" / "picture.js").read_text("utf-8"),
)


def show_picture(
    picture: Picture, key: str, picked: Callable[[Mapping[str, str]], Parts] | None = None
) -> None:
    """Draw a picture. A click, Enter or Space on a mark is remembered in the address as `picked` words it.

    `picked` gets the mark's `data-` attributes (`data-kind` as `kind`, and what that kind needs).
    """

    def clicked() -> None:
        data = st.session_state[key].get("clicked")
        if data and picked:
            pick(*picked({str(name): str(value) for name, value in data.items()}))

    _component(key=key, data={"html": picture.html}, on_clicked_change=clicked)
