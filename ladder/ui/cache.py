"""The only caches of the app: answers are kept by what they were asked of and with which arguments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Lock
from typing import Any

import streamlit as st

from ladder.model.ladder import Ladder
from ladder.placement import Placed, Progress, build, derived_key, forget_readers
from ladder.ui.exports import OFFERS
from ladder.workspace import Folder

MOST_ANSWERS = 500
MOST_WORKSPACES = 4
MOST_AWAITED = 32


def open_placed(
    folder: Folder,
    ladder: Ladder | None = None,
    progress: Progress | None = None,
    stop: Callable[[], None] | None = None,
) -> Placed:
    """The placed workspace in its present state, or on another ladder; built when something has changed.

    `progress` and `stop` as in `build`.
    """
    # What is named here is what is built: an import that lands in between would stand under the old name for good.
    folder = folder.snapshot()
    _heed_erasures(folder)
    return _placed(f"{derived_key(folder, ladder)} {folder.settings}", folder, ladder, progress, stop)


def answer(state: str, question: str, arguments: Any, compute: Callable[[], Any]) -> Any:
    """What `compute` gives, computed once for each state of the workspace, question and set of arguments.

    Answers are frozen and shared between visitors, so nobody may change one.
    """
    return _answer(state, question, arguments, compute)


def answer_later(
    state: str, question: str, arguments: Any, compute: Callable[[], Any], patience: float = 0.0
) -> Any | None:
    """The answer if it is there within `patience` seconds; else None, and it is worked out beside the pages.

    One answer is worked out at a time.
    """
    key = (state, question, arguments)
    with _awaiting:
        if key not in _awaited:
            _awaited[key] = _beside.submit(_answer, state, question, arguments, compute)
            while len(_awaited) > MOST_AWAITED:
                _awaited.popitem(last=False)[1].cancel()
        future = _awaited[key]
    wait([future], patience)
    return future.result() if future.done() else None


def forget_answers() -> None:
    """Keep nothing of what was answered so far, such as when a customer was erased."""
    with _awaiting:
        _awaited.clear()
    _answer.clear()
    _placed.clear()
    forget_readers()


def _heed_erasures(folder: Folder) -> None:
    """Forget what was kept of a workspace in which somebody was erased since it was last opened, by any process."""
    erasures, place = folder.manifest().erasures, folder.path.resolve()
    with _awaiting:
        before = _erasures.get(place, erasures)
        _erasures[place] = erasures
    if before != erasures:
        OFFERS.drop(folder)
        forget_answers()


_erasures: dict[Path, int] = {}
_awaited: OrderedDict[Any, Future[Any]] = OrderedDict()
_awaiting = Lock()
_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answers")


@st.cache_resource(max_entries=MOST_WORKSPACES, show_spinner=False)
def _placed(
    state: str,
    _folder: Folder,
    _ladder: Ladder | None,
    _progress: Progress | None,
    _stop: Callable[[], None] | None,
) -> Placed:
    return build(_folder, _progress, _ladder, stop=_stop)


@st.cache_resource(max_entries=MOST_ANSWERS, show_spinner=False)
def _answer(state: str, question: str, arguments: Any, _compute: Callable[[], Any]) -> Any:
    return _compute()
