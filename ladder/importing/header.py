"""The lines above the first data row, and the names of the columns that the last of them hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing.guessing import known_names, plain
from ladder.importing.plan import Dialect, Question
from ladder.importing.records import Record, records
from ladder.importing.repair import fewest_literals, other_delimiters

SIDES = ("left", "right")

_SAMPLE_ROWS = 1000
_SHOWN = 5


@dataclass(frozen=True)
class Head:
    """The records above the data with their text, the bytes and physical lines they take, and first rows below."""

    above: tuple[tuple[Record, str], ...]
    size: int
    lines: int
    rows: tuple[tuple[str, ...], ...]

    @property
    def plain(self) -> bool:
        """Whether each record above is one well formed line, so that lines can be skipped."""
        return all(record.lines == 1 and not record.problem for record, _ in self.above)


def with_text(lines: Iterable[str], dialect: Dialect) -> Iterator[tuple[Record, str]]:
    """Each record with its physical lines."""
    taken: list[str] = []

    def kept() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    for record in records(kept(), dialect):
        text = "".join(taken[: record.lines])
        del taken[: record.lines]
        yield record, text


def head_of(path: Path, dialect: Dialect) -> Head:
    """What stands above the data of a UTF-8 file, and a sample of the rows below."""
    with path.open(encoding="utf-8", newline="") as lines:
        try:
            found = with_text(lines, dialect)
            above = tuple(pair for pair, _ in zip(found, range(dialect.skip), strict=False))
            rows = (record.fields for (record, _), _ in zip(found, range(_SAMPLE_ROWS), strict=False))
            sample = tuple(tuple(fields) for fields in rows if fields)
        except UnicodeDecodeError as error:
            raise LadderError(
                "Wrong encoding",
                f"The text is not valid near byte {error.start:,}.",
                "Choose another encoding, such as cp1252 or utf-16.",
            ) from error
    size = sum(len(text.encode("utf-8")) for _, text in above)
    return Head(above, size, sum(record.lines for record, _ in above), sample)


def header_cells(record: Record, text: str, dialect: Dialect) -> list[str] | None:
    """As many names as the dialect has columns in a header line, or None where they cannot be told apart.

    One name too many is left out when it is empty; a stray quote and another delimiter are seen through.
    """
    line, width = text.rstrip("\r\n"), len(dialect.columns)
    if record.problem:
        return fewest_literals(line, dialect, width) if record.lines == 1 else None
    if dialect.names in SIDES and 0 < len(record.fields) != width:
        return aligned(record.fields, width, dialect.names)
    empty = [at for at, cell in enumerate(record.fields) if not cell.strip()]
    if len(record.fields) == width:
        return record.fields
    if len(record.fields) > width and len(record.fields) - len(empty) <= width:
        spare = empty[-(len(record.fields) - width) :] if len(empty) > 1 else empty
        return [cell for at, cell in enumerate(record.fields) if at not in spare]
    others = [cells for cells in other_delimiters(line, dialect) if len(cells) == width]
    return others[0] if len(others) == 1 and len(set(map(str.strip, others[0]))) == width else None


def aligned(cells: Sequence[str], width: int, side: str) -> list[str]:
    """As many names as there are columns, from the first column on (`left`) or up to the last one (`right`)."""
    none = [""] * (width - len(cells))
    return [*cells[:width], *none] if side == "left" else [*none, *cells[max(0, len(cells) - width) :]]


def misfit(above: Sequence[Record], width: int) -> Record | None:
    """The line of names right above the rows that names more or fewer columns than there are, if any.

    One name may be a title, unless it is that of a column in many exports.
    """
    last = next((record for record in reversed(above) if record.fields), None)
    if last is None or last.problem or len(last.fields) == width:
        return None
    cells = [cell.strip() for cell in last.fields]
    while cells and not cells[-1]:
        cells.pop()
    named = all(re.search(r"[^\W\d_]", cell) and "@" not in cell for cell in cells)
    is_title = not cells or (len(cells) == 1 and plain(cells[0]) not in known_names())
    return last if named and not is_title and len(set(cells)) == len(cells) else None


def spare_side(names: int, rows: Sequence[Sequence[str]], width: int) -> str:
    """Where fewer names than columns belong: left where the columns without a name are empty in every row then.

    That is how rows end with a delimiter that the line of names lacks. Empty where nothing tells.
    """
    return "left" if rows and 0 < names < width and not any(map(any, (row[names:] for row in rows))) else ""


def ask_names(names: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Question:
    """Which columns are named by a line of too few or too many names, shown on the first rows."""
    listed = ", ".join(name for name in names[:_SHOWN] if name) + (", …" if len(names) > _SHOWN else "")
    named = "1 name" if len(names) == 1 else f"{len(names)} names"
    text = (
        f"The line above the rows has {named} ({listed}), and the rows have {width} cells. "
        f"{'Where does it belong?' if len(names) == 1 else 'Where do the names belong?'}"
    )
    examples = tuple(
        (
            _shown(row),
            *(_reading(aligned(names, width, side), row) for side in SIDES),
            f"{width} columns without names",
        )
        for row in rows[:2]
    )
    return Question("names", text, (*SIDES, "none"), examples)


def _reading(names: Sequence[str], row: Sequence[str]) -> str:
    return _shown([f"{name} {cell or 'empty'}" for name, cell in zip(names, row, strict=True) if name])


def _shown(parts: Sequence[str]) -> str:
    return ", ".join([*parts[:_SHOWN], *(["…"] if len(parts) > _SHOWN else [])])


def with_index(fields: Sequence[str], below: Iterable[Sequence[str]], width: int) -> list[str] | None:
    """The names of a header that has none for a first column which numbers the rows, as data frames are written."""
    first = [row[0].strip() for row in below if len(row) == width > 0]
    counts = first in ([str(at + start) for at in range(len(first))] for start in (0, 1))
    return ["", *fields] if 1 < len(fields) == width - 1 and len(first) > 1 and counts else None


def names_of(headers: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """Names of columns, each unlike the others: the cells of the header lines joined by a blank, or column1 ..."""
    names: list[str] = []
    for position in range(width):
        cells = (cells[position].strip() for cells in headers if position < len(cells))
        name = " ".join(filter(None, cells)) or f"column{position + 1}"
        copies = sum(earlier == name or earlier.startswith(name + " (") for earlier in names)
        names.append(f"{name} ({copies + 1})" if copies else name)
    return tuple(names)


def headers_in(head: Head, dialect: Dialect) -> list[list[str]]:
    """The cells of each header line. LadderError when the names are not those of the dialect any more."""
    if not dialect.header:
        return []
    lines = head.above[max(0, len(head.above) - dialect.header_rows) :]
    cells = [header_cells(record, text, dialect) for record, text in lines]
    told = [
        found or _indexed(record.fields, dialect) for found, (record, _) in zip(cells, lines, strict=True)
    ]
    names = names_of(told, max(map(len, told), default=0))
    if names != dialect.columns:
        raise _other_columns(names, dialect.columns)
    return told


def _indexed(fields: list[str], dialect: Dialect) -> list[str]:
    """The fields, behind an empty name where that makes them the names of the dialect."""
    cells = ["", *fields]
    return cells if names_of([cells], len(cells)) == dialect.columns else fields


def _other_columns(found: Sequence[str], planned: Sequence[str]) -> LadderError:
    missing = [name for name in planned if name not in found]
    return LadderError(
        "Other columns than planned",
        f"The file's columns are {', '.join(found[:30]) or 'none'}; "
        + (f"missing: {', '.join(missing[:30])}." if missing else "their order or number changed."),
        "Propose the mapping anew for this file.",
    )
