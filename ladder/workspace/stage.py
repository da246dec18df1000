"""Files being prepared: a folder that joins the workspace in one step or not at all, and one that never does."""

from __future__ import annotations

import dataclasses
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ladder.workspace.atomic import sha256, sync_file, sync_folder, write_atomic
from ladder.workspace.records import ImportRecord

PREFIX, SCRATCH = ".stage-", ".scratch-"


class Stage:
    """The staging folder of one import. Write files into `path`, then `publish` the record; `by` is who brings it."""

    def __init__(
        self, imports: Path, ident: int, by: str, commit: Callable[[ImportRecord, str], None]
    ) -> None:
        self.id = ident
        self.by = by
        # A name of its own: a child that outlives a killed import must not write into the next one's folder.
        self.path = imports / f"{PREFIX}{ident:04d}-{uuid.uuid4().hex[:8]}"
        self._final = imports / f"{ident:04d}"
        self._commit = commit
        self.path.mkdir(mode=0o700)

    def publish(self, record: ImportRecord, currency: str = "") -> ImportRecord:
        """Make the import live: hash and fsync its files, rename the folder, replace the manifest.

        A `currency` becomes that of the workspace in the same step; see `Folder.settings_in`.
        """
        sealed = seal(self.path, dataclasses.replace(record, by=record.by or self.by))
        self.path.rename(self._final)
        sync_folder(self._final.parent)
        self._commit(sealed, currency)
        return sealed

    def discard(self, is_live: bool) -> None:
        """Remove what was staged; an import that came into the manifest keeps its folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        if not is_live:
            shutil.rmtree(self._final, ignore_errors=True)


def seal(path: Path, record: ImportRecord) -> ImportRecord:
    """Hash and fsync the files of a staged import and write its record beside them; folders do not stay."""
    for item in path.iterdir():
        if item.is_dir():
            shutil.rmtree(item)
    files = sorted(path.iterdir())
    for item in files:
        item.chmod(0o600)
        sync_file(item)
    sealed = dataclasses.replace(record, files={item.name: sha256(item) for item in files})
    text = json.dumps(sealed.to_dict(), ensure_ascii=False, indent=1)
    write_atomic(path / "import.json", text.encode("utf-8"))
    sync_folder(path)
    return sealed


@dataclass(frozen=True)
class Scratch:
    """A folder for files that nobody will see."""

    path: Path


@contextmanager
def scratch_folder(imports: Path) -> Iterator[Scratch]:
    """A temporary folder, gone afterwards. It takes no writer lock; one of its own says that it is in use."""
    path = imports / f"{SCRATCH}{uuid.uuid4().hex}"
    with FileLock(_lock_of(path)):
        path.mkdir(mode=0o700)
        try:
            yield Scratch(path)
        finally:
            _remove_scratch(path)


def sweep_scratch(imports: Path) -> None:
    """Remove the temporary folders whose process has ended."""
    for lock in imports.glob(f"{SCRATCH}*.lock"):
        with suppress(Timeout), FileLock(lock, timeout=0):
            _remove_scratch(lock.with_suffix(""))


def _remove_scratch(path: Path) -> None:
    """Remove the folder and then its lock, by which what resists is found the next time."""
    with suppress(OSError):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            _lock_of(path).unlink(missing_ok=True)


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
