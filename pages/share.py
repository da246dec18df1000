"""Share: frozen pages for people without an account."""

import streamlit as st

from ladder.ui.links import link_form, link_table, revoke_form, show_address
from ladder.ui.page import open_page
from ladder.ui.tables import table

view = open_page("Who else should see this?")
st.markdown(
    "A link opens one frozen page: no account, no query, no names, no rules. It shows the ladder as it stood at the "
    "dates above, and groups of few people are hidden, together with whatever would give them away."
)
show_address()
form, links = st.columns([2, 3], gap="large")
with form:
    link_form(view)
with links:
    made = link_table(view.folder)
    if made.empty:
        st.markdown("**No link yet.** The first one you make is listed here, with its views.")
    else:
        table(
            made,
            "Links",
            {
                "title": ("text", "Title"),
                "as_of": ("date", "As of"),
                "ladder": ("text", "Ladder", "the version of the ladder that made the figures"),
                "status": ("text", "Status"),
                "expires": ("date", "Expires"),
                "views": ("count", "Views"),
                "hidden": ("count", "Hidden groups"),
            },
        )
        revoke_form(view.folder)
