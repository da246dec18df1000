"""Tables whose every cell is a number of people and opens them: the statement and the transition matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ladder.flows import Flows, Statement
from ladder.lab import Crossing
from ladder.model.ladder import LAPSED, NOT_YET
from ladder.ui.controls import pick
from ladder.ui.tables import ROW_HEIGHT

Pick = tuple[str, ...]
ALL = ""  # No rung is called so.
_CLIMBED, _SLIPPED, _STAYED = "22, 104, 176", "200, 96, 20", "139, 148, 157"
_STATEMENT = {
    "opening": ("Opening", "stood there at the first date"),
    "joined": ("+ Joined", "not yet known at the first date"),
    "climbed_in": ("+ Climbed in", "from a lower rung"),
    "slipped_in": ("+ Slipped in", "from a higher rung"),
    "returned": ("+ Returned", "had lapsed"),
    "climbed_out": ("− Climbed out", "to a higher rung"),
    "slipped_out": ("− Slipped out", "to a lower rung"),
    "lapsed": ("− Lapsed", "left the ladder"),
    "closing": ("Closing", "stand there at the second date"),
}


def show_statement(
    statement: Statement, titles: Mapping[str, str], picked: Callable[[str, str], Pick]
) -> None:
    """Opening to closing per rung, top rung first; a cell opens the people it counts."""
    frame = statement.frame.iloc[[*range(len(statement.frame) - 2, -1, -1), len(statement.frame) - 1]]
    rungs = frame["rung"].tolist()
    shown = frame.drop(columns="rung")
    shown.index = pd.Index([titles.get(rung, rung.capitalize()) for rung in rungs], name="Rung")
    _cells(
        shown, rungs, "statement", "Statement of the ladder",
        {name: st.column_config.NumberColumn(label, help=about, format="%,d")
         for name, (label, about) in _STATEMENT.items()}, picked,
    )  # fmt: skip


def show_matrix(
    flows: Flows,
    states: list[str],
    titles: Mapping[str, str],
    picked: Callable[[str, str], Pick],
    *,
    percent: bool,
) -> None:
    """From (rows, top rung first) to (columns, bottom first); depth of colour is the share of the row."""
    names = {NOT_YET: "Joined", LAPSED: "Lapsed", **titles}
    value = "share_of_from" if percent else "customers"
    counts = flows.frame.pivot_table(index="from_rung", columns="to_rung", values=value, observed=False)
    shares = flows.frame.pivot_table(
        index="from_rung", columns="to_rung", values="share_of_from", observed=False
    )
    rows = [state for state in [*reversed(states), NOT_YET] if state in counts.index]
    grid, depth = (table.reindex(index=rows, columns=states).astype(float) for table in (counts, shares))
    tints = _tints(depth)
    for frame in (grid, tints):
        frame.index = pd.Index([names[row] for row in rows], name="from ↓ to →")
    styled = (grid * (100 if percent else 1)).style.apply(lambda whole: tints, axis=None)
    column = {
        state: st.column_config.NumberColumn(names[state], format="%.1f%%" if percent else "%,d")
        for state in states
    }
    _cells(styled, rows, "matrix", "Transition matrix", column, picked)


def show_crossing(
    crossing: Crossing,
    titles: tuple[Mapping[str, str], Mapping[str, str]],
    names: tuple[str, str],
    picked: Callable[[str, str], Pick],
    *,
    percent: bool,
) -> None:
    """Rung in use (rows, top rung first) by rung on another ladder (columns, bottom first), with both sums.

    `titles` go by state from the bottom up. Where both ladders have the same rungs, the hue tells higher from lower.
    """
    rows, columns = [*reversed(list(titles[0])), ALL], [*titles[1], ALL]
    counts = crossing.frame.pivot_table(
        index="rung_a", columns="rung_b", values="customers", aggfunc="sum", margins=True, margins_name=ALL
    )
    grid = counts.reindex(index=rows, columns=columns).astype(float)
    depth = grid.div(grid[ALL], axis=0)
    tints = _tints(depth.drop(columns=ALL).drop(index=ALL), directed=crossing.comparable)
    tints = tints.astype(object).reindex(index=rows, columns=columns, fill_value="font-weight: 600")
    shown = depth * 100 if percent else grid
    for frame in (shown, tints):
        frame.index = pd.Index([{**titles[0], ALL: "All"}[row] for row in rows], name="In use ↓ other →")
    column = {
        state: st.column_config.NumberColumn(
            {**titles[1], ALL: "All"}[state], format="%.1f%%" if percent else "%,d", help=f"on {names[1]}"
        )
        for state in columns
    }
    alt = f"Customers by rung on {names[0]} (rows) and on {names[1]} (columns)"
    _cells(shown.style.apply(lambda whole: tints, axis=None), rows, "crossing", alt, column, picked)


def _cells(
    frame: Any,
    rows: list[str],
    name: str,
    alt: str,
    columns: dict[str, Any],
    picked: Callable[[str, str], Pick],
) -> None:
    key = f"cells-{name}"

    def chosen() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells and cells[0][0] < len(rows) and cells[0][1] in columns:
            pick(*picked(rows[cells[0][0]], cells[0][1]))

    st.dataframe(
        frame, key=key, on_select=chosen, selection_mode="single-cell", height="content", row_height=ROW_HEIGHT,
        column_config=columns, alt=alt, placeholder="·",
    )  # fmt: skip


def _tints(depth: pd.DataFrame, directed: bool = True) -> pd.DataFrame:
    """Background per cell: hue of the direction, or of none, as deep as the share of the row."""
    order = {state: number for number, state in enumerate(depth.columns)}
    cells = [
        [_tint(order.get(str(origin), -1) if directed else end, end, part) for end, part in enumerate(row)]
        for origin, row in zip(depth.index, depth.to_numpy(dtype=float).tolist(), strict=True)
    ]
    return pd.DataFrame(cells, index=depth.index, columns=depth.columns)


def _tint(start: int, end: int, part: float) -> str:
    if math.isnan(part):
        return ""
    tone = _STAYED if start == end else _CLIMBED if end > start else _SLIPPED
    return f"background-color: rgba({tone}, {0.06 + 0.5 * part:.2f})"
