"""Tables: figures set right, shares in percent, headings that explain themselves, rows that can be picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ladder.ui.controls import pick

Kind = str | tuple[str, str] | tuple[str, str, str]
ROW_HEIGHT = 32


def table(
    frame: pd.DataFrame,
    name: str,
    kinds: Mapping[str, Kind],
    *,
    picked: Callable[[dict[str, Any]], tuple[str, ...]] | None = None,
    missing: str = "—",
    height: Literal["content", "auto"] | int = "content",
) -> None:
    """Show the columns named in `kinds`: text, count, signed, share, money, whole money, factor or date.

    A kind may come with a heading and an explanation: `("share", "Of previous", "of those on the rung below")`.
    With `picked`, choosing a row remembers it in the address. `name` is read to those who do not see the table.
    """
    key = f"table-{name}"

    def chosen() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and picked and rows[0] < len(frame):
            pick(*picked(frame.iloc[rows[0]].to_dict()))

    selectable: dict[str, Any] = (
        {"on_select": chosen, "selection_mode": "single-row", "key": key} if picked else {}
    )
    shown, columns = _prepared(frame, kinds)
    st.dataframe(
        shown, hide_index=True, height=height, row_height=ROW_HEIGHT, placeholder=missing, alt=name,
        column_config=columns, **selectable,
    )  # fmt: skip


def chosen_row(
    frame: pd.DataFrame, name: str, kinds: Mapping[str, Kind], key: str, height: int = 520
) -> dict[str, Any] | None:
    """Show the columns named in `kinds`; gives the row that was just chosen."""
    shown, columns = _prepared(frame, kinds)
    chosen = st.dataframe(
        shown, hide_index=True, height=min(height, ROW_HEIGHT * (len(frame) + 1) + 3), row_height=ROW_HEIGHT,
        placeholder="—", alt=name, column_config=columns, key=key, on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    rows = chosen["selection"]["rows"]
    return dict(frame.iloc[rows[0]]) if rows and rows[0] < len(frame) else None


def _prepared(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The columns to show, and how: shares in percent, the first column pinned."""
    shown = frame[list(kinds)].copy()
    parts = {column: (kind,) if isinstance(kind, str) else kind for column, kind in kinds.items()}
    for column, (kind, *_) in parts.items():
        if kind == "share":
            shown[column] = shown[column].astype("Float64") * 100
    columns = {
        column: _column(column, pinned=position == 0, *kind)  # noqa: B026
        for position, (column, kind) in enumerate(parts.items())
    }
    return shown, columns


def _column(name: str, kind: str, heading: str = "", about: str = "", *, pinned: bool = False) -> Any:
    label, known = heading or name.replace("_", " ").capitalize(), st.column_config
    common: dict[str, Any] = {"help": about or None, "pinned": pinned or None}
    formats = {
        "share": "%.1f%%", "count": "%,d", "signed": "%+,d", "money": "%,.2f", "whole money": "%,d", "factor": "%.3g",
    }  # fmt: skip
    if kind in formats:
        return known.NumberColumn(label, format=formats[kind], **common)
    if kind == "date":
        return known.DateColumn(label, format="D MMM YYYY", **common)
    return known.TextColumn(label, **common)
