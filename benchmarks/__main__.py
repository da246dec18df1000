"""Run every benchmark, one after the other: `python -m benchmarks`, or `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.measure import ROOT

NAMES = ("online_retail", "app", "placement", "dirty_csv", "again", "large_import", "upload", "lab_coverage")


def main() -> int:
    """0 when all ran; Online Retail may be left out, and says so."""
    codes = {}
    for name in NAMES:
        print(f"== {name}", flush=True)
        codes[name] = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT).returncode
    if "LADDER_DATA" not in os.environ:
        codes.pop("online_retail")
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
