"""Checks as traffic lights in words: the worst first, each figure a way to the rows behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ladder.importing.sentences import counted
from ladder.quality import UNKNOWN, Check
from ladder.ui.controls import pick, picked, shared_parameters
from ladder.ui.download import download
from ladder.ui.erased import erased_since
from ladder.ui.formats import count
from ladder.ui.page import escape
from ladder.ui.places import page_file
from ladder.ui.tables import Kind, chosen_row
from ladder.workspace import Folder

LIGHTS = {
    "stop": ":orange[:material/block:\u00a0**Stop**]",
    "care": ":orange[:material/error:\u00a0Care]",
    "fine": ":blue[:material/check_circle:\u00a0Fine]",
}
_KINDS: dict[str, Kind] = {
    "table": ("text", "Table"),
    "month": ("date", "Month"),
    "day": ("date", "Day"),
    "first_day": ("date", "From"),
    "last_day": ("date", "To"),
    "days": ("count", "Days"),
    "purchase_days": ("count", "Days with a purchase"),
    "alike": ("text", "Alike", "ids with the same value here are probably one person"),
    "customer_id": ("text", "Customer"),
    "referrer_id": ("text", "Who brought"),
    "referred_id": ("text", "Who came"),
    "transaction_id": ("text", "Order"),
    "product": ("text", "Product"),
    "rung": ("text", "Rung"),
    "customers": ("count", "Customers"),
    "orders": ("count", "Orders"),
    "most_a_day": ("count", "Most in a day"),
    "rows": ("count", "Rows"),
    "usual_rows": ("count", "Rows of a usual month"),
    "missed_rows": ("count", "Rows missed", "what the days before and after would lead to expect"),
    "share": ("share", "Share"),
    "times": ("count", "Times"),
    "times_usual": ("factor", "Times the usual", "of the median order"),
    "import": ("text", "Import"),
    "source": ("text", "File"),
    "reason": ("text", "Reason"),
    "imported": ("date", "Brought"),
    "currency": ("text", "Currency"),
    "first": ("date", "First"),
    "last": ("date", "Last"),
    "days_behind": ("count", "Days behind"),
    "months": ("count", "Months ahead"),
    "chain": ("share", "Forecast is off by", "mean absolute error of the shares of the rungs"),
    "persistence": ("share", "No change is off by", "the same where nothing is assumed to change"),
}


def show_checks(checks: Sequence[Check]) -> None:
    """One line per check, the worst light first; what the data cannot tell stands in one line below."""
    with st.container(gap="xsmall"):
        for light in LIGHTS:
            for check in checks:
                if check.light == light:
                    _show(check)
    silent = [f"{check.name} ({_lower(check.finding)})" for check in checks if check.light == UNKNOWN]
    if silent:
        st.caption(escape(f"Not in your data: {'; '.join(silent)}."))


def show_rows(folder: Folder, checks: Sequence[Check], seen: int) -> None:
    """Open the rows behind the figure that was clicked, as the address remembers it; `seen` as for `download`."""
    for check in checks:
        if tuple(picked()) == ("rows", _slug(check)) and check.rows is not None:
            heading = escape(f"{check.name}: {count(check.behind)}")
            st.dialog(heading, width=780, position="right", on_dismiss=pick)(_panel)(folder, check, seen)


def column_kinds(names: Sequence[str], currency: str) -> dict[str, Kind]:
    """How the columns of rows behind a figure are headed and written."""
    money: dict[str, Kind] = {
        "amount": ("money", f"Amount, {currency}"),
        "net": ("money", f"Net, {currency}", "after refunds of the same order"),
    }
    return {name: (_KINDS | money)[name] for name in names}


def _show(check: Check) -> None:
    slug, meaning = _slug(check), f" {check.meaning}" if check.light != "fine" else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"light-{slug}"):
        st.markdown(LIGHTS[check.light], width="content")
        st.markdown(f"**{escape(check.name)}.** {escape(check.finding)}.{escape(meaning)}", width="stretch")
        if check.rows is None or check.rows.empty:
            st.markdown(escape(check.figure), width="content")
        else:
            told = {"help": "See the rows behind this figure", "type": "tertiary", "key": f"figure-{slug}"}
            st.button(check.figure, on_click=pick, args=("rows", slug), **told)  # type: ignore[arg-type]


def _panel(folder: Folder, check: Check, seen: int) -> None:
    if erased_since(folder, seen):
        st.rerun()  # The panel alone would go on with the rows of before.
    st.markdown(f"{escape(check.finding)}. {escape(check.meaning)}")
    rows: Any = check.rows
    slug = _slug(check)
    row = chosen_row(
        rows, check.name, column_kinds(list(rows.columns), folder.settings.currency), f"rows-{slug}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        label, file = f"Download {counted(len(rows), 'row', 'rows')}", f"{slug}.csv"
        download(folder, label, file, lambda: rows, f"download-{slug}", seen)
        cut = f"The first {count(len(rows))} of {count(check.behind)}. " if check.behind > len(rows) else ""
        people = "Choose a row to open the customer's card." if "customer_id" in rows else ""
        st.caption(cut + people)
    if row and row.get("customer_id"):
        card = {**shared_parameters(), "customer": str(row["customer_id"])}
        st.switch_page(page_file("customers"), query_params=card)


def _slug(check: Check) -> str:
    return re.sub(r"[^a-z0-9]+", "-", check.name.lower()).strip("-")


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
