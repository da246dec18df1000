"""Customers: lists of people to act on, and one customer's card."""

import streamlit as st

from ladder import flows
from ladder.model.ladder import LAPSED
from ladder.people import about_to_slip, card, find, one_step_up
from ladder.ui.controls import choose, search, segments
from ladder.ui.formats import day, people
from ladder.ui.listing import list_rows
from ladder.ui.page import escape, open_page
from ladder.ui.person import draw_facts, draw_why, history_picture
from ladder.ui.picture import show_picture
from ladder.ui.tables import table

view = open_page("Who are they, and who should hear from us?", compare=False)
titles, as_of = view.titles, view.as_of
chosen = st.query_params.get("customer")

if chosen:
    found = view.ask(card, chosen, as_of)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            f"{escape(found.customer_id)} · {escape(titles.get(found.rung, 'Lapsed'))}", anchor=False
        )
        if st.button("Back to the lists", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.pop("customer")
            st.rerun()
    left, right = st.columns([2, 1], gap="large")
    with left:
        draw_why(found, titles)
    with right:
        draw_facts(found)
    history = view.ask(flows.history, chosen).frame
    show_picture(history_picture(history[history["period_end"] <= as_of], view), "history")
    table(
        found.timeline,
        "What happened",
        {
            "day": ("date", "Day"),
            "what": "text",
            "detail": "text",
            "amount": ("money", f"Amount, {view.currency}"),
        },
        height="auto",
    )
    st.stop()

wanted = search(
    "Find", "find", placeholder="Customer id", width=260, label_visibility="collapsed", live="300ms"
)
opened = None
if wanted:
    matches = view.ask(find, wanted, as_of)
    st.markdown(f"**{people(matches.total)}** with “{escape(wanted)}” in the id, known on {day(as_of)}.")
    opened = list_rows(view, matches, "found", lambda: view.ask(find, wanted, as_of, shown=None))
else:
    lists = {
        "slip": "About to slip",
        "order": "One order away",
        "referral": "One referral away",
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        name = segments("List", "list", lists, "slip")
        rungs = {
            "": "on any rung",
            **{rung: f"on {title}" for rung, title in titles.items()},
            LAPSED: "lapsed",
        }
        rung = choose("Of those", "rung", rungs, "", width=190, label_visibility="collapsed") or None
    question, given = (about_to_slip, ()) if name == "slip" else (one_step_up, (name,))
    found = view.ask(question, *given, as_of, rung)
    st.markdown(f"**{people(found.total)}.** {escape(found.title)}, standing on {day(as_of)}.")
    opened = list_rows(
        view, found, f"list-{name}", lambda: view.ask(question, *given, as_of, rung, shown=None)
    )
if opened:
    st.query_params["customer"] = opened
    st.rerun()
