"""Pictures of a snapshot: results rebuilt from the suppressed figures, so that no picture ever sees the raw ones."""

from __future__ import annotations

import pandas as pd

from ladder.flows import Overview, RungLine, Series
from ladder.flows.moves import direction
from ladder.model.ladder import LAPSED, NOT_YET, NOT_YET_CODE
from ladder.pictures.ladder_picture import ladder_picture
from ladder.pictures.sankey_picture import EVERY_MOVE, sankey_picture
from ladder.sharing.movement import NOT_YET_STATE
from ladder.sharing.snapshot import Line, Move, Snapshot

HIDDEN = "hidden"


def ladder_drawing(snapshot: Snapshot) -> str:
    """The ladder picture as HTML, in its wide and its narrow form."""
    lines = (snapshot.lapsed, *snapshot.rungs)
    overview = Overview(
        as_of=snapshot.as_of,
        compare=snapshot.compare,
        rungs=tuple(_rung(_name(state), line) for state, line in enumerate(lines) if state),
        lapsed=_rung(LAPSED, snapshot.lapsed),
        customers=snapshot.totals.customers,
        currency=snapshot.currency,
    )
    hidden = {_name(state): HIDDEN for state, line in enumerate(lines) if line.in_data}
    return ladder_picture(overview, interactive=False, absent=hidden).html


def sankey_drawing(snapshot: Snapshot) -> str | None:
    """The Sankey picture as HTML; None with a single period end, or when a rung's size at one of them is hidden."""
    if len(snapshot.ends) < 2 or any(node.customers is None for node in snapshot.nodes):
        return None
    states = range(len(snapshot.states))
    nodes = [(node.end, _name(node.state), node.customers) for node in snapshot.nodes]
    moves = [
        (move.start, _name(move.origin), _name(move.target), move.customers, _direction(move))
        for move in snapshot.moves
        if move.customers
    ]
    move_columns = ["from_index", "from_state", "to_state", "customers", "direction"]
    series = Series(
        ends=snapshot.ends,
        states=tuple(_name(state) for state in states),
        nodes=pd.DataFrame(nodes, columns=["end_index", "state", "customers"]),
        moves=pd.DataFrame(moves, columns=move_columns),
    )
    titles = {_name(state): title for state, title in enumerate(snapshot.states)}
    whole = all(move.customers is not None for move in snapshot.moves)
    note = EVERY_MOVE if whole else "Hidden moves are left out"
    return sankey_picture(series, titles=titles, fold_below=0.0, note=note, interactive=False).html


def _name(state: int) -> str:
    if state == NOT_YET_STATE:
        return NOT_YET
    return f"rung-{state}" if state else LAPSED


def _rung(name: str, line: Line) -> RungLine:
    return RungLine(
        name=name,
        title=line.title,
        customers=line.customers,
        share=line.share,
        change=line.change,
        revenue=line.revenue,
        climb_rate=line.climb_rate,
        slip_rate=line.slip_rate,
        climbed=line.climbed,
        slipped=line.slipped,
        lapsed_rate=None,
        clv=line.clv,
        rule="",
    )


def _direction(move: Move) -> str:
    return direction(NOT_YET_CODE if move.origin == NOT_YET_STATE else move.origin, move.target)
