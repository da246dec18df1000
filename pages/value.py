"""Value: what a customer on each rung is worth, and whether the model can be trusted."""

import streamlit as st

from ladder.errors import LadderError
from ladder.pictures.figures import clv_figure, holdout_figure
from ladder.pictures.plotting import lapsed_first
from ladder.ui.controls import segments
from ladder.ui.kpi_strip import kpi_picture
from ladder.ui.page import draw_error, draw_notes, escape, open_page
from ladder.ui.people_panel import show_people
from ladder.ui.picks import standing_on
from ladder.ui.picture import show_picture
from ladder.ui.plots import plot
from ladder.ui.tables import table
from ladder.ui.valuing import (
    ask_terms,
    model_in_words,
    notes_in_words,
    rung_values,
    step_tiles,
    value_in_words,
    value_table,
)
from ladder.value import holdout_check

view = open_page("What is a customer on each rung worth?", compare=False)
clv = rung_values(view, ask_terms(view))
titles, currency = view.titles, view.currency

st.markdown(value_in_words(clv, titles))
steps = step_tiles(clv, titles)
if steps:
    show_picture(kpi_picture(steps), "steps")

shown = segments("Show", "show", {"rungs": "Per rung", "check": "Model check"}, "rungs")
if shown == "rungs":
    drawn = lapsed_first(clv.rungs)["rung"].tolist()
    plot(
        clv_figure,
        clv.rungs,
        currency,
        titles,
        alt="Value per customer by rung with its 95% range",
        picked=lambda point: standing_on(drawn[point], view.as_of),
    )
    table(
        value_table(clv, titles),
        "Value per rung",
        {
            "title": ("text", "Rung"),
            "customers": "count",
            "valued": (
                "count",
                "Valued",
                "customers with an order; the others have no known value, not a zero one",
            ),
            "mean": ("money", "Mean each", "average over the valued customers"),
            "low": ("money", "From", "95% range of the average"),
            "high": ("money", "To", "95% range of the average"),
            "median": ("money", "Median", "half of the valued customers are worth less"),
            "total": ("whole money", f"Total, {currency}"),
            "share": ("share", "Share of all"),
        },
        picked=lambda row: standing_on(row["rung"], view.as_of),
    )
    draw_notes(notes_in_words(clv, titles))
else:
    try:
        check = view.ask(holdout_check, view.as_of)
        st.markdown(escape(check.verdict))
        plot(holdout_figure, check, alt="Orders made and expected in the hold-out, by earlier orders")
        table(
            check.by_frequency,
            "Hold-out",
            {
                "frequency": ("text", "Repeat orders before"),
                "customers": "count",
                "actual": ("money", "Orders made", "mean per customer in the hold-out"),
                "expected": ("money", "Expected", "by the model, fitted on what was known before"),
                "naive": ("money", "Past pace", "if everybody kept the pace of the past"),
            },
        )
    except LadderError as error:
        draw_error(error)
    st.caption(escape(model_in_words(clv)))
show_people(view)
