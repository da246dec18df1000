"""How long the questions of a placed workspace take: p50 and p95 over random period ends and segments.

Run `python -m benchmarks.questions`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.measure import fresh, machine, peak_memory, print_table, verdict
from benchmarks.placement_data import SEED, make

if TYPE_CHECKING:
    from ladder.model.segment import Segment
    from ladder.placement import Placed

CHANNELS = ("shop", "web", "fair", "partner")
SMALL, LARGE, PEOPLE = 50.0, 500.0, 100.0


def main() -> int:
    options = _options()
    if options.folder:
        print(json.dumps(_measure(options)))
        return 0
    with TemporaryDirectory(dir=options.work) as folder:
        size = [
            f"--{name}={getattr(options, name)}"
            for name in ("customers", "transactions", "interactions", "times")
        ]
        found = fresh("benchmarks.questions", "--folder", folder, *size)
    return report(found, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The questions of a placed workspace.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--transactions", type=int, default=10_000_000)
    parser.add_argument("--interactions", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=40, help="how often each question is asked")
    parser.add_argument("--work", help="the folder to work in; default: the system's temporary one")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from ladder.placement import build
    from ladder.workspace import Folder

    folder = Path(options.folder)
    make(folder, options.customers, options.transactions, options.interactions)
    _attributes(folder, options.customers)
    placed = build(Folder(folder / "workspace"))
    random = Random(SEED)
    rows = {name: _times(ask, options.times) for name, ask in _questions(placed, random).items()}
    return {"rows": rows, "memory": peak_memory(), "megabytes": placed.reader.path.stat().st_size / 1e6}


def _attributes(folder: Path, customers: int) -> None:
    """One attribute of four values for everybody, as an import of customers without a date leaves it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from benchmarks.placement_data import ids
    from ladder.workspace import Folder, ImportRecord

    values = pa.array(np.array(CHANNELS)[np.arange(customers) % len(CHANNELS)])
    people = ids("C", np.arange(customers))
    names = pa.array(["channel"] * customers)
    workspace = Folder(folder / "workspace")
    with workspace.stage_import() as stage:
        pq.write_table(
            pa.table({"customer_id": people, "name": names, "value": values}),
            stage.path / "attributes.parquet",
        )
        counts = (customers, customers, 0, 0, 0)
        stage.publish(ImportRecord(stage.id, "customers", "generated", "2026-01-01T00:00:00+00:00", *counts))


def _questions(placed: Placed, random: Random) -> dict[str, Callable[[], object]]:
    """Every question by everybody and by each kind of segment; each call draws its period ends anew."""
    from ladder.flows import flows, kpis, rungs, statement
    from ladder.model.segment import EVERYBODY, Segment
    from ladder.people import moved

    ends = placed.periods
    segments: dict[str, Callable[[], Segment]] = {
        "everybody": lambda: EVERYBODY,
        "an attribute": lambda: Segment(attributes=(("channel", random.choice(CHANNELS)),)),
        "a cohort": lambda: Segment(joined=(end := random.choice(ends), end)),
        "a rung": lambda: Segment(rung=random.choice(placed.ladder.names), on=random.choice(ends)),
    }
    found: dict[str, Callable[[], object]] = {}
    for name, draw in segments.items():
        found[f"flows of {name}"] = lambda draw=draw: flows(placed, *_pair(ends, random), draw())
        found[f"statement of {name}"] = lambda draw=draw: statement(placed, *_pair(ends, random), draw())
        found[f"rungs with revenue of {name}"] = lambda draw=draw: rungs(
            placed, random.choice(ends), segment=draw()
        )
    for origin, target in (("customer", "client"), ("client", "client"), ("customer", None)):
        ask = partial(moved, placed, origin=origin, target=target)
        found[f"people: {origin} to {target or 'any'}"] = lambda ask=ask: ask(*_pair(ends, random))
    return {**found, "figures of every period": lambda: kpis(placed)}


def _pair(ends: tuple[Any, ...], random: Random) -> list[Any]:
    return sorted(random.sample(ends, 2))


def _times(ask: Callable[[], object], times: int) -> dict[str, float]:
    """Milliseconds: the first, then the median and the 95th in a hundred of wall time, and the median of CPU."""
    walls, busy = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        walls.append(1_000 * (time.perf_counter() - wall))
        busy.append(1_000 * (time.process_time() - cpu))
    first, ordered = walls[0], sorted(walls)
    return {
        "first": first,
        "p50": ordered[times // 2],
        "p95": ordered[min(times - 1, int(0.95 * times))],
        "cpu": sorted(busy)[times // 2],
    }


def report(found: dict[str, Any], options: argparse.Namespace) -> int:
    """Print the table; the exit code is 1 when a question misses its target."""
    print(f"{options.customers:,} customers, seed {SEED}; each question {options.times} times")
    print(machine(), end="\n\n")
    rows, missed = [], 0
    for name, told in found["rows"].items():
        target = PEOPLE if name.startswith("people") else SMALL if options.customers <= 10**6 else LARGE
        missed += told["p95"] >= target
        figures = [f"{told[unit]:.0f}" for unit in ("first", "p50", "p95", "cpu")]
        rows.append([name, *figures, verdict(told["p95"], target)])
    print_table(["question, ms", "first", "p50", "p95", "CPU", "p95 target"], rows)
    print(f"derived file {found['megabytes']:,.0f} MB; peak memory {found['memory']:,.0f} MB")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
