"""Rungs: what makes a customer a client, and what would change with other rules."""

import streamlit as st

from ladder.model.ladder import ladder_name
from ladder.ui.controls import choose
from ladder.ui.formats import day
from ladder.ui.page import escape, open_page
from ladder.ui.rules import (
    draft_of,
    draw_rules,
    effect_table,
    how_it_works,
    measure_table,
    offered,
    titles,
    try_on,
    use,
    version_table,
)
from ladder.ui.tables import table

view = open_page("What makes a customer a client?", period=False)
ladders = offered(view.folder)
used = view.placed.ladder
name = choose("Ladder", "ladder", titles(ladders, used), ladder_name(used), width=360)
ladder = ladders[name]
placed = try_on(view, ladder)

if ladder.about:
    st.markdown(escape(ladder.about))
with st.container(border=True, gap="small", key="rules"):
    draw_rules(placed)
st.caption(how_it_works(ladder))
for warning in placed.warnings:
    st.caption(f":material/info: {escape(warning)}")
if ladder != used:
    st.button("Use this ladder", type="primary", on_click=use, args=(view.folder, ladder))

with st.expander("Edit the rules", icon=":material/edit:"):
    editor, effect = st.columns([3, 2], gap="large")
    with editor:
        draft = draft_of(ladder)
    with effect:
        if draft:
            st.markdown(f"**What would change** on {day(placed.last)}")
            table(
                effect_table(view.placed, try_on(view, draft)),
                "Effect of the draft",
                {
                    "rung": ("text", "Rung"),
                    "in_use": ("count", "In use"),
                    "draft": ("count", "Draft"),
                    "difference": ("signed", "Difference"),
                },
            )
            st.button(
                "Save and use the draft",
                type="primary",
                disabled=draft == used,
                on_click=use,
                args=(view.folder, draft),
            )
            st.caption("Saving makes a new version; earlier versions are kept.")
with st.expander("What a rule may use", icon=":material/straighten:"):
    table(measure_table(), "Measures", {"measure": ("text", "Measure"), "means": ("text", "Counts or tells")})
    st.caption("w is a window in days; without it the whole history counts.")
with st.expander("Versions", icon=":material/history:"):
    table(
        version_table(view.folder),
        "Versions",
        {"ladder": "text", "version": "count", "rungs": "text", "grace": "count"},
    )
