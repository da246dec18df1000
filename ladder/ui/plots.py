"""Plotly figures on a page, in the reader's theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ladder.pictures.palette import DARK, LIGHT
from ladder.ui.controls import pick

_QUIET = {"displayModeBar": False, "scrollZoom": False}


def plot(
    figure: Callable[..., Any],
    *args: Any,
    alt: str,
    picked: Callable[[int], tuple[str, ...]] | None = None,
    key: str = "",
    **kwargs: Any,
) -> None:
    """Draw `figure(*args, **kwargs)` with the palette of the reader's theme; `alt` names it for screen readers.

    `key` tells two of one kind on a page apart.
    With `picked`, a click on a bar is remembered in the address; it gets the bar's number.
    """
    theme = DARK if st.context.theme.type == "dark" else LIGHT
    drawn = figure(*args, theme=theme, **kwargs)
    name = f"plot-{figure.__name__}{key}"

    def clicked() -> None:
        points = st.session_state[name]["selection"]["points"]
        if points and picked:
            pick(*picked(int(points[0]["point_index"])))

    selectable: dict[str, Any] = {"on_select": clicked, "selection_mode": "points"} if picked else {}
    st.plotly_chart(drawn, config=_QUIET, alt=alt, theme="streamlit", key=name, **selectable)
