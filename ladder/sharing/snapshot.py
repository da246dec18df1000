"""What a shared page may hold: these fields and nothing else. No id, name, rule, file or workspace comes along."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class Line:
    """One rung, or the lapsed. None means hidden, not asked for, or (with `in_data` false) not in the data.

    `customers` are those at the as-of date; `climbed` and `slipped` those at the compare date who have since moved up
    or down, the rates their share. `share` is of all known customers; money is in currency units.
    """

    title: str
    in_data: bool
    customers: int | None = None
    share: float | None = None
    change: int | None = None
    climbed: int | None = None
    climb_rate: float | None = None
    slipped: int | None = None
    slip_rate: float | None = None
    revenue: float | None = None
    clv: float | None = None


@dataclass(frozen=True)
class Totals:
    """All customers together; None means hidden or not asked for."""

    customers: int | None = None
    customers_change: int | None = None
    on_ladder: int | None = None
    on_ladder_change: int | None = None
    climbed: int | None = None
    climb_rate: float | None = None
    slipped: int | None = None
    slip_rate: float | None = None
    joined: int | None = None


@dataclass(frozen=True)
class Node:
    """Customers of one state at one period end; `state` 0 is lapsed, then the rungs from the bottom."""

    end: int
    state: int
    customers: int | None


@dataclass(frozen=True)
class Move:
    """Customers who went from one state at period end `start` to another at the next; −1 is not yet known.

    `customers` None: hidden. Moves that nobody made are absent.
    """

    start: int
    origin: int
    target: int
    customers: int | None


@dataclass(frozen=True)
class Snapshot:
    """One frozen, suppressed view. `rungs` run from bottom to top; `ends` are the period ends of nodes and moves."""

    title: str
    as_of: date
    compare: date | None
    currency: str
    k: int
    blocks: tuple[str, ...]
    ends: tuple[date, ...]
    rungs: tuple[Line, ...]
    lapsed: Line
    totals: Totals
    nodes: tuple[Node, ...]
    moves: tuple[Move, ...]
    hidden: int

    @property
    def states(self) -> tuple[str, ...]:
        """Titles by state number."""
        return (self.lapsed.title, *(line.title for line in self.rungs))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready plain data."""
        dates = {
            "as_of": self.as_of.isoformat(),
            "compare": self.compare.isoformat() if self.compare else None,
            "ends": [end.isoformat() for end in self.ends],
        }
        return {"format": FORMAT, **asdict(self), **dates}


def plain(text: str) -> str:
    """One line of text without control and direction marks, which could make a page say something else."""
    kept = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return " ".join("".join(letter for letter in kept if unicodedata.category(letter) != "Cf").split())
