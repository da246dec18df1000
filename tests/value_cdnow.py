"""CDNOW from the raw text inside lifetimes, as a placed workspace."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

from ladder.placement import Placed
from tests.value_shop import placed_shop

_COLUMNS = {
    "CDNOW_sample.txt": ["master_id", "customer_id", "ts", "cds", "amount"],
    "CDNOW_master.txt": ["customer_id", "ts", "cds", "amount"],
}


def cdnow_shop(path: Path, name: str) -> Placed:
    """Place CDNOW_sample.txt or CDNOW_master.txt."""
    return placed_shop(path, cdnow(name))


def cdnow(name: str) -> pd.DataFrame:
    """customer_id, ts, amount of one raw file."""
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None and spec.origin is not None
    text = (Path(spec.origin).parent / "datasets" / name).read_text("ascii")
    lines = [
        line.split() for line in text.splitlines() if line.split() and line.split()[-1] != "dollar_value"
    ]
    frame = pd.DataFrame(lines, columns=_COLUMNS[name])
    return frame[["customer_id", "ts"]].assign(amount=frame["amount"].astype(float))
