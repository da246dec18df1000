"""The folder of a workspace: read its manifest, publish imports, undo them, change ladder and settings."""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.model.ladder import Ladder
from ladder.workspace.atomic import nothing_changed, sha256
from ladder.workspace.audit import append_audit
from ladder.workspace.currencies import settings_after
from ladder.workspace.ladders import keep_ladder, saved_ladders, versioned
from ladder.workspace.manifest import (
    MANIFEST,
    PREVIOUS,
    Manifest,
    empty_manifest,
    is_whole,
    manifest_bytes,
    read_manifest,
    replace_manifest,
    write_manifest,
)
from ladder.workspace.records import ImportRecord, WorkspaceSettings
from ladder.workspace.stage import Scratch, Stage, scratch_folder
from ladder.workspace.tidying import retire, sweep_files, tidy, unpublished
from ladder.workspace.tombstones import Tombstones, read_tombstones
from ladder.workspace.writers import Tell, is_written, one_writer

_PRICED = ("transactions", "incentives")
FOLDERS = ("imports", "derived", "ladders", "scenarios", "lists", "links")


class Folder:
    """A workspace on disk. Reads never wait; writes take the one writer lock.

    `by` is who acts, for the history and the audit trail: by default the account of this process.
    """

    def __init__(self, path: Path | str, by: str = "") -> None:
        self.path = Path(path)
        self.by = by or account()
        self._held: Manifest | None = None
        if (self.path / MANIFEST).is_file():
            return
        hint = "Make one with `python -m ladder sample`, or import a file into a new workspace."
        if (self.path / PREVIOUS).is_file():
            hint = "`python -m ladder check --restore` brings back the state before the last change."
        raise LadderError("No workspace here", f"The folder “{self.path.name}” holds no {MANIFEST}.", hint)

    @staticmethod
    def create(path: Path | str, settings: WorkspaceSettings | None = None, by: str = "") -> Folder:
        """Make an empty workspace; refuses a folder that already is one."""
        root = Path(path)
        if (root / MANIFEST).exists() or (root / PREVIOUS).exists():
            raise LadderError(
                "A workspace is there already", f"“{root.name}” holds a manifest.", "Choose another folder."
            )
        if "?" in str(root.resolve()):
            raise LadderError(
                "The folder cannot be used",
                f"Its path has a question mark: “{root}”.",
                "Choose a path without one.",
            )
        with nothing_changed("workspace"):
            for name in FOLDERS:
                (root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep_files(root)
            write_manifest(root, manifest_bytes(empty_manifest(settings or WorkspaceSettings())))
        return Folder(root, by)

    @staticmethod
    def restore(path: Path | str, by: str = "") -> Folder:
        """Bring back the state before the last change, where the manifest is damaged or gone; refuses otherwise."""
        root, who = Path(path), by or account()
        with nothing_changed("restore"), one_writer(root, "a restore", who, None, None):
            sweep_files(root)
            if is_whole(root / MANIFEST):
                raise LadderError("Nothing to restore", "The manifest is whole.", "Nothing was changed.")
            read_manifest(root / PREVIOUS)
            append_audit(root, "restore", who, {})
            write_manifest(root, (root / PREVIOUS).read_bytes())
        return Folder(root, by)

    def snapshot(self) -> Folder:
        """This workspace as it stands now, for long reads: what others write meanwhile does not show in it."""
        found = Folder(self.path, self.by)
        found._held = self.manifest()
        return found

    def manifest(self) -> Manifest:
        """The state as it stands now; refuses a damaged file in a sentence."""
        return self._held or read_manifest(self.path / MANIFEST)

    @property
    def settings(self) -> WorkspaceSettings:
        return self.manifest().settings

    def settings_in(self, currency: str) -> WorkspaceSettings:
        """The settings, in a currency of which the figures may be; empty: the workspace's own.

        LadderError for another currency where there are amounts already.
        """
        manifest = self.manifest()
        if currency in ("", manifest.settings.currency):
            return manifest.settings
        if self.has_amounts:
            raise LadderError(
                "More than one currency",
                f"The amounts of the workspace are in {manifest.settings.currency}, these would be in {currency}.",
                "Bring one currency per workspace, or convert the amounts first.",
            )
        return settings_after(manifest, {"currency": currency})

    @property
    def has_amounts(self) -> bool:
        """Whether live imports hold amounts of money."""
        return any(f"{kind}.parquet" in record.files for record in self.imports() for kind in _PRICED)

    @property
    def ladder(self) -> Ladder:
        return self.manifest().ladder

    def imports(self) -> tuple[ImportRecord, ...]:
        """Live imports, oldest first."""
        return self.manifest().imports

    def history(self) -> tuple[ImportRecord, ...]:
        """Every import ever published, undone ones included, oldest first."""
        return self.manifest().history

    def import_path(self, record: ImportRecord) -> Path:
        return self.path / "imports" / record.folder

    def parquet(self, kind: str) -> list[tuple[int, Path]]:
        """(import id, file) of every live import that has rows of this kind, oldest first."""
        name = f"{kind}.parquet"
        return [
            (record.id, self.import_path(record) / name) for record in self.imports() if name in record.files
        ]

    def tombstones(self) -> Tombstones:
        """Whom an import must not bring back; false when nobody was erased."""
        return read_tombstones(self.path, self.manifest().erased)

    def lock(
        self, what: str = "a change", *, wait: float | None = None, tell: Tell | None = None, by: str = ""
    ) -> AbstractContextManager[None]:
        """Hold the one writer lock.

        Who waits hears through `tell` who holds it, every 0.2 s, and may cancel by raising from there; without
        `tell` the wait ends after ten minutes, or after `wait` seconds, with a LadderError.
        """
        return one_writer(self.path, what, by or self.by, wait, tell)

    @contextmanager
    def stage_import(self, by: str = "", tell: Tell | None = None) -> Iterator[Stage]:
        """Prepare an import under the writer lock; what is not published leaves no trace.

        Every OSError that comes out of it means that nothing was changed.
        """
        with self.lock("an import", tell=tell, by=by):
            tidy(self.path, self.manifest(), by or self.by)
            stage = Stage(
                self.path / "imports", self.manifest().next_import, by or self.by, self._commit_import
            )
            try:
                yield stage
                retire(self.path, self.by)
            finally:
                with suppress(OSError, LadderError):
                    stage.discard(is_live=self.manifest().next_import > stage.id)

    def scratch(self) -> AbstractContextManager[Scratch]:
        """A temporary folder for a dry run: no writer lock, gone afterwards, cleared away after a crash."""
        return scratch_folder(self.path / "imports")

    def unfinished(self) -> tuple[int, ...]:
        """Ids of imports that a crash cut off; the next import removes what they left."""
        left = unpublished(self.path, self.manifest())
        # Somebody who is importing has not finished, but was not cut off either.
        return () if left and is_written(self.path) else left

    def undo(self, import_id: int) -> ImportRecord:
        """Take one import out of the figures; its files stay for the days of retention."""
        with self._change("undo", "an") as manifest:
            found = next((record for record in manifest.imports if record.id == import_id), None)
            if found is None:
                live = ", ".join(str(record.id) for record in manifest.imports) or "none"
                raise LadderError(
                    "No such import", f"Import {import_id} is not live.", f"Live imports: {live}."
                )
            kept = tuple(record for record in manifest.imports if record.id != import_id)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            undone = dataclasses.replace(found, undone_at=now, undone_by=self.by)
            self.audit("undo", import_id=import_id)
            replace_manifest(self.path, manifest, imports=kept, undone=(*manifest.undone, undone))
            return undone

    def change_settings(self, **changes: Any) -> WorkspaceSettings:
        """Replace some settings; refuses what `settings_after` does."""
        with self._change("change of settings") as manifest:
            settings = settings_after(manifest, changes)
            self.audit("settings", names=sorted(changes))
            replace_manifest(self.path, manifest, settings=settings)
            return settings

    def save_ladder(self, ladder: Ladder) -> Ladder:
        """Put a ladder in use. Other rules under a known id become its next version; all are kept."""
        with self._change("change of ladder") as manifest:
            stored = versioned(ladder, self.ladders())
            keep_ladder(self.path / "ladders", manifest.ladder)
            self.audit("ladder", ladder=stored.id, version=stored.version)
            replace_manifest(self.path, manifest, ladder=stored)
            # The manifest holds the ladder in use; without room its own file is written by the next change.
            with suppress(OSError):
                keep_ladder(self.path / "ladders", stored)
            return stored

    def keep_ladder(self, ladder: Ladder) -> Ladder:
        """Save a ladder as a version of its id without putting it in use."""
        with self._change("saving of a ladder") as manifest:
            stored = versioned(ladder, self.ladders())
            self.audit("ladder saved", ladder=stored.id, version=stored.version)
            keep_ladder(self.path / "ladders", manifest.ladder)
            keep_ladder(self.path / "ladders", stored)
            return stored

    def version_of(self, ladder: Ladder) -> Ladder:
        """The ladder under the version that it has here, or would get."""
        return versioned(ladder, self.ladders())

    def ladders(self) -> tuple[Ladder, ...]:
        """Ladders saved in this workspace, every version."""
        return saved_ladders(self.path / "ladders", self.ladder)

    def damaged(self, kind: str = "") -> tuple[str, ...]:
        """Files of live imports whose bytes are not what the manifest says; of one kind of rows, or all."""
        found = []
        for record in self.imports():
            for name, digest in record.files.items():
                file = self.import_path(record) / name
                if kind in ("", file.stem) and not (file.is_file() and sha256(file) == digest):
                    found.append(f"imports/{record.folder}/{name}")
        return tuple(found)

    def require_whole(self, kind: str = "") -> None:
        """Refuse to read files, of one kind of rows or any, that are not what the manifest says."""
        damaged = self.damaged(kind)
        if damaged:
            raise LadderError(
                "A file of the workspace is damaged",
                f"{', '.join(damaged)} is not what the manifest says.",
                "Undo that import and bring the file again, or restore the folder from a backup.",
            )

    def audit(self, event: str, **facts: Any) -> None:
        """Append one line to audit.jsonl: who did what and when, never whose data.

        Written before the act: what cannot be recorded does not happen.
        """
        append_audit(self.path, event, self.by, facts)

    @contextmanager
    def _change(self, what: str, article: str = "a") -> Iterator[Manifest]:
        """The state under the writer lock; what the system refuses becomes a sentence."""
        with nothing_changed(what), self.lock(f"{article} {what}"):
            tidy(self.path, self.manifest(), self.by)
            yield self.manifest()
            retire(self.path, self.by)

    def _commit_import(self, record: ImportRecord, currency: str) -> None:
        manifest, settings = self.manifest(), self.settings_in(currency)
        facts = {"import_id": record.id, "table": record.table, "rows_read": record.rows_read}
        if settings != manifest.settings:
            facts["currency"] = currency
        append_audit(self.path, "import", record.by, facts)
        imports = (*manifest.imports, record)
        replace_manifest(self.path, manifest, imports=imports, next_import=record.id + 1, settings=settings)


def account() -> str:
    """The account that this process runs under; empty where the system does not tell."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
