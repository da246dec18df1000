"""Plotly figures: from a result to a figure, all with our template; text from people is escaped by `plain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from ladder.flows import Funnel
from ladder.model.ladder import LAPSED
from ladder.pictures import wording
from ladder.pictures.palette import LIGHT, Theme
from ladder.pictures.plotting import (
    Titles,
    lapsed_first,
    new_figure,
    plain,
    rung_axis,
    rung_colours,
    states_of,
    title_of,
)

if TYPE_CHECKING:
    from ladder.value import HoldoutCheck


def rung_history_figure(
    history: pd.DataFrame,
    titles: Titles | None = None,
    *,
    rungs: Sequence[str] = (),
    stacked: bool = True,
    legend_rows: int = 0,
    theme: Theme = LIGHT,
) -> go.Figure:
    """Customers per rung over period ends, as one pile or as lines.

    `history` has period_end, rung, customers. `rungs` names all rungs of the ladder from bottom to top, so that a
    rung keeps its colour when another is not in the data (default: those in `history`, in its order). Figures with as
    many `legend_rows` have the same height left for the curves, whatever their rungs.
    """
    figure = new_figure(theme, 340)
    for rung, colour in rung_colours(rungs or states_of(history["rung"]), theme).items():
        rows = history[(history["rung"] == rung) & history["customers"].notna()]
        if rows.empty:
            continue
        figure.add_scatter(
            x=rows["period_end"].tolist(),
            y=rows["customers"].tolist(),
            name=title_of(rung, titles),
            mode="lines" if len(rows) > 1 else "lines+markers",
            line={
                "color": colour,
                "width": 0.5 if stacked else 2.5,
                "dash": "dot" if rung == LAPSED else "solid",
            },
            stackgroup="customers" if stacked else None,
            fillcolor=colour if stacked else None,
            customdata=[rung] * len(rows),
            hovertemplate="%{y:,}",
        )
    figure.update_layout(hovermode="x unified", legend={"traceorder": "reversed"})
    if legend_rows:
        figure.update_layout(margin={"t": 20 + 24 * legend_rows})
    figure.update_yaxes(rangemode="tozero", tickformat=",", title_text="Customers")
    return figure


def funnel_figure(funnel: Funnel, titles: Titles | None = None, *, theme: Theme = LIGHT) -> go.Figure:
    """Customers of a joining cohort who reached each rung: bottom rung below, share of the first beside the count."""
    frame = funnel.frame
    rungs = frame["rung"].tolist()
    figure = new_figure(theme, 90 + 44 * len(rungs))
    figure.add_bar(
        orientation="h",
        y=list(range(len(rungs))),
        x=[None if pd.isna(reached) else int(reached) for reached in frame["reached"]],
        marker={"color": list(theme.rungs(len(rungs)))},
        text=[_of_first(*row) for row in zip(frame["reached"], frame["of_first"], strict=True)],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [plain(rung), _share(previous), _days(days)]
            for rung, previous, days in zip(rungs, frame["of_previous"], frame["median_days"], strict=True)
        ],
        hovertemplate="%{x:,} reached it<br>of the previous rung: %{customdata[1]}"
        "<br>median time: %{customdata[2]}<extra></extra>",
    )
    _note(figure, {row: wording.MISSING for row, reached in enumerate(frame["reached"]) if pd.isna(reached)})
    rung_axis(figure, rungs, titles)
    # More than the longest bar, to leave room for its figures.
    longest = 1.4 * max(1.0, float(frame["reached"].max(skipna=True) or 0))
    figure.update_xaxes(showgrid=False, showticklabels=False, range=[0, longest])
    return figure


def clv_figure(
    clv: pd.DataFrame, currency: str, titles: Titles | None = None, *, theme: Theme = LIGHT
) -> go.Figure:
    """Mean CLV per rung with its 95% interval, top rung above.

    `clv` has rung (bottom to top, lapsed anywhere), customers, mean, low, high.
    """
    ordered = lapsed_first(clv)
    rungs = ordered["rung"].tolist()
    colours = rung_colours(rungs, theme)
    mean, low, high = (ordered[name].astype(float) for name in ("mean", "low", "high"))
    figure = new_figure(theme, 90 + 40 * len(rungs))
    figure.add_scatter(
        x=mean.tolist(),
        y=list(range(len(rungs))),
        mode="markers",
        marker={"size": 12, "color": [colours[rung] for rung in rungs]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (high - mean).tolist(),
            "arrayminus": (mean - low).tolist(),
            "color": theme.muted,
            "thickness": 1.5,
            "width": 5,
        },
        customdata=[
            [plain(rung), *("" if pd.isna(x) else wording.money(x, plain(currency)) for x in row)]
            for rung, *row in zip(rungs, mean, low, high, strict=True)
        ],
        hovertemplate="%{customdata[1]} a customer<br>95%: %{customdata[2]} to %{customdata[3]}<extra></extra>",
    )
    empty = {row: _why_none(people) for row, people in enumerate(ordered["customers"]) if pd.isna(mean[row])}
    _note(figure, empty)
    rung_axis(figure, rungs, titles)
    figure.update_xaxes(rangemode="tozero", tickformat=",", title_text=f"CLV per customer, {plain(currency)}")
    return figure


def whatif_figure(
    frame: pd.DataFrame, titles: Titles | None = None, *, rungs: Sequence[str] = (), theme: Theme = LIGHT
) -> go.Figure:
    """Customers per rung with the scenario minus without, by month.

    `frame` has month, rung, delta; `rungs` as in `rung_history_figure`.
    """
    figure = new_figure(theme, 340)
    for rung, colour in rung_colours(rungs or states_of(frame["rung"]), theme).items():
        rows = frame[frame["rung"] == rung]
        if rows.empty:
            continue
        figure.add_scatter(
            x=rows["month"].tolist(),
            y=rows["delta"].tolist(),
            name=title_of(rung, titles),
            mode="lines",
            line={"color": colour, "width": 2.5, "dash": "dot" if rung == LAPSED else "solid"},
            hovertemplate="%{y:+,.1f}",
        )
    figure.add_hline(y=0, line={"color": theme.rail, "width": 1})
    figure.update_layout(hovermode="x unified", legend={"traceorder": "reversed"})
    figure.update_xaxes(title_text="Months from now", tickformat=",d", showgrid=False)
    figure.update_yaxes(title_text="Customers more or fewer", tickformat="+,")
    return figure


def profit_figure(money: pd.DataFrame, currency: str, *, theme: Theme = LIGHT) -> go.Figure:
    """Profit of a scenario against the baseline: each month as a bar, so far as a line.

    `money` has month, profit and profit_so_far in currency units.
    """
    figure = new_figure(theme, 320)
    months, profit = money["month"].tolist(), money["profit"].tolist()
    figure.add_bar(
        x=months,
        y=profit,
        name="that month",
        marker={"color": [theme.climbed if gain >= 0 else theme.slipped for gain in profit]},
        hovertemplate="%{y:,.0f}",
    )
    figure.add_scatter(
        x=months,
        y=money["profit_so_far"].tolist(),
        name="so far",
        mode="lines",
        line={"color": theme.text, "width": 2.5},
        hovertemplate="%{y:,.0f}",
    )
    figure.add_hline(y=0, line={"color": theme.rail, "width": 1})
    figure.update_layout(hovermode="x unified", bargap=0.3, showlegend=False)
    figure.update_xaxes(title_text="Months from now", tickformat=",d", showgrid=False)
    figure.update_yaxes(title_text=f"Profit, {plain(currency)}: each month, and so far", tickformat=",")
    return figure


def holdout_figure(check: HoldoutCheck, *, theme: Theme = LIGHT) -> go.Figure:
    """Orders per customer in the hold-out: made, expected, and by keeping the past pace, by earlier orders."""
    frame = check.by_frequency
    figure = new_figure(theme, 340)
    figure.add_bar(
        x=frame["frequency"].tolist(),
        y=frame["actual"].tolist(),
        name="made",
        marker={"color": theme.stayed},
        hovertemplate="%{y:.2f}",
        customdata=frame["customers"].tolist(),
    )
    for name, column, colour in (
        ("expected", "expected", theme.climbed),
        ("past pace", "naive", theme.slipped),
    ):
        figure.add_scatter(
            x=frame["frequency"].tolist(),
            y=frame[column].tolist(),
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2, "dash": "solid" if column == "expected" else "dot"},
            hovertemplate="%{y:.2f}",
        )
    figure.update_layout(hovermode="x unified", bargap=0.35)
    figure.update_xaxes(type="category", title_text=f"Repeat orders up to {wording.day(check.origin)}")
    figure.update_yaxes(rangemode="tozero", title_text=f"Orders a customer until {wording.day(check.as_of)}")
    return figure


def _note(figure: go.Figure, notes: dict[int, str]) -> None:
    """Words where a row of the rung axis has no mark."""
    for row, words in notes.items():
        figure.add_annotation(x=0, y=row, text=words, xanchor="left", showarrow=False)


def _why_none(customers: Any) -> str:
    return wording.MISSING if pd.isna(customers) else "nobody with an order"


def _of_first(reached: Any, of_first: Any) -> str:
    return wording.MISSING if pd.isna(reached) else f"{wording.count(int(reached))}  ({_share(of_first)})"


def _share(value: Any) -> str:
    return "–" if pd.isna(value) else wording.share(float(value))


def _days(value: Any) -> str:
    return "–" if pd.isna(value) else f"{float(value):,.0f} days"
