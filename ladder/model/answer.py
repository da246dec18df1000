"""What every question gives back: plain rows for JSON."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates as ISO text, missing and not-a-number as None, numpy scalars as Python's."""
    if isinstance(value, (bool, str)):
        return value
    if value is None or str(value) in ("<NA>", "NaT"):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a pandas frame as plain dictionaries."""
    columns = [str(name) for name in frame.columns]
    return [dict(zip(columns, map(plain, row), strict=True)) for row in frame.itertuples(index=False)]
