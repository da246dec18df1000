"""Import a file by a plan: read, cast, account for every row, publish; or stop and change nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.account import ImportResult, row_warnings, settle_account, write_rejects
from ladder.importing.cast import cast, wanted_columns
from ladder.importing.counting import count_records
from ladder.importing.oddities import misread_columns, misread_dates, odd_values
from ladder.importing.plan import Plan
from ladder.importing.propose import ask, check_dialect, plan_warnings, take_sample
from ladder.importing.read import read
from ladder.importing.source import compression_of, copy_as_utf8, read_head
from ladder.importing.store import settle, write
from ladder.importing.times import zone_named
from ladder.model.tables import TABLES
from ladder.workspace import Folder, ImportRecord, Stage

Progress = Callable[[float, str], None]


def run_import(
    folder: Folder,
    path: Path | str,
    plan: Plan,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Import `path` into the workspace by a confirmed plan.

    Returns the account; with `questions` when the plan leaves something open or more than half of the dates do not
    fit, and then nothing was imported. A dry run does everything but publish. `progress` is told a share from 0 to 1
    and the step. LadderError, with nothing changed, for a file that cannot be read or fully accounted for.
    """
    file, tell = Path(path), progress or (lambda share, step: None)
    _check(file, plan)
    questions = ask(plan, take_sample(file, plan.dialect))
    if questions:
        return ImportResult(questions=questions)
    try:
        with folder.stage_import() as stage:
            result = _staged(folder, stage, file, plan, tell)
            if dry_run or result.questions:
                return replace(result, rejects_file=None)
            if not result.accepted and not result.duplicate:
                raise _nothing_usable(file, result)
            tell(0.9, "Publishing")
            stage.publish(_record(stage, file, plan, result))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise LadderError(
            "The import did not finish", f"The system said: {why}.", "Nothing was changed."
        ) from error
    rejects = (
        folder.path / "imports" / f"{stage.id:04d}" / result.rejects_file.name
        if result.rejects_file
        else None
    )
    tell(1.0, "Done")
    return replace(result, import_id=stage.id, rejects_file=rejects)


def _check(file: Path, plan: Plan) -> None:
    if not file.is_file():
        raise LadderError("No such file", f"There is no file {file.name}.")
    if plan.table and plan.table not in TABLES:
        raise LadderError(
            "Unknown table", f"There is no table “{plan.table}”.", "Known: " + ", ".join(TABLES)
        )
    check_dialect(plan.dialect)
    if plan.dialect.compression != compression_of(file):
        raise LadderError(
            "Another kind of file than planned", f"{file.name} is not {plan.dialect.compression}."
        )
    if plan.mapping.zone:
        zone_named(plan.mapping.zone)
    read_head(file, plan.dialect.compression, 4096)


def _staged(folder: Folder, stage: Stage, file: Path, plan: Plan, tell: Progress) -> ImportResult:
    """Everything up to publishing, in the staging folder; the copy of the file does not stay there."""
    settings, copy = folder.settings, stage.path / "copy.txt"
    spill = stage.path / "spill"
    with Engine(temp_directory=spill) as engine:
        tell(0.0, "Reading")
        copy_as_utf8(file, plan.dialect.compression, plan.dialect.encoding, copy)
        count = count_records(copy, plan.dialect)
        if count.records == count.blank:
            raise LadderError("No rows", f"{file.name} holds no rows.", "Export it again.")
        read(engine, copy, plan.dialect, wanted_columns(plan), count)
        tell(0.4, "Checking every row")
        cast(engine, plan, settings, datetime.now(UTC).date())
        questions = misread_columns(engine) + misread_dates(engine, plan)
        if questions:
            return ImportResult(questions=questions)
        settle(engine, plan.table, plan.mapping.attributes, folder)
        warnings = plan_warnings(plan) + odd_values(engine, plan) + row_warnings(engine, plan, settings)
        result = settle_account(engine, count, plan.dialect.header, warnings)
        tell(0.7, "Writing")
        rejects = write_rejects(engine, copy, plan, stage.path)
        write(engine, plan.table, plan.mapping.attributes, stage.path)
    copy.unlink()
    shutil.rmtree(spill, ignore_errors=True)
    return replace(result, rejects_file=rejects)


def _nothing_usable(file: Path, result: ImportResult) -> LadderError:
    reasons = ", ".join(f"{reason} ({number:,})" for reason, number in list(result.reasons.items())[:5])
    message = (
        f"None of the {result.rows_read:,} rows of {file.name} can be used: {reasons or 'all are empty'}."
    )
    return LadderError("Nothing to import", message, "Check the mapping and the dialect.")


def _record(stage: Stage, file: Path, plan: Plan, result: ImportResult) -> ImportRecord:
    return ImportRecord(
        id=stage.id,
        table=plan.table,
        source=file.name,
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rows_read=result.rows_read,
        accepted=result.accepted,
        duplicate=result.duplicate,
        rejected=result.rejected,
        ignored=result.ignored,
        reasons=result.reasons,
        warnings=result.warnings,
        dialect=plan.dialect.to_dict(),
        mapping=plan.mapping.to_dict(),
    )
