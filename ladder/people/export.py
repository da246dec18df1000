"""Lists of people as CSV that no spreadsheet can be made to execute."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time

import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def to_csv(frame: pd.DataFrame) -> bytes:
    """The frame as UTF-8 CSV with a byte order mark (Excel needs it), header first, CRLF line ends.

    Text that a spreadsheet would take for a formula (OWASP: starts with = + - @, tab, CR, LF or NUL) gets a
    leading apostrophe; numbers and dates are written as they are. Missing values are empty.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([neutral(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def neutral(text: str) -> str:
    """Text that stays text in a spreadsheet, also behind leading blanks."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _cell(value: object) -> object:
    if isinstance(value, str):
        return neutral(value.replace("\0", ""))
    if pd.isna(value):  # type: ignore[call-overload]  # the stubs name the types of a cell, not `object`
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
