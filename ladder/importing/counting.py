"""The independent counter: how many records a file holds, told from its bytes alone. It shares no code with the
readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ladder.importing.plan import WHITESPACE, Dialect
from ladder.importing.record_blocks import CR, LF, Block, blocks, line_ends, separators_in

_SHOWN = 10_000


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
    total = Count()
    seen = 0
    for block in blocks(path, dialect):
        first = max(0, min(len(block.starts), dialect.skip - seen))
        seen += len(block.starts)
        if first < len(block.starts):
            total = _added(total, block, first, dialect)
    return replace(total, skipped=min(seen, dialect.skip))


def originals(path: Path, dialect: Dialect, wanted: list[int]) -> Iterator[Original]:
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


def _added(total: Count, block: Block, first: int, dialect: Dialect) -> Count:
    """The total with the records of a block from `first` on."""
    starts, stops = block.starts[first:], block.stops[first:]
    data = block.data[starts[0] :] if first else block.data
    separators = separators_in(data, dialect) if first else block.separators
    return Count(
        records=total.records + len(starts),
        blank=total.blank + int((starts == stops).sum()),
        separators=None if None in (separators, total.separators) else total.separators + separators,  # type: ignore[operator]
        longest=max(total.longest, int((stops - starts).max())),
        has_nul=total.has_nul or b"\0" in data,
        bare=total.bare and _is_bare(data, dialect),
    )


def _is_bare(data: bytes, dialect: Dialect) -> bool:
    """Whether no blank and nothing outside ASCII stands beside a delimiter, a quote or a line end."""
    if dialect.delimiter == WHITESPACE:
        return True
    values = np.frombuffer(data, dtype=np.uint8)
    known = np.zeros(256, dtype=bool)
    known[33:127] = True
    edges = [LF, CR, ord(dialect.delimiter), *map(ord, dialect.quote)]
    known[edges] = True
    padded = np.concatenate([[np.uint8(LF)], values, [np.uint8(LF)]])
    for mark in edges:
        places = np.flatnonzero(values == mark) if bytes((mark,)) in data else np.zeros(0, dtype=np.int64)
        if not (known[padded[places]].all() and known[padded[places + 2]].all()):
            return False
    return bool(known[values[[0, -1]]].all()) if len(values) else True
