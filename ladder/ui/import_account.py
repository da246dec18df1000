"""Where every row of a file ended: four counts that add up, the reasons, the warnings, the rejects to take away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ladder.importing import ImportResult
from ladder.ui.download import download
from ladder.ui.formats import count
from ladder.ui.kpi_strip import Tile, kpi_picture
from ladder.ui.page import draw_notes, escape
from ladder.ui.picture import show_picture
from ladder.workspace import Folder, ImportRecord
from ladder.workspace.records import REJECTS


def rows_in_words(number: int) -> str:
    """`1 row`, `541,909 rows`."""
    return f"{count(number)} row{'' if number == 1 else 's'}"


def show_account(account: ImportResult | ImportRecord, key: str, *, ready: bool = False) -> None:
    """The counts, then why rows were rejected and what deserves a look; `ready` before the import is made."""
    accepted = Tile(
        "Ready" if ready else "Accepted", "rows that count in the figures", count(account.accepted)
    )
    show_picture(
        kpi_picture(
            [
                Tile("Rows read", "every row of the file", count(account.rows_read)),
                accepted,
                Tile("Duplicate", "rows that are here already; they count once", count(account.duplicate)),
                Tile("Rejected", "rows that cannot be used, with a reason each", count(account.rejected)),
                Tile("Ignored", "rows that are no data, with a reason each", count(account.ignored)),
            ]
        ),
        f"account-{key}",
    )
    reasons = {"Rejected because": account.reasons, "Ignored because": account.ignored_reasons}
    told = {heading: found for heading, found in reasons.items() if found}
    if told:
        with st.grid(2, min_column_width=300, gap="small"):
            for heading, found in told.items():
                lines = [f"| {escape(reason)} | {count(rows)} |" for reason, rows in found.items()]
                st.markdown("\n".join((f"| {heading} | Rows |", "| :--- | ---: |", *lines)))
    draw_notes(account.warnings)


def show_rejects(folder: Folder, record: ImportRecord) -> None:
    """The rejected rows with line, reason, column and original text, as a download."""
    file = folder.import_path(record) / REJECTS
    if not file.is_file():
        return

    def rejects() -> pd.DataFrame:
        return pd.read_csv(file, dtype=str, keep_default_na=False)

    download(
        folder, "Download the rejected rows", f"rejects-{record.id}.csv", rejects, f"rejects-{record.id}"
    )


def show_unfinished(folder: Folder) -> None:
    """Imports that a crash or a stop of the server has cut off."""
    for ident in folder.unfinished():
        st.caption(
            f":material/info: Import {ident} did not finish. Nothing was changed; bring its file again."
        )
