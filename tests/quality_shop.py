"""Small shops for the tests of ladder.quality, and the findings on them by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from ladder.quality import Check, quality
from ladder.workspace import Folder
from tests.workspaces import Rows, make_workspace

START = date(2024, 1, 10)


def order(customer: str | None, day: int = 0, amount: int = 1000, **rest: Any) -> dict[str, Any]:
    """A purchase `day` days after START at noon, or a refund; `amount` in minor units."""
    noon = datetime.combine(START + timedelta(days=day), datetime.min.time()) + timedelta(hours=12)
    return {"customer_id": customer, "ts": noon, "amount": amount, **rest}


def found(path: Path, tables: dict[str, Rows], **settings: Any) -> dict[str, Check]:
    """Every finding on these tables, by name."""
    return found_in(make_workspace(path / "shop", tables, **settings))


def found_in(folder: Folder) -> dict[str, Check]:
    return {check.name: check for check in quality(folder).checks}


def rows_of(check: Check) -> list[tuple[Any, ...]]:
    """The rows behind a figure as tuples."""
    assert check.rows is not None
    return list(check.rows.itertuples(index=False, name=None))


def by_day(table: str, rows: dict[date, int], at_midnight: int = 0) -> pd.DataFrame:
    """Rows by day as `rows_by_day` gives them, `at_midnight` of them on the first day."""
    listed = [(table, day, count, 0) for day, count in rows.items()]
    listed[0] = (*listed[0][:3], at_midnight)
    return pd.DataFrame(listed, columns=["table", "day", "rows", "at_midnight"]).astype({"day": object})


def daily(rows: int, days: int, start: date = START) -> dict[date, int]:
    """The same number of rows on each of so many days."""
    return {start + timedelta(days=nth): rows for nth in range(days)}
