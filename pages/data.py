"""Data: what is known, bringing more, the history of imports, whether a ladder fits, and the settings."""

import streamlit as st

from ladder.ui.bringing_page import show_bringing
from ladder.ui.controls import segments, shared_parameters
from ladder.ui.erasing import show_erasing
from ladder.ui.import_history import show_history
from ladder.ui.page import headline
from ladder.ui.places import page_file
from ladder.ui.quality import show_quality
from ladder.ui.suitability import show_suitability
from ladder.ui.workspace_forms import show_new_workspace, show_settings
from ladder.ui.workspaces import open_folder

PARTS = {
    "known": "Quality",
    "bring": "Bring data",
    "imports": "Imports",
    "fit": "Is a ladder right?",
    "settings": "Settings",
    "erase": "Erase",
}
SHOW = {
    "known": show_quality,
    "bring": show_bringing,
    "imports": show_history,
    "fit": show_suitability,
    "settings": show_settings,
    "erase": show_erasing,
}

folder = open_folder()
top = headline("What do we know, and can I trust it?")
if st.query_params.get("part") == "new":
    show_new_workspace()
    st.stop()

if top.button("New workspace", type="tertiary", icon=":material/add:"):
    st.switch_page(page_file("data"), query_params={**shared_parameters(), "part": "new"})
part = segments("Part", "part", PARTS, "known" if folder.imports() else "bring")
SHOW[part](folder)
