"""Are dates, times and currencies plausible: far-off days, one day for everybody, nights full of orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate, pairwise

import pandas as pd

from ladder.engine import Engine
from ladder.model.wording import percent
from ladder.quality.check import Check, light, listed, number, on, unknown, with_rows
from ladder.quality.days import steady
from ladder.workspace import ImportRecord, WorkspaceSettings

FAR_DAYS, FAR_SHARE = 365, 0.01
LEAST_ROWS = 100
LEAST_DAYS = 31
ONE_DAY = (0.10, 0.50)
FIRST_OF_MONTH = (0.10, 0.90)
MIDNIGHT = (0.05, 0.95)
NIGHT_HOURS = 6
NIGHT = (0.20, 0.50)

_HOURS = """
select cast(hour(ts) as integer) as hour, count(*) as rows
from raw.live_transactions
where kind = 'purchase' and cast(ts as time) <> time '00:00:00'
group by hour
order by hour
"""
_CURRENCIES = """
select coalesce(upper(currency), '') as currency, count(*) as rows from raw.transactions group by 1 order by 2 desc, 1
"""


def date_checks(
    days: pd.DataFrame, settings: WorkspaceSettings, imports: Sequence[ImportRecord]
) -> Iterator[Check]:
    """Whether rows happened when they say; `days` as `rows_by_day` gives them."""
    yield _implausible(days, imports)
    yield _after(days, settings.as_of)
    yield _one_day(days)
    yield _first_of_month(days)


def clock_checks(days: pd.DataFrame, hours: pd.DataFrame, timezone: str) -> Iterator[Check]:
    """Whether the clock times of orders are known, and lie where people are awake."""
    orders = days[(days["table"] == "transactions") & days["day"].notna()]
    rows, midnight, timed = (
        int(orders["rows"].sum()),
        int(orders["at_midnight"].sum()),
        int(hours["rows"].sum()),
    )
    if not timed or midnight / rows > MIDNIGHT[1]:
        told = (
            f"{percent(midnight / rows)} of the order rows are at 0:00: only their days are known"
            if midnight
            else ""
        )
        yield unknown("Times of day", told or "There are no purchases")
        return
    share = midnight / rows
    yield Check(
        "Times of day",
        light(share <= MIDNIGHT[0]),
        percent(share),
        f"{percent(share)} of the order rows are at exactly 0:00"
        if share
        else "Every order row has its time",
        "Two sources, one of which tells only the day?" if share > MIDNIGHT[0] else "",
    )
    night = int(hours.loc[hours["hour"] < NIGHT_HOURS, "rows"].sum()) / timed
    suspicious = night > NIGHT[0]
    yield Check(
        "Orders at night",
        light(not suspicious, night <= NIGHT[1]),
        percent(night),
        f"{percent(night)} of the order rows are from 0:00 to 6:00 in {timezone}",
        "Few people shop then: the file may be in another time zone, such as UTC. A day may begin at the wrong hour."
        if suspicious
        else "",
    )


def order_hours(engine: Engine) -> pd.DataFrame:
    """hour (0 to 23), rows: purchases by the hour of the day, without those at exactly 0:00."""
    found = engine.frame("orders by hour", _HOURS).set_index("hour")["rows"]
    return found.reindex(range(24), fill_value=0).rename_axis("hour").reset_index()


def currency_check(engine: Engine, currency: str) -> Check:
    """Whether all amounts are in the currency of the workspace."""
    found = {str(code): int(rows) for code, rows in engine.rows("currencies", _CURRENCIES)}
    frame = pd.DataFrame({"currency": [code or "none" for code in found], "rows": found.values()})
    silent, total = found.pop("", 0), int(frame["rows"].sum())
    if not found:
        return unknown("Currency", f"No row names a currency: all amounts are taken as {currency}")
    foreign = [code for code in found if code != currency]
    if foreign:
        meaning = (
            "Amounts are added up as they are: bring one currency per workspace, or convert the others first."
        )
        if len(found) == 1:
            meaning = f"Change the currency of the workspace to {foreign[0]} in the settings."
        share = sum(found[code] for code in foreign) / total
        told = (
            f"{percent(share)} of the order rows are in {listed(foreign)}, and the workspace is in {currency}"
        )
        return with_rows(Check("Currency", "stop", ", ".join(found), told, meaning), frame)
    told = (
        f"{percent(silent / total)} of the order rows name no currency and are taken as {currency}"
        if silent
        else f"Every order row is in {currency}"
    )
    return with_rows(Check("Currency", light(not silent), currency, told), frame)


def far_off(days: Sequence[date], rows: Sequence[int]) -> list[tuple[date, int]]:
    """(day, rows) of the days at either end that a year without rows cuts off, at most 1% of the rows each.

    `days` ascending. A shop does not begin with three orders in 1970.
    """
    total = sum(rows)
    found: list[tuple[date, int]] = []
    for at in (range(len(days)), range(len(days) - 1, -1, -1)):
        places = list(at)
        passed = list(accumulate(rows[place] for place in places))
        cuts = [
            nth
            for nth, (one, other) in enumerate(pairwise(places))
            if abs((days[other] - days[one]).days) > FAR_DAYS and passed[nth] <= FAR_SHARE * total
        ]
        found += [(days[place], rows[place]) for place in places[: max(cuts, default=-1) + 1]]
    return found


def _implausible(days: pd.DataFrame, imports: Sequence[ImportRecord]) -> Check:
    refused = sum(record.reasons.get("implausible date", 0) for record in imports)
    rows = [
        (name, day, count)
        for name, part in days[days["day"].notna()].groupby("table", sort=False)
        for day, count in far_off(part["day"].tolist(), part["rows"].tolist())
    ]
    frame = pd.DataFrame(rows, columns=["table", "day", "rows"])
    far = int(frame["rows"].sum())
    parts = [f"{number(far, 'row')} more than a year away from all others"] if far else []
    parts += [f"{number(refused, 'row')} refused as before 1970 or in the future"] if refused else []
    check = Check(
        "Implausible dates",
        light(not parts),
        f"{far + refused:,}",
        listed(parts)[:1].upper() + listed(parts)[1:] if parts else "No date stands far away from the others",
        "One wrong early date makes the history begin there." if parts else "",
    )
    return with_rows(check, frame)


def _after(days: pd.DataFrame, as_of: date | None) -> Check:
    name = "After the as-of date"
    if as_of is None:
        return Check(name, "fine", "0", "The as-of date is the day of the latest row")
    dated = days[days["day"].notna()]
    later = dated[dated["day"] > as_of]
    rows = int(later["rows"].sum())
    frame = later.groupby("table", sort=False).agg(rows=("rows", "sum"), last=("day", "max")).reset_index()
    check = Check(
        name,
        light(not rows),
        f"{rows:,}",
        f"{number(rows, 'row')} lie after the as-of date, {on(as_of)}"
        if rows
        else f"No row lies after {on(as_of)}",
        "They are here, and in no figure of the ladder." if rows else "",
    )
    return with_rows(check, frame)


def _one_day(days: pd.DataFrame) -> Check:
    rows = []
    for name, part in steady(days).groupby("table", sort=False):
        total, most = int(part["rows"].sum()), int(part["rows"].max())
        long = (max(part["day"]) - min(part["day"])).days >= LEAST_DAYS
        if total >= LEAST_ROWS and long and most / total > ONE_DAY[0]:
            rows.append((name, part.loc[part["rows"] == most, "day"].iloc[0], most, most / total))
    share = max((row[3] for row in rows), default=0.0)
    parts = [f"{percent(share)} of {name} on {on(day)}" for name, day, _, share in rows]
    check = Check(
        "One day for many",
        light(share <= ONE_DAY[0], share <= ONE_DAY[1]),
        percent(share),
        listed(parts) if parts else "No day has more than a tenth of a table's rows",
        "The day of a move between systems, instead of the day it happened?" if parts else "",
    )
    return with_rows(check, pd.DataFrame(rows, columns=["table", "day", "rows", "share"]))


def _first_of_month(days: pd.DataFrame) -> Check:
    rows = []
    for name, part in steady(days).groupby("table", sort=False):
        first = part["day"].map(lambda day: day.day == 1)
        total, firsts = int(part["rows"].sum()), int(part.loc[first, "rows"].sum())
        if total >= LEAST_ROWS and first.sum() > 1 and firsts / total > FIRST_OF_MONTH[0]:
            rows.append((name, firsts, firsts / total))
    share = max((row[2] for row in rows), default=0.0)
    parts = [f"{percent(share)} of {name}" for name, _, share in rows]
    check = Check(
        "First of the month",
        light(share <= FIRST_OF_MONTH[0], share <= FIRST_OF_MONTH[1]),
        percent(share),
        f"On the first of a month: {listed(parts)}"
        if parts
        else "The first of the month is a day like others",
        "One day in thirty is usual. Dates cut to the month, or batches of an import?" if parts else "",
    )
    return with_rows(check, pd.DataFrame(rows, columns=["table", "rows", "share"]))
