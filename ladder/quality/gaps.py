"""Is it complete: months and days without rows, thin months, refused rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import median

import numpy as np
import pandas as pd
from scipy.special import pdtr

from ladder.model.wording import percent
from ladder.quality.check import Check, light, listed, number, with_rows
from ladder.quality.days import rows_by_month, steady
from ladder.workspace import ImportRecord

# A gap that chance alone would make less often than this is one that somebody should look at; a history has tens of
# months and thousands of days.
CHANCE, DAY_CHANCE = 0.001, 0.0001
THIN_SHARE = 0.5
NEIGHBOURS = 2
HOLE_DAYS = 7
AROUND_DAYS = 28
REFUSED = (0.01, 0.05)


def gap_checks(days: pd.DataFrame, imports: Sequence[ImportRecord]) -> Iterator[Check]:
    """Months, days and rows that are not there; `days` as `rows_by_day` gives them."""
    yield _months(rows_by_month(steady(days)))
    yield _holes(days)
    yield _refused(imports)


def thin_months(counts: Sequence[int]) -> list[tuple[int, int]]:
    """(place, rows of a usual month) of the months with less than half of what their neighbours have.

    The usual is the better of the two months before or the better of the two after, whichever is less: neither
    growth nor one December makes a month thin. It must also be too thin for chance (Poisson). The first and the
    last month may be cut and are left out.
    """
    filled = [place for place, rows in enumerate(counts) if rows]
    thin = []
    for nth in range(1, len(filled) - 1):
        before, after = filled[max(0, nth - NEIGHBOURS) : nth], filled[nth + 1 : nth + 1 + NEIGHBOURS]
        usual = min(max(counts[place] for place in side) for side in (before, after))
        rows = counts[filled[nth]]
        if rows < THIN_SHARE * usual and pdtr(rows, usual) < CHANCE:
            thin.append((filled[nth], usual))
    return thin


def holes(days: Sequence[date], rows: Sequence[int]) -> list[tuple[date, date, float]]:
    """(first day, last day, rows missed) of every run of 7 or more days without rows that chance does not explain.

    `days` ascending. Judged by the share *p* of days with rows in the 28 days before and after: a run of n days
    happens by chance with (1 − p)^n. Weekly or monthly data have a small *p* and so no holes.
    """
    ordinals = np.array([day.toordinal() for day in days])
    totals = np.concatenate([[0], np.cumsum(rows)])
    found = []
    for place in np.flatnonzero(np.diff(ordinals) > HOLE_DAYS):
        first, after = int(ordinals[place]) + 1, int(ordinals[place + 1])
        since, until = max(ordinals[0], first - AROUND_DAYS), min(ordinals[-1] + 1, after + AROUND_DAYS)
        left, right = np.searchsorted(ordinals, [since, until])
        around = (first - since) + (until - after)
        if (1 - (right - left) / around) ** (after - first) < DAY_CHANCE:
            missed = float(totals[right] - totals[left]) / around * (after - first)
            found.append((date.fromordinal(first), date.fromordinal(after - 1), missed))
    return found


def _months(months: pd.DataFrame) -> Check:
    rows = [row for name in months["table"].unique() for row in _quiet(months, str(name))]
    parts = [
        f"{name} {len(counts)} {'without rows' if kind else 'thin'}"
        for name in dict.fromkeys(row[0] for row in rows)
        for kind in (True, False)
        if (counts := [row for row in rows if row[0] == name and (row[2] == 0) is kind])
    ]
    orders = any(name == "transactions" and not count for name, _, count, _ in rows)
    check = Check(
        "Months without rows or with few",
        light(not rows, not orders),
        f"{len(rows):,}",
        f"Months to look at: {listed(parts)}" if parts else "No month is empty or thin in any table",
        "Look whether an export, or part of one, is missing: customers seem to lapse there." if parts else "",
    )
    return with_rows(check, pd.DataFrame(rows, columns=["table", "month", "rows", "usual_rows"]))


def _quiet(months: pd.DataFrame, name: str) -> Iterator[tuple[str, date, int, float]]:
    """table, month, rows and usual rows of the empty and thin months of one table."""
    counted: dict[date, int] = dict(
        months.loc[months["table"] == name, ["month", "rows"]].itertuples(index=False)
    )
    axis = [stamp.date() for stamp in pd.date_range(min(counted), max(counted), freq="MS")]
    counts = [int(counted.get(month, 0)) for month in axis]
    usual = float(median(counted.values()))
    # Where a usual month has few rows, as with referrals, one without any says nothing; orders it always does.
    empty_counts = name == "transactions" or math.exp(-usual) < CHANCE
    places = {place: usual for place, rows in enumerate(counts) if not rows and empty_counts}
    places |= dict(thin_months(counts))
    yield from ((name, axis[place], counts[place], typical) for place, typical in sorted(places.items()))


def _holes(days: pd.DataFrame) -> Check:
    rows = [
        (str(name), first, last, (last - first).days + 1, missed)
        for name, part in steady(days).groupby("table", sort=False)
        for first, last, missed in holes(part["day"].tolist(), part["rows"].tolist())
    ]
    times = {name: sum(row[0] == name for row in rows) for name in dict.fromkeys(row[0] for row in rows)}
    parts = [f"{name} {number(count, 'time')}" for name, count in times.items()]
    check = Check(
        "Days without rows",
        light(not rows),
        f"{sum(row[3] for row in rows):,}",
        f"Daily rows stop for a week or more: {listed(parts)}"
        if parts
        else "Where rows come daily, they never stop for a week",
        "A holiday, or days that no export holds?" if parts else "",
    )
    return with_rows(
        check, pd.DataFrame(rows, columns=["table", "first_day", "last_day", "days", "missed_rows"])
    )


def _refused(imports: Sequence[ImportRecord]) -> Check:
    rows = [
        (record.id, record.source, reason, count)
        for record in imports
        for reason, count in record.reasons.items()
    ]
    read = sum(record.rows_read - record.ignored for record in imports)
    refused = sum(record.rejected for record in imports)
    share = refused / read if read else 0.0
    told = f"{number(refused, 'row')} of {read:,} could not be read and are in no figure"
    check = Check(
        "Refused rows",
        light(share <= REFUSED[0], share <= REFUSED[1]),
        percent(share),
        told if refused else "Every row that was brought could be read",
        "Mend them in the rejects file of the import and bring it." if refused else "",
    )
    return with_rows(check, pd.DataFrame(rows, columns=["import", "source", "reason", "rows"]))
