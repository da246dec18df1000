"""The lines above the first data row, and the names of the columns that the last of them hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing.plan import Dialect
from ladder.importing.records import Record, records
from ladder.importing.repair import fewest_literals, other_delimiters

_SAMPLE_ROWS = 1000


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
    empty = [at for at, cell in enumerate(record.fields) if not cell.strip()]
    if len(record.fields) == width:
        return record.fields
    if len(record.fields) > width and len(record.fields) - len(empty) <= width:
        spare = empty[-(len(record.fields) - width) :] if len(empty) > 1 else empty
        return [cell for at, cell in enumerate(record.fields) if at not in spare]
    others = [cells for cells in other_delimiters(line, dialect) if len(cells) == width]
    return others[0] if len(others) == 1 and len(set(map(str.strip, others[0]))) == width else None


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
