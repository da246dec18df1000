"""A placed shop for tests of ladder.sharing: every private place holds a canary that no link may show."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ladder.model.ladder import Ladder, Rung
from ladder.model.tables import TABLES
from ladder.placement import Placed, build
from ladder.workspace import Folder, ImportRecord, WorkspaceSettings

CANARY = "kanarie"
LADDER = Ladder(
    id=f"{CANARY}-ladder",
    title=f"{CANARY} ladder title",
    about=f"{CANARY} about",
    rungs=(
        Rung(
            "one",
            f"orders(90) >= 1 and attribute('{CANARY}-field') != '{CANARY}-value'",
            title="First <order>",
        ),
        Rung("two", "orders(90) >= 3", about=f"{CANARY} about a rung"),
        Rung("three", "orders(90) >= 5 and days_since_order() <= 45", title="Regular & true"),
    ),
)
_TYPES = {
    "id": pa.string(),
    "text": pa.string(),
    "time": pa.timestamp("us"),
    "money": pa.int64(),
    "score": pa.int8(),
    "flag": pa.bool_(),
}
_CONTACTS = ("name", "email", "phone")


def canary_shop(
    path: Path, customers: int = 900, seed: int = 3, ladder: Ladder = LADDER
) -> tuple[Folder, Placed]:
    """Orders of a year and a half, contacts, attributes, feedback: names, texts and ids all begin with the canary."""
    folder = Folder.create(path, WorkspaceSettings(name=f"{CANARY} workspace"))
    folder.save_ladder(ladder)
    people = [f"{CANARY}-{number}" for number in range(customers)]
    orders = _orders(random.Random(seed), people)
    publish(folder, "transactions", orders)
    contacts = [{"customer_id": who, "name": f"{CANARY} N", "email": f"{CANARY}@x.org"} for who in people]
    attributes = [{"customer_id": who, "name": f"{CANARY}-field", "value": "no"} for who in people]
    publish(folder, "customers", [{"customer_id": who} for who in people], contacts, attributes)
    answer = {"customer_id": people[0], "ts": datetime(2024, 5, 1), "nps": 9, "text": f"{CANARY} said"}
    publish(folder, "feedback", [answer])
    return folder, build(folder)


def publish(folder: Folder, table: str, rows: list[dict], *extra: list[dict]) -> None:
    """Import literal rows as one table, with its contacts and attributes."""
    fields = [field for field in TABLES[table].fields if field.name not in _CONTACTS]
    schema = pa.schema([("line", pa.int64()), *((field.name, _TYPES[field.kind]) for field in fields)])
    facts = [{"line": line, **row} for line, row in enumerate(rows, 1)]
    with folder.stage_import() as stage:
        pq.write_table(pa.Table.from_pylist(facts, schema=schema), stage.path / f"{table}.parquet")
        for name, part in zip(("contacts", "attributes"), extra, strict=False):
            pq.write_table(pa.Table.from_pylist(part), stage.path / f"{name}.parquet")
        size = len(rows)
        source = f"{CANARY}-{table}.csv"
        stage.publish(ImportRecord(stage.id, table, source, "2025-01-01T00:00:00Z", size, size, 0, 0, 0))


def _orders(rng: random.Random, people: list[str]) -> list[dict]:
    rows = []
    for who in people:
        day, pace = rng.randrange(0, 300), rng.choice([12, 25, 40, 90, 200])
        while day < 540:
            ts = datetime(2023, 1, 1) + timedelta(days=day)
            row = {"customer_id": who, "ts": ts, "amount": rng.randrange(500, 9000), "kind": "purchase"}
            rows.append({**row, "transaction_id": f"{CANARY}-t{len(rows)}", "product": f"{CANARY} product"})
            day += 1 + int(rng.expovariate(1 / pace))
    return rows
