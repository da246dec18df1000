"""The customers behind the numbers: lists, cards, export."""

from ladder.people.card import Card, Fact, card
from ladder.people.export import to_csv
from ladder.people.lists import LISTS, about_to_slip, one_step_up, ready_list
from ladder.people.members import People, find, moved, reached, standing

__all__ = [
    "LISTS",
    "Card",
    "Fact",
    "People",
    "about_to_slip",
    "card",
    "find",
    "moved",
    "one_step_up",
    "reached",
    "ready_list",
    "standing",
    "to_csv",
]
