"""Is it fresh: how far the tables reach, against each other, the as-of date and the day they were brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd

from ladder.quality.check import Check, light, listed, on, span, unknown, with_rows
from ladder.quality.coverage import Coverage
from ladder.workspace import Folder, ImportRecord

FRESH_DAYS = 31
SILENT_DAYS = (31, 92)


def freshness_checks(folder: Folder, found: Coverage) -> Iterator[Check]:
    """Whether the data reach up to the day they are looked at from."""
    yield _last_row(folder.imports(), found.last)
    yield _as_of(found, folder.settings.as_of)
    yield _behind(found)
    yield _undone(folder)


def imported_on(record: ImportRecord) -> date:
    """The day an import was made."""
    return datetime.fromisoformat(record.imported_at).date()


def _last_row(imports: tuple[ImportRecord, ...], last: date | None) -> Check:
    if last is None:
        return unknown("Age of the data", "No row has a date")
    newest = max(imported_on(record) for record in imports)
    lag = max((newest - last).days, 0)
    return Check(
        "Age of the data",
        light(lag <= FRESH_DAYS),
        on(last),
        f"The data end {span(lag)} before the last import, {on(newest)}",
        "" if lag <= FRESH_DAYS else "Lists of people to act on are that old: bring a newer export.",
    )


def _as_of(found: Coverage, as_of: date | None) -> Check:
    last = found.frame.set_index("table")["last"]["transactions"]
    name = "Orders up to the as-of date"
    if last is None or pd.isna(last):
        return unknown(name, "There are no orders")
    until = as_of or found.last or last
    silent = max((until - last).days, 0)
    return Check(
        name,
        light(silent <= SILENT_DAYS[0], silent <= SILENT_DAYS[1]),
        span(silent),
        f"The last order is {span(silent)} before {on(until)}, from where the ladder looks back",
        "Customers lapse in that time who may have bought." if silent > SILENT_DAYS[0] else "",
    )


def _behind(found: Coverage) -> Check:
    frame = found.frame[found.frame["days_behind"].fillna(0) > FRESH_DAYS]
    parts = [f"{row['table']} end on {on(row['last'])}" for row in frame.to_dict("records")]
    check = Check(
        "Tables behind the others",
        light(frame.empty),
        f"{len(frame):,}",
        listed(parts)[:1].upper() + listed(parts)[1:]
        if parts
        else "All tables end within a month of each other",
        "Rungs that ask for them empty out." if parts else "",
    )
    return with_rows(check, frame[["table", "rows", "first", "last", "days_behind"]])


def _undone(folder: Folder) -> Check:
    live = {record.id: record for record in folder.imports()}
    undone = [record for record in folder.history() if record.id not in live]
    open_ = [
        record
        for record in undone
        if not any(other.table == record.table and other.id > record.id for other in live.values())
    ]
    rows = [
        (record.id, record.table, record.source, imported_on(record), record.rows_read) for record in open_
    ]
    parts = [f"{record.source} ({record.table})" for record in open_]
    check = Check(
        "Undone imports",
        light(not open_),
        f"{len(open_):,}",
        f"Taken out, and nothing like it brought since: {listed(parts)}"
        if open_
        else "No import was taken out without another in its place",
        "Was it to be brought again?" if open_ else "",
    )
    return with_rows(check, pd.DataFrame(rows, columns=["import", "table", "source", "imported", "rows"]))
