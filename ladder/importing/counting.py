"""The independent counter: how many records a file holds, told from its bytes alone.

It shares no code with the readers. Where quotes are well formed it works on arrays (a line end counts when an even
number of quotes stands before it); where they are not, one regular expression finds the end of each record.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladder.importing.plan import WHITESPACE, Dialect

_BLOCK = 8 << 20
_LONGEST = 1000
_LF, _CR = 10, 13

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Count:
    """`records` come after the `skipped` ones; `blank` of them are empty lines, and `separators` is the number of
    delimiters in them outside quotes, None where quotes are ill formed."""

    records: int
    blank: int
    skipped: int = 0
    separators: int | None = None
    has_nul: bool = False


@dataclass(frozen=True)
class Original:
    """A record as it stood in the file: number of its first physical line (from 1) and its text."""

    line: int
    text: str


def count_records(path: Path, dialect: Dialect) -> Count:
    """Count the records of a UTF-8 file. A broken record is one physical line."""
    total = blank = seen = 0
    separators: int | None = 0
    has_nul = False
    for block, starts, ends in _blocks(path, dialect):
        first = max(0, min(len(starts), dialect.skip - seen))
        seen += len(starts)
        total += len(starts) - first
        blank += int((starts[first:] == ends[first:]).sum())
        if first < len(starts):
            found = _separators(block[starts[first] :] if first else block, dialect)
            separators = None if found is None or separators is None else separators + found
        has_nul = has_nul or b"\0" in block
    return Count(total, blank, min(seen, dialect.skip), separators, has_nul)


def originals(path: Path, dialect: Dialect, wanted: list[int]) -> Iterator[Original]:
    """The wanted records in ascending order, numbered from 1 without skipped and empty ones."""
    numbers = np.asarray(wanted, dtype=np.int64)
    seen = number = lines = 0
    for block, starts, ends in _blocks(path, dialect):
        keep = np.flatnonzero((starts < ends) & (np.arange(len(starts)) + seen >= dialect.skip))
        inside = numbers[(numbers > number) & (numbers <= number + len(keep))]
        breaks = _line_ends(np.frombuffer(block, dtype=np.uint8))
        for place in keep[inside - number - 1].tolist():
            line = lines + int(np.searchsorted(breaks, starts[place], side="right")) + 1
            yield Original(line, block[starts[place] : ends[place]].decode("utf-8", "replace"))
        seen += len(starts)
        number += len(keep)
        lines += len(breaks)


def _blocks(path: Path, dialect: Dialect) -> Iterator[tuple[bytes, Positions, Positions]]:
    """Blocks of whole records, each with the start and the end (without line end) of every record in it."""
    size = path.stat().st_size
    if size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        position, length = 0, _BLOCK
        while position < size:
            block = memory[position : position + length]
            last = position + length >= size
            ends = _record_ends(block, dialect, last)
            if len(ends) == 0:
                length *= 2
                continue
            cut = int(ends[-1])
            yield block[:cut], *_trim(block[:cut], ends)
            position, length = position + cut, _BLOCK


def _separators(block: bytes, dialect: Dialect) -> int | None:
    """Delimiters with an even number of quotes before them; None where that tells nothing."""
    if dialect.delimiter == WHITESPACE:
        return None
    if not dialect.quote or dialect.quote.encode() not in block:
        return block.count(dialect.delimiter.encode())
    data = np.frombuffer(block, dtype=np.uint8)
    quotes, marks = (np.flatnonzero(data == ord(mark)) for mark in (dialect.quote, dialect.delimiter))
    if not _well_formed(data, quotes, dialect, last=True):
        return None
    return int((np.searchsorted(quotes, marks) % 2 == 0).sum())


def _trim(block: bytes, ends: Positions) -> tuple[Positions, Positions]:
    """Starts of the records, and their ends without CR and LF."""
    data = np.frombuffer(block, dtype=np.uint8)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    stops = ends.copy()
    for mark in (_LF, _CR):
        stops -= (stops > starts) & (data[np.maximum(stops - 1, 0)] == mark)
    return starts, stops


def _record_ends(block: bytes, dialect: Dialect, last: bool) -> Positions:
    """Position after each whole record of the block; the rest of the last block is a record too."""
    data = np.frombuffer(block, dtype=np.uint8)
    breaks = _line_ends(data, last)
    if last and (len(breaks) == 0 or breaks[-1] != len(data)):
        breaks = np.append(breaks, len(data))
    if not dialect.quote or dialect.delimiter == WHITESPACE:
        return breaks
    quotes = np.flatnonzero(data == ord(dialect.quote))
    before = np.searchsorted(quotes, breaks)
    outside: Positions = breaks[before % 2 == 0]
    if _well_formed(data, quotes, dialect, last) and len(breaks) - len(outside) < _LONGEST:
        return outside
    return _ends_by_pattern(block, breaks, dialect, last)


def _line_ends(data: NDArray[np.uint8], last: bool = True) -> Positions:
    """Position after every LF, CRLF and lone CR; a CR that ends an unfinished block may yet be half a CRLF."""
    ends = np.flatnonzero(data == _LF) + 1
    returns = np.flatnonzero(data == _CR)
    if len(returns) == 0:
        return ends
    following = np.append(data, np.uint8(0 if last else _LF))[returns + 1]
    return np.sort(np.concatenate([ends, returns[following != _LF] + 1]))


def _well_formed(data: NDArray[np.uint8], quotes: Positions, dialect: Dialect, last: bool) -> bool:
    """Every opening quote follows a delimiter or line end, every closing one precedes one; pairs are escapes."""
    if len(quotes) == 0:
        return True
    edge = np.zeros(256, dtype=bool)
    edge[[_LF, _CR, ord(dialect.delimiter), ord(dialect.quote)]] = True
    if last and len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    padded = np.concatenate([[np.uint8(_LF)], data, [np.uint8(_LF)]])
    escaped = np.isin(opening, closing + 1)
    fine_open = escaped | (edge[padded[opening]] & (padded[opening] != ord(dialect.quote)))
    return bool(fine_open.all() and edge[padded[closing + 2]].all())


def _ends_by_pattern(block: bytes, breaks: Positions, dialect: Dialect, last: bool) -> Positions:
    """Record by record; where the pattern does not fit, the physical line is the record."""
    pattern = _pattern(dialect)
    ends: list[int] = []
    position = index = 0
    stops = breaks.tolist()
    while index < len(stops):
        window = min(index + _LONGEST, len(stops)) - 1
        if not last and index + _LONGEST > len(stops):
            break
        match = pattern.match(block, position, stops[window])
        index = _line_after(breaks, match.end(), index) if match else index
        position = stops[index]
        ends.append(position)
        index += 1
    return np.asarray(ends, dtype=np.int64)


def _line_after(breaks: Positions, end: int, index: int) -> int:
    return max(index, min(len(breaks) - 1, int(np.searchsorted(breaks, end + 1))))


def _pattern(dialect: Dialect) -> re.Pattern[bytes]:
    mark, cut = re.escape(dialect.quote.encode()), re.escape(dialect.delimiter.encode())
    pad = b"" if dialect.delimiter == " " else b" *"
    quoted = pad + mark + b"[^%b]*+(?:%b%b[^%b]*+)*+%b" % (mark, mark, mark, mark, mark) + pad
    plain = b"(?!%b%b)[^%b\\r\\n]*+" % (pad, mark, cut)
    one = b"(?:%b|%b)" % (quoted, plain)
    return re.compile(b"%b(?:%b%b)*+(?=[\\r\\n]|\\Z)" % (one, cut, one))
