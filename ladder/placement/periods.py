"""Period ends, and the calendar that keeps date arithmetic out of the SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

MAX_PERIODS = 1_200
_DAY = np.timedelta64(1, "D")


def period_ends(first: date, as_of: date, kind: str) -> tuple[date, ...]:
    """Last days of the whole periods from the one that holds `first` to the last that ended by `as_of`.

    `kind` is month, week (Monday to Sunday) or quarter. The incomplete last period is left out.
    """
    ends = []
    end = _end_of(first, kind)
    while end <= as_of:
        ends.append(end)
        end = _end_of(end + timedelta(days=1), kind)
    return tuple(ends)


def calendar(first: date, last: date, ends: Sequence[date], windows: Iterable[int]) -> pd.DataFrame:
    """One row per day from `first` to `last`: the period that first sees the day, and those that no longer do.

    Columns: `day`; `enter`, the index of the first period end on or after the day; `leave_<w>` for each window w,
    the index of the first period end at which a day is w or more days old. An index past the last period end is
    `len(ends)`: never.
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + _DAY, _DAY)
    marks = np.array(ends, dtype="datetime64[D]")
    columns = {"day": days.astype("datetime64[us]"), "enter": np.searchsorted(marks, days).astype(np.int32)}
    for window in sorted(set(windows)):
        columns[f"leave_{window}"] = np.searchsorted(marks, days + window * _DAY).astype(np.int32)
    return pd.DataFrame(columns)


def _end_of(day: date, kind: str) -> date:
    if kind == "week":
        return day + timedelta(days=6 - day.weekday())
    months = 1 if kind == "month" else 3
    following = (day.month - 1) // months * months + months
    year, month = day.year + following // 12, following % 12 + 1
    return date(year, month, 1) - timedelta(days=1)
