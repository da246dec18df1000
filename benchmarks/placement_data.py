"""A generated shop for the placement benchmark: Parquet as our importer writes it, ordered by time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from ladder.workspace import Folder

SEED = 20260701
FIRST, DAYS = "2023-01-01", 1096
LINES_AN_ORDER = 1.25
REFUNDED, ANSWERED, BROUGHT = 0.03, 0.3, 0.05
KINDS = ("visit", "newsletter", "support", "demo")


def make(folder: Path, customers: int, transactions: int, interactions: int) -> None:
    """A workspace on the ladder `classic`; one import per table.

    Every customer orders or is in touch once at least; the rest goes by a gamma rate each, over three years.
    """
    import numpy as np

    from ladder.model.ladder import preset
    from ladder.workspace import Folder, WorkspaceSettings

    random = np.random.default_rng(SEED)
    workspace = Folder.create(folder / "workspace", WorkspaceSettings(name="Generated"))
    workspace.save_ladder(preset("classic"))
    rates = random.gamma(0.6, size=customers)
    rates /= rates.sum()
    _add(workspace, "transactions", _transactions(random, rates, transactions))
    _add(workspace, "interactions", _interactions(random, rates, interactions))
    _add(workspace, "feedback", _feedback(random, rates, int(customers * ANSWERED)))
    _add(workspace, "referrals", _referrals(random, customers, int(customers * BROUGHT)))


def parquet(folder: Path, table: str) -> Path:
    return next((folder / "workspace" / "imports").glob(f"*/{table}.parquet"))


def _add(workspace: Folder, table: str, columns: dict[str, Any]) -> None:
    import pyarrow as pa

    from ladder.engine import Engine
    from ladder.importing.sql import copied, sql
    from ladder.workspace import ImportRecord

    rows = pa.table(columns)
    with workspace.stage_import() as stage, Engine() as engine:
        engine.run("keep file order", "set preserve_insertion_order = true")
        engine.register("rows", rows)
        query = sql("select * from rows")
        path = {"path": str(stage.path / f"{table}.parquet")}
        engine.run("write", copied(query), path)
        counts = (rows.num_rows, rows.num_rows, 0, 0, 0)
        stage.publish(ImportRecord(stage.id, table, "generated", "2026-01-01T00:00:00+00:00", *counts))


def _transactions(random: np.random.Generator, rates: np.ndarray[Any, Any], lines: int) -> dict[str, Any]:
    """Orders of one line or more at one instant; refunds are rows of their own under an id of their own."""
    import numpy as np
    import pyarrow as pa

    orders = int(lines / LINES_AN_ORDER)
    few = min(len(rates), orders)
    who = np.concatenate([np.arange(few), random.choice(len(rates), orders - few, p=rates)])
    random.shuffle(who)
    when = np.sort(_times(random, orders))
    of = np.sort(np.concatenate([np.arange(orders), random.integers(0, orders, lines - orders)]))
    refund = (random.random(orders) < REFUNDED)[of]
    amount = np.rint(random.lognormal(8, 0.7, lines)).astype(np.int64)
    kind = pa.DictionaryArray.from_arrays(refund.astype(np.int8), ["purchase", "refund"])
    empty = pa.nulls(lines, pa.string())
    return {
        "line": np.arange(1, lines + 1),
        "customer_id": ids("C", who[of]),
        "ts": when[of],
        "amount": np.where(refund, -amount, amount),
        "transaction_id": ids("T", of),
        "kind": kind.cast(pa.string()),
    } | dict.fromkeys(("product", "currency", "incentive"), empty)


def _interactions(random: np.random.Generator, rates: np.ndarray[Any, Any], rows: int) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa

    few = min(len(rates), rows)
    who = np.concatenate([np.arange(few), random.choice(len(rates), rows - few, p=rates)])
    random.shuffle(who)
    kind = pa.DictionaryArray.from_arrays(random.integers(0, len(KINDS), rows, dtype=np.int8), list(KINDS))
    return {
        "line": np.arange(1, rows + 1),
        "customer_id": ids("C", who),
        "ts": np.sort(_times(random, rows)),
        "kind": kind.cast(pa.string()),
        "detail": pa.nulls(rows, pa.string()),
    }


def _feedback(random: np.random.Generator, rates: np.ndarray[Any, Any], rows: int) -> dict[str, Any]:
    import numpy as np
    import pyarrow as pa

    asked = random.random(rows) < 0.5
    return {
        "line": np.arange(1, rows + 1),
        "customer_id": ids("C", random.choice(len(rates), rows, p=rates)),
        "ts": np.sort(_times(random, rows)),
        "nps": pa.array(random.integers(0, 11, rows, dtype=np.int8), mask=~asked),
        "csat": pa.array(random.integers(1, 6, rows, dtype=np.int8), mask=asked),
        "review": pa.nulls(rows, pa.int8()),
        "text": pa.nulls(rows, pa.string()),
    }


def _referrals(random: np.random.Generator, customers: int, rows: int) -> dict[str, Any]:
    import numpy as np

    return {
        "line": np.arange(1, rows + 1),
        "referrer_id": ids("C", random.integers(0, customers, rows)),
        "referred_id": ids("C", random.choice(customers, rows, replace=False)),
        "ts": np.sort(_times(random, rows)),
    }


def _times(random: np.random.Generator, rows: int) -> np.ndarray[Any, Any]:
    import numpy as np

    times: np.ndarray[Any, Any] = (
        np.datetime64(FIRST, "us") + random.integers(0, DAYS * 86_400, rows) * 1_000_000
    )
    return times


def ids(letter: str, numbers: np.ndarray[Any, Any]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    padded = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, padded, "")
