"""An import being prepared: a private folder that joins the workspace in one step, or not at all."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from ladder.workspace.atomic import sha256, sync_file, sync_folder, write_atomic
from ladder.workspace.records import ImportRecord

PREFIX = ".stage-"


class Stage:
    """The staging folder of one import. Write files into `path`, then `publish` the record."""

    def __init__(self, imports: Path, ident: int, commit: Callable[[ImportRecord], None]) -> None:
        self.id = ident
        self.path = imports / f"{PREFIX}{ident:04d}"
        self._final = imports / f"{ident:04d}"
        self._commit = commit
        self.path.mkdir(mode=0o700)

    def publish(self, record: ImportRecord) -> ImportRecord:
        """Make the import live: hash and fsync its files, rename the folder, replace the manifest."""
        files = sorted(item for item in self.path.iterdir() if item.is_file())
        for item in files:
            item.chmod(0o600)
            sync_file(item)
        hashed = dataclasses.replace(record, files={item.name: sha256(item) for item in files})
        text = json.dumps(hashed.to_dict(), ensure_ascii=False, indent=1)
        write_atomic(self.path / "import.json", text.encode("utf-8"))
        sync_folder(self.path)
        self.path.rename(self._final)
        sync_folder(self._final.parent)
        self._commit(hashed)
        return hashed

    def discard(self, is_live: bool) -> None:
        """Remove what was staged; an import that came into the manifest keeps its folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        if not is_live:
            shutil.rmtree(self._final, ignore_errors=True)
