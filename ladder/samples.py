"""Workspaces that are ready to look at: the sample shop made by us, and CDNOW, real purchases of 23,570 people."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.model.ladder import preset
from ladder.model.tables import TABLES
from ladder.workspace import Folder, WorkspaceSettings

LEFT_BEHIND_SECONDS = 3_600
SAMPLE_FILES = Path(__file__).resolve().parents[1] / "data" / "sample"
SAMPLE = WorkspaceSettings(
    name="Fjord & Bean (sample)", currency="EUR", timezone="Europe/Berlin", margin=0.45, horizon_months=24
)
# The margin of CDNOW is not published: 30% is a round figure for music retail, to be changed on the Data page.
CDNOW = WorkspaceSettings(name="CDNOW (real data)", currency="USD", margin=0.30, horizon_months=18)


def make_sample(path: Path) -> Folder:
    """The sample shop as a workspace at `path`: six imported tables on the classic ladder."""
    return _make(path, _fill_sample)


def make_cdnow(path: Path) -> Folder:
    """CDNOW_master as a workspace at `path`: the purchases that travel with lifetimes, on `orders-only`."""
    return _make(path, _fill_cdnow)


def ensure_sample(path: Path) -> Folder:
    """The workspace at `path`, made from the sample when there is none yet."""
    if (path / "manifest.json").is_file():
        return Folder(path)
    return make_sample(path)


def _make(path: Path, fill: Callable[[Path], None]) -> Folder:
    """Make the workspace beside its place and move it there whole, so that a crash leaves none or all of it."""
    if path.exists() and any(path.iterdir()):
        raise LadderError(
            "That folder is taken", f"“{path.name}” is not empty.", "Choose another folder with --workspace."
        )
    path = path.resolve()
    _sweep(path)
    # A name of its own: two starts at once must not tear down each other's work.
    making = path.with_name(f".{path.name}-{uuid.uuid4().hex}.making")
    try:
        fill(making)
        _move(making, path)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Folder(path)


def _sweep(path: Path) -> None:
    """Remove what earlier starts left that were cut off; a younger one may still be at work."""
    for item in path.parent.glob(f".{path.name}*.making"):
        if time.time() - item.stat().st_mtime > LEFT_BEHIND_SECONDS:
            shutil.rmtree(item, ignore_errors=True)


def _move(making: Path, path: Path) -> None:
    if (path / "manifest.json").is_file():
        return  # Somebody else was faster, with the same data.
    if not path.exists():
        making.rename(path)
        return
    # An empty folder may be somebody's current one, so it is filled and not replaced; the manifest comes last.
    for item in sorted(making.iterdir(), key=lambda item: item.name == "manifest.json"):
        item.rename(path / item.name)


def _fill_sample(path: Path) -> None:
    folder = Folder.create(path, SAMPLE)
    for table in TABLES:
        file = SAMPLE_FILES / f"{table}.csv"
        run_import(folder, file, propose(file, table).plan)


def _fill_cdnow(path: Path) -> None:
    folder = Folder.create(path, CDNOW)
    folder.save_ladder(preset("orders-only"))
    file = cdnow_file("CDNOW_master.txt")
    fields = {"customer_id": "customer_id", "ts": "date", "amount": "dollar_value"}
    proposal = propose(file, "transactions", fields=fields, date_format="%Y%m%d")
    run_import(folder, file, proposal.plan)


def cdnow_file(name: str) -> Path:
    """A raw CDNOW file as it travels inside the lifetimes package."""
    found = find_spec("lifetimes")
    assert found is not None and found.origin is not None  # noqa: S101 - requirements.txt installs it
    return Path(found.origin).parent / "datasets" / name
