"""What a person says about a file; it wins over memory, known exports and guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ladder.errors import LadderError
from ladder.importing.plan import Question

Keep = str | Sequence[str] | dict[str, Sequence[str]]
"""Which rows count: `Status=paid,sent`, several of them, or columns with their words; empty: every row."""


_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True)
class Told:
    """None means that nothing was said. An empty source takes a field out of the mapping."""

    fields: dict[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] | None = None
    date_format: str | dict[str, str] | None = None
    timezone: str | None = None
    keep: dict[str, tuple[str, ...]] | None = None
    fold: str | None = None
    nulls: tuple[str, ...] | None = None
    currency: str | None = None
    dialect: dict[str, Any] = field(default_factory=dict)

    def leaves_open(self, question: Question) -> bool:
        """Whether the question has not been answered yet."""
        kind, _, name = question.id.partition(":")
        if kind == "field":
            return name not in self.fields
        if kind == "date_format":
            return self.format_for(name) is None
        return getattr(self, kind, None) is None

    def format_for(self, name: str) -> str | None:
        """The date format told for a field; one under an empty name is for all others."""
        if not isinstance(self.date_format, dict):
            return self.date_format
        return self.date_format.get(name, self.date_format.get(""))


def told_by(
    *,
    fields: dict[str, str] | None = None,
    attributes: Sequence[str] | None = None,
    date_format: str | dict[str, str] | None = None,
    timezone: str | None = None,
    keep: Keep | None = None,
    fold: str | None = None,
    nulls: str | Sequence[str] | None = None,
    currency: str | None = None,
    **dialect: Any,
) -> Told:
    """The options of `propose` in one value; `header` may be answered with yes or no."""
    words = None if nulls is None else null_words(nulls)
    if dialect.get("header") in _YES_NO:
        dialect["header"] = _YES_NO[dialect["header"]]
    if words is not None:
        dialect["nulls"] = words
    noted = None if attributes is None else tuple(attributes)
    kept = None if keep is None else kept_rows(keep)
    return Told(fields or {}, noted, date_format, timezone, kept, fold, words, currency, dialect)


def kept_rows(told: Keep) -> dict[str, tuple[str, ...]]:
    """Column → words that let a row count. LadderError for a text without a column or words."""
    if isinstance(told, dict):
        return {name: tuple(words) for name, words in told.items()}
    found = {}
    for text in [told] if isinstance(told, str) else told:
        name, sign, words = text.partition("=")
        if text and not (sign and name.strip() and words.strip()):
            raise LadderError(
                "Cannot read which rows count",
                f"“{text}” is not COLUMN=WORD,WORD.",
                "Such as Status=paid,sent.",
            )
        if text:
            found[name.strip()] = tuple(word.strip() for word in words.split(",") if word.strip())
    return found


def null_words(told: str | Sequence[str]) -> tuple[str, ...]:
    """Words for nothing; as one text they are parted by a comma and a blank."""
    words = told.split(", ") if isinstance(told, str) else told
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
