"""The history of imports: what came when, from which file, where its rows ended; undo."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from ladder.ui.controls import pick, picked
from ladder.ui.formats import day
from ladder.ui.import_account import rows_in_words, show_account, show_rejects
from ladder.ui.page import escape
from ladder.ui.tables import table
from ladder.workspace import Folder, ImportRecord


def show_history(folder: Folder) -> None:
    """Every import, newest first; a chosen row opens its account."""
    for ident in folder.unfinished():
        st.caption(
            f":material/info: Import {ident} did not finish, or is under way; it changes nothing until it ends."
        )
    records = folder.history()[::-1]
    if not records:
        st.markdown("Nothing was imported yet.")
        return
    live = {record.id for record in folder.imports()}
    table(
        pd.DataFrame([_line(record, record.id in live, folder.settings.timezone) for record in records]),
        "Imports",
        {
            "source": ("text", "File"),
            "imported": ("text", "When"),
            "table": ("text", "Table"),
            "rows_read": ("count", "Rows read"),
            "accepted": "count",
            "duplicate": ("count", "Duplicate", "rows that were here already; they count once"),
            "rejected": ("count", "Rejected", "rows that cannot be used, with a reason each"),
            "ignored": ("count", "Ignored", "empty lines and titles"),
            "state": ("text", "State"),
            "id": ("text", "Import"),
        },
        picked=lambda row: (str(row["id"]),),
    )
    st.caption("Choose a row for its account, its rejected rows and undo. " + _sum_in_words(records, live))
    chosen = next((record for record in records if (str(record.id),) == tuple(picked())), None)
    if chosen is not None:
        _show_import(folder, chosen, chosen.id in live)


def _line(record: ImportRecord, live: bool, zone: str) -> dict[str, object]:
    at = datetime.fromisoformat(record.imported_at).astimezone(ZoneInfo(zone))
    return {
        "id": str(record.id),
        "source": record.source,
        "imported": f"{day(at.date())}, {at:%H:%M}",
        "table": record.table.capitalize(),
        "rows_read": record.rows_read,
        "accepted": record.accepted,
        "duplicate": record.duplicate,
        "rejected": record.rejected,
        "ignored": record.ignored,
        "state": "in the figures" if live else "undone",
    }


def _sum_in_words(records: tuple[ImportRecord, ...], live: set[int]) -> str:
    counted = sum(record.rows_read for record in records if record.id in live)
    return f"In every line read = accepted + duplicate + rejected + ignored; {rows_in_words(counted)} in all."


def _show_import(folder: Folder, record: ImportRecord, live: bool) -> None:
    with st.container(border=True, gap="small", key="import"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**Import {record.id}: {escape(record.source)}**", width="content")
            st.button("Close", type="tertiary", icon=":material/close:", on_click=pick)
        show_account(record, f"import-{record.id}")
        st.caption(_plan_in_words(record))
        with st.container(horizontal=True, vertical_alignment="center"):
            show_rejects(folder, record)
            if live:
                _offer_undo(folder, record)
            else:
                st.caption("Undone: its rows are out of the figures. To have it back, bring the file again.")


def _offer_undo(folder: Folder, record: ImportRecord) -> None:
    with st.popover("Undo …", icon=":material/undo:"):
        st.markdown(
            f"Take {rows_in_words(record.accepted)} of {record.table} out of every figure? "
            "Links that were shared stay as they are."
        )
        if st.button(f"Undo import {record.id}", type="primary", key=f"undo-{record.id}"):
            folder.undo(record.id)
            st.rerun()


def _plan_in_words(record: ImportRecord) -> str:
    fields = record.mapping.get("fields") or {}
    kept = record.mapping.get("attributes") or ()
    told = [f"{name} = {source}" for name, source in fields.items()]
    text = f"Fields: {', '.join(told) or 'unknown'}."
    return escape(text + (f" Attributes: {', '.join(kept)}." if kept else ""))
