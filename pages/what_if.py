"""What-if: one push on one rung against the baseline."""

import streamlit as st

from ladder.pictures.figures import profit_figure, whatif_figure
from ladder.ui.controls import segments
from ladder.ui.kpi_strip import kpi_picture
from ladder.ui.page import draw_notes, draw_too_little, open_page
from ladder.ui.picture import show_picture
from ladder.ui.plots import plot
from ladder.ui.pushing import ask_scenario, result_in_words, result_tiles
from ladder.ui.tables import table
from ladder.whatif import prepare, run, scenario_toml

view = open_page("What would a push be worth?", period=False)
if view.compare is None:
    draw_too_little(
        "A forecast needs moves to learn from.", "Bring at least two complete periods of history."
    )
    st.stop()
prepared = view.ask(prepare)
left, right = st.columns([1, 2.9], gap="medium")
with left:
    scenario = ask_scenario(view, prepared)
result = run(prepared, scenario)

with right:
    st.markdown(result_in_words(result, view.titles))
    show_picture(kpi_picture(result_tiles(result), columns=3), "results")
    shown = segments("Show", "show", {"profit": "Profit", "rungs": "Customers", "table": "Table"}, "profit")
    if shown == "profit":
        plot(profit_figure, result.money, result.currency, alt="Profit each month and so far")
    elif shown == "rungs":
        plot(whatif_figure, result.frame, view.titles, alt="Customers per rung, with the push less without")
    else:
        table(
            result.money,
            "Money by month",
            {
                "month": "count",
                "revenue": "money",
                "margin": "money",
                "cost": "money",
                "profit": "money",
                "profit_so_far": ("money", "So far"),
            },
        )
    draw_notes([*result.notes, result.baseline.verdict])
    with st.expander("This scenario as a file", icon=":material/description:"):
        st.code(scenario_toml(scenario), language="toml")
