"""The folder of a workspace: read its manifest, publish imports, undo them, change ladder and settings."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ladder.errors import LadderError
from ladder.model.ladder import Ladder
from ladder.workspace.atomic import sha256, write_atomic
from ladder.workspace.ladders import saved_ladders, store_ladder
from ladder.workspace.records import ImportRecord, Manifest, WorkspaceSettings, empty_manifest
from ladder.workspace.stage import PREFIX, Stage

LOCK_WAIT_SECONDS = 60.0


class Folder:
    """A workspace on disk. Reads never wait; writes take the one writer lock."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._held: Manifest | None = None
        if not self._manifest_file.is_file():
            raise LadderError(
                "No workspace here",
                f"The folder “{self.path.name}” holds no manifest.json.",
                "Make one with `python -m ladder sample`, or import a file into a new workspace.",
            )

    @staticmethod
    def create(path: Path | str, settings: WorkspaceSettings | None = None) -> Folder:
        """Make an empty workspace; refuses a folder that already is one."""
        root = Path(path)
        if (root / "manifest.json").exists():
            raise LadderError(
                "A workspace is there already", f"“{root.name}” holds a manifest.", "Choose another folder."
            )
        if "?" in str(root.resolve()):
            raise LadderError(
                "The folder cannot be used",
                f"Its path has a question mark: “{root}”.",
                "Choose a path without one.",
            )
        for name in ("imports", "derived", "ladders", "scenarios", "lists", "links"):
            (root / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(root / "manifest.json", empty_manifest(settings or WorkspaceSettings()))
        return Folder(root)

    @property
    def _manifest_file(self) -> Path:
        return self.path / "manifest.json"

    def snapshot(self) -> Folder:
        """This workspace as it stands now, for long reads: what others write meanwhile does not show in it."""
        found = Folder(self.path)
        found._held = self.manifest()
        return found

    def manifest(self) -> Manifest:
        """The state as it stands now; refuses a damaged file in a sentence."""
        if self._held is not None:
            return self._held
        try:
            return Manifest.from_dict(json.loads(self._manifest_file.read_text("utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LadderError(
                "The workspace's manifest is damaged",
                f"manifest.json cannot be read ({type(error).__name__}).",
                "Restore manifest.json from a backup; the imports themselves are untouched.",
            ) from error

    @property
    def settings(self) -> WorkspaceSettings:
        return self.manifest().settings

    @property
    def ladder(self) -> Ladder:
        return self.manifest().ladder

    def imports(self) -> tuple[ImportRecord, ...]:
        """Live imports, oldest first."""
        return self.manifest().imports

    def history(self) -> tuple[ImportRecord, ...]:
        """Every import ever published, undone ones included, oldest first."""
        manifest = self.manifest()
        return tuple(sorted((*manifest.imports, *manifest.undone), key=lambda record: record.id))

    def import_path(self, record: ImportRecord) -> Path:
        return self.path / "imports" / record.folder

    def parquet(self, kind: str) -> list[tuple[int, Path]]:
        """(import id, file) of every live import that has rows of this kind, oldest first."""
        name = f"{kind}.parquet"
        return [
            (record.id, self.import_path(record) / name) for record in self.imports() if name in record.files
        ]

    @contextmanager
    def lock(self, wait: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
        """Hold the one writer lock; says so when somebody else keeps it for longer than `wait` seconds."""
        try:
            with FileLock(self.path / ".lock", timeout=wait):
                yield
        except Timeout:
            raise LadderError(
                "Somebody else is writing",
                "Another import or change has held the workspace for a while.",
                "Wait for it to finish and try again; nothing was changed.",
            ) from None

    @contextmanager
    def stage_import(self) -> Iterator[Stage]:
        """Prepare an import under the writer lock; what is not published leaves no trace."""
        with self.lock():
            self._sweep()
            stage = Stage(self.path / "imports", self.manifest().next_import, self._commit_import)
            try:
                yield stage
            finally:
                stage.discard(is_live=self.manifest().next_import > stage.id)

    def unfinished(self) -> tuple[int, ...]:
        """Ids of imports that a crash cut off; the next import removes what they left."""
        left = self._left_over()
        try:
            with FileLock(self.path / ".lock", timeout=0) if left else nullcontext():
                return left
        except Timeout:
            return ()  # Somebody is importing: that is not finished, but not cut off either.

    def undo(self, import_id: int) -> ImportRecord:
        """Take one import out of the figures; its files stay until erased."""
        with self.lock():
            manifest = self.manifest()
            found = next((record for record in manifest.imports if record.id == import_id), None)
            if found is None:
                live = ", ".join(str(record.id) for record in manifest.imports) or "none"
                raise LadderError(
                    "No such import", f"Import {import_id} is not live.", f"Live imports: {live}."
                )
            kept = tuple(record for record in manifest.imports if record.id != import_id)
            self.audit("undo", import_id=import_id)
            self._replace(manifest, imports=kept, undone=(*manifest.undone, found))
            return found

    def change_settings(self, **changes: Any) -> WorkspaceSettings:
        """Replace some settings; unknown names and impossible values are refused."""
        with self.lock():
            manifest = self.manifest()
            try:
                settings = dataclasses.replace(manifest.settings, **changes)
            except TypeError:
                known = ", ".join(item.name for item in dataclasses.fields(WorkspaceSettings))
                raise LadderError("Unknown setting", f"{', '.join(changes)}.", f"Known: {known}.") from None
            _check_fixed(manifest, settings)
            self.audit("settings", names=sorted(changes))
            self._replace(manifest, settings=settings)
            return settings

    def save_ladder(self, ladder: Ladder) -> Ladder:
        """Put a ladder in use. Other rules under a known id become its next version; all are kept."""
        with self.lock():
            manifest = self.manifest()
            stored = store_ladder(self.path / "ladders", ladder)
            self.audit("ladder", ladder=stored.id, version=stored.version)
            self._replace(manifest, ladder=stored)
            return stored

    def ladders(self) -> tuple[Ladder, ...]:
        """Ladders saved in this workspace, every version."""
        return saved_ladders(self.path / "ladders")

    def damaged(self) -> tuple[str, ...]:
        """Files of live imports whose bytes are not what the manifest says."""
        found = []
        for record in self.imports():
            for name, digest in record.files.items():
                file = self.import_path(record) / name
                if not file.is_file() or sha256(file) != digest:
                    found.append(f"imports/{record.folder}/{name}")
        return tuple(found)

    def audit(self, event: str, **facts: Any) -> None:
        """Append one line to audit.jsonl: what happens and when, never whose data.

        Written before the act: what cannot be recorded does not happen.
        """
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **facts}
        with (self.path / "audit.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _commit_import(self, record: ImportRecord) -> None:
        manifest = self.manifest()
        self.audit("import", import_id=record.id, table=record.table, rows_read=record.rows_read)
        self._replace(manifest, imports=(*manifest.imports, record), next_import=record.id + 1)

    def _replace(self, manifest: Manifest, **changes: Any) -> None:
        _write(
            self._manifest_file, dataclasses.replace(manifest, generation=manifest.generation + 1, **changes)
        )

    def _left_over(self) -> tuple[int, ...]:
        """Imports with a folder that never came into the manifest: staged ones, and those renamed just before."""
        following = self.manifest().next_import
        names = [item.name.removeprefix(PREFIX) for item in (self.path / "imports").iterdir()]
        return tuple(sorted({int(name) for name in names if name.isdigit() and int(name) >= following}))

    def _sweep(self) -> None:
        """Remove what a crash has left. Under the lock, nobody else can be at it."""
        for ident in self._left_over():
            self.audit("import did not finish", import_id=ident)
            for name in (f"{PREFIX}{ident:04d}", f"{ident:04d}"):
                shutil.rmtree(self.path / "imports" / name, ignore_errors=True)
        for item in self.path.glob(f".{self._manifest_file.name}.*.tmp"):
            item.unlink(missing_ok=True)


def _write(path: Path, manifest: Manifest) -> None:
    write_atomic(path, json.dumps(manifest.to_dict(), ensure_ascii=False, indent=1).encode("utf-8"))


def _check_fixed(manifest: Manifest, settings: WorkspaceSettings) -> None:
    """Times and amounts are stored in the zone and the minor units they were imported with."""
    changed = [
        name
        for name in ("timezone", "minor_digits")
        if getattr(settings, name) != getattr(manifest.settings, name)
    ]
    if changed and manifest.imports:
        raise LadderError(
            "The setting cannot be changed any more",
            f"{' and '.join(changed)} is part of what the imports have stored.",
            "Undo the imports first, change it, and bring the files again.",
        )
