"""What the next writer clears away: what crashes left, what was decided to be deleted, what has had its time."""

from __future__ import annotations

import dataclasses
import shutil
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ladder.errors import LadderError
from ladder.workspace.atomic import sync_folder, write_atomic
from ladder.workspace.audit import append_audit
from ladder.workspace.manifest import MANIFEST, PREVIOUS, Manifest, read_manifest, replace_manifest
from ladder.workspace.records import REJECTS, ImportRecord, WorkspaceSettings
from ladder.workspace.stage import PREFIX, SCRATCH, sweep_scratch


def unpublished(root: Path, manifest: Manifest) -> tuple[int, ...]:
    """Imports with a folder that never came into the manifest: staged ones, and those renamed just before."""
    found = (item.name.removeprefix(PREFIX) for item in (root / "imports").iterdir())
    names = [name.partition("-")[0] for name in found]
    return tuple(
        sorted({int(name) for name in names if name.isdigit() and int(name) >= manifest.next_import})
    )


def tidy(root: Path, manifest: Manifest, by: str) -> None:
    """Clear away before a change, under the writer lock. What resists is left to the next writer."""
    with suppress(OSError, LadderError):
        _sweep(root, manifest, by)
        remove_decided(root, manifest)


def retire(root: Path, by: str) -> None:
    """Delete, after a change, the files that have had their time; those that resist have it at the next change."""
    with suppress(OSError, LadderError):
        manifest = read_manifest(root / MANIFEST)
        found = [retired for record in manifest.history if (retired := _retired(record, manifest))]
        changed = {record.id: record for record, _ in found}
        gone = [name for _, names in found for name in names]
        if not found:
            return
        if gone:
            append_audit(root, "retention", by, {"imports": sorted(changed), "files": len(gone)})
        after = replace_manifest(
            root,
            manifest,
            imports=tuple(changed.get(record.id, record) for record in manifest.imports),
            undone=tuple(changed.get(record.id, record) for record in manifest.undone),
            removing=(*manifest.removing, *gone),
        )
        remove_decided(root, after)


def remove_decided(root: Path, manifest: Manifest) -> Manifest:
    """Delete the files that no state uses any more, and then forget their names; those that resist stay named."""
    if not manifest.removing:
        return manifest
    # From here on the state before would point to nothing, and might tell what was erased: it goes first.
    write_atomic(root / PREVIOUS, (root / MANIFEST).read_bytes())
    left = tuple(name for name in manifest.removing if not _removed(root / name))
    for folder in {_emptied(root / name) for name in manifest.removing}:
        sync_folder(folder)  # Or a power cut brings back what nobody knows of any more.
    if left == manifest.removing:
        return manifest
    after = replace_manifest(root, manifest, removing=left)
    # What a file was called may tell whom it was about.
    write_atomic(root / PREVIOUS, (root / MANIFEST).read_bytes())
    return after


def removal_day(record: ImportRecord, settings: WorkspaceSettings) -> date | None:
    """The day from which the next change deletes the files of an undone import, or a live one's rejected rows.

    None when nothing is going to be deleted.
    """
    begun = record.undone_at or (record.imported_at if REJECTS in record.files else "")
    if not begun or not record.files:
        return None
    return datetime.fromisoformat(begun).date() + timedelta(days=settings.retention_days)


def _retired(record: ImportRecord, manifest: Manifest) -> tuple[ImportRecord, list[str]] | None:
    """The record without what has had its time, and the files to delete; None when nothing is due."""
    now = datetime.now(UTC)
    if record.files and not record.undone_at and record in manifest.undone:
        # Undone by an earlier version, which did not say when: its time begins today.
        return dataclasses.replace(record, undone_at=now.isoformat(timespec="seconds")), []
    day = removal_day(record, manifest.settings)
    if day is None or now.date() < day:
        return None
    if record.undone_at:
        gone = dataclasses.replace(record, files={}, removed=now.isoformat(timespec="seconds"))
        return gone, [f"imports/{record.folder}"]
    kept = {name: digest for name, digest in record.files.items() if name != REJECTS}
    return dataclasses.replace(record, files=kept), [f"imports/{record.folder}/{REJECTS}"]


def _sweep(root: Path, manifest: Manifest, by: str) -> None:
    """Remove what crashes have left. Under the writer lock, nobody else can be at it."""
    for ident in unpublished(root, manifest):
        append_audit(root, "import did not finish", by, {"import_id": ident})
    known = {record.folder for record in manifest.history} | {Path(name).name for name in manifest.removing}
    for item in (root / "imports").iterdir():
        if item.name not in known and not item.name.startswith(SCRATCH):
            shutil.rmtree(item, ignore_errors=True)
    sweep_scratch(root / "imports")
    sweep_files(root)


def sweep_files(root: Path) -> None:
    """Remove files that a crash left half-written beside the manifest."""
    for item in root.glob(".*.tmp"):
        with suppress(OSError):
            item.unlink()


def _emptied(path: Path) -> Path:
    """The folder that loses entries when the path is removed."""
    return path if path.name == "derived" else path.parent


def _removed(path: Path) -> bool:
    """Whether the file or folder is gone now; of `derived` what was in it."""
    found = list(path.iterdir()) if path.name == "derived" and path.is_dir() else [path]
    for item in found:
        with suppress(OSError):
            if item.is_dir():
                shutil.rmtree(item)
            else:
                item.unlink(missing_ok=True)
    return not any(item.exists() for item in found)
