"""Home: where customers stand, and whether it gets better."""

import streamlit as st

from ladder import flows
from ladder.model.ladder import LAPSED
from ladder.pictures.figures import rung_history_figure
from ladder.pictures.ladder_picture import ladder_picture
from ladder.ui.controls import segments
from ladder.ui.home import answer_in_words, draw_missing, rung_history, rung_table
from ladder.ui.kpi_strip import kpi_picture, kpi_tiles
from ladder.ui.page import open_page
from ladder.ui.people_panel import show_people
from ladder.ui.picks import of_ladder, standing_on
from ladder.ui.picture import show_picture
from ladder.ui.plots import plot
from ladder.ui.tables import table
from ladder.ui.valuing import await_values, home_values

view = open_page("Where do our customers stand, and is it getting better?")
overview = view.ask(flows.overview, view.as_of, view.compare, home_values(view) or {})

st.markdown(answer_in_words(overview))
show_picture(kpi_picture(kpi_tiles(view.ask(flows.kpis), view.as_of, view.compare)), "kpis")

shown = segments("Show as", "show", {"ladder": "Ladder", "time": "Over time", "table": "Table"}, "ladder")
if shown == "ladder":
    show_picture(ladder_picture(overview), "ladder", lambda mark: of_ladder(mark, view.as_of, view.compare))
    await_values(view)
    draw_missing(view)
elif shown == "time":
    plot(
        rung_history_figure,
        rung_history(view),
        view.titles,
        rungs=[*view.placed.ladder.names, LAPSED],
        alt="Customers per rung over time",
    )
else:
    table(
        rung_table(overview),
        "Customers per rung",
        {
            "title": ("text", "Rung"),
            "customers": "count",
            "share": ("share", "Share", "of all known customers"),
            "change": ("signed", "Change", "against the compared date"),
            "climb_rate": (
                "share",
                "Climbed",
                "share of those here at the compared date who now stand higher",
            ),
            "slip_rate": (
                "share",
                "Slipped",
                "share of those here at the compared date who slipped or lapsed",
            ),
            "revenue": ("money", f"Revenue, {view.currency}", "net, over 365 days"),
            "rule": ("text", "Rule"),
        },
        picked=lambda row: standing_on(row["name"], view.as_of),
    )
show_people(view)
