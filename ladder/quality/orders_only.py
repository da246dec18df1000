"""The ladder for those who brought orders and nothing else."""

from __future__ import annotations

from ladder.model.ladder import Ladder, preset
from ladder.rules import missing_rungs
from ladder.workspace import Folder

ORDERS_ONLY = "orders-only"


def proposed_ladder(folder: Folder) -> Ladder | None:
    """`orders-only` where only orders were brought and the ladder in use has rungs that need more; else None."""
    manifest = folder.manifest()
    if {record.table for record in manifest.imports} != {"transactions"}:
        return None
    empty = missing_rungs(manifest.ladder, lambda call: call.measure.table == "transactions")
    return preset(ORDERS_ONLY) if empty else None
