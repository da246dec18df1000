"""A workspace at rest: a folder of immutable imports and one manifest that is replaced atomically."""

from ladder.workspace.currencies import minor_digits_of
from ladder.workspace.erasure import Erasure, erase
from ladder.workspace.folder import Folder
from ladder.workspace.home import new_workspace, open_or_make, workspaces
from ladder.workspace.manifest import Manifest
from ladder.workspace.places import Place
from ladder.workspace.raw_lines import possible_ids, tells
from ladder.workspace.records import REJECTS, ImportRecord, WorkspaceSettings
from ladder.workspace.stage import Scratch, Stage
from ladder.workspace.tidying import removal_day
from ladder.workspace.tombstones import ERASED_ID, Tombstones
from ladder.workspace.traces import file_name_without

__all__ = [
    "ERASED_ID",
    "REJECTS",
    "Erasure",
    "Folder",
    "ImportRecord",
    "Manifest",
    "Place",
    "Scratch",
    "Stage",
    "Tombstones",
    "WorkspaceSettings",
    "erase",
    "file_name_without",
    "minor_digits_of",
    "new_workspace",
    "open_or_make",
    "possible_ids",
    "removal_day",
    "tells",
    "workspaces",
]
