"""A download button whose file is made when asked for and can be fetched once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pandas as pd
import streamlit as st

from ladder.people.export import to_csv
from ladder.ui.erased import erased_since, erasures
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


def download(
    folder: Folder,
    label: str,
    filename: str,
    make: Callable[[], pd.DataFrame],
    key: str,
    seen: int | None = None,
    ladder: str = "",
) -> None:
    """A button that downloads what `make` gives as CSV; every download is written to the audit trail.

    `seen` are the erasures that the workspace had when the rows were looked at, if that was before now; `ladder`
    names the version of the ladder that the rows were placed on.
    """
    asked = st.session_state.get(f"{key}-path")
    known = erasures(folder) if seen is None else seen

    def offer() -> None:
        if path := offered(folder, filename, make, known, ladder):
            st.session_state[f"{key}-path"] = path

    _component(key=key, data={"label": label, "path": asked}, on_asked_change=offer)


def offered(
    folder: Folder, filename: str, make: Callable[[], pd.DataFrame], seen: int, ladder: str = ""
) -> str | None:
    """The path to fetch the rows from; None where somebody was erased after the `seen` times.

    The button of a page that is still open knows the rows of before; after the click the page is drawn without them.
    """
    if erased_since(folder, seen):
        return None
    frame = make()
    return OFFERS.make(folder, filename, to_csv(frame), len(frame), seen, ladder)
