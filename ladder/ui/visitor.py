"""Who is visiting: the browser, which a reload does not change, and the name an import is written down under."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import streamlit as st

from ladder.settings import load_settings
from ladder.ui.middleware import VISITOR, checked_visitor


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
