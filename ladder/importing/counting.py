"""The independent counter: how many records a file holds, told from its bytes alone. It shares no code with the
readers, but the fetching of raw bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladder.importing.file_bytes import open_bytes
from ladder.importing.plan import WHITESPACE, Dialect
from ladder.importing.record_blocks import (
    BLOCK,
    CR,
    LF,
    Block,
    blocks,
    line_ends,
    next_block,
    parted,
    separators_in,
    well_formed,
)

_SHOWN = 10_000
_UNTIDY = 16 * BLOCK
_LETTER = ord("x")


@dataclass(frozen=True)
class Count:
    """`records` come after the `skipped` ones; `blank` of them are empty lines, `longest` is the most bytes of one.

    `separators` is the number of delimiters in them outside quotes, None where quotes are ill formed. `bare` says
    that no cell begins or ends with a blank or with a character outside ASCII.
    """

    records: int = 0
    blank: int = 0
    skipped: int = 0
    separators: int | None = 0
    longest: int = 0
    has_nul: bool = False
    has_at: bool = False
    bare: bool = True


@dataclass(frozen=True)
class Original:
    """A record as it stood in the file: number of its first physical line, its own number among all records, skipped
    and empty ones included (both from 1), and its text."""

    line: int
    text: str
    record: int = 0


def count_records(path: Path, dialect: Dialect) -> Count:
    """Count the records of a UTF-8 file. A broken record is one physical line."""
    total, seen, scratch = Count(), 0, _Scratch()
    position = careful = tidy_from = 0
    with open_bytes(path) as memory:
        while position < len(memory):
            may_be_tidy = seen >= dialect.skip and position >= tidy_from
            tidy = _tidy(memory[position : position + BLOCK], dialect, scratch) if may_be_tidy else None
            if tidy:
                total, seen = _sum(total, tidy), seen + tidy.records
                position += tidy.longest
                continue
            if may_be_tidy:  # What follows is likely to be no better.
                tidy_from = position + _UNTIDY
            block, careful = next_block(memory, position, careful, dialect)
            first = max(0, min(len(block.starts), dialect.skip - seen))
            seen += len(block.starts)
            position += block.size
            if first < len(block.starts):
                total = _sum(total, _counted(block, first, dialect, scratch))
    return replace(total, skipped=min(seen, dialect.skip))


def originals(path: Path, dialect: Dialect, wanted: Sequence[int] | NDArray[np.int64]) -> Iterator[Original]:
    """The wanted records in ascending order, numbered from 1 without skipped and empty ones; long texts are cut."""
    numbers = np.asarray(wanted, dtype=np.int64)
    seen = number = lines = 0
    for block in blocks(path, dialect):
        keep = np.flatnonzero(
            (block.starts < block.stops) & (np.arange(len(block.starts)) + seen >= dialect.skip)
        )
        inside = numbers[(numbers > number) & (numbers <= number + len(keep))]
        breaks = line_ends(np.frombuffer(block.data, dtype=np.uint8))
        for place in keep[inside - number - 1].tolist():
            line = lines + int(np.searchsorted(breaks, block.starts[place], side="right")) + 1
            text = _shown(block.data[block.starts[place] : block.stops[place]])
            yield Original(line, text, seen + place + 1)
        seen += len(block.starts)
        number += len(keep)
        lines += max(1, len(breaks))
        if number >= numbers[-1]:
            return


def _shown(data: bytes) -> str:
    text = data[: 4 * _SHOWN].decode("utf-8", "replace")
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _counted(block: Block, first: int, dialect: Dialect, scratch: _Scratch) -> Count:
    """The records of a block from `first` on."""
    starts, stops = block.starts[first:], block.stops[first:]
    data = block.data[starts[0] :] if first else block.data
    separators = separators_in(data, dialect) if first else block.separators
    quotes = block.quotes[block.quotes >= starts[0]] - starts[0] if separators is not None else None
    return Count(
        records=len(starts),
        blank=int((starts == stops).sum()),
        separators=separators,
        longest=int((stops - starts).max()),
        has_nul=b"\0" in data,
        has_at=b"@" in data,
        bare=_is_bare(data, dialect, len(starts), quotes, scratch),
    )


def _sum(one: Count, two: Count) -> Count:
    return Count(
        records=one.records + two.records,
        blank=one.blank + two.blank,
        separators=None
        if one.separators is None or two.separators is None
        else one.separators + two.separators,
        longest=max(one.longest, two.longest),
        has_nul=one.has_nul or two.has_nul,
        has_at=one.has_at or two.has_at,
        bare=one.bare and two.bare,
    )


class _Scratch:
    """Arrays that are used for block after block: fresh ones cost more than what is done with them."""

    def __init__(self) -> None:
        self._bytes = np.empty((2, 0), dtype=np.uint8)
        self._flags = np.empty((4, 0), dtype=np.bool_)

    def of(self, size: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Two arrays of bytes and four of flags, holding anything."""
        if self._bytes.shape[1] < size:
            self._bytes = np.empty((2, size), dtype=np.uint8)
            self._flags = np.empty((4, size), dtype=np.bool_)
        return self._bytes[:, :size], self._flags[:, :size]


def _tidy(data: bytes, dialect: Dialect, scratch: _Scratch) -> Count | None:
    """The whole lines that `data` begins with, as many bytes as `longest` says, told by few looks at each byte.

    None unless every line is a record: no empty ones, no CR, quotes well formed and no line end inside them.
    """
    size = data.rfind(b"\n") + 1
    if size == 0 or dialect.delimiter == WHITESPACE or data.find(b"\r", 0, size) >= 0:
        return None
    values = np.frombuffer(data, dtype=np.uint8, count=size)
    (around, shifted), (edge, breaks, odd, near) = scratch.of(size + 2)
    around[0] = around[-1] = LF
    around[1:-1] = values
    bare = True
    if dialect.quote and data.find(dialect.quote.encode(), 0, size) >= 0:
        quotes = np.flatnonzero(values == ord(dialect.quote))
        if not well_formed(values, quotes, dialect) or not _blank_out(around[1:-1], values, quotes):
            return None
        bare = _are_bare_inside(values, quotes)
    np.equal(around, LF, out=breaks)
    if np.logical_and(breaks[:-2], breaks[1:-1], out=near[2:]).any():
        return None
    separators = np.count_nonzero(np.equal(around, ord(dialect.delimiter), out=edge))
    np.logical_or(edge, breaks, out=edge)
    np.greater(np.subtract(around, 33, out=shifted), 93, out=odd)  # neither printable nor ASCII
    np.greater(odd, edge, out=odd)
    np.logical_or(edge[:-2], edge[2:], out=near[1:-1])
    return Count(
        records=int(np.count_nonzero(breaks)) - 2,
        separators=int(separators),
        longest=size,
        has_nul=data.find(b"\0", 0, size) >= 0,
        has_at=data.find(b"@", 0, size) >= 0,
        bare=bare and not np.logical_and(near[1:-1], odd[1:-1], out=near[1:-1]).any(),
    )


def _blank_out(target: NDArray[np.uint8], values: NDArray[np.uint8], quotes: NDArray[np.int64]) -> bool:
    """Put letters for all that stands inside quotes, `target` being a copy of `values`; False where that is a line
    end."""
    places, is_inside = parted(len(values), quotes)
    if is_inside:
        target[places] = _LETTER
        return not (values[places] == LF).any()
    target[:] = _LETTER
    target[places] = values[places]
    return bool(np.count_nonzero(values == LF) == np.count_nonzero(target == LF))


def _are_bare_inside(values: NDArray[np.uint8], quotes: NDArray[np.int64]) -> bool:
    """Whether no quoted cell begins or ends with a blank or outside ASCII; two quotes in a row stand for one."""
    opening, closing = quotes[0::2], quotes[1::2]
    is_one = opening[1:] == closing[:-1] + 1
    first = np.concatenate([opening[:1], opening[1:][~is_one]]) + 1
    last = np.concatenate([closing[:-1][~is_one], closing[-1:]]) - 1
    edges = values[np.concatenate([first, last])]
    return not ((edges - np.uint8(33)) > 93).any()


def _is_bare(
    data: bytes, dialect: Dialect, records: int, quotes_at: NDArray[np.int64] | None, scratch: _Scratch
) -> bool:
    """Whether no blank and nothing outside ASCII stands at the edge of a cell; a doubt is a no. `quotes_at` are the
    places of the quotes, None where they are ill formed."""
    if dialect.delimiter == WHITESPACE:
        return True
    if dialect.delimiter in " \t" and dialect.quote and dialect.quote.encode() in data:
        return False  # Inside quotes it is a blank, and may stand at the edge.
    (around, shifted), flags = scratch.of(len(data) + 4)
    around[:2] = around[-2:] = LF
    around[2:-2] = np.frombuffer(data, dtype=np.uint8)
    values, (edge, breaks, odd, quotes) = around[1:-1], flags[:, 1:-1]
    np.equal(values, LF, out=breaks)
    if b"\r" in data:
        np.logical_or(breaks, values == CR, out=breaks)
    np.logical_or(np.equal(values, ord(dialect.delimiter), out=edge), breaks, out=edge)
    np.greater(np.subtract(values, 33, out=shifted[1:-1]), 93, out=odd)  # neither printable nor ASCII
    np.greater(odd, edge, out=odd)
    if dialect.quote and dialect.quote.encode() in data:
        np.equal(values, ord(dialect.quote), out=quotes)
        inner = np.count_nonzero(breaks[1:-1]) > records - (not data.endswith((b"\n", b"\r")))
        if inner and _breaks_at_edges(edge, breaks, quotes):
            return False
        np.logical_or(edge, quotes, out=edge)
    near = np.logical_or(edge[:-2], edge[2:], out=quotes[1:-1])
    if not np.logical_and(near, odd[1:-1], out=near).any():
        return True
    places = np.flatnonzero(near) + 2
    return quotes_at is not None and len(quotes_at) > 0 and _are_inside(around, places, quotes_at)


def _breaks_at_edges(edge: NDArray[np.bool_], breaks: NDArray[np.bool_], quotes: NDArray[np.bool_]) -> bool:
    """Whether a line end may be the first or the last of a quoted cell."""
    return bool((quotes[1:-1] & ((edge[:-2] & breaks[2:]) | (breaks[:-2] & edge[2:]))).any())


def _are_inside(around: NDArray[np.uint8], places: NDArray[np.int64], quotes: NDArray[np.int64]) -> bool:
    """Whether signs beside edges stand within quoted cells: two quotes in a row stand for one there, and a delimiter
    is no edge."""
    sign = around[quotes[0] + 2]
    before, after = around[places - 1], around[places + 1]
    opened = (before == sign) & (around[places - 2] != sign)
    closed = (after == sign) & (around[places + 2] != sign)
    if (opened | closed).any():
        return False
    return bool((np.searchsorted(quotes, places - 2) % 2 == 1).all())
