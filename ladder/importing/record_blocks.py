"""Blocks of whole records for the independent counter, told from the bytes of a file alone.

Without quotes every line is a record. Where quotes are well formed a line end counts when an even number of quotes
stands before it; where they are not, a line that ends inside quotes takes along the lines up to the closing one. This
shares no code with the readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladder.importing.file_bytes import FileBytes, open_bytes
from ladder.importing.plan import WHITESPACE, Dialect

LF, CR = 10, 13
BLOCK, SMALL = 120_000, 1 << 15  # Larger pieces of memory go back to the system after each use: half as fast.
LONGEST = 1000
LONGEST_BYTES = 2_000_000

Positions = NDArray[np.int64]
_NO_QUOTES: Positions = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Block:
    """Whole records of `size` bytes in all: start of each, its end without line end, delimiters outside quotes (None:
    ill formed) and the places of the quotes. `data` is cut short where one line is too long to hold."""

    data: bytes
    size: int
    starts: Positions
    stops: Positions
    separators: int | None
    quotes: Positions


def blocks(path: Path, dialect: Dialect) -> Iterator[Block]:
    """The file as blocks of whole records."""
    with open_bytes(path) as memory:
        position = careful = 0
        while position < len(memory):
            block, careful = next_block(memory, position, careful, dialect)
            yield block
            position += block.size


def next_block(memory: FileBytes, position: int, careful: int, dialect: Dialect) -> tuple[Block, int]:
    """The block of records that begins at a place of the file, and up to where care is needed from now on."""
    length = SMALL if position < careful else BLOCK
    block = _block(memory, position, position + length, dialect)
    if block is None and length == BLOCK:
        careful = position + BLOCK
        block = _block(memory, position, position + SMALL, dialect)
        length = SMALL
    return block or _careful_block(memory, position, position + length, dialect), careful


def _block(memory: FileBytes, begin: int, end: int, dialect: Dialect) -> Block | None:
    """The records between two places of the file, told by arrays; None where quotes are ill formed."""
    last = end >= len(memory)
    data = memory[begin:end]
    breaks = line_ends(np.frombuffer(data, dtype=np.uint8), last)
    if last and (len(breaks) == 0 or breaks[-1] != len(data)):
        breaks = np.append(breaks, len(data))
    if len(breaks) == 0:
        return None
    mark = dialect.quote.encode()
    if dialect.delimiter == WHITESPACE or not mark or data.find(mark, 0, int(breaks[-1])) < 0:
        data = data[: breaks[-1]]
        return Block(data, len(data), *_trim(data, breaks), separators_in(data, dialect), _NO_QUOTES)
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord(mark))
    outside = _outside(data, breaks, quotes)
    if len(outside) == 0:
        return None
    data = data[: outside[-1]]
    quotes = quotes[: np.searchsorted(quotes, len(data))]
    separators = _separators(data, quotes, dialect)
    if separators is None or _has_doubtful(data, breaks, outside, dialect):
        return None
    return Block(data, len(data), *_trim(data, outside), separators, quotes)


def _outside(data: bytes, breaks: Positions, quotes: Positions) -> Positions:
    """The line ends with an even number of quotes before them."""
    before = int(np.searchsorted(quotes, breaks[-1]))
    if before % 2 == 0:  # Cells of several lines are rare: it is cheaper to look for one.
        inside, is_inside = _parted(np.frombuffer(data, dtype=np.uint8), quotes[:before])
        text = inside.tobytes()
        if is_inside and b"\n" not in text and b"\r" not in text:
            return breaks
    outside: Positions = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    return outside


def _parted(values: NDArray[np.uint8], quotes: Positions) -> tuple[NDArray[np.uint8], bool]:
    """The bytes inside pairs of quotes, or those outside of them, whichever are fewer; True for inside."""
    places, is_inside = parted(len(values), quotes)
    return values[places], is_inside


def parted(size: int, quotes: Positions) -> tuple[Positions, bool]:
    """Places inside pairs of quotes, or those outside of them, whichever are fewer; True for inside."""
    opening, closing = quotes[0::2] + 1, quotes[1::2]
    inside = int((closing - opening).sum())
    is_inside = 2 * inside <= size
    if not is_inside:
        opening, closing = np.concatenate([[0], closing + 1]), np.concatenate([opening - 1, [size]])
    lengths = closing - opening
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(opening - ends + lengths, lengths), is_inside


def separators_in(data: bytes, dialect: Dialect) -> int | None:
    """Delimiters with an even number of quotes before them; None where that tells nothing."""
    if dialect.delimiter == WHITESPACE:
        return None
    if not dialect.quote or dialect.quote.encode() not in data:
        return data.count(dialect.delimiter.encode())
    quotes = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord(dialect.quote))
    return _separators(data, quotes, dialect)


def _separators(data: bytes, quotes: Positions, dialect: Dialect) -> int | None:
    values = np.frombuffer(data, dtype=np.uint8)
    if not well_formed(values, quotes, dialect):
        return None
    found, is_inside = _parted(values, quotes)
    some = int(np.count_nonzero(found == ord(dialect.delimiter)))
    return int(np.count_nonzero(values == ord(dialect.delimiter))) - some if is_inside else some


def well_formed(data: NDArray[np.uint8], quotes: Positions, dialect: Dialect) -> bool:
    """Every opening quote follows a delimiter or line end, every closing one precedes one; pairs are escapes."""
    if len(quotes) % 2 or (dialect.escape and (data == ord(dialect.escape)).any()):
        return False
    edge = np.zeros(256, dtype=bool)
    edge[[LF, CR, ord(dialect.delimiter), ord(dialect.quote)]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    escaped = np.zeros(len(opening), dtype=bool)
    escaped[1:] = opening[1:] == closing[:-1] + 1
    before, after = data[opening - 1], data[np.minimum(closing + 1, len(data) - 1)]
    fine_open = escaped | (edge[before] & (before != ord(dialect.quote))) | (opening == 0)
    return bool(fine_open.all() and (edge[after] | (closing == len(data) - 1)).all())


def _has_doubtful(data: bytes, breaks: Positions, outside: Positions, dialect: Dialect) -> bool:
    """Whether a record of several lines is too long, or might as well be several rows."""
    breaks = breaks[breaks <= len(data)]
    if len(breaks) == len(outside):
        return False
    lines = np.diff(np.searchsorted(breaks, outside, side="right"), prepend=0)
    sizes = np.diff(outside, prepend=0)
    if lines.max() > LONGEST or sizes[lines > 1].max() > LONGEST_BYTES:
        return True
    width = len(dialect.columns)
    marks = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord(dialect.delimiter))
    even = np.diff(np.searchsorted(marks, breaks), prepend=0) == width - 1
    firsts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lines)[:-1]])
    return width > 1 and bool((np.logical_and.reduceat(even, firsts) & (lines > 1)).any())


def _trim(data: bytes, ends: Positions) -> tuple[Positions, Positions]:
    """Starts of the records, and their ends without CR and LF."""
    values = np.frombuffer(data, dtype=np.uint8)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    stops = ends.copy()
    for mark in (LF, CR) if b"\r" in data else (LF,):
        stops -= (stops > starts) & (values[np.maximum(stops - 1, 0)] == mark)
    return starts, stops


def line_ends(data: NDArray[np.uint8], last: bool = True) -> Positions:
    """Position after every LF, CRLF and lone CR; a CR that ends an unfinished block may yet be half a CRLF."""
    ends = np.flatnonzero(data == LF) + 1
    if not (data == CR).any():
        return ends
    returns = np.flatnonzero(data == CR)
    following = np.append(data, np.uint8(0 if last else LF))[returns + 1]
    return np.sort(np.concatenate([ends, returns[following != LF] + 1]))


def _line_stop(memory: FileBytes, begin: int) -> int:
    """Past the first line end from `begin` on, or the end of the file."""
    while begin < len(memory):
        chunk = memory[begin : begin + SMALL]
        found = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
        if found:
            stop = begin + min(found)
            return stop + (2 if memory[stop : stop + 2] == b"\r\n" else 1)
        begin += len(chunk)
    return len(memory)


def _careful_block(memory: FileBytes, begin: int, end: int, dialect: Dialect) -> Block:
    """Line by line: a line that ends inside quotes takes those along that close them, if they do."""
    data = _whole_lines(memory, begin, end)
    if not data:
        return _huge(memory, begin)
    breaks = line_ends(np.frombuffer(data, dtype=np.uint8))
    if len(breaks) == 0 or breaks[-1] != len(data):
        breaks = np.append(breaks, len(data))
    stops = breaks.tolist()
    quoting = dialect.quote and dialect.delimiter != WHITESPACE
    mark = dialect.quote.encode()
    ends: list[int] = []
    place = position = 0
    while place < len(stops):
        stop = stops[place]
        line = data[position:stop].rstrip(b"\r\n")
        is_open = quoting and mark in line and len(line) <= LONGEST_BYTES
        if is_open and _patterns(dialect).unfinished.fullmatch(line):
            stop += _joined(memory, begin + position, begin + stop, dialect)
            place = int(np.searchsorted(breaks, stop))
        ends.append(stop)
        position, place = stop, place + 1
    data = data if position <= len(data) else memory[begin : begin + position]
    return Block(data, len(data), *_trim(data, np.asarray(ends, dtype=np.int64)), None, _NO_QUOTES)


def _whole_lines(memory: FileBytes, begin: int, end: int) -> bytes:
    """Up to the line end at or after `end`, or before it where that line is too long; empty if there is but that."""
    stop = _line_stop(memory, min(end, len(memory)) - 1)
    if stop - end > LONGEST_BYTES:
        last = max(memory.rfind(b"\n", begin, end), memory.rfind(b"\r", begin, end - 1))
        stop = last + 1 if last >= 0 else begin
    return memory[begin:stop]


def _huge(memory: FileBytes, begin: int) -> Block:
    """One line too long to hold: only its beginning is kept."""
    size = _line_stop(memory, begin) - begin
    return Block(memory[begin : begin + SMALL], size, np.asarray([0]), np.asarray([size]), None, _NO_QUOTES)


def _joined(memory: FileBytes, begin: int, first: int, dialect: Dialect) -> int:
    """How many bytes the record goes on behind its first line; 0 where it is no record of several lines."""
    patterns = _patterns(dialect)
    stops = [first]
    for most in (8, 64, LONGEST):
        while len(stops) < most and stops[-1] < len(memory) and stops[-1] - begin <= LONGEST_BYTES:
            stops.append(_line_stop(memory, stops[-1]))
        text = memory[begin : stops[-1]]
        match = patterns.whole.match(text)
        if match or not patterns.unfinished.fullmatch(text):
            break
    if not match or match.end() > LONGEST_BYTES:
        return 0
    lines = re.split(rb"\r\n|\r|\n", match[0])
    width, even = len(dialect.columns), len(dialect.columns) - 1
    if width > 1 and all(line.count(dialect.delimiter.encode()) == even for line in lines):
        joined = _fields(match[0], patterns.one)
        if joined != width or len(lines) >= (3 if width > 2 else 5):
            return 0
    return next(stop for stop in stops if stop - begin >= match.end()) - first


def _fields(text: bytes, one: re.Pattern[bytes]) -> int:
    number = position = 0
    while match := one.match(text, position):
        number, position = number + 1, match.end() + 1
        if position > len(text):
            break
    return number


class _Patterns(NamedTuple):
    one: re.Pattern[bytes]
    whole: re.Pattern[bytes]
    unfinished: re.Pattern[bytes]


def _patterns(dialect: Dialect) -> _Patterns:
    return _compiled(dialect.delimiter, dialect.quote, dialect.escape)


@lru_cache(maxsize=64)
def _compiled(delimiter: str, quote: str, escape: str) -> _Patterns:
    mark, cut = re.escape(quote.encode()), re.escape(delimiter.encode())
    pad = b"" if delimiter == " " else b" *"
    if escape:
        sign = re.escape(escape.encode())
        body = b"[^%b%b]*+(?:(?:%b.|%b%b)[^%b%b]*+)*+" % (mark, sign, sign, mark, mark, mark, sign)
        tail = b"(?:%b)?" % sign
    else:
        body, tail = b"[^%b]*+(?:%b%b[^%b]*+)*+" % (mark, mark, mark, mark), b""
    one = b"(?:%b%b%b%b%b|(?!%b%b)[^%b\\r\\n]*+)" % (pad, mark, body, mark, pad, pad, mark, cut)
    whole = b"%b(?:%b%b)*+(?=[\\r\\n]|\\Z)" % (one, cut, one)
    unfinished = b"(?:%b%b)*+%b%b%b%b" % (one, cut, pad, mark, body, tail)
    return _Patterns(*(re.compile(pattern, re.DOTALL) for pattern in (one, whole, unfinished)))
