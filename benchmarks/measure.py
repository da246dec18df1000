"""What every benchmark measures with: fresh processes, wall and CPU seconds per stage, peak memory, medians."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Stopwatch:
    """Wall and CPU seconds (all threads of this process) per stage; stages of one name add up."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self._name = ""
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def start(self, name: str) -> None:
        """End the running stage and start another; an empty name starts none."""
        wall, cpu = time.perf_counter(), time.process_time()
        if self._name:
            stage = self.stages.setdefault(self._name, {"wall": 0.0, "cpu": 0.0})
            stage["wall"] += wall - self._wall
            stage["cpu"] += cpu - self._cpu
        self._name, self._wall, self._cpu = name, wall, cpu


def peak_memory(process: int | str = "self") -> float:
    """The most memory this process has held, or the one of that number, in MB."""
    status = Path(f"/proc/{process}/status")
    if status.is_file():
        # Unlike ru_maxrss this leaves out what the parent held when it started us.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def fresh(module: str, *arguments: str) -> dict[str, Any]:
    """What a benchmark module reports from a process of its own: the JSON document on its standard output."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def median_stages(runs: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The median wall and CPU seconds of every stage over several runs."""
    return {
        name: {unit: median(run["stages"][name][unit] for run in runs) for unit in ("wall", "cpu")}
        for name in runs[0]["stages"]
    }


def total(run: dict[str, Any], unit: str) -> float:
    """Seconds (`wall` or `cpu`) over all stages of a run."""
    return float(sum(stage[unit] for stage in run["stages"].values()))


def machine() -> str:
    """Where and with what the figures were measured."""
    parts = (f"{name} {version(name)}" for name in ("duckdb", "streamlit", "pandas"))
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {', '.join(parts)}"
    )


def verdict(value: float, target: float) -> str:
    return f"{'met' if value < target else 'MISSED'} (< {target:g})"


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in text: the first column to the left, figures to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    print()
