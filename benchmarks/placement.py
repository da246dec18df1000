"""Placement at full size against the floor and against pandas and polars; all checked to agree.

Run `python -m benchmarks.placement`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import (
    Stopwatch,
    fresh,
    machine,
    median_stages,
    peak_memory,
    print_table,
    total,
    verdict,
)
from benchmarks.placement_data import SEED, make, parquet
from benchmarks.placement_peers import Pandas, Polars, by_hand

FLOORS, MEMORY = 3.0, 1_500.0
PEERS = ("pandas", "polars")
_FLOOR = """
select count(*), sum(events) from (
    select customer_id, date_trunc('month', ts) as month, count(*) as events, sum(amount) as amount
    from read_parquet($transactions) group by all
    union all
    select customer_id, date_trunc('month', ts), count(*), null from read_parquet($interactions) group by all
)
"""


def main() -> int:
    options = _options()
    if options.variant:
        print(json.dumps(_ways(options)[options.variant](Path(options.folder))))
        return 0
    with TemporaryDirectory(dir=options.work) as folder:
        size = [
            f"--{name}={getattr(options, name)}" for name in ("customers", "transactions", "interactions")
        ]
        _child("make", folder, *size)
        runs: dict[str, list[dict[str, Any]]] = {}
        for _ in range(options.runs):
            for variant in ("floor", "build", "statistics"):
                runs.setdefault(variant, []).append(_child(variant, folder))
        for variant in () if options.alone else (*PEERS, "lifetimes"):
            runs[variant] = [_child(variant, folder)]
    return report(runs, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Placement against a floor, pandas and polars.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--transactions", type=int, default=10_000_000)
    parser.add_argument("--interactions", type=int, default=10_000_000)
    parser.add_argument(
        "--runs", type=int, default=3, help="fresh processes to take the median of; peers run once"
    )
    parser.add_argument("--alone", action="store_true", help="leave the peers out")
    parser.add_argument("--work", help="the folder to work in; default: the system's temporary one")
    for hidden in ("--variant", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    return parser.parse_args()


def _ways(options: argparse.Namespace) -> dict[str, Callable[[Path], dict[str, Any]]]:
    def made(folder: Path) -> dict[str, Any]:
        make(folder, options.customers, options.transactions, options.interactions)
        return {}

    return {
        "make": made,
        "floor": floor,
        "build": place,
        "statistics": statistics,
        "pandas": partial(by_hand, Pandas),
        "polars": partial(by_hand, Polars),
        "lifetimes": lifetimes_summary,
    }


def _child(variant: str, folder: str, *more: str) -> dict[str, Any]:
    return fresh("benchmarks.placement", "--variant", variant, "--folder", folder, *more)


def floor(folder: Path) -> dict[str, Any]:
    """The least anybody must do: one scan of the same Parquet, grouped by customer and month."""
    from ladder.engine import Engine

    files = {table: str(parquet(folder, table)) for table in ("transactions", "interactions")}
    with Engine() as engine:
        watch = Stopwatch()
        watch.start("group by customer and month")
        engine.rows("floor", _FLOOR, files)
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
    placed = build(workspace, lambda _, step: watch.start(step))
    watch.start("")
    size = placed.reader.path.stat().st_size / 1e6
    return {"stages": watch.stages, "memory": peak_memory(), "megabytes": size}


def statistics(folder: Path) -> dict[str, Any]:
    """Frequency, recency and T of every customer from the derived file: what the value models are fitted to."""
    from ladder.placement import build
    from ladder.value.statistics import statistics as sufficient
    from ladder.workspace import Folder

    placed = build(Folder(folder / "workspace"))
    watch = Stopwatch()
    watch.start("frequency, recency, T")
    found = sufficient(placed, placed.last, len(placed.periods) - 1)
    assert found is not None
    watch.start("")
    return {"stages": watch.stages, "memory": peak_memory(), "customers": len(found.customers)}


def lifetimes_summary(folder: Path) -> dict[str, Any]:
    """The same by the summary function of lifetimes, from the order lines in pandas."""
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

    columns = ["customer_id", "ts"]
    watch = Stopwatch()
    watch.start("read the Parquet")
    lines = pd.read_parquet(
        parquet(folder, "transactions"), columns=columns, filters=[("kind", "==", "purchase")]
    )
    watch.start("frequency, recency, T")
    found = summary_data_from_transaction_data(lines, *columns)
    watch.start("")
    return {"stages": watch.stages, "memory": peak_memory(), "customers": len(found)}


def report(runs: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> int:
    """Print CPU as a multiple of the floor; that the states agree was asserted in every run of a peer."""
    print(
        f"{options.customers:,} customers, {options.transactions:,} transactions, {options.interactions:,} "
        f"interactions, seed {SEED}: median of {options.runs} fresh processes; peers once"
    )
    print(machine(), end="\n\n")
    base = median(total(run, "cpu") for run in runs["floor"])
    rows, cost = [], {}
    for variant, found in runs.items():
        for name, stage in median_stages(found).items():
            rows.append(_row(f"{variant}: {name}", stage["wall"], stage["cpu"], base))
        wall, cost[variant] = (median(total(run, unit) for run in found) for unit in ("wall", "cpu"))
        rows.append([*_row(f"{variant}, whole", wall, cost[variant], base)[:-1], _memory(found)])
    print_table(["way", "wall s", "CPU s", "× floor", "peak MB"], rows)
    times, memory = cost["build"] / base, median(run["memory"] for run in runs["build"])
    print(
        f"build: {times:.2f} × the floor, {verdict(times, FLOORS)}; {memory:,.0f} MB, {verdict(memory, MEMORY)}"
    )
    print(f"derived file: {runs['build'][0]['megabytes']:,.0f} MB")
    for peer in (name for name in PEERS if name in runs):
        states = runs[peer][0]["states"]
        print(f"{peer}: {cost[peer] / cost['build']:.1f} × our CPU; all {states:,} states agree")
    return 0 if times < FLOORS and memory < MEMORY else 1


def _row(name: str, wall: float, cpu: float, base: float) -> list[str]:
    return [name, f"{wall:.2f}", f"{cpu:.2f}", f"{cpu / base:.2f}", ""]


def _memory(found: list[dict[str, Any]]) -> str:
    return f"{median(run['memory'] for run in found):,.0f}"


if __name__ == "__main__":
    sys.exit(main())
