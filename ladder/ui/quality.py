"""What is known and whether it can be trusted: coverage, findings by question, the pictures behind them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ladder.errors import LadderError
from ladder.model.tables import TABLES
from ladder.pictures.coverage_picture import coverage_picture
from ladder.pictures.histogram_picture import amounts_picture, hours_picture
from ladder.placement import derived_key
from ladder.quality import PLAUSIBLE, Coverage, Quality, quality
from ladder.ui.cache import answer_later
from ladder.ui.erased import erasures
from ladder.ui.formats import count, day
from ladder.ui.lights import LIGHTS, show_checks, show_rows
from ladder.ui.page import draw_empty, draw_error, escape, placed_workspace
from ladder.ui.picture import show_picture
from ladder.ui.proposed import propose_ladder
from ladder.ui.tables import table
from ladder.workspace import Folder

PATIENCE_SECONDS = 1.5


def show_quality(folder: Folder) -> None:
    """The verdict, how far the data reach, and every finding."""
    if not folder.imports():
        draw_empty()
        return
    seen = erasures(folder)
    try:
        placed_workspace(folder)
    except LadderError as error:
        draw_error(error)
    propose_ladder(folder)
    found = _quality(folder, PATIENCE_SECONDS)
    if found is None:
        st.fragment(_look_again, run_every="1s")(folder)
        return
    st.markdown(f"{LIGHTS.get(found.light, '')} **{escape(found.verdict)}** {_rows_in_words(found.coverage)}")
    _show_coverage(found.coverage)
    for question, checks in found.findings.items():
        st.markdown(f"##### {question}")
        show_checks(checks)
        if question == PLAUSIBLE:
            _show_pictures(found, folder.settings.currency)
    st.caption(
        "Everything that was brought is looked at, rows after the as-of date and guests too; the ladder's own "
        "figures stop at the as-of date. How a light is decided is written in docs/methods.md."
    )
    show_rows(folder, found.checks, seen)


def _quality(folder: Folder, patience: float) -> Quality | None:
    now = folder.snapshot()
    state = f"{now.path} {now.manifest().generation} {derived_key(now)}"
    found: Quality | None = answer_later(state, "quality", (), lambda: quality(now), patience)
    return found


def _look_again(folder: Folder) -> None:
    if _quality(folder, 0.0) is not None:
        st.rerun()
    st.caption(":material/hourglass_empty: Looking at every row that was brought …")


def _rows_in_words(found: Coverage) -> str:
    rows = count(int(found.frame["rows"].sum()))
    told = f"{rows} row{'' if rows == '1' else 's'}"
    return (
        f"**{told}**, the latest of **{day(found.last)}**."
        if found.last
        else f"**{told}**, none with a date."
    )


def _show_coverage(found: Coverage) -> None:
    show_picture(coverage_picture(found.frame, found.months), "coverage")
    st.caption("One cell is a month: the deeper, the more rows of the table; outlined where there are none.")
    brought = found.frame[found.frame["rows"].notna()]
    kinds: dict[str, Any] = {
        "title": ("text", "Table"),
        "rows": ("count", "Rows", "as they count: what overlapping imports hold twice counts once"),
        "first": ("date", "First"),
        "last": ("date", "Last"),
        "months": ("count", "Months", "calendar months with rows"),
        "empty_months": ("count", "Without rows", "calendar months between first and last that have no row"),
        "days_behind": ("count", "Days behind", "from the table's last row to the last row of all tables"),
    }
    with st.expander("Rows, first and last day of every table"):
        table(brought.assign(title=brought["table"].str.capitalize()), "Coverage", kinds)
    absent = found.frame.loc[found.frame["rows"].isna(), "table"]
    told = "; ".join(f"{name} ({TABLES[name].about})" for name in absent)
    if told:
        st.caption(escape(f"Not in your data: {told}."))


def _show_pictures(found: Quality, currency: str) -> None:
    """Amounts and hours side by side, where the data have them."""
    left, right = st.columns(2, gap="large")
    if len(found.amounts) > 1:
        with left:
            st.markdown(f"###### Orders by amount, {currency}")
            show_picture(amounts_picture(found.amounts, currency), "amounts")
            st.caption("Ten bars to each power of ten; in orange those that lie far from all others.")
    if found.hours["rows"].sum():
        with right:
            st.markdown("###### Order rows by the hour of the day")
            show_picture(hours_picture(found.hours), "hours")
            st.caption("In orange the hours of the night. Rows at exactly 0:00 are left out.")
