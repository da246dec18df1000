"""The power may go at any step: the old state or the new one comes back, and what was acknowledged is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.workspace import Folder
from tests.canary import found_in
from tests.fault_matrix import CHANGES, shop, state
from tests.power_cut import Disk

CUT = ["import", "undo", "settings", "ladder", "retention", "erase"]


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.mark.parametrize("name", CUT)
def test_a_power_cut_brings_back_the_old_state_or_the_new_one(
    name: str, tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    path, change = tmp_path / "workspace", CHANGES[name]
    change.base(path)
    old, met = state(path), []

    def check(disk: Path, step: str) -> None:
        found = state(disk)
        assert "refused" not in found, step
        assert found["damaged"] == [], step
        met.append((step, found))

    disk = Disk(path, tmp_path / "disk", check)
    disk.watch(patch)
    change.act(path)
    patch.undo()
    new = state(path)
    disk.cut("the end")
    disk.close()
    assert [step for step, found in met if found not in (old, new)] == []
    assert [found for step, found in met if step.startswith("the end")] == [new, new]
    assert sum(found == old for _, found in met) > 5


def test_what_was_erased_does_not_come_back_with_the_power(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "workspace"
    shop(path)
    disk = Disk(path, tmp_path / "disk", lambda place, step: None)
    disk.watch(patch)
    CHANGES["erase"].act(path)
    patch.undo()
    disk.check = lambda place, step: _assert_gone(place)
    disk.cut("the end")
    disk.close()


def _assert_gone(place: Path) -> None:
    assert found_in(place, ("ann-the-first",)) == []


def test_the_order_of_an_import_is_files_folder_manifest_folder(
    tmp_path: Path, patch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "workspace"
    shop(path)
    disk = Disk(path, tmp_path / "disk", lambda place, step: None)
    disk.watch(patch)
    CHANGES["import"].act(path)
    disk.close()
    steps = [step.replace(".tmp", "") for step in disk.steps]
    moved = steps.index("after rename imports/0003")
    staged = [step for step in steps[:moved] if step.startswith("before fsync imports/.stage-0003")]
    assert [step.rpartition("/")[2].split(".")[0] for step in staged[:2]] == ["rejects", "transactions"]
    assert steps[moved + 1] == "before fsync imports"
    replaced = steps.index("after replace manifest.json")
    assert replaced > moved
    assert steps[replaced - 1].startswith("before fsync .manifest.json.")
    assert steps[replaced + 1] == "before fsync ."


def careless(path: Path) -> None:
    """A manifest that is written without any fsync."""
    new = path / "manifest.json.new"
    new.write_bytes((path / "manifest.json").read_bytes())
    new.replace(path / "manifest.json")


def test_a_change_that_forces_nothing_is_found_out(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    shop(tmp_path / "workspace")
    refused: list[str] = []

    def check(disk: Path, step: str) -> None:
        try:
            Folder(disk).manifest()
        except LadderError:
            refused.append(step)

    disk = Disk(tmp_path / "workspace", tmp_path / "disk", check)
    disk.watch(patch)
    careless(tmp_path / "workspace")
    disk.close()
    assert refused == ["after replace manifest.json, bytes lost"]
