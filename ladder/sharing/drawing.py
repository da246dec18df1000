"""Pictures of a snapshot: results rebuilt from the suppressed figures, so that no picture ever sees the raw ones."""

from __future__ import annotations

import re

import pandas as pd

from ladder.flows import Overview, RungLine, Series
from ladder.model.ladder import LAPSED, NOT_YET
from ladder.pictures import wording
from ladder.pictures.ladder_picture import ladder_picture
from ladder.pictures.sankey_picture import sankey_picture
from ladder.sharing.movement import NOT_YET_STATE
from ladder.sharing.snapshot import Line, Move, Snapshot

HIDDEN = "hidden"
_EVERY_MOVE = "Every move is drawn"
_LEFT_OUT = "Hidden moves are left out"
_SUMMARY = re.compile('(aria-label="Moves between rungs from [^:"]*): [^"]*"')


def ladder_drawing(snapshot: Snapshot) -> str:
    """The ladder picture as HTML, in its wide and its narrow form."""
    lines = (snapshot.lapsed, *snapshot.rungs)
    overview = Overview(
        as_of=snapshot.as_of,
        compare=snapshot.compare,
        rungs=tuple(_rung(_name(state), line) for state, line in enumerate(lines) if state),
        lapsed=_rung(LAPSED, snapshot.lapsed),
        customers=snapshot.totals.customers or 0,
        currency=snapshot.currency,
    )
    drawn = ladder_picture(overview, interactive=False).html
    if snapshot.totals.customers is None:
        drawn = drawn.replace(f"{wording.people(0)} known", f"customers known: {HIDDEN}")
    # The picture knows one word for "no figure"; on a shared page the reason may be either.
    if any(line.in_data and line.customers is None for line in lines):
        missing = any(not line.in_data for line in lines)
        drawn = drawn.replace(wording.MISSING, "not shown" if missing else HIDDEN)
    return drawn


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
    drawn = sankey_picture(series, titles=titles, fold_below=0.0, interactive=False).html
    if all(move.customers is not None for move in snapshot.moves):
        return drawn
    # The picture sums up the moves it got, as if they were all.
    return _SUMMARY.sub(rf'\1. {_LEFT_OUT}."', drawn.replace(_EVERY_MOVE, _LEFT_OUT))


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
    if move.origin == NOT_YET_STATE:
        return "joined"
    if move.origin == move.target:
        return "stayed"
    if move.origin == 0:
        return "returned"
    if move.target == 0:
        return "lapsed"
    return "climbed" if move.target > move.origin else "slipped"
