"""Where everything on the Sankey picture stands, as data: time left to right, the ladder bottom to top."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.flows import Series
from ladder.model.ladder import NOT_YET
from ladder.pictures.ladder_layout import Box


@dataclass(frozen=True)
class Node:
    """Everybody in one state at one period end. Heights are in proportion to customers."""

    index: int
    state: str
    customers: int
    box: Box


@dataclass(frozen=True)
class Band:
    """Customers who moved from one node to another; `top_from` and `top_to` are its upper edges at both ends.

    A folded band has one end only: `to_state` is None where many small bands leave `from_state` together, and
    `from_state` is None where many small bands arrive together. `moves` counts what was folded.
    """

    index: int
    from_state: str | None
    to_state: str | None
    customers: int
    direction: str
    x_from: float
    x_to: float
    top_from: float
    top_to: float
    height: float
    moves: int = 1


@dataclass(frozen=True)
class Fold:
    """What was folded into “other” between period ends `index` and `index + 1`."""

    index: int
    moves: int
    customers: int


@dataclass(frozen=True)
class Lane:
    """The strip in which all nodes of one state stand, on its lower edge; one below the other, top rung first."""

    state: str
    box: Box


@dataclass(frozen=True)
class SankeyLayout:
    """The whole picture. `unit` is the height of one customer."""

    width: float
    height: float
    ends: tuple[date, ...]
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    folds: tuple[Fold, ...]
    unit: float
    compact: bool


@dataclass(frozen=True)
class Frame:
    """Fixed sizes in user units."""

    width: float
    head: float
    plot: float
    left: float
    right: float
    lane_gap: float
    foot: float
    node: float
    stub: float


WIDE = Frame(width=960, head=84, plot=330, left=160, right=66, lane_gap=30, foot=44, node=10, stub=24)
COMPACT = Frame(width=344, head=134, plot=300, left=4, right=4, lane_gap=38, foot=44, node=8, stub=12)


def sankey_layout(series: Series, *, fold_below: float = 0.002, compact: bool = False) -> SankeyLayout:
    """Place nodes and bands over 2 to 12 period ends.

    Bands of less than `fold_below` (a share of all customers at the later end) are folded into “other”: they
    leave and arrive as one stub per node, so that the bands of a node always add up to the node.
    Refuses fewer than 2 or more than 12 period ends.
    """
    if not 2 <= len(series.ends) <= 12:
        raise LadderError(
            "This picture needs 2 to 12 dates", f"It got {len(series.ends)}.", "Choose other dates."
        )
    frame = COMPACT if compact else WIDE
    counts = {(int(i), str(s)): int(c) for i, s, c in _rows(series.nodes, "end_index", "state", "customers")}
    states = tuple(reversed(series.states))
    peaks = {s: max(counts.get((i, s), 0) for i in range(len(series.ends))) for s in states}
    unit = frame.plot / max(1, sum(peaks.values()))
    lanes = _lanes(peaks, unit, frame)
    nodes = _nodes(counts, lanes, len(series.ends), unit, frame)
    bands, folds = _bands(series, nodes, states, fold_below, unit, frame)
    height = lanes[-1].box.bottom + frame.foot
    return SankeyLayout(
        frame.width, height, series.ends, lanes, tuple(nodes.values()), bands, folds, unit, compact
    )


def _lanes(peaks: dict[str, int], unit: float, frame: Frame) -> tuple[Lane, ...]:
    lanes, y = [], frame.head
    for state, peak in peaks.items():
        height = frame.lane_gap + peak * unit
        lanes.append(Lane(state, Box(frame.left, y, frame.width - frame.left - frame.right, height)))
        y += height
    return tuple(lanes)


def _nodes(
    counts: dict[tuple[int, str], int], lanes: tuple[Lane, ...], ends: int, unit: float, frame: Frame
) -> dict[tuple[int, str], Node]:
    first = frame.left + frame.stub
    step = (frame.width - first - frame.right - frame.node) / (ends - 1)
    nodes = {}
    for index in range(ends):
        for lane in lanes:
            customers = counts.get((index, lane.state), 0)
            height = customers * unit
            box = Box(first + index * step, lane.box.bottom - height, frame.node, height)
            nodes[index, lane.state] = Node(index, lane.state, customers, box)
    return nodes


@dataclass(frozen=True)
class _Move:
    index: int
    source: str
    target: str
    customers: int
    direction: str
    folded: bool


def _moves(series: Series, states: tuple[str, ...], fold_below: float) -> list[_Move]:
    """Moves with somebody in them, ordered from top to bottom at both ends; small ones are marked as folded."""
    order = {state: place for place, state in enumerate((*states, NOT_YET))}
    columns = ("from_index", "from_state", "to_state", "customers", "direction")
    rows = [row for row in _rows(series.moves, *columns) if int(row[3]) > 0]
    totals: dict[int, int] = defaultdict(int)
    for index, _, _, customers, _ in rows:
        totals[index] += customers
    moves = [
        _Move(int(i), str(s), str(t), int(c), str(d), s != NOT_YET and c < fold_below * totals[i])
        for i, s, t, c, d in rows
    ]
    return sorted(moves, key=lambda move: (move.index, order[move.source], order[move.target]))


def _bands(
    series: Series,
    nodes: dict[tuple[int, str], Node],
    states: tuple[str, ...],
    fold_below: float,
    unit: float,
    frame: Frame,
) -> tuple[tuple[Band, ...], tuple[Fold, ...]]:
    moves = _moves(series, states, fold_below)
    leaving = {key: node.box.y for key, node in nodes.items()}
    arriving = dict(leaving)
    bands = [_band(move, nodes, leaving, arriving, unit, frame) for move in moves if not move.folded]
    folded = [move for move in moves if move.folded]
    for out in (True, False):
        for (index, state), group in _grouped(folded, out).items():
            key = (index, state) if out else (index + 1, state)
            bands.append(_stub(group, nodes[key], (leaving if out else arriving), out, unit, frame))
    return tuple(bands), _folds(folded)


def _band(
    move: _Move,
    nodes: dict[tuple[int, str], Node],
    leaving: dict[tuple[int, str], float],
    arriving: dict[tuple[int, str], float],
    unit: float,
    frame: Frame,
) -> Band:
    target, height = (move.index + 1, move.target), move.customers * unit
    x_to, top_to = nodes[target].box.x, arriving[target]
    arriving[target] += height
    source = (move.index, move.source)
    x_from, top_from = x_to - frame.stub, top_to
    if move.source != NOT_YET:
        x_from, top_from = nodes[source].box.right, leaving[source]
        leaving[source] += height
    return Band(
        move.index, move.source, move.target, move.customers, move.direction, x_from, x_to, top_from, top_to, height
    )  # fmt: skip


def _stub(
    group: list[_Move], node: Node, edges: dict[tuple[int, str], float], out: bool, unit: float, frame: Frame
) -> Band:
    customers = sum(move.customers for move in group)
    top = edges[node.index, node.state]
    edges[node.index, node.state] += customers * unit
    x_from = node.box.right if out else node.box.x - frame.stub / 2
    return Band(
        index=group[0].index,
        from_state=node.state if out else None,
        to_state=None if out else node.state,
        customers=customers,
        direction="other",
        x_from=x_from,
        x_to=x_from + frame.stub / 2,
        top_from=top,
        top_to=top,
        height=customers * unit,
        moves=len(group),
    )


def _grouped(folded: list[_Move], out: bool) -> dict[tuple[int, str], list[_Move]]:
    groups: dict[tuple[int, str], list[_Move]] = defaultdict(list)
    for move in folded:
        groups[move.index, move.source if out else move.target].append(move)
    return groups


def _folds(folded: list[_Move]) -> tuple[Fold, ...]:
    groups: dict[int, list[_Move]] = defaultdict(list)
    for move in folded:
        groups[move.index].append(move)
    return tuple(Fold(i, len(group), sum(move.customers for move in group)) for i, group in groups.items())


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(frame[column].tolist() for column in columns), strict=True)
