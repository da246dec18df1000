"""Flows over several period ends, for the Sankey picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from ladder.errors import LadderError
from ladder.flows.moves import direction, transition_counts
from ladder.model.ladder import LAPSED
from ladder.placement import Placed

MAX_ENDS = 12


@dataclass(frozen=True)
class Series:
    """Standing and moves at and between 2 to 12 period ends.

    `states` are the names from bottom to top, lapsed first. `nodes`: end_index, state, customers. `moves`:
    from_index (move from that period end to the next), from_state ("not yet known" for those who joined),
    to_state, customers, direction (climbed, slipped, stayed, joined, returned, lapsed).
    """

    ends: tuple[date, ...]
    states: tuple[str, ...]
    nodes: pd.DataFrame
    moves: pd.DataFrame


def series(placed: Placed, ends: Sequence[date]) -> Series:
    """Flows between each of the given period ends and the next."""
    periods = sorted({placed.period(end) for end in ends})
    if not 2 <= len(periods) <= MAX_ENDS:
        raise LadderError(
            "Choose 2 to 12 period ends",
            f"{len(periods)} different period ends were given.",
            "Add or remove some.",
        )
    name = placed.ladder.state
    moves = [
        (
            index,
            name(move.from_code),
            name(move.to_code),
            move.customers,
            direction(move.from_code, move.to_code),
        )
        for index, (first, last) in enumerate(pairwise(periods))
        for move in transition_counts(placed, first, last)
    ]
    return Series(
        ends=tuple(placed.periods[period] for period in periods),
        states=(LAPSED, *placed.ladder.names),
        nodes=_nodes(placed, periods),
        moves=pd.DataFrame(moves, columns=["from_index", "from_state", "to_state", "customers", "direction"]),
    )


def _nodes(placed: Placed, periods: Sequence[int]) -> pd.DataFrame:
    query = (
        "select period, to_code, cast(sum(customers) as bigint) from moves"
        " where list_contains($periods, period) group by period, to_code order by period, to_code"
    )
    rows = placed.rows("standing", query, {"periods": list(periods)})
    nodes = [(periods.index(period), placed.ladder.state(code), count) for period, code, count in rows]
    return pd.DataFrame(nodes, columns=["end_index", "state", "customers"])
