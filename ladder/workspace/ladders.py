"""Ladders as TOML files of a workspace: one file per version, none ever changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import tomli_w

from ladder.model.ladder import Ladder, ladder_from_toml, preset, preset_ids
from ladder.workspace.atomic import write_atomic


def ladder_toml(ladder: Ladder) -> str:
    """The ladder as TOML text that `ladder_from_toml` reads back to the same value."""
    return tomli_w.dumps(ladder.to_dict())


def saved_ladders(folder: Path) -> tuple[Ladder, ...]:
    """Every version of every ladder in the folder, by id and version."""
    found = [ladder_from_toml(path.read_text("utf-8"), path.name) for path in folder.glob("*.toml")]
    return tuple(sorted(found, key=lambda ladder: (ladder.id, ladder.version)))


def store_ladder(folder: Path, ladder: Ladder) -> Ladder:
    """Keep a ladder: the same rules keep their version, other rules under a known id get the next one.

    A preset is version 1 of its id and needs no file.
    """
    versions = [known for known in saved_ladders(folder) if known.id == ladder.id]
    if ladder.id in preset_ids():
        versions.append(preset(ladder.id))
    for known in versions:
        if dataclasses.replace(known, version=ladder.version) == ladder:
            return known
    number = max((known.version for known in versions), default=0) + 1
    stored = dataclasses.replace(ladder, version=number)
    write_atomic(folder / f"{stored.id}-v{stored.version}.toml", ladder_toml(stored).encode("utf-8"))
    return stored
