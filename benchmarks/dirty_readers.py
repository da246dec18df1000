"""Readers of delimited files, each as one function: our own, and the usual ones for comparison."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
import polars as pl

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.formats import plain_text
from ladder.importing.look import look_here
from ladder.importing.rows import read_rows

Cells = list[tuple[str, ...]]


@dataclass(frozen=True)
class Reading:
    """What a reader made of a file: rows of text, names of columns (None: no header taken); `told` is what it said
    on rows it left out or changed, `stopped` why it gave up, `crashed` that it did so other than by refusing."""

    rows: Cells
    names: tuple[str, ...] | None = None
    told: str = ""
    stopped: str = ""
    crashed: bool = False


def ours(path: Path, true: dict[str, Any] | None) -> Reading:
    """The real reading of an import; `true` is the dialect that a person confirmed, None for our own guess."""
    told = {} if true is None else confirmed(true)
    try:
        with TemporaryDirectory() as folder, Engine() as engine:
            work = Path(folder)
            seen = look_here(path, told)
            plain = plain_text(path, seen.dialect, work, lambda share: None)
            read = read_rows(engine, plain.path, plain.dialect, work)
    except LadderError as error:
        return Reading([], stopped=error.title)
    names = seen.dialect.columns if seen.dialect.header else None
    asked = [question.id for question in seen.questions]
    if len(seen.dialect.columns) == 1 and "," in "".join(cell for row in read.kept.values() for cell in row):
        asked.append("delimiter")
    notes = [*asked, *seen.warnings, *read.warnings, *read.refused.values()]
    notes += [reason for reason in read.ignored.values() if reason != "empty row"]
    return Reading(list(read.kept.values()), names, "; ".join(notes))


def confirmed(true: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a Pollock file as settings of a dialect."""
    if not true["delimiter"]:
        return {}
    doubled = true["escapechar"] in ("", true["quotechar"])
    return {
        "delimiter": true["delimiter"][:1],
        "quote": true["quotechar"],
        "escape": "" if doubled else true["escapechar"],
        "encoding": {"ascii": "utf-8"}.get(true["encoding"], true["encoding"]),
        "header": bool(true["header_lines"]),
        "header_rows": max(1, true["header_lines"]),
        "skip": true["header_lines"] + true["preamble_lines"],
    }


def _duckdb(path: Path, query: str) -> Reading:
    with duckdb.connect() as connection:
        try:
            result = connection.execute(query, {"path": str(path)})
            names = tuple(column[0] for column in result.description or ())
            rows = [tuple(cell or "" for cell in row) for row in result.fetchall()]
            told = ""
            if "store_rejects" in query:
                rejects = connection.execute("select count(*) from reject_errors").fetchall()[0][0]
                told = f"{rejects} rejects" if rejects else ""
        except duckdb.Error as error:
            return Reading([], stopped=type(error).__name__)
    taken = None if names and names[0] in ("column0", "column00") else names
    return Reading(rows, taken, told)


def _pandas(path: Path) -> Reading:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (ValueError, UnicodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        return Reading([], stopped=type(error).__name__)
    rows = [
        tuple(str(cell) for cell in row)
        for row in frame.itertuples(index=not isinstance(frame.index, pd.RangeIndex))
    ]
    return Reading(rows, tuple(map(str, frame.columns)))


def _polars(path: Path) -> Reading:
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        return Reading([], stopped=type(error).__name__)
    except BaseException as error:
        return Reading([], stopped=type(error).__name__, crashed=type(error).__name__ == "PanicException")
    return Reading([tuple(cell or "" for cell in row) for row in frame.rows()], tuple(frame.columns))


def _python(path: Path) -> Reading:
    """The csv module with its sniffer, as its documentation shows."""
    try:
        text = path.read_text(encoding="utf-8", errors="strict")
        kind = csv.Sniffer().sniff(text[:65536])
        has_header = csv.Sniffer().has_header(text[:65536])
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), kind) if row]
    except (csv.Error, UnicodeError) as error:
        return Reading([], stopped=type(error).__name__)
    return Reading(rows[1:], rows[0]) if has_header and rows else Reading(rows)


_USUAL = "select * from read_csv($path, all_varchar = true)"
_LENIENT = (
    "select * from read_csv($path, all_varchar = true, strict_mode = false, null_padding = true,"
    " ignore_errors = true)"
)
_REJECTS = "select * from read_csv($path, all_varchar = true, store_rejects = true)"

READERS: dict[str, Callable[[Path, dict[str, Any]], Reading]] = {
    "Rungwise, dialect confirmed": lambda path, true: ours(path, true),
    "Rungwise, own guess": lambda path, true: ours(path, None),
    "DuckDB": lambda path, true: _duckdb(path, _USUAL),
    "DuckDB, lenient": lambda path, true: _duckdb(path, _LENIENT),
    "DuckDB, store_rejects": lambda path, true: _duckdb(path, _REJECTS),
    "pandas": lambda path, true: _pandas(path),
    "polars": lambda path, true: _polars(path),
    "Python csv": lambda path, true: _python(path),
}
