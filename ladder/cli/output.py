"""Write an answer as a table, as CSV or as one JSON document."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ladder.model.answer import plain, records
from ladder.people.export import to_csv

FORMATS = ("table", "csv", "json")


@dataclass(frozen=True)
class Reply:
    """What a command answers: `document` for JSON, `frame` for table and CSV, `notes` for standard error."""

    document: Any
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Questions(Reply):
    """The command stopped because only a person can answer something; exit code 3."""

    asked: tuple[str, ...] = field(default=())


def reply(result: Any, *notes: str) -> Reply:
    """A reply from a result that has `.frame` and `.to_dict()`."""
    return Reply(result.to_dict(), result.frame, notes)


def pairs(document: dict[str, Any], *notes: str) -> Reply:
    """A reply of single figures, shown as two columns."""
    rows = [
        (name, plain(value)) for name, value in document.items() if not isinstance(value, (dict, list, tuple))
    ]
    return Reply(document, pd.DataFrame(rows, columns=["figure", "value"]), notes)


def listing(rows: list[dict[str, Any]], *notes: str) -> Reply:
    """A reply of equal rows."""
    return Reply(rows, pd.DataFrame(rows), notes)


def say(*lines: str) -> None:
    """Tell the person something; never mixed into the result."""
    for line in lines:
        if line:
            sys.stderr.write(line + "\n")


def write(answer: Reply, form: str) -> None:
    say(*answer.notes)
    if form == "json":
        text = json.dumps(_plain(answer.document), ensure_ascii=False, indent=2)
    elif form == "csv":
        text = to_csv(answer.frame).decode("utf-8-sig").rstrip("\n")
    else:
        text = _table(answer.frame)
    if text:
        sys.stdout.write(text + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return records(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return plain(value)


def _table(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "(nothing)"
    shown = frame.apply(_column)
    numeric = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]
    widths = {name: max(len(str(name)), *(len(text) for text in shown[name])) for name in frame.columns}
    lines = [[str(name) for name in frame.columns], *shown.itertuples(index=False, name=None)]
    return "\n".join(
        "  ".join(
            text.rjust(widths[name]) if name in numeric else text.ljust(widths[name])
            for name, text in zip(frame.columns, line, strict=True)
        ).rstrip()
        for line in lines
    )


def _column(values: pd.Series[Any]) -> pd.Series[Any]:
    """The cells of one column as text; its numbers share their decimals, unless the column mixes figures."""
    found = [plain(value) for value in values]
    numbers = [value for value in found if isinstance(value, float)]
    mixed = values.dtype == object
    cells = [_cell(value, _decimals([value] if mixed else numbers)) for value in found]
    return pd.Series(cells, index=values.index, dtype=object)


def _decimals(values: list[Any]) -> int:
    numbers = [value for value in values if isinstance(value, float)]
    if all(map(float.is_integer, numbers)):
        return 0
    return 2 if max(map(abs, numbers)) >= 10 else 4


def _cell(value: Any, decimals: int) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.{decimals}f}"
    # Control characters in somebody's data must not drive the terminal.
    return "".join(letter if letter.isprintable() else "·" for letter in str(value))
