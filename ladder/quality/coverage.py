"""What is known: rows by table and month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ladder.model.answer import records
from ladder.model.tables import TABLES
from ladder.placement import open_facts
from ladder.quality.days import rows_by_day, rows_by_month
from ladder.workspace import Folder


@dataclass(frozen=True)
class Coverage:
    """What each table holds.

    `frame` per table in the order of TABLES: table, rows (None when it was never brought), first, last (dates),
    months (with rows), empty_months (without, between first and last), days_behind (last day of the table before the
    last day of all data). `months` per table and month with rows: table, month (its first day), rows.
    """

    frame: pd.DataFrame
    months: pd.DataFrame

    @property
    def last(self) -> date | None:
        """The day of the latest row of any table."""
        found = self.frame["last"].dropna()
        return max(found) if len(found) else None

    def to_dict(self) -> dict[str, Any]:
        return {"tables": records(self.frame), "months": records(self.months)}


def coverage(folder: Folder) -> Coverage:
    """Rows, first and last day, and the months without rows, of every table of the live imports."""
    with open_facts(folder) as engine:
        return coverage_of(rows_by_day(engine))


def coverage_of(days: pd.DataFrame) -> Coverage:
    """The same from rows by table and day."""
    months = rows_by_month(days)
    rows = days.groupby("table")["rows"].sum()
    latest = max(months["last_day"], default=None)
    lines = [_line(name, rows.get(name), months[months["table"] == name], latest) for name in TABLES]
    frame = pd.DataFrame(lines).astype({"rows": "Int64"})
    return Coverage(frame, months[["table", "month", "rows"]])


def _line(name: str, rows: Any, months: pd.DataFrame, latest: date | None) -> dict[str, Any]:
    first, last = min(months["first_day"], default=None), max(months["last_day"], default=None)
    return {
        "table": name,
        "rows": rows,
        "first": first,
        "last": last,
        "months": len(months),
        "empty_months": months_between(first, last) - len(months) if first and last else 0,
        "days_behind": (latest - last).days if latest and last else None,
    }


def months_between(first: date, last: date) -> int:
    """How many calendar months the days from `first` to `last` touch."""
    return 12 * (last.year - first.year) + last.month - first.month + 1
