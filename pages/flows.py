"""Flows: the statement, and the same moves as Sankey, matrix and funnel."""

import streamlit as st

from ladder import flows
from ladder.model.ladder import LAPSED
from ladder.pictures.figures import funnel_figure
from ladder.pictures.sankey_picture import sankey_picture
from ladder.ui.controls import choose, segments, switch
from ladder.ui.formats import day, people
from ladder.ui.grids import show_matrix, show_statement
from ladder.ui.page import draw_too_little, open_page
from ladder.ui.people_panel import show_people
from ladder.ui.picks import moving, of_funnel, of_sankey, of_statement
from ladder.ui.picture import show_picture
from ladder.ui.plots import plot
from ladder.ui.tables import table

ENDS = {str(number): f"{number} period ends" for number in range(2, 13)}
WINDOWS = {"90": "within 90 days", "180": "within 180 days", "365": "within a year", "730": "within 2 years"}

view = open_page("Who moved, from where to where, and when?")
if view.compare is None:
    draw_too_little("One period end is not a movement.", "Choose a later date, or bring more history.")
    st.stop()
start, end, titles = view.compare, view.as_of, view.titles

bar = st.container(horizontal=True, vertical_alignment="center", key="bar")
with bar:
    shown = segments(
        "Show as", "show", {"sankey": "Sankey", "matrix": "Matrix", "funnel": "Funnel"}, "sankey"
    )
if shown == "sankey":
    with bar:
        ends = choose("Period ends", "ends", ENDS, "4", width=150, label_visibility="collapsed")
        small = switch("Small moves too", "small")
    series = view.ask(flows.series, view.ends(int(ends)))
    missing, fold = view.placed.missing, 0 if small else 0.002
    sankey = view.keep(
        "sankey",
        (series.ends, small),
        lambda: sankey_picture(series, titles=titles, missing=missing, fold_below=fold),
    )
    show_picture(sankey, "sankey", lambda mark: of_sankey(mark, series))
elif shown == "matrix":
    with bar:
        unit = segments("Figures", "unit", {"customers": "Customers", "share": "Share of row"}, "customers")
    show_matrix(
        view.ask(flows.flows, start, end),
        [LAPSED, *view.placed.ladder.names],
        titles,
        lambda origin, target: moving(start, end, origin, target),
        percent=unit == "share",
    )
else:
    with bar:
        window = choose("Days to climb", "window", WINDOWS, "365", width=170, label_visibility="collapsed")
    funnel = view.ask(flows.funnel, window=int(window))
    st.caption(
        f"{people(funnel.cohort)} joined from {day(funnel.cohort_start)} to {day(funnel.cohort_end)}; counted is "
        f"who stood on a rung, or higher, at a period end within {window} days of becoming known."
    )
    names = funnel.frame["rung"].tolist()
    plot(
        funnel_figure,
        funnel,
        titles,
        alt="Funnel of the cohort",
        picked=lambda bar: of_funnel(names[bar], funnel),
    )
    table(
        funnel.frame.iloc[::-1].assign(title=lambda frame: frame["rung"].map(titles)),
        "Funnel",
        {
            "title": ("text", "Rung"),
            "reached": "count",
            "of_first": ("share", "Of all who joined"),
            "of_previous": ("share", "Of the rung below"),
            "median_days": ("count", "Median days", "from becoming known to the first such period end"),
        },
        picked=lambda row: of_funnel(row["rung"], funnel),
    )

st.subheader(f"Statement, {day(start)} to {day(end)}", anchor=False)
statement = view.ask(flows.statement, start, end)
show_statement(statement, titles, lambda rung, column: of_statement(rung, column, start, end))
st.caption(
    ":material/check: Every row adds up: opening + joined + climbed in + slipped in + returned − climbed out "
    "− slipped out − lapsed = closing. Who lapsed stands in the lapsed row under slipped in, "
    "who returned under climbed out. Sankey, matrix and lists show the same moves. A cell opens its people."
)
show_people(view)
