"""Is a ladder right here: the verdict, what the orders say at once, and what the models say when they are fitted."""

from __future__ import annotations

import streamlit as st

from ladder.errors import LadderError
from ladder.placement import Placed, derived_key
from ladder.quality import Check, Suitability, model_checks, order_checks
from ladder.ui.cache import answer_later
from ladder.ui.erased import erasures
from ladder.ui.lights import LIGHTS, show_checks, show_rows
from ladder.ui.page import View, draw_empty, draw_error, escape, placed_workspace
from ladder.ui.proposed import propose_ladder
from ladder.value import fit
from ladder.workspace import Folder

PATIENCE_SECONDS = 1.0


def show_suitability(folder: Folder) -> None:
    """The checks as lights in words, the verdict first."""
    if not folder.imports():
        draw_empty()
        return
    seen = erasures(folder)
    placed = _placed(folder)
    orders = _orders(folder, placed, PATIENCE_SECONDS)
    models = _models(folder, placed, PATIENCE_SECONDS) if placed and orders else ()
    if orders is not None:
        found = Suitability((*orders, *(models or ())))
        so_far = "So far: " if models is None else ""
        st.markdown(f"{LIGHTS[found.light]} **{so_far}{escape(found.verdict)}**")
        propose_ladder(folder)
        show_checks(found.checks)
        show_rows(folder, found.checks, seen)
    if orders is None or models is None:
        st.fragment(_look_again, run_every="1s")(folder, placed, orders is not None)
        return
    st.caption(
        "Orders up to the as-of date. The thresholds are proposals from accuracy measured on real and simulated "
        "shops, not laws. The horizon is changed in the settings."
    )


def _placed(folder: Folder) -> Placed | None:
    try:
        return placed_workspace(folder)
    except LadderError as error:
        draw_error(error)
        return None


def _orders(folder: Folder, placed: Placed | None, patience: float) -> tuple[Check, ...] | None:
    """What the orders say; None while they are being counted."""
    now = folder.snapshot()
    state = f"{now.path} {now.manifest().generation} {derived_key(now)}"
    found: tuple[Check, ...] | None = answer_later(
        state, "order checks", placed is None, lambda: order_checks(now, placed), patience
    )
    return found


def _models(folder: Folder, placed: Placed, patience: float) -> tuple[Check, ...] | None:
    """The checks that fit and forecast; None while they are being worked out. The home page uses the same fit."""
    view = View(folder, placed, placed.last, None)
    state = f"{placed.key} {placed.settings}"
    found: tuple[Check, ...] | None = answer_later(
        state, "model checks", (), lambda: model_checks(placed, lambda: view.ask(fit, placed.last)), patience
    )
    return found


def _look_again(folder: Folder, placed: Placed | None, counted: bool) -> None:
    orders = _orders(folder, placed, 0.0)
    if orders is not None and not counted:
        st.rerun()
    if counted and placed and _models(folder, placed, 0.0) is not None:
        st.rerun()
    told = "Fitting the models and trying the forecast on the history" if counted else "Counting orders"
    st.caption(f":material/hourglass_empty: {told} …")
