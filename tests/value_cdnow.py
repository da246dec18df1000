"""CDNOW from the raw text inside lifetimes, imported and placed by the product itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ladder.importing import propose, run_import
from ladder.placement import Placed, build
from ladder.workspace import Folder, WorkspaceSettings
from tests.value_shop import TWO_RUNGS

_FIELDS = {
    "CDNOW_sample.txt": {"customer_id": "column2", "ts": "column3", "amount": "column5"},
    "CDNOW_master.txt": {"customer_id": "customer_id", "ts": "date", "amount": "dollar_value"},
}


def cdnow_shop(path: Path, name: str) -> Placed:
    """Place CDNOW_sample.txt (no header, two ids) or CDNOW_master.txt (header)."""
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None and spec.origin is not None
    file = Path(spec.origin).parent / "datasets" / name
    folder = Folder.create(path, WorkspaceSettings(currency="USD", margin=1.0, horizon_months=12))
    folder.save_ladder(TWO_RUNGS)
    plan = propose(file, "transactions", fields=_FIELDS[name], date_format="%Y%m%d").plan
    result = run_import(folder, file, plan)
    assert result.import_id is not None, result
    return build(folder)
