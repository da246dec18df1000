"""Small files and empty workspaces for the import tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ladder.engine import Engine
from ladder.importing import ImportResult, Plan, propose, run_import
from ladder.workspace import Folder, WorkspaceSettings


def empty_workspace(path: Path, **settings: Any) -> Folder:
    return Folder.create(path / "workspace", WorkspaceSettings(**settings))


def saved(path: Path, text: str | bytes, name: str = "file.csv") -> Path:
    file = path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def bring(
    folder: Folder, path: Path, text: str | bytes, table: str | None = None, **told: Any
) -> ImportResult:
    """Save a text, take what is proposed, import it."""
    file = saved(path, text)
    return run_import(folder, file, propose(file, table, **told).plan)


def plan_of(path: Path, text: str | bytes, table: str | None = None, **told: Any) -> Plan:
    return propose(saved(path, text), table, **told).plan


def stored(folder: Folder, kind: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the live rows of one kind, in the order of the files they came from."""
    order = "customer_id" if kind in ("contacts", "attributes") else "line"
    query = f"select {columns} from (select * from read_parquet($files, filename = true) order by filename, {order})"  # noqa: S608
    with Engine() as engine:
        return engine.rows("stored", query, {"files": [str(path) for _, path in folder.parquet(kind)]})
