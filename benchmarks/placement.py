"""Placement against the floor and against a pandas loop over months, on generated customers; all checked to agree.

Run `python -m benchmarks.placement_small`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Stopwatch, fresh, machine, median_stages, peak_memory, print_table, total

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

SEED = 20260701
FIRST, DAYS = "2023-01-01", 1096
REFUNDED = 0.03
NOT_YET = 255
_FLOOR = (
    "select count(*), sum(orders) from (select customer_id, date_trunc('month', ts), count(*) as orders,"
    " sum(amount) from read_parquet($file) group by all)"
)


def main() -> int:
    options = _options()
    if options.variant:
        folder = Path(options.folder)
        if options.variant == "make":
            make(folder, options.customers, options.transactions)
            print("{}")
        else:
            print(
                json.dumps({"floor": floor, "build": place, "pandas": pandas_loop}[options.variant](folder))
            )
        return 0
    with TemporaryDirectory() as folder:
        size = ("--customers", str(options.customers), "--transactions", str(options.transactions))
        _child("make", folder, *size)
        runs = {
            variant: [_child(variant, folder) for _ in range(options.runs)]
            for variant in ("floor", "build", "pandas")
        }
    report(runs, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Placement against a floor and a pandas loop.")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="fresh processes per way to take the median of")
    for hidden in ("--variant", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    return parser.parse_args()


def _child(variant: str, folder: str, *more: str) -> dict[str, Any]:
    return fresh("benchmarks.placement_small", "--variant", variant, "--folder", folder, *more)


def make(folder: Path, customers: int, transactions: int) -> None:
    """A workspace on `orders-only` with one import written as ours would be: clustered by customer, 3% refunds."""
    import pyarrow.parquet as pq

    from ladder.model.ladder import preset
    from ladder.workspace import Folder, ImportRecord, WorkspaceSettings

    workspace = Folder.create(folder / "workspace", WorkspaceSettings(name="Generated"))
    workspace.save_ladder(preset("orders-only"))
    with workspace.stage_import() as stage:
        pq.write_table(
            _lines(customers, transactions), stage.path / "transactions.parquet", compression="zstd"
        )
        counts = (transactions, transactions, 0, 0, 0)
        stage.publish(
            ImportRecord(stage.id, "transactions", "generated", "2026-01-01T00:00:00+00:00", *counts)
        )


def _lines(customers: int, transactions: int) -> pa.Table:
    """Every customer once at least; the rest by a gamma rate each, spread over three years."""
    import numpy as np
    import pyarrow as pa

    random = np.random.default_rng(SEED)
    rates = random.gamma(0.6, size=customers)
    more = random.choice(customers, transactions - customers, p=rates / rates.sum())
    who = np.concatenate([np.arange(customers), more])
    when = np.datetime64(FIRST, "us") + random.integers(0, DAYS * 86_400, transactions) * 1_000_000
    order = np.lexsort((when, who))
    refund = random.random(transactions) < REFUNDED
    amount = np.rint(random.lognormal(8, 0.7, transactions)).astype(np.int64)
    columns = {
        "line": pa.array(np.arange(1, transactions + 1)),
        "customer_id": pa.array([f"C{number:07d}" for number in who[order].tolist()]),
        "ts": pa.array(when[order]),
        "amount": pa.array(np.where(refund, -amount, amount)),
        "transaction_id": pa.array([f"T{number:08d}" for number in range(transactions)]),
        "kind": pa.array(np.where(refund, "refund", "purchase")),
    }
    empty = pa.nulls(transactions, pa.string())
    return pa.table(columns | dict.fromkeys(("product", "currency", "incentive"), empty))


def floor(folder: Path) -> dict[str, Any]:
    """The least anybody must do: one scan of the same Parquet, grouped by customer and month."""
    from ladder.engine import Engine

    with Engine() as engine:
        watch = Stopwatch()
        watch.start("group by customer and month")
        engine.rows("floor", _FLOOR, {"file": str(_file(folder))})
        watch.start("")
    return {"stages": watch.stages, "memory": peak_memory()}


def place(folder: Path) -> dict[str, Any]:
    """Our build, from the imports to the derived file, by step; nothing is kept from the run before."""
    from ladder.placement import build
    from ladder.workspace import Folder

    for old in (folder / "workspace" / "derived").glob("*.duckdb"):
        old.unlink()
    workspace = Folder(folder / "workspace")
    watch = Stopwatch()
    watch.start("folder")
    build(workspace, lambda _, step: watch.start(step))
    watch.start("")
    return {"stages": watch.stages, "memory": peak_memory()}


def pandas_loop(folder: Path) -> dict[str, Any]:
    """The same rules in pandas, month by month, then compared with what the build stored."""
    import numpy as np
    import pandas as pd

    from ladder.placement import build
    from ladder.workspace import Folder

    placed = build(Folder(folder / "workspace"))
    watch = Stopwatch()
    watch.start("read the Parquet")
    lines = pd.read_parquet(_file(folder), columns=["customer_id", "ts", "kind"])
    watch.start("loop over months")
    ours = _loop(lines, pd.to_datetime(list(placed.periods)))
    watch.start("")
    memory = peak_memory()
    stored = placed.frame("placement", "select * exclude (customer) from placement order by customer")
    assert np.array_equal(stored.to_numpy(np.uint8), ours), "the two ways disagree"
    return {"stages": watch.stages, "memory": memory, "states": int(ours.size)}


def _loop(lines: pd.DataFrame, ends: pd.DatetimeIndex) -> np.ndarray[Any, Any]:
    """One column of states per month end: the rules of orders-only as a person would write them in pandas."""
    import numpy as np
    import pandas as pd

    lines["customer"], ids = pd.factorize(lines["customer_id"], sort=True)
    lines["day"] = lines["ts"].dt.normalize()
    first = lines.groupby("customer")["day"].min()
    orders = lines.loc[lines["kind"] == "purchase", ["customer", "day"]]
    everybody = pd.RangeIndex(len(ids))
    states = []
    for end in ends:
        year = orders[(orders["day"] <= end) & (orders["day"] > end - pd.Timedelta(days=365))]
        seen = year.groupby("customer")["day"].agg(["size", "max"]).reindex(everybody)
        count, since = seen["size"].fillna(0), (end - seen["max"]).dt.days
        rules = [
            (count >= 8) & (since <= 90),
            (count >= 4) & (since <= 120),
            (count >= 2) & (since <= 180),
            since < 180,
            first <= end,
        ]
        states.append(np.select([rule.to_numpy() for rule in rules], [4, 3, 2, 1, 0], NOT_YET))
    return np.stack(states, axis=1).astype(np.uint8)


def _file(folder: Path) -> Path:
    return next((folder / "workspace" / "imports").glob("*/transactions.parquet"))


def report(runs: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> None:
    """Print CPU as a multiple of the floor; equality was asserted in every pandas run."""
    print(
        f"{options.customers:,} customers, {options.transactions:,} transactions, seed {SEED}: median of "
        f"{options.runs} fresh processes per way"
    )
    print(machine(), end="\n\n")
    base = median(total(run, "cpu") for run in runs["floor"])
    rows = []
    for variant, found in runs.items():
        for name, stage in median_stages(found).items():
            rows.append(_row(f"{variant}: {name}", stage["wall"], stage["cpu"], base))
        wall, cpu = (median(total(run, unit) for run in found) for unit in ("wall", "cpu"))
        rows.append([*_row(f"{variant}, whole", wall, cpu, base)[:-1], _memory(found)])
    print_table(["way", "wall s", "CPU s", "× floor", "peak MB"], rows)
    ratio = median(total(run, "cpu") for run in runs["pandas"]) / median(
        total(run, "cpu") for run in runs["build"]
    )
    print(f"all {runs['pandas'][0]['states']:,} states agree; the pandas loop needs {ratio:.1f} × our CPU")


def _row(name: str, wall: float, cpu: float, base: float) -> list[str]:
    return [name, f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / base:.1f}", ""]


def _memory(found: list[dict[str, Any]]) -> str:
    return f"{median(run['memory'] for run in found):,.0f}"


if __name__ == "__main__":
    sys.exit(main())
