"""The one error a person sees: what happened, to what, and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class LadderError(Exception):
    """A failure told in plain words; drawn once by the UI and printed once by the command line."""

    def __init__(self, title: str, message: str, hint: str = "") -> None:
        super().__init__(" ".join(part for part in (title, message, hint) if part))
        self.title = title
        self.message = message
        self.hint = hint

    def to_dict(self) -> dict[str, str]:
        return {"title": self.title, "message": self.message, "hint": self.hint}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence naming the nearest valid words, or all of them when none is near."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word.casefold(), words, n=2, cutoff=0.5)
    if near:
        return "Did you mean " + " or ".join(near) + "?"
    return "Known: " + ", ".join(words) + "." if words else ""
