"""What the Plotly figures share: escaping, titles, rung colours and the rung axis."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ladder.model.ladder import LAPSED, NOT_YET
from ladder.pictures.palette import Theme, template
from ladder.pictures.wording import wrap

Titles = Mapping[str, str]


def plain(text: str) -> str:
    """`text` so that Plotly shows it letter by letter: it reads HTML tags and entities in every label."""
    return html.escape(" ".join(text.split()), quote=False)


def new_figure(theme: Theme, height: int) -> go.Figure:
    return go.Figure(layout={"template": template(theme), "height": height})


def title_of(rung: str, titles: Titles | None) -> str:
    """What people read for a state, escaped."""
    return plain(_raw_title(rung, titles))


def wrapped_title(rung: str, titles: Titles | None, room: float) -> str:
    """The same on at most two lines of `room` px; shortened first and escaped after, so that no entity is cut."""
    return "<br>".join(plain(line) for line in wrap(_raw_title(rung, titles), 13, room, 2))


def _raw_title(rung: str, titles: Titles | None) -> str:
    return {LAPSED: "Lapsed", NOT_YET: "Joined", **(titles or {})}.get(rung, rung)


def states_of(column: pd.Series[Any]) -> list[str]:
    """The different states in their order."""
    return list(dict.fromkeys(column.tolist()))


def lapsed_first(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(_on=frame["rung"] != LAPSED).sort_values("_on", kind="stable").reset_index(drop=True)


def rung_colours(states: Sequence[str], theme: Theme) -> dict[str, str]:
    """State -> colour, lapsed first, then the rungs among `states` as they come (bottom to top)."""
    rungs = [state for state in states if state != LAPSED]
    return {LAPSED: theme.pool} | dict(zip(rungs, theme.rungs(len(rungs)), strict=True))


def rung_axis(figure: go.Figure, rungs: Sequence[str], titles: Titles | None) -> None:
    """Rungs by position, so that two rungs with one title stay two."""
    figure.update_yaxes(
        tickvals=list(range(len(rungs))),
        ticktext=[title_of(rung, titles) for rung in rungs],
        range=[-0.6, len(rungs) - 0.4],
        showgrid=False,
    )
