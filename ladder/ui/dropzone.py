"""One place to drop or choose a file of any size: leave from Python, bytes to PUT /api/upload, progress, cancel."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import streamlit as st

from ladder.errors import LadderError

ENDINGS = (".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".json")
_ASSETS = resources.files("ladder.ui") / "assets"
_HTML = """
<div class="dropzone">
  <input type="file" id="file">
  <label for="file"><strong></strong><span></span></label>
  <div class="upload" hidden>
    <p><strong></strong><span role="status"></span></p>
    <progress max="1" aria-label="Uploaded"></progress>
  </div>
  <p class="problem" role="alert" hidden><strong></strong> <span></span></p>
  <button type="button" hidden></button>
</div>
"""
_component = st.components.v2.component(
    "rungwise.dropzone",
    html=_HTML,
    css=(_ASSETS / "dropzone.css").read_text("utf-8"),
    js=(_ASSETS / "dropzone.js").read_text("utf-8"),
)


def drop_zone(label: str, about: str, key: str, leave: Callable[[str, int], str]) -> None:
    """Take one file. `leave` is asked with its name and size for a ticket, or says in a LadderError why not.

    The page runs again when the file has come; whoever gave the ticket has it then.
    """
    kept = f"{key}-answer"

    def asked() -> None:
        wish = st.session_state[key].get("asked")
        if wish:
            st.session_state[kept] = _answer(wish, leave)

    def arrived() -> None:
        st.session_state.pop(kept, None)

    _component(
        key=key,
        data={
            "key": key,
            "label": label,
            "about": about,
            "accept": ",".join(ENDINGS),
            "answer": st.session_state.get(kept),
        },
        on_asked_change=asked,
        on_arrived_change=arrived,
    )


def _answer(wish: dict[str, Any], leave: Callable[[str, int], str]) -> dict[str, Any]:
    try:
        return {"wish": wish["wish"], "ticket": leave(str(wish["name"]), int(wish["size"]))}
    except LadderError as error:
        return {"wish": wish["wish"], "problem": error.to_dict()}
