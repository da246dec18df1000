"""Soon."""

from ladder.ui.page import open_page

view = open_page("customers?")
