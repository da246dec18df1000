"""Build the derived file of a workspace: facts, placement, spells. A cache: same inputs, same key, same file."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from sqlglot import exp, parse_one

from ladder.engine import Engine, EngineError, Steps
from ladder.errors import LadderError
from ladder.model.ladder import Ladder
from ladder.placement.artefacts import moves, spells
from ladder.placement.bits import words
from ladder.placement.facts import load_facts, sql_steps
from ladder.placement.masks import MaskQuery, mask_queries, windows
from ladder.placement.periods import MAX_PERIODS, calendar, period_ends
from ladder.placement.placed import Placed, open_placed
from ladder.placement.states import StateQuery, changed, needed_conditions, rung_formulas
from ladder.workspace import Folder, WorkspaceSettings

# Raise when the same inputs would give another file.
BUILD_VERSION = 7
KEPT_FILES = 6
STALE_SECONDS = 24 * 3_600
Progress = Callable[[float, str], None]
Fill = Callable[[Engine, Folder, Ladder, Progress], None]
_building = threading.Lock()
_DROPPED = "alter table placement drop column ?"
_PERIODS = """
create table periods as
select cast(period as integer) as period, cast(period_end as date) as period_end from period_rows order by period
"""


def fill_here(engine: Engine, folder: Folder, ladder: Ladder, progress: Progress) -> None:
    """Make every table of a derived file on this machine."""
    folder.require_whole()
    progress(0.05, "reading the imports")
    load_facts(engine, folder)
    place(engine, ladder, folder.settings, progress)


def build(
    folder: Folder,
    progress: Progress | None = None,
    ladder: Ladder | None = None,
    fill: Fill = fill_here,
    stop: Callable[[], None] | None = None,
) -> Placed:
    """Place every customer of the workspace on its ladder, or on another one to try it, at every period end.

    `progress` is told the share done and the step; `fill` makes the tables, if they are not there yet. `stop` is
    asked ten times a second, by another thread. What either of them raises ends the build at once, is raised here,
    and leaves what was there before. Raises LadderError when there is nothing to place, when no period is complete,
    or when a file of the workspace is not what the manifest says.
    """
    now = folder.snapshot()
    while True:
        try:
            made = _Way(progress or (lambda share, step: None), fill, stop or (lambda: None))
            placed = _built(now, ladder or now.ladder, made)
        except (LadderError, OSError):
            if not _is_overtaken(now):
                raise
        else:
            if not _is_overtaken(now):
                return placed
            # An erasure came in between: what was built may hold the customer, and comes too late to be swept.
            (now.path / "derived" / f"{placed.key}.duckdb").unlink(missing_ok=True)
        now = Folder(now.path).snapshot()


def _is_overtaken(now: Folder) -> bool:
    return Folder(now.path).manifest().erasures != now.manifest().erasures


def _built(now: Folder, chosen: Ladder, way: _Way) -> Placed:
    path = now.path / "derived" / f"{derived_key(now, chosen)}.duckdb"
    if found := _opened(path, now, chosen):
        return found
    # Two visitors who ask for the same file build it once; nobody else waits.
    with _building:
        found = _opened(path, now, chosen)
        if found is None:
            _make(now, chosen, path, way)
            _tidy(path)
    return found or open_placed(path, now.settings, chosen)


def _opened(path: Path, folder: Folder, ladder: Ladder) -> Placed | None:
    """The derived file, if it is there and can be read; a cache that cannot be read is made again."""
    if not path.is_file():
        return None
    try:
        return open_placed(path, folder.settings, ladder)
    except FileNotFoundError:
        return None  # Another process has tidied it away.
    except EngineError:
        path.unlink(missing_ok=True)
        return None


def derived_key(folder: Folder, ladder: Ladder | None = None) -> str:
    """Names the derived file: a hash of everything that it depends on."""
    manifest = folder.manifest()
    settings = manifest.settings
    facts = {
        "build": BUILD_VERSION,
        "imports": [[record.id, record.table, record.files] for record in manifest.imports],
        "ladder": (ladder or manifest.ladder).to_dict(),
        "as_of": settings.as_of.isoformat() if settings.as_of else None,
        "minor_digits": settings.minor_digits,
    }
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:24]


@dataclass(frozen=True)
class _Way:
    """How a file is made: who hears of it, what makes the tables, and who may end it."""

    progress: Progress
    fill: Fill
    stop: Callable[[], None]


def _make(folder: Folder, ladder: Ladder, path: Path, way: _Way) -> None:
    # Built beside the final place and renamed at the end, so that readers see a whole file or none.
    building = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.building")
    try:
        spill = Path(f"{building}.spill")
        with Engine(building, temp_directory=spill) as engine, engine.stopped_by(way.stop):
            way.fill(engine, folder, ladder, way.progress)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def place(engine: Steps, ladder: Ladder, settings: WorkspaceSettings, progress: Progress) -> tuple[date, ...]:
    """Make periods, placement, spells, moves and days from the facts; gives the period ends."""
    rungs = rung_formulas(ladder)
    needed = needed_conditions(rungs)
    ends, days = _time(engine, ladder, settings, windows(needed))
    engine.register("calendar_rows", days)
    engine.run("calendar", "create temp table calendar as select * from calendar_rows")
    engine.register(
        "period_rows", pd.DataFrame({"period": range(len(ends)), "period_end": pd.to_datetime(list(ends))})
    )
    engine.run("periods", _PERIODS)
    tables: list[tuple[str, MaskQuery]] = []
    for number, masks in enumerate(mask_queries(needed, len(ends), settings.minor_digits)):
        progress(0.4 + 0.3 * number / (len(needed) or 1), "checking the rules")
        _keep(engine, f"mask_{number}", masks.query, masks.parameters, temporary=True)
        tables.append((f"mask_{number}", masks))
    progress(0.75, "placing the customers")
    # One byte a period end is small as it is; finding a smaller form would take as long as the placing.
    engine.run("as it is", "set force_compression = 'uncompressed'")
    _keep(engine, "placement", StateQuery(rungs, needed, len(ends), ladder.grace).build(tables))
    engine.run("small again", "set force_compression = 'auto'")
    progress(0.85, "finding out who moved")
    _keep(engine, "spells", spells(len(ends)))
    for word in range(words(len(ends))):
        engine.run(
            "changes",
            exp.replace_placeholders(parse_one(_DROPPED, dialect="duckdb"), exp.column(changed(word))),
        )
    _keep(engine, "moves", moves(len(ends)))
    for name, statement in sql_steps("activity.sql").items():
        engine.run(name, statement)
    return ends


def _keep(
    engine: Steps,
    name: str,
    query: exp.Expr,
    parameters: Mapping[str, object] | None = None,
    temporary: bool = False,
) -> None:
    """Store the answer of a query as a table of the derived file, or of this build only."""
    properties = exp.Properties(expressions=[exp.TemporaryProperty()] if temporary else [])
    table = exp.Create(this=exp.to_table(name), kind="table", expression=query, properties=properties)
    engine.run(name, table, parameters)


def _time(
    engine: Steps, ladder: Ladder, settings: WorkspaceSettings, needed: set[int]
) -> tuple[tuple[date, ...], pd.DataFrame]:
    """The period ends and the calendar of this build."""
    ((known, first, last),) = engine.rows(
        "days",
        "select (select min(first_day) from customers), first_day, last_day from raw.event_days",
    )
    if known is None:
        raise LadderError(
            "Nothing to place yet",
            "The workspace holds no customer with a date.",
            "Import a table with customers and dates, such as your orders.",
        )
    ends = period_ends(known, settings.as_of or last, ladder.period)
    if not ends:
        raise LadderError(
            f"No {ladder.period} is complete",
            f"The data run from {first} to {settings.as_of or last}.",
            f"Bring more history, or set the as-of date to the last day of the {ladder.period}.",
        )
    if len(ends) > MAX_PERIODS:
        raise LadderError(
            "The history is too long",
            f"From {known} to {ends[-1]} there are {len(ends):,} period ends.",
            f"At most {MAX_PERIODS:,} fit; look for a wrong early date, or choose a longer period.",
        )
    return ends, calendar(first, last, ends, needed)


def _tidy(newest: Path) -> None:
    """Keep the latest derived files, so that an undo finds its old result; drop the rest and what crashes left."""
    files = sorted(newest.parent.glob("*.duckdb"), key=lambda item: item.stat().st_mtime, reverse=True)
    stale = [
        item
        for item in newest.parent.glob(".*.building*")
        if time.time() - item.stat().st_mtime > STALE_SECONDS
    ]
    for item in (*files[KEPT_FILES:], *stale):
        if item.is_dir():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)
