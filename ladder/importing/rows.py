"""The rows of a file as text, by the same way that an import reads them: what would be kept, refused and left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import Count, count_records
from ladder.importing.plan import Dialect
from ladder.importing.read import Wanted, read
from ladder.importing.sql import column


@dataclass(frozen=True)
class Rows:
    """Rows by number (from 1, empty lines not counted): the cells of those kept, and why others are not.

    `count` is what the independent counter counted, empty lines aside.
    """

    kept: dict[int, tuple[str, ...]]
    refused: dict[int, str]
    ignored: dict[int, str]
    warnings: tuple[str, ...]
    count: int


def _named_or_filled(dialect: Dialect, rows: Iterable[Sequence[str]]) -> list[int]:
    """Places of the columns that have a name or a filled cell: delimiters at the ends of all lines make no column."""
    filled = {place for row in rows for place, cell in enumerate(row) if cell}
    return [
        place
        for place, name in enumerate(dialect.columns)
        if not dialect.header or place in filled or name != f"column{place + 1}"
    ]


def read_rows(engine: Engine, path: Path, dialect: Dialect, work: Path) -> Rows:
    """Read a file of UTF-8 text by a dialect; `work` is a folder for copies. LadderError as in an import."""
    count = count_records(path, dialect)
    if count.records == count.blank:
        raise LadderError("No rows", f"{path.name} holds no rows.", "Export it again.")
    texts = tuple(range(len(dialect.columns)))
    counted: Future[Count] = Future()
    counted.set_result(count)
    warnings = read(engine, path, dialect, Wanted(texts), counted, work)
    cells = (column(f"c{place}") for place in texts)
    query = exp.select("line", "ignored", "problem", *cells).from_("source")
    found = engine.rows("rows", query.order_by("line"))
    kept = {
        line: tuple(cell or "" for cell in cells)
        for line, ignored, problem, *cells in found
        if not ignored and not problem
    }
    places = _named_or_filled(dialect, kept.values())
    if len(places) < len(texts):
        kept = {line: tuple(cells[place] for place in places) for line, cells in kept.items()}
    refused = {row[0]: row[2] for row in found if row[2] and not row[1]}
    ignored = {row[0]: row[1] for row in found if row[1]}
    return Rows(kept, refused, ignored, warnings, count.records - count.blank)
