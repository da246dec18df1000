"""How the bytes of a file are read: the sheet, delimiter, encoding, marks, words for nothing, time zone."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from ladder.importing import Dialect, Proposal
from ladder.ui.bringing import Bringing
from ladder.ui.bringing_form import choose_kept
from ladder.ui.plan_words import DELIMITERS

DECIMALS = {".": "Point, 1.50", ",": "Comma, 1,50"}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16")


def ask_sheet(state: Bringing, sheets: tuple[str, ...], found: Dialect) -> dict[str, str]:
    """Which sheet of a workbook, or which file of an archive; nothing where there is one only."""
    if len(sheets) < 2:
        return {}
    name, label = ("sheet", "Sheet") if found.kind == "xlsx" else ("member", "File in the archive")
    chosen = choose_kept(
        state, label, list(sheets), getattr(found, name) or None, name, placeholder="Choose one"
    )
    return {name: chosen} if chosen else {}


def ask_dialect(state: Bringing, proposal: Proposal, zone: str) -> dict[str, Any]:
    """What the person says against the findings about bytes, columns, numbers and the zone of times."""
    found, told = proposal.plan.dialect, dict[str, Any]()
    with st.grid(4, min_column_width=150, gap="small"):
        if found.kind == "csv":
            told["delimiter"] = _ask(state, "Between columns", DELIMITERS, found.delimiter, "delimiter")
            encodings = list(dict.fromkeys(filter(None, (found.encoding, *ENCODINGS))))
            told["encoding"] = choose_kept(
                state, "Encoding", encodings, found.encoding or None, "encoding", accept_new_options=True
            )
        told["decimal"] = _ask(state, "Decimal mark", DECIMALS, found.decimal, "decimal")
        if found.kind in ("csv", "xlsx"):
            told["header"] = choose_kept(
                state, "First row", [True, False], found.header, "header",
                format_func=lambda named: "Names of columns" if named else "Already data",
            )  # fmt: skip
        told["nulls"] = _ask_nulls(state, found)
        elsewhere = _ask_zone(state, proposal.plan.table, zone)
    told = {name: value for name, value in told.items() if value not in (None, "", getattr(found, name))}
    return told | elsewhere


def _ask_nulls(state: Bringing, found: Dialect) -> tuple[str, ...]:
    key = f"nulls-{state.ident}"
    start = state.recall(key, list(found.nulls))
    chosen = st.multiselect(
        "Words that mean empty", list(dict.fromkeys((*start, "NULL", "N/A", "-"))), start, key=key,
        accept_new_options=True, placeholder="None",
        help="Cells with exactly such a word count as empty. Without it, NULL is a text like any other.",
    )  # fmt: skip
    return tuple(state.keep(key, list(chosen), list(found.nulls)))


def _ask(state: Bringing, label: str, options: dict[str, str], found: str, name: str) -> str | None:
    known = list(options) if found in options or not found else [found, *options]
    chosen: str | None = choose_kept(
        state, label, known, found or None, name, placeholder="To be told",
        format_func=lambda mark: options.get(mark, mark),
    )  # fmt: skip
    return chosen


def _ask_zone(state: Bringing, table: str, guess: str) -> dict[str, str]:
    chosen = choose_kept(
        state, "Times are in", sorted(available_timezones()), guess, f"zone-{table}",
        help="For times without an offset; the figures use the workspace's own zone.",
    )  # fmt: skip
    return {"timezone": chosen} if chosen and chosen != guess else {}
