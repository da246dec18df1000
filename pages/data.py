"""TAKEN by another engineer (the lead's message in /tmp/team/CONTRACT.md): UI engineer, skip this page."""

from ladder.ui.page import open_page

view = open_page("data?")
