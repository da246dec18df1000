"""Plotly figures, read by their data."""

import math
from datetime import date

import pandas as pd
import pytest

from ladder.flows import Flows, Funnel, funnel, rung_history
from ladder.pictures.figures import (
    clv_figure,
    funnel_figure,
    holdout_figure,
    profit_figure,
    rung_history_figure,
    whatif_figure,
)
from ladder.pictures.palette import DARK, LIGHT
from ladder.pictures.plotting import plain, wrapped_title
from ladder.placement import Placed
from ladder.value import HoldoutCheck

EVIL = "<a href='x'>Client</a> & <b>co</b>"


def history() -> pd.DataFrame:
    rows = [
        (date(2026, 1, 31), "customer", 5),
        (date(2026, 1, 31), "client", 2),
        (date(2026, 1, 31), "advocate", None),
        (date(2026, 1, 31), "lapsed", 1),
        (date(2026, 2, 28), "customer", 4),
        (date(2026, 2, 28), "client", 3),
        (date(2026, 2, 28), "advocate", None),
        (date(2026, 2, 28), "lapsed", 2),
    ]
    return pd.DataFrame(rows, columns=["period_end", "rung", "customers"]).astype({"customers": "Int64"})


def test_plotly_shows_what_people_wrote_letter_by_letter() -> None:
    assert plain("<b>a</b>\n&lt;") == "&lt;b&gt;a&lt;/b&gt; &amp;lt;"


def test_a_title_is_shortened_before_it_is_escaped() -> None:
    for room in range(20, 200, 7):
        shown = wrapped_title("x", {"x": "<<<<<< &&&&&& >>>>>>"}, room)
        assert shown.count("&") == shown.count(";")


def test_history_piles_up_the_rungs_from_the_lapsed_to_the_top() -> None:
    figure = rung_history_figure(history(), {"client": EVIL})
    assert [trace.name for trace in figure.data] == ["Lapsed", "customer", plain(EVIL)]
    assert [list(trace.y) for trace in figure.data] == [[1, 2], [5, 4], [2, 3]]
    assert {trace.stackgroup for trace in figure.data} == {"customers"}
    assert figure.data[2].fillcolor == LIGHT.rungs(3)[1]


def test_a_rung_keeps_its_colour_when_another_is_not_in_the_data() -> None:
    part = history()[history()["rung"] != "customer"]
    figure = rung_history_figure(part, rungs=("customer", "client", "advocate"))
    assert [(trace.name, trace.fillcolor) for trace in figure.data] == [
        ("Lapsed", LIGHT.pool),
        ("client", LIGHT.rungs(3)[1]),
    ]


def test_history_as_lines_is_not_piled_up() -> None:
    figure = rung_history_figure(history(), stacked=False, theme=DARK)
    assert {trace.stackgroup for trace in figure.data} == {None}
    assert figure.data[0].line.color == DARK.pool


def test_the_history_of_a_workspace_is_drawn_as_it_is_asked(tiny: Placed) -> None:
    frame = rung_history(tiny)
    figure = rung_history_figure(frame)
    for trace in figure.data:
        rung = trace.customdata[0]
        assert list(trace.y) == frame.loc[frame["rung"] == rung, "customers"].tolist()


def some_funnel() -> Funnel:
    frame = pd.DataFrame(
        {
            "rung": ["customer", "client", "advocate"],
            "reached": pd.array([1200, 80, None], dtype="Int64"),
            "of_first": [1.0, 0.0667, None],
            "of_previous": [1.0, 0.0667, None],
            "median_days": [0.0, 88.0, None],
        }
    )
    return Funnel(date(2025, 1, 1), date(2025, 12, 31), 365, 1200, frame)


def test_the_funnel_shows_counts_and_their_share_of_the_first() -> None:
    figure = funnel_figure(some_funnel(), {"client": EVIL})
    (bars,) = figure.data
    assert list(bars.x) == [1200, 80, None]
    assert list(bars.text)[:2] == ["1,200  (100%)", "80  (6.7%)"]
    assert list(figure.layout.yaxis.ticktext) == ["customer", plain(EVIL), "advocate"]
    assert [tuple(note[key] for key in ("y", "text")) for note in figure.layout.annotations] == [
        (2, "not in your data")
    ]


def test_the_funnel_of_a_workspace_has_a_bar_per_rung(tiny: Placed) -> None:
    found = funnel(tiny)
    (bars,) = funnel_figure(found).data
    assert [None if value is None else int(value) for value in bars.x] == [
        None if pd.isna(value) else int(value) for value in found.frame["reached"]
    ]


def test_clv_has_its_interval_and_says_why_a_figure_is_absent() -> None:
    frame = pd.DataFrame(
        {
            "rung": ["prospect", "customer", "advocate", "lapsed"],
            "customers": pd.array([9, 40, None, 7], dtype="Int64"),
            "mean": [math.nan, 40.0, math.nan, 6.0],
            "low": [math.nan, 33.0, math.nan, 4.0],
            "high": [math.nan, 49.0, math.nan, 9.0],
        }
    )
    figure = clv_figure(frame, "EUR")
    (points,) = figure.data
    assert list(figure.layout.yaxis.ticktext) == ["Lapsed", "prospect", "customer", "advocate"]
    assert points.x[2] == 40
    assert (points.error_x.array[2], points.error_x.arrayminus[2]) == (9, 7)
    assert list(points.customdata[2]) == ["customer", "€40.00", "€33.00", "€49.00"]
    assert [(note.y, note.text) for note in figure.layout.annotations] == [
        (1, "nobody with an order"),
        (3, "not in your data"),
    ]


def some_flows() -> Flows:
    rows = [
        ("not yet known", "customer", 9, 1.0),
        ("lapsed", "lapsed", 3, 0.75),
        ("lapsed", "customer", 1, 0.25),
        ("customer", "customer", 8, 0.8),
        ("customer", "lapsed", 2, 0.2),
    ]
    columns = ["from_rung", "to_rung", "customers", "share_of_from"]
    return Flows(date(2026, 1, 31), date(2026, 2, 28), pd.DataFrame(rows, columns=columns))


def test_what_if_draws_the_difference_per_rung() -> None:
    rows = [(0, "customer", 0.0), (0, "lapsed", 0.0), (1, "customer", 2.5), (1, "lapsed", -2.5)]
    figure = whatif_figure(pd.DataFrame(rows, columns=["month", "rung", "delta"]), {"customer": "Customer"})
    assert {trace.name: list(trace.y) for trace in figure.data} == {"Lapsed": [0, -2.5], "Customer": [0, 2.5]}


def test_profit_is_orange_where_money_is_lost() -> None:
    money = pd.DataFrame({"month": [1, 2], "profit": [-90.0, 120.0], "profit_so_far": [-90.0, 30.0]})
    bars, line = profit_figure(money, "EUR").data
    assert list(bars.marker.color) == [LIGHT.slipped, LIGHT.climbed]
    assert list(line.y) == [-90, 30]


def test_the_hold_out_shows_what_was_made_beside_both_forecasts() -> None:
    frame = pd.DataFrame(
        {
            "frequency": ["0", "7+"],
            "customers": [90, 4],
            "actual": [0.2, 4.1],
            "expected": [0.3, 3.9],
            "naive": [0, 6],
        }
    )
    figure = holdout_figure(HoldoutCheck(date(2025, 6, 30), date(2026, 6, 30), 94, 34.4, 42.6, 24.0, frame))
    assert {trace.name: list(trace.y) for trace in figure.data} == {
        "made": [0.2, 4.1],
        "expected": [0.3, 3.9],
        "past pace": [0, 6],
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_figures_take_their_ink_from_the_theme(theme: object) -> None:
    figure = funnel_figure(some_funnel(), theme=theme)  # type: ignore[arg-type]
    assert figure.layout.template.layout.font.color == theme.text  # type: ignore[attr-defined]
