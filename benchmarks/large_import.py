"""A file of ten million order lines: our whole import against DuckDB's plain copy of the same file to Parquet.

Run `python -m benchmarks.large_import`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from benchmarks.measure import fresh, machine, peak_memory, print_table

HALF = 0.5
THREADS = 2
MARGIN_MB = 500.0
SAMPLE_SECONDS = 0.5
_PRODUCTS = (
    "Merino crew socks",
    "Linen apron",
    "Oak cutting board",
    "Travel mug 0.4 l",
    "Beeswax candle",
    "Wool throw, grey",
    "Notebook A5 dotted",
    "Cast iron pan 26 cm",
    "Tea towel set",
    "Ceramic bowl",
    'Desk lamp "Nord"',
    "Rain jacket",
)
# Orders of 1.8 lines on average over three years; few customers buy much; 3 lines in 100 are refunds.
_LINES = """
copy (
    select
        'SO-' || (10000000 + number) as order_id,
        'C' || lpad(cast(customer as varchar), 7, '0') as customer_id,
        strftime(timestamp '2022-01-01' + to_seconds(number * $seconds), '%Y-%m-%d %H:%M:%S') as ordered_at,
        cast(case when hash(line, 3) % 100 < 3 then -1 else 1 end * (300 + hash(line, 2) % 20000) / 100
            as decimal(12, 2)) as amount,
        list_extract($products, 1 + cast(hash(line, 5) % len($products) as integer)) as article,
        list_extract(['DE', 'DK', 'SE', 'NO', 'NL', 'FR', 'GB', 'PL'], 1 + cast(hash(number, 6) % 8 as integer))
            as country,
        list_extract(['web', 'shop', 'phone'], 1 + cast(hash(number, 7) % 3 as integer)) as channel
    from (
        select line, number, cast(floor(power((hash(number, 1) % 1000000) / 1e6, 2.2) * $customers) as bigint)
            as customer
        from (select range as line, cast(floor(range / 1.8) as bigint) as number from range($rows))
    )
) to $path (format csv, header true)
"""
_COPY = "copy (from read_csv($path, all_varchar = true)) to $target"


def main() -> int:
    """0 when the import took at most twice the time of the plain copy, within the memory it was given."""
    options = _options()
    if options.way:
        print(json.dumps({"copy": copy, "import": bring}[options.way](Path(options.file))))
        return 0
    os.environ["LADDER_THREADS"] = str(THREADS)
    with TemporaryDirectory(dir=options.folder) as folder:
        file = make(Path(folder) / "lines.csv", options.rows)
        runs: dict[str, list[dict[str, Any]]] = {"copy": [], "import": []}
        for _ in range(options.runs):
            for way, found in runs.items():
                found.append(fresh("benchmarks.large_import", "--way", way, "--file", str(file)))
        return report(runs, options.rows, file.stat().st_size)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A large import against a plain copy to Parquet.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3, help="fresh processes to take the median of, per way")
    parser.add_argument("--folder", help="where to work; needs ten times the size of the file")
    parser.add_argument("--way", choices=("copy", "import"), help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


def make(path: Path, rows: int) -> Path:
    """The file: an order line per row, in the order of time."""
    import duckdb

    facts = {"rows": rows, "customers": rows // 10, "seconds": 3 * 365 * 86_400 / (rows / 1.8)}
    with duckdb.connect() as connection:
        connection.execute(_LINES, {**facts, "products": list(_PRODUCTS), "path": str(path)})
    return path


def copy(file: Path) -> dict[str, Any]:
    """DuckDB as it comes, with the same number of threads."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"set threads = {THREADS}")
        target = file.with_name("plain.parquet")
        facts = {"path": str(file), "target": str(target)}
        found = measured(lambda: connection.execute(_COPY, facts))
    return {**found, "size": target.stat().st_size}


def bring(file: Path) -> dict[str, Any]:
    """Our import by a confirmed plan, from the file to the published workspace."""
    from ladder.importing import propose, run_import
    from ladder.workspace import Folder, WorkspaceSettings

    with TemporaryDirectory(dir=file.parent) as folder:
        workspace = Folder.create(Path(folder) / "workspace", WorkspaceSettings(name="Large"))
        plan = propose(file, "transactions").plan
        steps: list[tuple[str, float]] = []

        def tell(_: float, step: str) -> None:
            if not steps or steps[-1][0] != step:
                steps.append((step, time.perf_counter()))

        account: dict[str, Any] = {}
        found = measured(lambda: account.update(run_import(workspace, file, plan, progress=tell).to_dict()))
        ends = [start for _, start in steps[1:]] + [time.perf_counter()]
        ((_, stored),) = workspace.parquet("transactions")
        return {
            **found,
            "size": stored.stat().st_size,
            "steps": {step: end - start for (step, start), end in zip(steps, ends, strict=True)},
            "account": {part: account[part] for part in ("rows_read", "accepted", "rejected", "ignored")},
        }


def measured(work: Callable[[], object]) -> dict[str, Any]:
    """Wall and CPU seconds of this process and its children, and the sum of the most memory each held, in MB."""
    peaks: dict[int, float] = {}
    own: list[float] = []
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(peaks, own, done))
    watch.start()
    wall, cpu = time.perf_counter(), _cpu()
    try:
        work()
    finally:
        wall = time.perf_counter() - wall
        done.set()
        watch.join()
    return {"wall": wall, "cpu": _cpu() - cpu - own[0], "memory": sum(peaks.values())}


def _watch(peaks: dict[int, float], own: list[float], done: threading.Event) -> None:
    """Note the most memory of this process and its descendants so far, and what the looking cost; what they share
    is counted in each."""
    while not done.wait(SAMPLE_SECONDS):
        for process in _family():
            with suppress(OSError, StopIteration):
                peaks[process.pid] = peak_memory(process.pid)
    own.append(time.thread_time())


def _cpu() -> float:
    """CPU seconds of this process and of its descendants, the ended ones included."""
    total = 0.0
    for process in _family():
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _family() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def report(runs: dict[str, list[dict[str, Any]]], rows: int, size: int) -> int:
    """Print medians, the ratio and whether both promises are kept."""
    from ladder.settings import load_settings

    print(
        f"{rows:,} order lines, {size / 1e6:,.0f} MB of CSV, {THREADS} threads; median of {len(runs['copy'])} runs"
    )
    print(machine(), end="\n\n")
    table = []
    for way, name in (
        ("copy", "plain copy to Parquet, all text"),
        ("import", "import, from file to workspace"),
    ):
        wall, cpu, memory = (median(run[unit] for run in runs[way]) for unit in ("wall", "cpu", "memory"))
        table.append(
            [name, f"{wall:.2f}", f"{cpu:.2f}", f"{memory:,.0f}", f"{runs[way][0]['size'] / 1e6:,.0f}"]
        )
    print_table(["way", "wall s", "CPU s", "peak MB", "Parquet MB"], table)
    steps = runs["import"][0]["steps"]
    told = [[step, f"{median(run['steps'].get(step, 0.0) for run in runs['import']):.2f}"] for step in steps]
    print_table(["step of the import", "wall s"], told)
    account = runs["import"][0]["account"]
    print("account: " + ", ".join(f"{number:,} {part}" for part, number in account.items()))
    ratio = median(run["wall"] for run in runs["copy"]) / median(run["wall"] for run in runs["import"])
    limit = load_settings().memory_bytes / 1e6 + MARGIN_MB
    memory = max(run["memory"] for run in runs["import"])
    is_fast, is_bounded = ratio >= HALF, memory <= limit
    print(f"speed of the plain copy: {ratio:.2f} {'met' if is_fast else 'MISSED'} (at least {HALF:g})")
    print(f"most memory: {memory:,.0f} MB {'met' if is_bounded else 'MISSED'} (at most {limit:,.0f})")
    return 0 if is_fast and is_bounded and account["accepted"] == rows else 1


if __name__ == "__main__":
    sys.exit(main())
