"""The ladder that fits what was brought, one click away."""

from __future__ import annotations

import streamlit as st

from ladder.quality import proposed_ladder
from ladder.ui.page import escape
from ladder.workspace import Folder


def propose_ladder(folder: Folder) -> bool:
    """Offer the ladder for orders where they are all there is and the one in use asks for more; tells whether."""
    ladder = proposed_ladder(folder)
    if ladder is None:
        return False
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="propose-ladder"):
        told = f"Only orders were brought, and the ladder “{folder.ladder.title}” has rungs that need more."
        st.markdown(escape(told), width="stretch")
        if st.button(f"Use “{ladder.title}”", type="primary", icon=":material/stairs:"):
            folder.save_ladder(ladder)
            st.rerun()
    return True
