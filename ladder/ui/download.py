"""A download button whose file is made when asked for and can be fetched once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pandas as pd
import streamlit as st

from ladder.people.export import to_csv
from ladder.ui.exports import OFFERS
from ladder.workspace import Folder

_CSS = """
button {
  font: inherit; font-size: 0.9rem; padding: 0.35rem 0.8rem; cursor: pointer;
  color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-widget-border-color, var(--st-border-color)); border-radius: var(--st-button-radius);
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""
_component = st.components.v2.component(
    "rungwise.download",
    html='<button type="button"></button>',
    css=_CSS,
    js=(resources.files("ladder.ui") / "assets" / "download.js").read_text("utf-8"),
)


def download(folder: Folder, label: str, filename: str, make: Callable[[], pd.DataFrame], key: str) -> None:
    """A button that downloads what `make` gives as CSV; every download is written to the audit trail."""
    asked = st.session_state.get(f"{key}-path")

    def offer() -> None:
        frame = make()
        st.session_state[f"{key}-path"] = OFFERS.make(folder, filename, to_csv(frame), len(frame))

    _component(key=key, data={"label": label, "path": asked}, on_asked_change=offer)
