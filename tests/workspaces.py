"""Small literal workspaces for tests: rows written straight into a staged import, on the real engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ladder.model.ladder import Ladder, ladder_from_toml, preset
from ladder.model.tables import TABLES
from ladder.workspace import Folder, ImportRecord, WorkspaceSettings

Rows = Sequence[Mapping[str, Any]]
_TYPES = {
    "id": pa.string(),
    "text": pa.string(),
    "time": pa.timestamp("us"),
    "money": pa.int64(),
    "score": pa.int8(),
    "flag": pa.bool_(),
}


def add_import(folder: Folder, table: str, rows: Rows) -> ImportRecord:
    """Publish rows as one import; `attributes` of a row become attributes. Amounts are minor units."""
    fields = [pa.field("line", pa.int64())]
    fields += [pa.field(item.name, _TYPES[item.kind]) for item in TABLES[table].fields]
    whole = [{"kind": _kind(row), **row, "line": line} for line, row in enumerate(rows, 1)]
    attributes = [
        {"customer_id": row["customer_id"], "name": name, "value": value}
        for row in rows
        for name, value in row.get("attributes", {}).items()
    ]
    with folder.stage_import() as stage:
        schema = pa.schema(fields)
        columns = [{name: row.get(name) for name in schema.names} for row in whole]
        pq.write_table(pa.Table.from_pylist(columns, schema=schema), stage.path / f"{table}.parquet")
        if attributes:
            pq.write_table(pa.Table.from_pylist(attributes), stage.path / "attributes.parquet")
        count = len(rows)
        return stage.publish(
            ImportRecord(stage.id, table, f"{table}.csv", "2025-01-01T00:00:00+00:00", count, count, 0, 0, 0)
        )


def make_workspace(
    path: Path, tables: Mapping[str, Rows], ladder: Ladder | str = "classic", **settings: Any
) -> Folder:
    """A workspace holding these tables; `ladder` is a value, a preset id or TOML text."""
    folder = Folder.create(path, WorkspaceSettings(**settings))
    for table, rows in tables.items():
        if rows:
            add_import(folder, table, rows)
    if isinstance(ladder, str):
        ladder = ladder_from_toml(ladder, "test.toml") if "\n" in ladder else preset(ladder)
    folder.save_ladder(ladder)
    return folder


def _kind(row: Mapping[str, Any]) -> str:
    return "refund" if row.get("amount", 0) < 0 else "purchase"
