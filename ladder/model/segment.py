"""Some of the customers: what a question may be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Segment:
    """The customers for whom every part that is given holds; without parts everybody.

    `attributes` are pairs of name and value; value None means that the customer has none. `joined` are two days:
    those who joined in the periods that end from the first to the second. `rung` is a rung, `lapsed` or `not yet
    known`, on which they stood at the period end on or before `on` (None: the last one).
    """

    attributes: tuple[tuple[str, str | None], ...] = ()
    joined: tuple[date, date] | None = None
    rung: str | None = None
    on: date | None = None


EVERYBODY = Segment()
