"""The file of refused rows, for a person to mend and bring again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ladder.engine import Engine
from ladder.importing.counting import Original, originals
from ladder.importing.plan import Dialect, Plan
from ladder.workspace import REJECTS

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

_LINES = "select line from typed where reason is not null order by line"
_REJECTED = "select reason, bad_columns from typed where reason is not null order by line"


def write_rejects(engine: Engine, source: Path, plan: Plan, target: Path) -> Path | None:
    """Write the refused rows of the text `source` with line, reason, columns of the bad cells and original text;
    None when there is none. Of a file that is no text the line is the row's number and the original its cells."""
    lines = engine.frame("lines of rejects", _LINES)["line"].tolist()
    if len(lines) == 0:
        return None
    file = target / REJECTS
    texts = originals(source, plan.dialect, lines)
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(["line", "reason", "column", "original"])
        for (reason, columns), original in zip(_rejected(engine), texts, strict=True):
            number = _number(original, plan.dialect)
            writer.writerow([number, reason, inert(columns), inert(original.text)])
    return file


def _rejected(engine: Engine) -> Iterator[tuple[str, str]]:
    for batch in engine.batches("rejects", _REJECTED):
        yield from zip(*(part.to_pylist() for part in batch.columns), strict=True)


def _number(original: Original, dialect: Dialect) -> int:
    """Where a person finds the row: its line in a text, its row in a sheet, else its place among the rows."""
    if dialect.kind == "csv":
        return original.line
    return original.record if dialect.kind == "xlsx" else original.record - dialect.skip


def inert(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return "'" + text if text.startswith(_FORMULA) else text
