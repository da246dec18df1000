"""A workspace at rest: a folder of immutable imports and one manifest that is replaced atomically."""

from ladder.workspace.folder import Folder
from ladder.workspace.home import new_workspace, workspaces
from ladder.workspace.records import ImportRecord, Manifest, WorkspaceSettings
from ladder.workspace.stage import Stage

__all__ = ["Folder", "ImportRecord", "Manifest", "Stage", "WorkspaceSettings", "new_workspace", "workspaces"]
