"""Read the figures of a link through the verdict: what must not be shown comes out as None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ladder.model.ladder import Ladder
from ladder.sharing.figures import Figures, Key
from ladder.sharing.movement import ALL, Movement, count, joined, movers, on_ladder, total
from ladder.sharing.snapshot import Line, Move, Node, Totals, plain
from ladder.sharing.suppress import Protection

LAPSED_TITLE = "Lapsed"


@dataclass(frozen=True)
class View:
    """Fills the parts of a snapshot. `revenue` and `clv` hold the states whose money may be told, by number."""

    ladder: Ladder
    missing: frozenset[str]
    movement: Movement
    figures: Figures
    verdict: Protection
    revenue: Mapping[int, float]
    clv: Mapping[int, float]

    @property
    def last(self) -> int:
        return self.movement.ends - 1

    def figure(self, key: Key) -> int | None:
        return self.figures.values[key] if key in self.verdict.shown else None

    def change(self, now: Key, before: Key) -> int | None:
        new, old = self.figure(now), self.figure(before)
        return None if new is None or old is None else new - old

    def rate(self, state: int, sort: str, base: Key) -> tuple[int | None, float | None]:
        """Movers and their share; only if their complement is no small group either."""
        key = movers(self.last - 1, state, sort)
        moved, people = self.figure(key), self.figure(base)
        rest = self.figure(movers(self.last - 1, state, f"not-{sort}"))
        if moved is None or rest is None or not people:
            return None, None
        return moved, moved / people

    def line(self, state: int) -> Line:
        rung = self.ladder.rungs[state - 1] if state else None
        title = plain(rung.label) if rung else LAPSED_TITLE
        if rung and rung.name in self.missing:
            return Line(title, in_data=False)
        now, before = count(self.last, state), count(self.last - 1, state)
        people, everybody = self.figure(now), self.figure(total(self.last))
        climbed = self.rate(state, "climbed", before) if state < self.movement.rungs else (None, None)
        slipped = self.rate(state, "slipped", before) if state else (None, None)
        return Line(
            title,
            in_data=True,
            customers=people,
            share=people / everybody if people is not None and everybody else None,
            change=self.change(now, before),
            climbed=climbed[0],
            climb_rate=climbed[1],
            slipped=slipped[0],
            slip_rate=slipped[1],
            revenue=self.revenue.get(state) if people else None,
            clv=self.clv.get(state) if people else None,
        )

    def totals(self) -> Totals:
        now, before = total(self.last), total(self.last - 1)
        on_now, on_before = on_ladder(self.last), on_ladder(self.last - 1)
        climbed, slipped = self.rate(ALL, "climbed", on_before), self.rate(ALL, "slipped", on_before)
        return Totals(
            customers=self.figure(now),
            customers_change=self.change(now, before),
            on_ladder=self.figure(on_now),
            on_ladder_change=self.change(on_now, on_before),
            climbed=climbed[0],
            climb_rate=climbed[1],
            slipped=slipped[0],
            slip_rate=slipped[1],
            joined=self.figure(joined(self.last - 1)),
        )

    def nodes(self) -> tuple[Node, ...]:
        m = self.movement
        return tuple(Node(end, s, self.figure(count(end, s))) for end in range(m.ends) for s in m.states)

    def moves(self) -> tuple[Move, ...]:
        """Moves that are shown and not 0, and hidden ones, of which a reader is not told whether they are 0."""
        offered = self.verdict.shown | self.verdict.hidden
        found = []
        for key in self.figures.values:
            if key[0] == "flow" and self.figure(key) != 0 and key in offered:
                start, origin, target = (int(part) for part in key[1:])
                found.append(Move(start, origin, target, self.figure(key)))
        return tuple(found)

    def hidden(self) -> int:
        """How many groups were left out, complements of movers not counted twice."""
        return len({key for key in self.verdict.hidden if not str(key[-1]).startswith("not-")})
