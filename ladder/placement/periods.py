"""Period ends, and the calendar that keeps date arithmetic out of the SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ladder.placement.bits import WORD, words

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
    `len(ends)`: never. `from_<k>` is the mask, in word k, of the period ends from `enter` on, and `within_<w>_<k>`
    of those from `enter` to before `leave_<w>`.
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + _DAY, _DAY)
    marks = np.array(ends, dtype="datetime64[D]")
    enter = np.searchsorted(marks, days)
    columns = {"day": days.astype("datetime64[us]"), "enter": enter.astype(np.int32)}
    for word in range(words(len(ends))):
        columns[f"from_{word}"] = _powers(np.array(len(ends)), word) - _powers(enter, word)
    for window in sorted(set(windows)):
        leave = np.searchsorted(marks, days + window * _DAY)
        columns[f"leave_{window}"] = leave.astype(np.int32)
        for word in range(words(len(ends))):
            columns[f"within_{window}_{word}"] = _powers(leave, word) - _powers(enter, word)
    return pd.DataFrame(columns)


def _powers(index: np.ndarray[Any, Any], word: int) -> np.ndarray[Any, Any]:
    """The bit of each index in one word; those before the word give its lowest, those after one above its highest."""
    inside: np.ndarray[Any, Any] = np.clip(index - word * WORD, 0, WORD).astype(np.int64)
    bits: np.ndarray[Any, Any] = np.left_shift(np.int64(1), inside)
    return bits


def _end_of(day: date, kind: str) -> date:
    if kind == "week":
        return day + timedelta(days=6 - day.weekday())
    months = 1 if kind == "month" else 3
    following = (day.month - 1) // months * months + months
    year, month = day.year + following // 12, following % 12 + 1
    return date(year, month, 1) - timedelta(days=1)
