"""The rule grammar: text → tree → conditions; checks and read-back in words."""

from ladder.rules.check import check_ladder, missing_rungs, tables_needed
from ladder.rules.conditions import (
    Attribute,
    Both,
    Condition,
    Either,
    Formula,
    Latest,
    Opposite,
    Reach,
    Since,
    conditions,
    formula,
)
from ladder.rules.measures import MEASURES, Measure
from ladder.rules.parse import parse_rule
from ladder.rules.reach import never_reached
from ladder.rules.tree import All, Any, Call, Compare, Node, Not
from ladder.rules.words import in_words

__all__ = [
    "MEASURES",
    "All",
    "Any",
    "Attribute",
    "Both",
    "Call",
    "Compare",
    "Condition",
    "Either",
    "Formula",
    "Latest",
    "Measure",
    "Node",
    "Not",
    "Opposite",
    "Reach",
    "Since",
    "check_ladder",
    "conditions",
    "formula",
    "in_words",
    "missing_rungs",
    "never_reached",
    "parse_rule",
    "tables_needed",
]
