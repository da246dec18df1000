"""All counts behind one link as a system of sums: period ends, the moves between them, the movers behind rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ladder.sharing.figures import Figures, Key, Sum

LAPSED_STATE = 0
NOT_YET_STATE = -1
ALL = -2
SORTS = ("climbed", "slipped", "not-climbed", "not-slipped")


@dataclass(frozen=True)
class Movement:
    """Customers at each period end and the moves between neighbouring ends, by state number.

    State 0 is lapsed, 1..rungs the rungs from bottom to top, −1 not yet known (only as the start of a move).
    `counts[end, state]`; `moves[start end, from, to]`; what is absent is 0.
    """

    rungs: int
    ends: int
    counts: Mapping[tuple[int, int], int]
    moves: Mapping[tuple[int, int, int], int]

    @property
    def states(self) -> range:
        return range(self.rungs + 1)

    @property
    def origins(self) -> range:
        return range(NOT_YET_STATE, self.rungs + 1)


def total(end: int) -> Key:
    return ("total", end)


def count(end: int, state: int) -> Key:
    return ("count", end, state)


def on_ladder(end: int) -> Key:
    """Customers on any rung: all but the lapsed."""
    return ("total", end, "on ladder")


def joined(start: int) -> Key:
    return ("joined", start)


def flow(start: int, origin: int, target: int) -> Key:
    return ("flow", start, origin, target)


def movers(start: int, origin: int, sort: str) -> Key:
    """Those of a rung (or of ALL) who moved; `sort`: climbed, slipped, not-climbed or not-slipped."""
    return ("overall" if origin == ALL else "movers", start, origin, sort)


def link_figures(movement: Movement) -> Figures:
    """Every figure with its true value and every sum that a reader knows to hold."""
    values: dict[Key, int] = {}
    for end in range(movement.ends):
        for state in movement.states:
            values[count(end, state)] = movement.counts.get((end, state), 0)
    for start in range(movement.ends - 1):
        for origin in movement.origins:
            for target in movement.states:
                values[flow(start, origin, target)] = movement.moves.get((start, origin, target), 0)
    sums = [tie for end in range(movement.ends) for tie in _end_sums(movement, end)]
    for start in range(movement.ends - 1):
        sums.extend(_interval_sums(movement, start))
    for tie in sums:
        values.setdefault(tie.whole, sum(values.get(part, 0) for part in tie.parts))
    return Figures(values, tuple(sums))


def _end_sums(movement: Movement, end: int) -> list[Sum]:
    rungs = tuple(count(end, rung) for rung in movement.states[1:])
    return [Sum(on_ladder(end), rungs), Sum(total(end), (count(end, LAPSED_STATE), on_ladder(end)))]


def _interval_sums(movement: Movement, start: int) -> list[Sum]:
    states, rungs = movement.states, range(1, movement.rungs + 1)
    sums = [Sum(joined(start), tuple(flow(start, NOT_YET_STATE, target) for target in states))]
    sums.append(Sum(total(start + 1), (total(start), joined(start))))
    for state in states:
        sums.append(Sum(count(start, state), tuple(flow(start, state, target) for target in states)))
        arrivals = tuple(flow(start, origin, state) for origin in movement.origins)
        sums.append(Sum(count(start + 1, state), arrivals))
    for origin in states:
        sums.extend(_mover_sums(movement, start, origin))
    for sort in ("climbed", "slipped"):
        both = movers(start, ALL, sort), movers(start, ALL, f"not-{sort}")
        sums += [Sum(whole, tuple(movers(start, rung, str(whole[-1])) for rung in rungs)) for whole in both]
        sums.append(Sum(on_ladder(start), both))
    return sums


def _mover_sums(movement: Movement, start: int, origin: int) -> list[Sum]:
    sums = []
    for sort, targets in (("climbed", movement.states[origin + 1 :]), ("slipped", movement.states[:origin])):
        others = tuple(target for target in movement.states if target not in targets)
        moved, rest = movers(start, origin, sort), movers(start, origin, f"not-{sort}")
        sums.append(Sum(moved, tuple(flow(start, origin, target) for target in targets)))
        sums.append(Sum(rest, tuple(flow(start, origin, target) for target in others)))
        sums.append(Sum(count(start, origin), (moved, rest)))
    return sums
