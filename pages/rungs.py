"""Rungs: what makes a customer a client, and what other rules would change."""

from ladder.ui.controls import segments
from ladder.ui.lab import show_lab
from ladder.ui.page import open_page
from ladder.ui.people_panel import show_people
from ladder.ui.rules import show_rules

PARTS = {"rules": "Rules", "lab": "Rung lab"}
SHOW = {"rules": show_rules, "lab": show_lab}

view = open_page("What makes a customer a client?", compare=False)
SHOW[segments("Part", "part", PARTS, "rules")](view)
show_people(view)
