"""Launcher: `streamlit run app.py`. Pages are reached through the shell only, so nothing runs beside it."""

import streamlit as st

from ladder.ui.middleware import middleware
from ladder.ui.server import lifespan, on_script_error, routes

app = st.App(
    "ladder/ui/shell.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan,
    on_script_error=on_script_error,
)
