"""Flapping: moves that are undone at the very next period end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ladder.flows.shown import html
from ladder.lab.pair import Pair
from ladder.model.answer import records
from ladder.placement import Placed

# Spells tell everything: a move starts one, and is undone where the spell lasted one period end and the next one is
# on the rung of the one before. A move at the last period end is left out: whether it is undone is not known yet.
_FLAPPING = """
with stay as (
    select
        code,
        first_period,
        last_period,
        lag(code) over (partition by customer order by first_period) as before,
        lead(code) over (partition by customer order by first_period) as after
    from spells
)
select
    code,
    count(*) as moves,
    count(*) filter (where last_period = first_period and after = before) as undone
from stay
where before is not null and first_period < $period
group by code
"""


@dataclass(frozen=True)
class Flapping:
    """Moves between period ends up to `as_of`, and how many of them the next period end took back.

    `frame` has ladder (a, b), rung (the one moved to; missing in the row of all rungs together), moves, undone and
    share (of moves); rungs from top to bottom, then lapsed. Joining is no move, and a move at `as_of` itself does not
    count: what follows it is not known yet.
    """

    as_of: date
    frame: pd.DataFrame

    def share(self, ladder: str) -> float | None:
        """Undone moves as a share of all of a ladder; None without a move."""
        whole = self.frame[(self.frame["ladder"] == ladder) & self.frame["rung"].isna()]
        found = whole["share"].iloc[0]
        return None if pd.isna(found) else float(found)

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def flapping(both: Pair, as_of: date | None = None) -> Flapping:
    """Moves undone within one period, per ladder and rung, up to the common period end on or before `as_of`."""
    end = both.end(as_of)
    rows = [
        {"ladder": which, **row}
        for which, placed in (("a", both.a), ("b", both.b))
        for row in _rows(placed, placed.period(end))
    ]
    frame = pd.DataFrame(rows)
    moves = frame["moves"].where(frame["moves"] > 0)
    return Flapping(end, frame.assign(share=(frame["undone"] / moves).astype("float64")))


def _rows(placed: Placed, period: int) -> list[dict[str, Any]]:
    found = {
        code: (moves, undone)
        for code, moves, undone in placed.rows("lab: flapping", _FLAPPING, {"period": period})
    }
    whole = [sum(pair) for pair in zip(*found.values(), strict=True)] or [0, 0]
    rows: list[dict[str, Any]] = [{"rung": None, "moves": whole[0], "undone": whole[1]}]
    for code in [*range(len(placed.ladder.rungs), 0, -1), 0]:
        rung = placed.ladder.state(code)
        if rung not in placed.missing:
            moves, undone = found.get(code, (0, 0))
            rows.append({"rung": rung, "moves": moves, "undone": undone})
    return rows
