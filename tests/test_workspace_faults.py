"""Whatever strikes a change to a workspace, wherever: it leaves the old state or the new one, and tells the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ladder.workspace import Folder
from ladder.workspace.manifest import manifest_bytes
from tests.fault_matrix import CHANGES, Change, matrix, shop
from tests.striking import FAULTS

ROOT = Path(__file__).parents[1]
# Every step of an import under every fault, every step of everything under a kill; of the rest some.
# `python -m tests.fault_matrix` strikes them all.
EVERY = {"erase": 12, "create": 2, "import": 1, "undo": 2}
CHOSEN = [
    (name, fault, 1 if fault == "kill -9" else EVERY.get(name, 6)) for name in CHANGES for fault in FAULTS
]


@pytest.fixture(scope="module")
def cells() -> dict[str, list[dict[str, Any]]]:
    """Every cell, struck by two processes side by side."""
    erasing = [chosen for chosen in CHOSEN if chosen[0] == "erase"]
    runs = [_begin(erasing), _begin([chosen for chosen in CHOSEN if chosen not in erasing])]
    found: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        told, wrong = run.communicate(timeout=600)
        assert run.returncode == 0, wrong
        found |= json.loads(told)
    return found


def _begin(chosen: list[tuple[str, str, int]]) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "tests.fault_matrix", json.dumps(chosen)]
    environment = {**os.environ, "LADDER_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_leaves_the_old_state_or_the_new_one(
    name: str, fault: str, cells: dict[str, list[dict[str, Any]]]
) -> None:
    found = cells[f"{name}, {fault}"]
    assert len(found) >= 3
    assert [cell for cell in found if cell["verdict"] not in ("old", "new")] == []


def test_both_states_were_met_under_every_kill(cells: dict[str, list[dict[str, Any]]]) -> None:
    for name in CHANGES:
        assert {cell["verdict"] for cell in cells[f"{name}, kill -9"]} == {"old", "new"}, name


def test_what_is_refused_is_told_in_a_sentence(cells: dict[str, list[dict[str, Any]]]) -> None:
    told = {cell["told"] for name, found in cells.items() if "kill" not in name for cell in found}
    assert any("No space left on device. Nothing was changed." in words for words in told)
    assert any("It was made, but then the system said: Input/output error." in words for words in told)
    assert any("Permission denied" in words for words in told)
    assert not [words for words in told if "Traceback" in words or "Errno" in words]


def overwrite(path: Path) -> None:
    """A change as it must not be: into the file itself, in two writes."""
    new = manifest_bytes(replace(Folder(path).manifest(), imports=()))
    with (path / "manifest.json").open("wb", buffering=0) as file:
        file.write(new[:200])
        file.write(new[200:])


def forgetful(path: Path) -> None:
    (path / ".manifest.json.new.tmp").write_bytes(b"left")


@pytest.mark.parametrize(("act", "sort"), [(overwrite, "between"), (forgetful, "left lying about")])
def test_the_matrix_finds_a_change_that_is_not_atomic(
    act: Any, sort: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHANGES, "bad", Change(shop, act, lambda path: None))
    assert any(cell["verdict"].startswith(sort) for cell in matrix("bad", "kill -9", tmp_path / "cells"))
