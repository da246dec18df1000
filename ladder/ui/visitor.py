"""Who is visiting: the browser, which a reload does not change, whether it is still there, and whose name an import
is written down under.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ladder.settings import load_settings
from ladder.ui.middleware import VISITOR, checked_visitor

GONE_SECONDS = 30.0
"""Longer than a reload or a reconnection takes."""


def is_connected(session: str) -> bool:
    """Whether a page of this session is open in a browser."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session)


class Presence:
    """Whether anybody still has a page open that shows something. Asked from any thread."""

    def __init__(self, is_connected: Callable[[str], bool] = is_connected) -> None:
        self._is_connected = is_connected
        self._sessions: frozenset[str] = frozenset()
        self._seen = time.monotonic()

    def note(self) -> None:
        """The page that is being drawn shows it."""
        if (context := get_script_run_ctx()) is not None:
            self.add(context.session_id)

    def add(self, session: str) -> None:
        self._sessions |= {session}
        self._seen = time.monotonic()

    @property
    def is_gone(self) -> bool:
        """Whether no page of those noted has been open for half a minute."""
        if any(map(self._is_connected, self._sessions)):
            self._seen = time.monotonic()
        return time.monotonic() - self._seen > GONE_SECONDS


def visitor() -> str:
    """The browser that looks at this page; one that takes no cookies is known for a session only."""
    known: str = st.session_state.setdefault("visitor", visitor_cookie() or secrets.token_urlsafe(32))
    return known


def visitor_cookie() -> str:
    """The cookie that this page's connection was opened with, or an empty text."""
    return checked_visitor(str(st.context.cookies.get(VISITOR, "")))


def who() -> str:
    """Whoever signed in; a visitor from elsewhere; empty on the machine itself, where its account tells."""
    for told in (st.user.get("email"), st.user.get("name")):
        if isinstance(told, str) and told:
            return told
    host = urlsplit(f"//{st.context.headers.get('host', '')}").hostname
    return "a visitor" if host in load_settings().hosts else ""
