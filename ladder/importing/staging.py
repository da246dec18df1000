"""The part of an import that runs in the sandbox: from the bytes of a file to Parquet files in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pyarrow as pa

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.account import ImportResult, outcomes, row_warnings, settle_account
from ladder.importing.ahead import cast_ahead
from ladder.importing.asking import ask, plan_warnings
from ladder.importing.cast import cast, forget_text, wanted_columns
from ladder.importing.counting import Count, count_records
from ladder.importing.currency import check_currency
from ladder.importing.drift import rows_drift
from ladder.importing.formats import Plain, plain_text, recognise, shown_name
from ladder.importing.ignoring import ignore_refused
from ladder.importing.look import Sample, decided, first_rows
from ladder.importing.oddities import misread_columns, misread_dates, odd_values
from ladder.importing.overlap import overlap_warnings
from ladder.importing.plan import Plan, Question
from ladder.importing.read import Wanted, as_it_is, read
from ladder.importing.rejects import write_rejects
from ladder.importing.store import settle, write
from ladder.workspace import Folder
from ladder.workspace.atomic import sha256

Progress = Callable[[float, str], None]

_EVERY = 0.3
_LARGE = 8 << 20
_SPOILED = """
update cells set problem = spoiled.reason, ignored = null from spoiled
where cells.rowid = spoiled.line - 1 and cells.problem is null
    and (cells.ignored is null or cells.ignored = 'empty row')
"""


def stage_task(job: dict[str, Any], tell: Progress) -> dict[str, Any]:
    """`stage_here` for the sandbox: folders, file and plan as JSON, the account and the file's hash back."""
    file = Path(job["file"])
    # Not waited for when the import fails: the child ends anyway.
    digest = ThreadPoolExecutor(1).submit(sha256, file)
    result = stage_here(Folder(job["folder"]), Path(job["stage"]), file, Plan.from_dict(job["plan"]), tell)
    return {"result": result.to_dict(), "sha256": digest.result()}


def stage_here(folder: Folder, stage: Path, file: Path, plan: Plan, tell: Progress) -> ImportResult:
    """Everything up to publishing: Parquet files and rejects in the folder `stage`, and nothing else left there.

    With `questions`, nothing is staged. LadderError for a file that cannot be read or fully accounted for.
    """
    questions = _opening(file, plan)
    if questions:
        return ImportResult(questions=questions)
    work = stage / "work"
    work.mkdir(mode=0o700)
    try:
        tell(0.0, "Reading")
        plain = plain_text(file, plan.dialect, work, lambda share: tell(0.2 * share, "Reading"))
        sample = first_rows(plain.path, plain.dialect)
        questions = ask(plan, sample)
        if questions:
            return ImportResult(questions=questions)
        counting = _counting(plain, file)
        with Engine(temp_directory=work / "spill") as engine:
            return _staged(engine, folder, stage, plain, sample, counting, plan, tell)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _opening(file: Path, plan: Plan) -> tuple[Question, ...]:
    """What is open about how to open the file. LadderError when it is of another kind than planned."""
    found = recognise(file, plan.dialect, decided(plan.dialect))
    if found.questions:
        return found.questions
    if (found.dialect.kind, found.dialect.compression) != (plan.dialect.kind, plan.dialect.compression):
        kind = found.dialect.kind if found.dialect.compression == "none" else found.dialect.compression
        planned = plan.dialect.kind if plan.dialect.compression == "none" else plan.dialect.compression
        raise LadderError(
            "Another kind of file than planned",
            f"{shown_name(file)} is {kind}, not {planned}.",
            "Propose the mapping anew for this file.",
        )
    return ()


def _counting(plain: Plain, file: Path) -> Future[Count]:
    """The count, being made: at once for a small file, in a thread of its own for a large one."""
    counting = ThreadPoolExecutor(1).submit(_counted, plain, file)
    if plain.path.stat().st_size < _LARGE:
        counting.result()
    return counting


def _counted(plain: Plain, file: Path) -> Count:
    count = count_records(plain.path, plain.dialect)
    if count.records == count.blank:
        raise LadderError("No rows", f"{shown_name(file)} holds no rows.", "Export it again.")
    seen = count.records + count.skipped
    if plain.rows is not None and seen != plain.rows:
        raise LadderError(
            "The import cannot be published",
            f"Two independent counts disagree: {seen:,} rows read, {plain.rows:,} rows in the file.",
            "Nothing was changed. Save it as CSV and bring that.",
        )
    return count


def _staged(
    engine: Engine,
    folder: Folder,
    stage: Path,
    plain: Plain,
    sample: Sample,
    counting: Future[Count],
    plan: Plan,
    tell: Progress,
) -> ImportResult:
    settings, wanted = folder.settings_in(plan.mapping.currency), wanted_columns(plan)
    today = datetime.now(UTC).date()
    ahead = cast_ahead(plan, sample, settings.minor_digits, today)
    along = ahead.over if ahead else as_it_is
    engine.watch_progress()
    with _followed(engine, tell, 0.25, 0.5, "Reading"):
        told = read(engine, plain.path, plain.dialect, wanted, counting, plain.path.parent, along)
    _spoil(engine, plain, wanted)
    with _followed(engine, tell, 0.5, 0.7, "Checking every row"):
        stones = folder.tombstones()
        mail = counting.result().has_at
        is_read_on = cast(engine, plan, settings, today, stones, ahead, mail)
        ignore_refused(engine, plain.path, plain.dialect, stones)
    ended = outcomes(engine)
    questions = misread_columns(engine) + misread_dates(engine, plan, ended.is_any_refused)
    if not questions:
        questions, money = check_currency(engine, plan, folder, plain.path, plain.dialect)
    if questions:
        return ImportResult(questions=questions)
    again = overlap_warnings(engine, folder, plan)
    settle(engine, plan.table, plan.mapping.attributes, folder)
    warnings = plan_warnings(plan) + plain.warnings + told + odd_values(engine, plan, mail)
    if not is_read_on:
        forget_text(engine)
    warnings += money + row_warnings(engine, plan, settings) + again
    result = settle_account(engine, ended, counting.result(), plan, warnings)
    result = replace(result, warnings=result.warnings + rows_drift(folder, plan, result.rows_read))
    with _followed(engine, tell, 0.7, 0.9, "Writing"):
        rejects = write_rejects(engine, plain.path, plain.dialect, plan.dialect.kind, stage)
        write(engine, plan.table, plan.mapping.attributes, stage)
    return replace(result, rejects_file=rejects)


@contextmanager
def _followed(engine: Engine, tell: Progress, first: float, last: float, step: str) -> Iterator[None]:
    """Tell how far the engine is while it works, as a share between `first` and `last`."""
    over, share = Event(), first
    tell(first, step)

    def follow() -> None:
        nonlocal share
        while not over.wait(_EVERY):
            share = max(share, first + (last - first) * engine.progress())
            tell(share, step)

    watcher = Thread(target=follow)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _spoil(engine: Engine, plain: Plain, wanted: Wanted) -> None:
    """Give the rows that the format itself calls unusable their reason; of single cells only wanted ones count."""
    found = [item for item in plain.spoiled if item.column is None or item.column in wanted.texts]
    lines = [item.record - plain.dialect.skip for item in found]
    if lines:
        engine.register("spoiled", pa.table({"line": lines, "reason": [item.reason for item in found]}))
        engine.run("unusable cells", _SPOILED)
