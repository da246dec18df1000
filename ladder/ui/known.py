"""What is known and whether it can carry a ladder: coverage by table and month, and the checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import streamlit as st

from ladder.errors import LadderError
from ladder.flows import Coverage, coverage, suitability
from ladder.model.tables import TABLES
from ladder.pictures.coverage_picture import coverage_picture
from ladder.placement import derived_key
from ladder.ui.cache import answer
from ladder.ui.formats import day
from ladder.ui.import_account import rows_in_words
from ladder.ui.page import draw_empty, draw_error, escape, placed_workspace
from ladder.ui.picture import show_picture
from ladder.ui.tables import table
from ladder.workspace import Folder

Answer = TypeVar("Answer")
LIGHTS = {
    "fine": ":blue[:material/check_circle:\u00a0**Fine**]",
    "care": ":orange[:material/error:\u00a0**Care**]",
    "stop": ":orange[:material/block:\u00a0**Stop**]",
}


def show_coverage(folder: Folder) -> None:
    """How far the data reach, table by table and month by month."""
    if not folder.imports():
        draw_empty()
        return
    try:
        placed_workspace(folder)
    except LadderError as error:
        draw_error(error)
    found = _ask(folder, coverage)
    st.markdown(_freshness(folder, found))
    show_picture(coverage_picture(found.frame, found.months), "coverage")
    st.caption("One cell is a month: the deeper, the more rows of the table; outlined where there are none.")
    brought = found.frame[found.frame["rows"].notna()]
    table(
        brought.assign(title=brought["table"].str.capitalize()),
        "Coverage",
        {
            "title": ("text", "Table"),
            "rows": ("count", "Rows", "as they count: what overlapping imports hold twice counts once"),
            "first": ("date", "First"),
            "last": ("date", "Last"),
            "months": ("count", "Months", "calendar months with rows"),
            "empty_months": (
                "count",
                "Without rows",
                "calendar months between first and last that have no row",
            ),
            "days_behind": (
                "count",
                "Days behind",
                "from the table's last row to the last row of all tables",
            ),
        },
    )
    _show_missing(found)


def _freshness(folder: Folder, found: Coverage) -> str:
    newest = max(datetime.fromisoformat(record.imported_at).date() for record in folder.imports())
    rows = rows_in_words(int(found.frame["rows"].sum()))
    if found.last is None:
        return f"**{rows}**, none with a date. Last import on {day(newest)}."
    return f"**{rows}**, the latest of **{day(found.last)}**. Last import on {day(newest)}.{_behind(found.frame, 31)}"


def _behind(tables: Any, days: int) -> str:
    late = [row for row in tables.itertuples() if (row.days_behind or 0) > days]
    told = ", ".join(f"{row.table} end on {day(row.last)}" for row in late)
    return f" :orange[Behind the rest: {told}.]" if told else ""


def _show_missing(found: Coverage) -> None:
    absent = found.frame.loc[found.frame["rows"].isna(), "table"]
    told = "; ".join(f"{name} ({TABLES[name].about})" for name in absent)
    if told:
        st.caption(escape(f"Not in your data: {told}."))


def show_suitability(folder: Folder) -> None:
    """The checks as lights in words, the verdict first."""
    if not folder.imports():
        draw_empty()
        return
    found = _ask(folder, suitability)
    st.markdown(f"**{escape(found.verdict)}**")
    if not found.checks:
        return
    lines = [
        f"| {LIGHTS[check.light]} | **{escape(check.name)}.** {escape(check.finding)}. {escape(check.meaning)} |"
        for check in found.checks
    ]
    st.markdown("\n".join(("| | What the orders say |", "| --- | --- |", *lines)))
    st.caption(
        "The thresholds are proposals from accuracy measured on real and simulated shops, not laws. The horizon is "
        "changed in the settings."
    )


def _ask(folder: Folder, question: Callable[[Folder], Answer]) -> Answer:
    state = f"{folder.path} {derived_key(folder)} {folder.settings}"
    found: Answer = answer(state, question.__qualname__, (), lambda: question(folder))
    return found
