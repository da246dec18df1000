"""A real, placed workspace from a literal list of orders, for tests of ladder.value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed, build
from ladder.workspace import Folder, ImportRecord, WorkspaceSettings

COLUMNS = ("customer_id", "ts", "amount")
TWO_RUNGS = Ladder(
    "two", "Two rungs", (Rung("client", "orders() >= 1"), Rung("supporter", "orders() >= 3")), grace=0
)
_SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("customer_id", pa.string()),
        ("ts", pa.timestamp("us")),
        ("amount", pa.int64()),
        ("transaction_id", pa.string()),
        ("kind", pa.string()),
        ("product", pa.string()),
        ("currency", pa.string()),
        ("incentive", pa.string()),
    ]
)


def placed_shop(
    path: Path,
    rows: Sequence[tuple[str, str, float]] | pd.DataFrame,
    ladder: Ladder = TWO_RUNGS,
    **settings: Any,
) -> Placed:
    """Place a workspace whose transactions are (customer, day, amount); a negative amount is a refund."""
    facts = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=list(COLUMNS))
    facts = facts.assign(
        ts=pd.to_datetime(facts["ts"]), amount=(facts["amount"] * 100).round().astype("int64")
    )
    facts["kind"] = ["refund" if amount < 0 else "purchase" for amount in facts["amount"]]
    facts["line"] = range(1, len(facts) + 1)
    facts["transaction_id"] = [f"t{line}" for line in facts["line"]]
    facts = facts.assign(product=None, currency=None, incentive=None)
    folder = Folder.create(path, WorkspaceSettings(**{"margin": 1.0, "horizon_months": 12} | settings))
    folder.save_ladder(ladder)
    with folder.stage_import() as stage:
        table = pa.Table.from_pandas(facts[_SCHEMA.names], schema=_SCHEMA, preserve_index=False)
        pq.write_table(table, stage.path / "transactions.parquet")
        size = len(facts)
        stage.publish(
            ImportRecord(stage.id, "transactions", "literal", "2020-01-01T00:00:00Z", size, size, 0, 0, 0)
        )
    return build(folder)


def day(text: str) -> date:
    return date.fromisoformat(text)
