"""What a person should know about a ladder on these data: told, and placed all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ladder.engine import Reader
from ladder.model.ladder import Ladder
from ladder.rules import Call, never_reached

_REACHED = "select distinct to_code from moves"
_FIRST = "select min(first_day) from customers"


def ladder_warnings(
    reader: Reader, ladder: Ladder, ends: Sequence[date], missing: frozenset[str], calls: Iterable[Call]
) -> tuple[str, ...]:
    """Rungs nobody can reach, rungs nobody has reached, windows longer than the data; a sentence each."""
    never = never_reached(ladder)
    return (
        *(sentence for _, sentence in never),
        *_empty(reader, ladder, missing | {rung for rung, _ in never}),
        *_long(reader, ends, calls),
    )


def _empty(reader: Reader, ladder: Ladder, known: frozenset[str]) -> list[str]:
    reached = {code for (code,) in reader.rows("rungs reached", _REACHED)}
    return [
        f"Nobody stood on “{rung.label}” at any period end: its rule may ask for more than anybody does."
        for code, rung in enumerate(ladder.rungs, 1)
        if code not in reached and rung.name not in known
    ]


def _long(reader: Reader, ends: Sequence[date], calls: Iterable[Call]) -> list[str]:
    ((first,),) = reader.rows("first day", _FIRST)
    days = (ends[-1] - first).days + 1
    return [
        f"{_written(call)} looks back {call.window:,} days, but the data hold {days:,}, from "
        f"{_day(first)} to {_day(ends[-1])}: it counts the whole history."
        for call in calls
        if call.window is not None and call.window > days
    ]


def _written(call: Call) -> str:
    text = f"“{call.text}”, " if call.text else ""
    return f"{call.name}({text}{call.window})"


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
