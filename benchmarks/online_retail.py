"""From file to placed ladder on the real Online Retail file: time per stage, memory, account, totals, rungs.

Run `python -m benchmarks.online_retail --data FOLDER`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from ladder import Workspace

NAME = "online_retail.csv.gz"
TARGET = 10.0
START, END = "2011-06-30", "2011-11-30"
_ORDERS = "select count(distinct customer), cast(sum(amount) as bigint) from orders"
_REFUNDS = "select cast(coalesce(sum(amount), 0) as bigint) from refunds"
_LINES = (
    "select coalesce(sum(amount) filter (customer_id is null), 0)::bigint, sum(amount)::bigint"
    " from read_parquet($file)"
)


def main() -> int:
    options = _options()
    if options.once:
        print(json.dumps(once(Path(options.once))))
        return 0
    file = find_file(options.data)
    if file is None:
        print(f"Give the folder that holds {NAME} with --data, or in the environment as LADDER_DATA.")
        return 1
    runs = [fresh("benchmarks.online_retail", "--once", str(file)) for _ in range(options.runs)]
    report(runs)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Online Retail from file to placed ladder.")
    parser.add_argument("--data", default=os.environ.get("LADDER_DATA"), help=f"folder that holds {NAME}")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes to take the median of")
    parser.add_argument("--once", help=argparse.SUPPRESS)
    return parser.parse_args()


def find_file(data: str | None) -> Path | None:
    """The file in the folder, or in its folder online_retail."""
    if not data:
        return None
    places = (Path(data) / NAME, Path(data) / "online_retail" / NAME)
    return next((place for place in places if place.is_file()), None)


def once(file: Path) -> dict[str, Any]:
    """One run in this process: an empty workspace, the import, the build under orders-only, and what came out."""
    watch = Stopwatch()
    watch.start("start: imports of the package")
    from ladder import Workspace
    from ladder.importing import run_import

    with TemporaryDirectory() as folder:
        workspace = Workspace.create(
            Path(folder) / "workspace", name="Online Retail", currency="GBP", timezone="Europe/London"
        )
        workspace.set_ladder("orders-only")
        watch.start("propose: sniff and map")
        proposal = workspace.propose(file, "transactions", fields={"amount": "Quantity * UnitPrice"})
        watch.start("import: plan against file")
        result = run_import(
            workspace.folder,
            file,
            proposal.plan,
            progress=lambda _, step: watch.start(f"import: {step.lower()}"),
        )
        watch.start("build: folder")
        workspace.build(lambda _, step: watch.start(f"build: {step}"))
        watch.start("")
        return {"stages": watch.stages, "memory": peak_memory(), **_answers(workspace, result)}


def _answers(workspace: Workspace, result: Any) -> dict[str, Any]:
    from ladder.engine import Engine

    placed = workspace.placed
    ((customers, gross),) = placed.rows("orders", _ORDERS)
    ((refunds,),) = placed.rows("refunds", _REFUNDS)
    ((_, file),) = workspace.folder.parquet("transactions")
    with Engine() as engine:
        ((guests, net),) = engine.rows("lines", _LINES, {"file": str(file)})
    parts = ("rows_read", "accepted", "duplicate", "rejected", "ignored")
    money = {"orders": gross, "refunds": refunds, "guests": guests, "net": net}
    return {
        "account": {part: getattr(result, part) for part in parts} | {"warnings": result.warnings},
        "money": {name: amount / placed.scale for name, amount in money.items()},
        "customers": customers,
        "rungs": {day: _by_rung(workspace.rungs(day).to_dict()) for day in (START, END)},
        "flows": workspace.flows(START, END).to_dict(),
    }


def _by_rung(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["rung"]: row["customers"] for row in rows}


def report(runs: list[dict[str, Any]]) -> None:
    """Print medians and the answers; the answers of all runs must be the same."""
    first = {key: value for key, value in runs[0].items() if key not in ("stages", "memory")}
    assert all(run[key] == value for run in runs for key, value in first.items()), "runs disagree"
    walls, cpus = ([total(run, unit) for run in runs] for unit in ("wall", "cpu"))
    print(f"Online Retail, from file to placed ladder: median of {len(runs)} fresh processes")
    print(machine(), end="\n\n")
    stages = median_stages(runs)
    rows = [[name, f"{stage['wall']:.2f}", f"{stage['cpu']:.2f}", ""] for name, stage in stages.items()]
    rows.append(["total", f"{median(walls):.2f}", f"{median(cpus):.2f}", verdict(median(walls), TARGET)])
    rows.append(["fastest run", f"{min(walls):.2f}", f"{min(cpus):.2f}", verdict(min(walls), TARGET)])
    print_table(["stage", "wall s", "CPU s", "target s"], rows)
    print(f"peak memory {median(run['memory'] for run in runs):,.0f} MB\n")
    _print_answers(first)


def _print_answers(found: dict[str, Any]) -> None:
    account, money = found["account"], found["money"]
    parts = " + ".join(
        f"{account[part]:,} {part}" for part in ("accepted", "duplicate", "rejected", "ignored")
    )
    print(f"account: {account['rows_read']:,} read = {parts}")
    for warning in account["warnings"]:
        print(f"  {warning}")
    print(
        f"net of everything {money['net']:,.2f} = orders of {found['customers']:,} customers "
        f"{money['orders']:,.2f} − refunds {money['refunds']:,.2f} + guests {money['guests']:,.2f}\n"
    )
    rungs = found["rungs"]
    rows = [[rung, f"{rungs[START][rung]:,}", f"{rungs[END][rung]:,}"] for rung in rungs[END]]
    print_table(["rung", START, END], rows)
    moves = [
        [row["from_rung"], row["to_rung"], f"{row['customers']:,}", f"{row['share_of_from']:.1%}"]
        for row in found["flows"]
    ]
    print_table([f"from ({START})", f"to ({END})", "customers", "share"], moves)


if __name__ == "__main__":
    sys.exit(main())
