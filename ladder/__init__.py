"""Rungwise: who stands on which rung of the loyalty ladder, who climbs, what each rung is worth.

In a notebook: `from ladder import Workspace`, then `Workspace.sample("workspace").rungs()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladder.door import Workspace

__all__ = ["LadderError", "Workspace"]


def __getattr__(name: str) -> Any:
    # The door imports every layer, so it opens only when somebody walks through it.
    if name == "Workspace":
        from ladder.door import Workspace

        return Workspace
    if name == "LadderError":
        from ladder.errors import LadderError

        return LadderError
    raise AttributeError(f"module 'ladder' has no attribute {name!r}")
