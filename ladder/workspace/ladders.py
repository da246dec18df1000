"""Ladders as TOML files of a workspace: one file per version, none ever changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import tomli_w

from ladder.model.ladder import Ladder, ladder_from_toml, ladder_name, preset, preset_ids
from ladder.workspace.atomic import write_atomic


def ladder_toml(ladder: Ladder) -> str:
    """The ladder as TOML text that `ladder_from_toml` reads back to the same value."""
    return tomli_w.dumps(ladder.to_dict())


def saved_ladders(folder: Path, used: Ladder) -> tuple[Ladder, ...]:
    """Every version of every ladder in the folder, and the one in use, by id and version."""
    found = [ladder_from_toml(path.read_text("utf-8"), path.name) for path in folder.glob("*.toml")]
    if not _is_preset(used):
        found = [*(ladder for ladder in found if ladder_name(ladder) != ladder_name(used)), used]
    return tuple(sorted(found, key=lambda ladder: (ladder.id, ladder.version)))


def versioned(ladder: Ladder, saved: Sequence[Ladder]) -> Ladder:
    """The ladder under its version: the same rules keep theirs, other rules under a known id get the next one.

    A preset is version 1 of its id.
    """
    versions = [known for known in saved if known.id == ladder.id]
    if ladder.id in preset_ids():
        versions.append(preset(ladder.id))
    for known in versions:
        if dataclasses.replace(known, version=ladder.version) == ladder:
            return known
    number = max((known.version for known in versions), default=0) + 1
    return dataclasses.replace(ladder, version=number)


def keep_ladder(folder: Path, ladder: Ladder) -> None:
    """Write the file of a version unless it is there; a preset needs none."""
    path = folder / f"{ladder.id}-v{ladder.version}.toml"
    if not _is_preset(ladder) and not path.exists():
        write_atomic(path, ladder_toml(ladder).encode("utf-8"))


def _is_preset(ladder: Ladder) -> bool:
    return ladder.id in preset_ids() and ladder == preset(ladder.id)
