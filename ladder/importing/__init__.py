"""Bring CSV files in: propose how to read them, ask what is unclear, account for every row."""

from ladder.importing.account import ImportResult
from ladder.importing.importing import run_import
from ladder.importing.plan import Dialect, Mapping, Plan, Proposal, Question, options_for
from ladder.importing.propose import propose

__all__ = [
    "Dialect",
    "ImportResult",
    "Mapping",
    "Plan",
    "Proposal",
    "Question",
    "options_for",
    "propose",
    "run_import",
]
