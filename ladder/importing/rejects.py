"""The file of refused rows, for a person to mend and bring again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ladder.engine import Engine
from ladder.importing.counting import Original, originals
from ladder.importing.plan import Dialect
from ladder.workspace import REJECTS

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

_LINES = "select line from refused order by line"
_REJECTED = "select reason, bad_columns from refused order by line"


def write_rejects(engine: Engine, source: Path, dialect: Dialect, kind: str, target: Path) -> Path | None:
    """Write the rows of `refused` with line, reason, columns of bad cells and original text; None when there is none.

    `source` and its dialect are the text that was read. Where the file was of another `kind`, the line is the row's
    number and the original its cells.
    """
    lines = engine.frame("lines of rejects", _LINES)["line"].to_numpy()
    if len(lines) == 0:
        return None
    file = target / REJECTS
    texts = originals(source, dialect, lines)
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(["line", "reason", "column", "original"])
        for (reason, columns), original in zip(_rejected(engine), texts, strict=True):
            number = place_in_file(original, kind, dialect.skip)
            writer.writerow([number, reason, inert(columns), inert(original.text)])
    return file


def _rejected(engine: Engine) -> Iterator[tuple[str, str]]:
    for batch in engine.batches("rejects", _REJECTED):
        yield from zip(*(part.to_pylist() for part in batch.columns), strict=True)


def place_in_file(original: Original, kind: str, skip: int) -> int:
    """Where a person finds the row: its line in a text, its row in a sheet, else its place among the rows."""
    if kind == "csv":
        return original.line
    return original.record if kind == "xlsx" else original.record - skip


def inert(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return "'" + text if text.startswith(_FORMULA) else text
