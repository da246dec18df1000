"""A copy of a file in which every record is well formed, so that the engine's strict reader can take it all.

Arrays find the lines that are not plain rows of the expected width; only those are read record by record. They are
repaired, or give way to an empty row whose problem is kept; all other bytes are passed on as they are.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np

from ladder.errors import LadderError
from ladder.importing.file_bytes import FileBytes, open_bytes
from ladder.importing.header import Head
from ladder.importing.lines import Lines, classified
from ladder.importing.plan import Dialect
from ladder.importing.records import BROKEN, LONGEST_BYTES, LOOSE, NEVER_CLOSED, TOO_LONG, Record, next_record
from ladder.importing.refit import is_ragged, refitted
from ladder.importing.repair import repaired
from ladder.importing.row_kinds import is_header_like
from ladder.importing.shapes import Shapes, learned

WRONG_WIDTH = "wrong number of columns"
PROBLEMS = (NEVER_CLOSED, BROKEN, LOOSE, TOO_LONG, WRONG_WIDTH)

_BLOCK = 1 << 20
_MANY = 10_000
"""After so many refused records, lines without quotes are not looked at one by one any more."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_RUN, _EDGE = re.compile(rb"[ \t]+"), re.compile(rb"(?:(?<=[\r\n])|\A)[ \t]+|[ \t]+(?=[\r\n]|\Z)")


@dataclass
class Mended:
    """What the strict reader is to read, and what it will not see any more.

    `path` is the file itself, to be read past `skip` lines, or a copy without them, all of whose lines end in LF.
    `records` are counted without empty lines, and numbered from 1: those with a problem (its place in PROBLEMS beside
    it), those repaired (with their line in the file and what was wrong), and the first one of another table.
    """

    path: Path
    skip: int
    records: int = 0
    problems: array[int] = field(default_factory=lambda: array("q"))
    reasons: array[int] = field(default_factory=lambda: array("b"))
    repaired: list[tuple[int, int, str]] = field(default_factory=list)
    another: int | None = None
    copied: bool = False


def mend(path: Path, dialect: Dialect, head: Head, shapes: Shapes, target: Path) -> Mended:
    """Mend the records below the `head`; `target` is written if need be."""
    with open_bytes(path) as memory:
        mending = _Mending(memory, dialect, shapes, Mended(path, head.lines), target, head)
        try:
            mending.see_line_ends(memory[: head.size])
            position = head.size
            while position < len(memory):
                position = mending.block(position)
            mending.finish(not head.plain)
        finally:
            mending.close()
    return mending.found


def parted_by_tabs(path: Path, start: int, target: Path) -> Path:
    """Copy a file from `start` on with a tab for every run of blanks and tabs, and none at the ends of lines."""
    with path.open("rb") as file, target.open("wb") as sink:
        file.seek(start)
        rest = b""
        while block := file.read(_BLOCK):
            rest += block
            cut = max(rest.rfind(b"\n"), rest.rfind(b"\r")) + 1
            if cut or len(rest) > LONGEST_BYTES:
                sink.write(_parted(rest[:cut]) if cut else rest)
                rest = rest[cut:] if cut else b""
        sink.write(_parted(rest))
    return target


def _parted(block: bytes) -> bytes:
    return _RUN.sub(b"\t", _EDGE.sub(b"", block))


class _Mending:
    """One pass over a file. `passed` is where the copy has got to, `lines` the physical lines before the block."""

    def __init__(
        self, memory: FileBytes, dialect: Dialect, shapes: Shapes, found: Mended, target: Path, head: Head
    ) -> None:
        self.memory, self.dialect, self.shapes = memory, dialect, shapes
        self.found, self.target = found, target
        self.passed, self.lines = head.size, head.lines
        self.width = len(dialect.columns)
        rows = head.rows[: len(head.rows) // 2 + 1]  # The later half may be another table.
        self.ragged = is_ragged(rows, self.width)
        if self.ragged:
            known = learned([(*row, *[""] * (self.width - len(row))) for row in rows], self.width)
            self.shapes = Shapes(tuple(replace(shape, empty=False) for shape in known.columns))
        self.ends: set[bytes] = set()
        self.sink: IO[bytes] | None = None

    def block(self, position: int) -> int:
        """Mend the records that begin in the next block of whole lines; returns where the next one begins."""
        end = self._block_end(position)
        if end - position > LONGEST_BYTES + 2:
            self.found.records += 1
            self._refuse(TOO_LONG, position, end)
            self.lines += 1
            return end
        block = self.memory[position:end]
        self.see_line_ends(block)
        lines = classified(block, self.dialect, self.width)
        at = 0
        for place in np.flatnonzero(lines.odd).tolist():
            if place < at:
                continue
            self.found.records += lines.filled(at, place)
            if len(self.found.problems) > _MANY and lines.simple[place]:
                at = self._refuse_run(lines, place, position)
                continue
            taken, after = self._odd(position + int(lines.starts[place]), self.lines + place + 1)
            at = place + taken
            if at >= len(lines.starts):
                self.lines += at
                return after
        self.found.records += lines.filled(at, len(lines.starts))
        self.lines += len(lines.starts)
        return end

    def _refuse_run(self, lines: Lines, place: int, position: int) -> int:
        """Refuse a run of odd lines without quotes at one stroke; returns the place of the line after it."""
        others = np.flatnonzero(~lines.simple[place:])
        last = place + int(others[0]) if len(others) else len(lines.starts)
        number = last - place
        first = self.found.records + 1
        self.found.records += number
        self.found.problems.extend(range(first, first + number))
        self.found.reasons.extend([PROBLEMS.index(WRONG_WIDTH)] * number)
        start, end = int(lines.starts[place]), int(lines.after[last - 1])
        self._edit(self._empty() * number, position + start, position + end)
        return last

    def finish(self, copy: bool) -> None:
        """Copy the rest, if there is a copy or the strict reader would refuse the line ends, which are mixed."""
        if copy or self.sink or len(self.ends) > 1 or b"\r" in self.ends:
            self._pass(len(self.memory))
            self.found.path, self.found.skip, self.found.copied = self.target, 0, True

    def close(self) -> None:
        if self.sink:
            self.sink.close()

    def _block_end(self, position: int) -> int:
        """Past the last line end of the block, or of the one line that is longer than a block."""
        end = position + _BLOCK
        if end >= len(self.memory):
            return len(self.memory)
        last = max(self.memory.rfind(b"\n", position, end), self.memory.rfind(b"\r", position, end - 1))
        return last + 1 if last >= 0 else self._line_stop(end - 1)

    def _line_stop(self, position: int) -> int:
        """Where the line that holds `position` ends, its line end included."""
        step = 1 << 12
        while position < len(self.memory):
            found = _LINE_END.search(self.memory[position : position + step])
            if found:
                stop = position + found.end()
                return stop + 1 if found[0] == b"\r" and self.memory[stop : stop + 1] == b"\n" else stop
            position, step = position + step, _BLOCK
        return len(self.memory)

    def see_line_ends(self, block: bytes) -> None:
        pairs = block.count(b"\r\n") if b"\r" in block else 0
        numbers = {b"\r\n": pairs, b"\n": block.count(b"\n") - pairs}
        if pairs or b"\r" in block:
            numbers[b"\r"] = block.count(b"\r") - pairs
        self.ends |= {end for end, number in numbers.items() if number}

    def _odd(self, start: int, line: int) -> tuple[int, int]:
        """Deal with the record at `start`; returns its lines and where the next one begins."""
        stops = [self._line_stop(start)]

        def window(count: int) -> str:
            while len(stops) < count and stops[-1] < len(self.memory) and stops[-1] - start <= LONGEST_BYTES:
                stops.append(self._line_stop(stops[-1]))
            return self._text(start, stops[min(count, len(stops)) - 1])

        record = next_record(window, self.dialect)
        end = stops[record.lines - 1]
        if record.fields or record.problem:
            self.found.records += 1
            self._settle(record, start, end, line)
        else:
            self._edit(b"", start, end)
        return record.lines, end

    def _text(self, start: int, end: int) -> str:
        try:
            return self.memory[start:end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise LadderError(
                "Wrong encoding",
                f"The text is not valid near byte {start + error.start:,}.",
                "Choose another encoding, such as cp1252 or utf-16.",
            ) from error

    def _settle(self, record: Record, start: int, end: int, line: int) -> None:
        fields: Sequence[str] | None = record.fields
        text = self._text(start, end).rstrip("\r\n")
        blank = not any(cell.strip() for cell in record.fields) and not record.problem
        if self.found.another is None and not record.problem and len(record.fields) != self.width:
            self._look_for_table(record.fields, end)
        if record.problem or len(record.fields) != self.width:
            cut_short = end == len(self.memory) and self.memory[end - 1 : end] not in (b"\n", b"\r")
            fields = self._repair(record, text, cut_short) if not blank else [""] * self.width
            if fields and not blank:
                self.found.repaired.append((self.found.records, line, record.problem or WRONG_WIDTH))
        elif record.plain:
            return
        if fields is None:
            self._refuse(record.problem or WRONG_WIDTH, start, end)
        else:
            self._edit(self._written(fields), start, end)

    def _repair(self, record: Record, text: str, cut_short: bool) -> list[str] | None:
        several = record.lines > 1
        if self.found.another is not None or (several and record.problem):
            return None
        if record.problem is None:
            line, ragged = "" if several else text, self.ragged
            fields = refitted(
                record.fields, line, self.dialect, self.shapes, ragged=ragged, cut_short=cut_short
            )
        else:
            fields = repaired(text, self.dialect, self.shapes) if record.problem != TOO_LONG else None
        if fields and not self.dialect.quote and any(self.dialect.delimiter in cell for cell in fields):
            return None
        return fields

    def _look_for_table(self, fields: list[str], end: int) -> None:
        """Whether another table begins here: names of columns, and after them records as wide as they are."""
        if not is_header_like(fields, self.dialect.columns, self.shapes):
            return
        widths: list[int] = []
        while len(widths) < 2 and end < len(self.memory):
            start, end = end, self._line_stop(end)
            text = self._text(start, end)
            widths.append(self._width_of(text))
        if widths and set(widths) == {len(fields)}:
            self.found.another = self.found.records

    def _width_of(self, text: str) -> int:
        return len(next_record(lambda _: text, self.dialect).fields)

    def _refuse(self, problem: str, start: int, end: int) -> None:
        self.found.problems.append(self.found.records)
        self.found.reasons.append(PROBLEMS.index(problem))
        self._edit(self._empty(), start, end)

    def _empty(self) -> bytes:
        return (self.dialect.delimiter * (self.width - 1) or "-").encode() + b"\n"

    def _written(self, fields: Sequence[str]) -> bytes:
        quote, delimiter = self.dialect.quote, self.dialect.delimiter
        if not quote:
            return (delimiter.join(fields) + "\n").encode()
        return (
            delimiter.join(quote + cell.replace(quote, quote * 2) + quote for cell in fields) + "\n"
        ).encode()

    def _edit(self, replacement: bytes, start: int, end: int) -> None:
        sink = self._pass(start)
        sink.write(replacement)
        self.passed = end

    def _pass(self, end: int) -> IO[bytes]:
        """Copy up to `end`, every line end as LF."""
        sink = self.sink = self.sink or self.target.open("wb")
        while self.passed < end:
            stop = min(end, self.passed + (8 << 20))
            if stop < end and self.memory[stop - 1 : stop + 1] == b"\r\n":
                stop += 1
            chunk = self.memory[self.passed : stop]
            if b"\r" in chunk:
                chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            sink.write(chunk)
            self.passed = stop
        return sink
