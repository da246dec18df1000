"""The same workspace placed by DuckDB and by Spark: seconds, memory, and whether the results agree to the row.

Run `python -m benchmarks.spark`; see benchmarks/README.md and docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Stopwatch, fresh, machine, peak_memory, print_table, total
from benchmarks.online_retail import find_file
from benchmarks.placement_data import SEED, make

ENGINES = ("duckdb", "spark")
# The number of a customer is the engine's own choice, so rows are compared by the customer's id.
_NAMED = (
    "select named.customer_id, found.* exclude (customer) from {0}.{1} as found"
    " join {0}.customers as named on named.customer = found.customer"
)
_REFERRALS = (
    "select one.customer_id, two.customer_id, found.day, found.is_first from {0}.referrals as found"
    " join {0}.customers as one on one.customer = found.customer"
    " join {0}.customers as two on two.customer = found.referred"
)
_SUM = "select count(*), sum(hash(row)::hugeint)::varchar from ({}) as row"
_TABLES = "select table_name from duckdb_tables() where database_name = 'duckdb' order by all"


def main() -> int:
    options = _options()
    if options.engine:
        print(json.dumps(place(Path(options.folder), options.engine)))
        return 0
    with TemporaryDirectory(dir=options.work) as folder:
        where = Path(folder)
        if options.data:
            online_retail(where, options.data)
        else:
            make(where, options.customers, options.events // 2, options.events // 2)
        runs = {name: fresh("benchmarks.spark", "--engine", name, "--folder", folder) for name in ENGINES}
        differing = compare(*(runs[name]["file"] for name in ENGINES))
    return report(runs, differing, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Placement on Spark beside placement on DuckDB.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000, help="half orders, half interactions")
    parser.add_argument("--data", help="the folder of Online Retail, to place that instead")
    parser.add_argument("--work", help="the folder to work in; default: the system's temporary one")
    for hidden in ("--engine", "--folder"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    return parser.parse_args()


def online_retail(folder: Path, data: str) -> None:
    """The real file, imported as its own benchmark does, on the ladder for shops with orders only."""
    from ladder import Workspace

    file = find_file(data)
    assert file is not None, f"no Online Retail file in {data}"
    workspace = Workspace.create(folder / "workspace", currency="GBP", timezone="Europe/London")
    done = workspace.import_file(file, "transactions", fields={"amount": "Quantity * UnitPrice"})
    assert not done.questions, done.questions
    workspace.set_ladder("orders-only")


def place(folder: Path, engine: str) -> dict[str, Any]:
    """One build by one engine, from the imports to the derived file, with what its Java took."""
    from ladder import Workspace

    for old in (folder / "workspace" / "derived").glob("*.duckdb"):
        old.unlink()
    watch = Stopwatch()
    watch.start("folder")
    placed = Workspace(folder / "workspace").build(lambda _, step: watch.start(step), engine=engine)
    watch.start("")
    kept = folder / f"{engine}.duckdb"
    placed.reader.path.rename(kept)
    java = [
        int(pid) for pid in Path("/proc/self/task").joinpath(str(os.getpid()), "children").read_text().split()
    ]
    return {
        "stages": watch.stages,
        "memory": peak_memory(),
        "java_memory": sum(peak_memory(pid) for pid in java),
        "java_cpu": sum(map(_cpu, java)),
        "file": str(kept),
        "megabytes": kept.stat().st_size / 1e6,
        "periods": len(placed.periods),
    }


def _cpu(pid: int) -> float:
    """CPU seconds of a running process, all threads."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def compare(one: str, other: str) -> list[str]:
    """The tables whose rows differ: count, and the sum of the hashes of all rows."""
    import duckdb

    connection = duckdb.connect()
    for name, file in zip(ENGINES, (one, other), strict=True):
        connection.execute(f"attach '{file}' as {name} (read_only)")
    differing = []
    for (table,) in connection.execute(_TABLES).fetchall():
        columns = [row[0] for row in connection.execute(f"describe duckdb.{table}").fetchall()]
        query = "select * from {0}.{1}"
        if "customer" in columns:
            query = _REFERRALS if table == "referrals" else _NAMED
        sums = [connection.execute(_SUM.format(query.format(name, table))).fetchall() for name in ENGINES]
        if sums[0] != sums[1]:
            differing.append(table)
    return differing


def report(runs: dict[str, dict[str, Any]], differing: list[str], options: argparse.Namespace) -> int:
    size = "Online Retail" if options.data else f"{options.customers:,} customers, {options.events:,} events"
    print(f"{size}, {runs['duckdb']['periods']} period ends, seed {SEED}: one fresh process each")
    print(machine(), end="\n\n")
    rows = []
    for engine, run in runs.items():
        for name, stage in run["stages"].items():
            rows.append([f"{engine}: {name}", f"{stage['wall']:.1f}", f"{stage['cpu']:.1f}", ""])
        cpu, memory = total(run, "cpu") + run["java_cpu"], run["memory"] + run["java_memory"]
        rows.append(
            [f"{engine}, whole, with Java", f"{total(run, 'wall'):.1f}", f"{cpu:.1f}", f"{memory:,.0f}"]
        )
    print_table(["step", "wall s", "CPU s", "peak MB"], rows)
    sizes = (f"{name} {run['megabytes']:,.0f} MB" for name, run in runs.items())
    print(f"derived file: {', '.join(sizes)}")
    print(f"tables that differ: {', '.join(differing) or 'none'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
