"""A home: the folder whose sub-folders are workspaces, so that one app can show several."""

from __future__ import annotations

import re
from pathlib import Path

from ladder.errors import LadderError
from ladder.workspace.folder import Folder
from ladder.workspace.records import WorkspaceSettings

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
