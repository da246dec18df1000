"""Whether a customer was erased, here or by another process, since something was read; then it is shown no more."""

from __future__ import annotations

from ladder.errors import LadderError
from ladder.workspace import Folder


def erasures(folder: Folder) -> int:
    """How many erasures the workspace has had by now, also where `folder` is a snapshot."""
    return Folder(folder.path).manifest().erasures


def erased_since(folder: Folder, seen: int) -> bool:
    """Whether there were others than the `seen` ones; a workspace that cannot be read any more counts as one."""
    try:
        return erasures(folder) != seen
    except LadderError:
        return True
