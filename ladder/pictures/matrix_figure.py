"""The transition matrix as a Plotly figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import plotly.graph_objects as go

from ladder.flows import Flows
from ladder.model.ladder import NOT_YET
from ladder.pictures import wording
from ladder.pictures.palette import LIGHT, Theme
from ladder.pictures.plotting import Titles, new_figure, plain, rung_axis, wrapped_title

_Cell = tuple[int, float] | None


def matrix_figure(
    flows: Flows,
    states: Sequence[str],
    titles: Titles | None = None,
    *,
    missing: Collection[str] = (),
    theme: Theme = LIGHT,
) -> go.Figure:
    """Who went where, as a matrix: from (rows, top rung above) to (columns, bottom rung left).

    `states` are lapsed and the rungs from bottom to top. A cell's depth of colour is the share of its row, its hue
    the direction. Cells that cannot be filled (a rung in `missing`) are blank; nobody moving there is a 0.
    """
    rows = [NOT_YET, *states] if (flows.frame["from_rung"] == NOT_YET).any() else list(states)
    found = {(a, b): (int(c), float(s)) for a, b, c, s in flows.frame.itertuples(index=False)}
    figure = new_figure(theme, 120 + 44 * len(rows))
    for direction in ("climbed", "slipped", "stayed"):
        cells = [[_cell(a, b, direction, states, found, missing) for b in states] for a in rows]
        if any(cell for row in cells for cell in row):
            _add_cells(figure, cells, direction, theme)
            figure.data[-1].customdata = [[[plain(a), plain(b)] for b in states] for a in rows]
    rung_axis(figure, rows, titles)
    figure.update_xaxes(
        tickvals=list(range(len(states))),
        ticktext=[wrapped_title(state, titles, 104) for state in states],
        tickangle=0,
        showgrid=False,
    )
    figure.update_xaxes(title_text=f"to, {wording.day(flows.end)}", side="top")
    figure.update_yaxes(title_text=f"from, {wording.day(flows.start)}")
    return figure


def _add_cells(figure: go.Figure, cells: list[list[_Cell]], direction: str, theme: Theme) -> None:
    figure.add_heatmap(
        name=direction,
        x=list(range(len(cells[0]))),
        y=list(range(len(cells))),
        z=[[cell and cell[1] for cell in row] for row in cells],
        text=[[_cell_text(cell) for cell in row] for row in cells],
        texttemplate="%{text}",
        zmin=0,
        zmax=1,
        colorscale=[[0, theme.surface], [1, theme.movement(direction)]],
        showscale=False,
        hoverongaps=False,
        hovertemplate="%{customdata[0]} → %{customdata[1]}<br>%{text}<extra></extra>",
        xgap=2,
        ygap=2,
    )


def _cell(
    source: str,
    target: str,
    direction: str,
    states: Sequence[str],
    found: dict[tuple[str, str], tuple[int, float]],
    missing: Collection[str],
) -> _Cell:
    """Customers and share of a cell if it belongs to this direction and can be filled."""
    if source in missing or target in missing:
        return None
    up = -1 if source == NOT_YET else states.index(source)
    way = (states.index(target) > up) - (states.index(target) < up)
    return (
        found.get((source, target), (0, 0.0)) if ("stayed", "climbed", "slipped")[way] == direction else None
    )


def _cell_text(cell: _Cell) -> str:
    if cell is None:
        return ""
    return f"{wording.count(cell[0])}<br>{wording.share(cell[1])}" if cell[0] else "0"
