"""The syntax tree of a rule: frozen, hashable values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ladder.rules.measures import MEASURES, Measure


@dataclass(frozen=True)
class Call:
    """A measure with its arguments: `text` is a kind or an attribute name, `window` is in days."""

    name: str
    text: str | None = None
    window: int | None = None

    @property
    def measure(self) -> Measure:
        return MEASURES[self.name]


@dataclass(frozen=True)
class Compare:
    """A measure compared with a constant; `operator` is one of == != < <= > >=."""

    call: Call
    operator: str
    value: Decimal | str


@dataclass(frozen=True)
class Not:
    part: Node


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any:
    parts: tuple[Node, ...]


Node = Compare | Not | All | Any


def comparisons(node: Node) -> Iterator[Compare]:
    """Every comparison of the rule, left to right."""
    match node:
        case Compare():
            yield node
        case Not(part):
            yield from comparisons(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from comparisons(part)
