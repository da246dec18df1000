"""Import a file by a plan: stage it in the sandbox, publish; or stop and change nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing import sandbox
from ladder.importing.account import ImportResult
from ladder.importing.formats import shown_name
from ladder.importing.look import check_dialect, check_file
from ladder.importing.plan import Plan
from ladder.importing.times import zone_named
from ladder.model.tables import TABLES
from ladder.workspace import Folder, ImportRecord, Stage, file_name_without

Progress = Callable[[float, str], None]

_ROOM = 3
"""How many times its size a file needs free: a copy as text, what does not fit into memory, the result."""


def run_import(
    folder: Folder,
    path: Path | str,
    plan: Plan,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    by: str = "",
) -> ImportResult:
    """Import `path` into the workspace by a confirmed plan; `by` is who brings it.

    Returns the account; with `questions`, and nothing imported, when the plan leaves something open or does not fit
    the file. A currency that the plan names becomes that of a workspace without amounts. A dry run does all but
    publish, waits for no other import; both wait while LADDER_READERS read.
    `progress` is told a share from 0 to 1 and the step, at least every 0.3 seconds; what it raises stops the import.
    LadderError, with nothing changed, for a file that cannot be read or fully accounted for.
    """
    file, tell = Path(path), progress or (lambda *_: None)
    size = check_file(file)
    _check(plan)
    _check_room(folder, file, size)
    try:
        if dry_run:
            with folder.scratch() as scratch:
                result, _ = _staged(folder, scratch.path, file, size, plan, tell)
                return replace(result, rejects_file=None)
        with folder.stage_import(by=by, tell=progress) as stage:
            result, digest = _staged(folder, stage.path, file, size, plan, tell)
            if result.questions:
                return result
            if not (result.accepted or result.duplicate or (stage.path / "withdrawn.parquet").exists()):
                raise _nothing_usable(file, result)
            tell(0.9, "Publishing")
            record = replace(_record(folder, stage, file, plan, result), by=by, size=size, sha256=digest)
            stage.publish(record, plan.mapping.currency)
    except OSError as error:
        why = f"The system said: {error.strerror or type(error).__name__}."
        raise LadderError("The import did not finish", why, "Nothing was changed.") from error
    tell(1.0, "Done")
    return _with_place(result, folder, stage)


def _with_place(result: ImportResult, folder: Folder, stage: Stage) -> ImportResult:
    """The account with the import's number, and the rejects where they lie now."""
    place = folder.path / "imports" / f"{stage.id:04d}"
    rejects = place / result.rejects_file.name if result.rejects_file else None
    return replace(result, import_id=stage.id, rejects_file=rejects)


def _staged(
    folder: Folder, stage: Path, file: Path, size: int, plan: Plan, tell: Progress
) -> tuple[ImportResult, str]:
    """The account and the SHA-256 of the file, staged in the sandbox."""
    places = {
        "folder": str(folder.path.absolute()),
        "stage": str(stage.absolute()),
        "file": str(file.absolute()),
    }
    job = {**places, "plan": plan.to_dict()}
    with sandbox.READS.turn(tell):
        answer = sandbox.call("ladder.importing.staging:stage_task", job, sandbox.limits_for(size), tell)
    return ImportResult.from_dict(answer["result"]), answer["sha256"]


def _check(plan: Plan) -> None:
    if plan.table and plan.table not in TABLES:
        raise LadderError(
            "Unknown table", f"There is no table “{plan.table}”.", "Known: " + ", ".join(TABLES)
        )
    check_dialect(plan.dialect)
    if plan.mapping.zone:
        zone_named(plan.mapping.zone)


def _check_room(folder: Folder, file: Path, size: int) -> None:
    free = shutil.disk_usage(folder.path).free
    if free < _ROOM * size:
        raise LadderError(
            "Not enough room on the disk",
            f"{shown_name(file)} needs {_ROOM * size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free.",
            "Make room and try again. Nothing was changed.",
        )


def _nothing_usable(file: Path, result: ImportResult) -> LadderError:
    found = {**result.reasons, **result.ignored_reasons}
    reasons = ", ".join(f"{reason} ({number:,})" for reason, number in list(found.items())[:5])
    told = reasons or "all are empty"
    rows = "The only row" if result.rows_read == 1 else f"None of the {result.rows_read:,} rows"
    cannot = "cannot" if result.rows_read == 1 else "can"
    message = f"{rows} of {shown_name(file)} {cannot} be used: {told}."
    return LadderError("Nothing to import", message, "Check the mapping and the dialect.")


def _record(folder: Folder, stage: Stage, file: Path, plan: Plan, result: ImportResult) -> ImportRecord:
    return ImportRecord(
        id=stage.id,
        table=plan.table,
        source=file_name_without(shown_name(file), folder.tombstones()),
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        rows_read=result.rows_read,
        accepted=result.accepted,
        duplicate=result.duplicate,
        rejected=result.rejected,
        ignored=result.ignored,
        reasons=result.reasons,
        ignored_reasons=result.ignored_reasons,
        warnings=result.warnings,
        dialect=plan.dialect.to_dict(),
        mapping=plan.mapping.to_dict(),
    )
