"""The history of imports: what came when, from which file, where its rows ended; undo."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from ladder.importing import Dialect, Mapping
from ladder.ui.controls import pick, picked
from ladder.ui.formats import day
from ladder.ui.import_account import rows_in_words, show_account, show_rejects, show_unfinished
from ladder.ui.page import escape
from ladder.ui.plan_words import dialect_in_words, fields_in_words, rules_in_words
from ladder.ui.receiving import in_bytes
from ladder.ui.tables import table
from ladder.workspace import Folder, ImportRecord, WorkspaceSettings, removal_day

_ERASED = ("count", "Erased", "accepted rows taken out since, for people who asked")
_UNTIL = (
    "date",
    "Files until",
    "from that day on the next change deletes the rejected rows, or all files of an undone import",
)


def show_history(folder: Folder) -> None:
    """Every import, newest first; a chosen row opens its account."""
    show_unfinished(folder)
    records = folder.history()[::-1]
    if not records:
        st.markdown("Nothing was imported yet.")
        return
    live, settings = {record.id for record in folder.imports()}, folder.settings
    table(
        pd.DataFrame([_line(record, record.id in live, settings) for record in records]),
        "Imports",
        {
            "source": ("text", "File"),
            "imported": ("text", "When"),
            **({"by": ("text", "By")} if any(record.by for record in records) else {}),
            "table": ("text", "Table"),
            "rows_read": ("count", "Rows read"),
            "accepted": "count",
            "duplicate": ("count", "Duplicate", "rows that were here already; they count once"),
            "rejected": ("count", "Rejected", "rows that cannot be used, with a reason each"),
            "ignored": ("count", "Ignored", "rows that are no data, with a reason each"),
            **({"erased": _ERASED} if any(record.erased for record in records) else {}),
            "state": ("text", "State"),
            **({"until": _UNTIL} if any(removal_day(record, settings) for record in records) else {}),
            "id": ("text", "Import"),
        },
        picked=lambda row: (str(row["id"]),),
    )
    st.caption("Choose a row for its account, its rejected rows and undo. " + _sum_in_words(records, live))
    chosen = next((record for record in records if (str(record.id),) == tuple(picked())), None)
    if chosen is not None:
        _show_import(folder, chosen, chosen.id in live)


def _when(moment: str, zone: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return f"{day(at.date())}, {at:%H:%M}"


def _line(record: ImportRecord, live: bool, settings: WorkspaceSettings) -> dict[str, object]:
    return {
        "id": str(record.id),
        "source": record.source,
        "imported": _when(record.imported_at, settings.timezone),
        "by": record.by,
        "table": record.table.capitalize(),
        "rows_read": record.rows_read,
        "accepted": record.accepted,
        "duplicate": record.duplicate,
        "rejected": record.rejected,
        "ignored": record.ignored,
        "erased": record.erased,
        "state": "in the figures" if live else "undone",
        "until": removal_day(record, settings),
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
        st.caption("  \n".join(escape(line) for line in _record_in_words(record)))
        with st.container(horizontal=True, vertical_alignment="center"):
            show_rejects(folder, record)
            if live:
                _offer_undo(folder, record)
            else:
                st.caption(_undone_in_words(record, folder.settings.timezone))
        if told := _removal_in_words(record, folder.settings):
            st.caption(told)


def _offer_undo(folder: Folder, record: ImportRecord) -> None:
    with st.popover("Undo …", icon=":material/undo:"):
        st.markdown(
            f"Take {rows_in_words(record.accepted)} of {record.table} out of every figure? "
            "Links that were shared stay as they are."
        )
        if st.button(f"Undo import {record.id}", type="primary", key=f"undo-{record.id}"):
            folder.undo(record.id)
            st.rerun()


def _undone_in_words(record: ImportRecord, zone: str) -> str:
    by = f" by {escape(record.undone_by)}" if record.undone_by else ""
    when = f" on {_when(record.undone_at, zone)}" if record.undone_at else ""
    told = f"Undone{by}{when}: its rows are out of the figures. To have it back, bring the file again."
    return told + (" Its files are deleted." if record.removed else "")


def _removal_in_words(record: ImportRecord, settings: WorkspaceSettings) -> str:
    """When its files, or those with rejected rows, are deleted; empty where nothing is going to be."""
    on = removal_day(record, settings)
    if on is None:
        return ""
    what, since = ("files", "undo") if record.undone_at else ("rejected rows", "import")
    number = settings.retention_days
    days = f"{number} day{'' if number == 1 else 's'}"
    return f"Its {what} go with the first change on or after {day(on)}, {days} after the {since}."


def _record_in_words(record: ImportRecord) -> list[str]:
    """Which file it was and how it was read, a line each."""
    mapping, dialect = Mapping.from_dict(record.mapping), Dialect.from_dict(record.dialect)
    lines = [fields_in_words(mapping), *rules_in_words(mapping)]
    if dialect.columns:
        lines.append(f"Read as {dialect_in_words(dialect)}.")
    if record.sha256:
        lines.append(f"The file had {in_bytes(record.size)}; its SHA-256 begins with {record.sha256[:12]}.")
    return lines
