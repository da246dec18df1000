"""A home: the folder whose sub-folders are workspaces, so that one app can show several."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ladder.errors import LadderError
from ladder.workspace.folder import FOLDERS, Folder
from ladder.workspace.manifest import MANIFEST
from ladder.workspace.records import WorkspaceSettings
from ladder.workspace.writers import LOCK

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def workspaces(home: Path) -> dict[str, Path]:
    """Folder name → path of every workspace in the home, by name."""
    if not home.is_dir():
        return {}
    found = (
        item for item in home.iterdir() if _NAME.fullmatch(item.name) and (item / "manifest.json").is_file()
    )
    return {item.name: item for item in sorted(found)}


def new_workspace(home: Path, title: str, settings: WorkspaceSettings) -> str:
    """Make an empty workspace called `title`; its folder name is made from the title, never a path from it."""
    if not title.strip():
        raise LadderError(
            "The workspace needs a name", "The name is empty.", "Type what you call your business."
        )
    base = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:30] or "workspace"
    name, number = base, 1
    while (home / name).exists():
        number += 1
        name = f"{base}-{number}"
    Folder.create(home / name, settings)
    return name


@contextmanager
def open_or_make(path: Path, settings: WorkspaceSettings | None = None) -> Iterator[Folder]:
    """The workspace at `path`; where there is none, an empty one that is gone afterwards unless something came in."""
    if (path / MANIFEST).is_file():
        yield Folder(path)
        return
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    folder = Folder.create(path, settings)
    try:
        yield folder
    finally:
        with suppress(OSError, LadderError):
            _remove_if_empty(folder, made)


def _remove_if_empty(folder: Folder, made: list[Path]) -> None:
    """Remove a workspace in which nothing ever happened, and the folders that were made for it."""
    with folder.lock(wait=0):
        if folder.manifest().generation > 1:
            return
        # The manifest goes first: what a crash leaves is no workspace.
        (folder.path / MANIFEST).unlink()
        for name in FOLDERS:
            shutil.rmtree(folder.path / name)
    (folder.path / LOCK).unlink()
    for parent in made:
        parent.rmdir()
