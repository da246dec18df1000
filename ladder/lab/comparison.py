"""Everything the lab says about two ladders, in one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.lab.crossing import Crossing, crossing
from ladder.lab.flapping import Flapping, flapping
from ladder.lab.pair import Pair, history
from ladder.lab.separation import Separation, separation
from ladder.model.answer import records
from ladder.model.ladder import Ladder, ladder_name


@dataclass(frozen=True)
class Comparison:
    """Ladder B beside ladder A at `as_of`.

    `history` has ladder (a, b), period_end, rung, customers. `separation` is None where the data cannot tell, and
    `notes` say why; they also hold the warnings of both ladders.
    """

    a: Ladder
    b: Ladder
    as_of: date
    names: tuple[str, str]
    history: pd.DataFrame
    crossing: Crossing
    flapping: Flapping
    separation: Separation | None
    notes: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a manager would take away."""
        return (
            elsewhere(self.crossing, self.names),
            flaps(self.flapping, self.names),
            *(self.separation.sentences if self.separation else ()),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        named = ((which, item) for which, item in (("a", self.a), ("b", self.b)))
        return {
            "as_of": self.as_of.isoformat(),
            "ladders": {
                which: {"name": ladder_name(item), "title": item.title, "version": item.version}
                for which, item in named
            },
            "sentences": list(self.sentences),
            "history": records(self.history),
            "crossing": self.crossing.to_dict(),
            "flapping": self.flapping.to_dict(),
            "separation": self.separation.to_dict() if self.separation else None,
            "notes": list(self.notes),
        }

    def _repr_html_(self) -> str:
        return (
            "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences) + self.crossing._repr_html_()
        )


def compare(both: Pair, as_of: date | None = None) -> Comparison:
    """Counts over time, who would stand elsewhere, flapping and separation of two ladders.

    Of knowledge up to the common period end on or before `as_of` (default: the last one), and no later.
    """
    end = both.end(as_of)
    notes = [
        f"{name}: {warning}"
        for name, placed in zip(both.names, (both.a, both.b), strict=True)
        for warning in placed.warnings
    ]
    try:
        tells = separation(both, end)
    except LadderError as error:
        tells = None
        notes.append(f"{error.title}. {error.message}")
    return Comparison(
        both.a.ladder,
        both.b.ladder,
        end,
        both.names,
        history(both, end),
        crossing(both, end),
        flapping(both, end),
        tells,
        tuple(notes),
    )


def elsewhere(found: Crossing, names: tuple[str, str]) -> str:
    """How many would stand elsewhere under B, in a sentence."""
    if not found.elsewhere:
        return f"Nobody would stand elsewhere under {names[1]}."
    share = f"{found.elsewhere:,} of {found.customers:,} customers ({found.elsewhere / found.customers:.1%})"
    if found.comparable:
        way = f"{found.higher:,} higher and {found.lower:,} lower"
        return f"{share} would stand elsewhere under {names[1]}: {way}."
    return f"{share} would stand on a rung of another name under {names[1]}."


def flaps(found: Flapping, names: tuple[str, str]) -> str:
    """How much of the movement is flapping, in a sentence."""
    shares = [found.share(which) for which in ("a", "b")]
    told = [
        f"{name} {'has no moves' if share is None else f'{share:.1%}'}"
        for name, share in zip(names, shares, strict=True)
    ]
    return f"Moves undone at the next period end: {told[1]}, {told[0]}."
