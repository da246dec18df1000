"""The lines of a block of bytes, told by arrays: which are plain rows of the expected width, and which are odd."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladder.importing.plan import Dialect
from ladder.importing.records import LONGEST_BYTES

_LF, _CR = 10, 13

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Lines(NamedTuple):
    """Where each line starts and the next one does, whether it is odd, whether odd for nothing but its delimiters,
    and how many lines before it are not empty."""

    starts: Positions
    after: Positions
    odd: Flags
    simple: Flags
    filled_before: Positions

    def filled(self, first: int, last: int) -> int:
        """Lines that are not empty from `first` up to `last`."""
        return int(self.filled_before[last] - self.filled_before[first])


def classified(block: bytes, dialect: Dialect, width: int) -> Lines:
    """The lines of a block of whole lines. A line is odd unless it is empty, or cuts under strict rules into `width`
    fields whose quotes stand at their edges; one that opens a field which ends on another line is odd."""
    data = np.frombuffer(block, dtype=np.uint8)
    starts, stops, after = _bounds(data)
    marks = np.flatnonzero(data == ord(dialect.delimiter))
    bounds = np.searchsorted(marks, starts)
    within = np.diff(np.append(bounds, len(marks)))
    blank = stops == starts
    ill, quoted = np.zeros(len(starts), dtype=bool), np.zeros(len(starts), dtype=bool)
    if dialect.quote and dialect.quote.encode() in block:
        ill, quoted, hidden = _quoting(data, starts, marks, within, dialect)
        within = within - hidden
    long = stops - starts > LONGEST_BYTES
    odd = ill | (within != width - 1) | long
    # A reader of one column takes an empty line for a row.
    odd = (odd | blank) if width == 1 else (odd & ~blank)
    filled_before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(~blank)])
    return Lines(starts, after, odd, odd & ~(quoted | long | blank), filled_before)


def _bounds(data: NDArray[np.uint8]) -> tuple[Positions, Positions, Positions]:
    """Start of each line, its end without and with the line end."""
    after = np.flatnonzero(data == _LF) + 1
    returns = np.flatnonzero(data == _CR)
    if len(returns):
        alone = np.append(data, np.uint8(0))[returns + 1] != _LF
        after = np.sort(np.concatenate([after, returns[alone] + 1]))
    if len(after) == 0 or after[-1] != len(data):
        after = np.append(after, len(data))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), after[:-1]])
    stops = after.copy()
    for mark in (_LF, _CR):
        stops -= (stops > starts) & (data[np.maximum(stops - 1, 0)] == mark)
    return starts, stops, after


def _quoting(
    data: NDArray[np.uint8],
    starts: Positions,
    marks: Positions,
    within: Positions,
    dialect: Dialect,
) -> tuple[Flags, Flags, Positions]:
    """Which lines have a quote that is neither at the edge of a field nor doubled, which have any, and how many
    delimiters of each line stand inside quotes."""
    count = len(starts)
    quotes = np.flatnonzero(data == ord(dialect.quote))
    line = np.searchsorted(starts, quotes, side="right") - 1
    first = np.searchsorted(quotes, starts)
    opening = (np.arange(len(quotes)) - first[line]) % 2 == 0
    padded = np.concatenate([np.full(2, _LF, np.uint8), data, np.full(2, _LF, np.uint8)])
    before, after = padded[quotes + 1], padded[quotes + 3]
    edge = np.zeros(256, dtype=bool)
    edge[[_LF, _CR, ord(dialect.delimiter)]] = True
    begins, ends = edge[before], edge[after]
    if dialect.delimiter != " ":  # one blank beside the quotes is known to the strict reader
        begins |= (before == ord(" ")) & edge[padded[quotes]]
        ends |= (after == ord(" ")) & edge[padded[quotes + 4]]
    doubled = np.zeros(len(quotes), dtype=bool)
    doubled[1:] = (quotes[1:] == quotes[:-1] + 1) & opening[1:] & (line[1:] == line[:-1])
    fine = np.where(opening, begins | doubled, ends | (after == ord(dialect.quote)))
    ill = np.zeros(count, dtype=bool)
    ill[line[~fine]] = True
    number = np.bincount(line, minlength=count)
    ill |= number % 2 == 1
    if dialect.escape:
        ill[np.searchsorted(starts, np.flatnonzero(data == ord(dialect.escape)), side="right") - 1] = True
    mark_line = np.repeat(np.arange(count), within)
    inside = (np.searchsorted(quotes, marks) - first[mark_line]) % 2 == 1
    return ill, number > 0, np.bincount(mark_line[inside], minlength=count)
