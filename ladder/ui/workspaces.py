"""Which workspace a visitor looks at: a folder name in the address, looked up among those of the home."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NoReturn

import streamlit as st

from ladder.errors import LadderError, did_you_mean
from ladder.samples import make_cdnow
from ladder.settings import load_settings
from ladder.ui.places import page_file
from ladder.ui.visitor import who
from ladder.workspace import Folder, workspaces

PARAMETER = "workspace"
CDNOW = "cdnow"
READY_MADE = frozenset({"sample", CDNOW})
_making = threading.Lock()


def known_workspaces() -> dict[str, Path]:
    """Folder name → path of every workspace of the home and of the one this process opens first."""
    return {**workspaces(load_settings().home), _first().name: _first()}


def open_folder() -> Folder:
    """The workspace that the address names, or the first one; the address is only looked up, never a path."""
    name = st.query_params.get(PARAMETER, _first().name)
    known = known_workspaces()
    if name not in known:
        raise LadderError(
            "No such workspace", f"There is no workspace “{name}” here.", did_you_mean(name, known)
        )
    return Folder(known[name], by=who())


def choose_workspace(folder: Folder) -> None:
    """A drop-down of the workspaces; the page stays, its view starts afresh."""
    titles = {name: _title(path) for name, path in known_workspaces().items()}

    def chosen() -> None:
        st.query_params.clear()
        st.query_params.update(_address(st.session_state["workspaces"]))

    st.session_state["workspaces"] = folder.path.name
    st.selectbox(
        "Workspace", list(titles), key="workspaces", format_func=lambda name: titles.get(name, name),
        on_change=chosen, label_visibility="collapsed",
    )  # fmt: skip


def has_own_workspace() -> bool:
    """Whether somebody has already made a workspace beside the ready-made ones."""
    return not known_workspaces().keys() <= READY_MADE | {_first().name}


def visit(name: str, page: str, **parameters: str) -> NoReturn:
    """Go to a page of another workspace."""
    st.switch_page(page_file(page), query_params={**_address(name), **parameters})


def visit_cdnow() -> NoReturn:
    """Make the CDNOW workspace unless it is there, and go to it."""
    with st.spinner("Importing 69,659 real purchases …"), _making:
        if CDNOW not in known_workspaces():
            make_cdnow(load_settings().home / CDNOW)
    visit(CDNOW, "ladder")


def _address(name: str) -> dict[str, str]:
    return {} if name == _first().name else {PARAMETER: name}


def _first() -> Path:
    return load_settings().workspace.resolve()


def _title(path: Path) -> str:
    try:
        return Folder(path).settings.name
    except LadderError:
        return path.name
