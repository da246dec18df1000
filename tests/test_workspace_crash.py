"""An import is there whole or not at all, whatever cuts it off: kill -9, a full disk, others at the same time."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ladder.cli import main
from ladder.workspace import Folder
from tests.placing import ladder_of, order
from tests.workspaces import make_workspace

ROOT = Path(__file__).parents[1]
STAGES = range(1, 6)
# Every step of publishing is cut in tests/test_workspace_faults.py; here whole imports are, at random.
DELAYS = [random.Random(number).uniform(0.002, 0.2) for number in range(60)]
CASES = {
    "stage": [*STAGES],
    "delay": DELAYS,
    "full": [1, 2, 3, 4],
    "together": [4],
}
OLD, NEW = [[1, 1]], [[1, 1], [2, 400]]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every case once: a workspace with one import, and a file of 400 orders brought to it."""
    place = tmp_path_factory.mktemp("cut_off")
    make_workspace(place / "base", {"transactions": [order("zoe", "2024-01-31")]}, ladder_of("orders() >= 1"))
    lines = [
        f"t{number},c{number % 50},2024-02-{number % 28 + 1:02d} 10:00:00,{number}.50"
        for number in range(400)
    ]
    (place / "orders.csv").write_text("transaction_id,customer_id,ts,amount\n" + "\n".join(lines), "utf-8")
    command = [sys.executable, "-W", "error", "-m", "tests.cut_off_imports"]
    arguments = [str(place / "base"), str(place / "orders.csv"), str(place), json.dumps(CASES)]
    run = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, "LADDER_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def of(outcomes: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    found = [outcome for name, outcome in outcomes.items() if name.split()[0] in kinds]
    assert found
    return found


def test_every_stage_was_cut(outcomes: dict[str, Any]) -> None:
    """The last stage is told after publishing."""
    assert [outcomes[f"stage {number}"]["told"] for number in STAGES] == ["killed"] * 5


def test_a_kill_leaves_the_old_state_or_the_new_one(outcomes: dict[str, Any]) -> None:
    for outcome in of(outcomes, "stage", "delay"):
        cut = outcome["cut"]
        assert cut["live"] in (OLD, NEW)
        assert not cut["damaged"]
        assert outcome["told"] == "killed" or cut["live"] == NEW


def test_both_the_old_and_the_new_state_were_met(outcomes: dict[str, Any]) -> None:
    states = [outcome["cut"]["live"] for outcome in of(outcomes, "stage")]
    assert OLD in states
    assert NEW in states


def test_most_random_kills_came_in_the_middle(outcomes: dict[str, Any]) -> None:
    killed = [outcome for outcome in of(outcomes, "delay") if outcome["told"] == "killed"]
    assert len(killed) > len(DELAYS) / 2
    assert any(outcome["cut"]["unfinished"] for outcome in killed)


def test_what_was_cut_off_is_told_within_two_seconds_until_it_is_swept(outcomes: dict[str, Any]) -> None:
    for outcome in of(outcomes, "stage", "delay"):
        cut = outcome["cut"]
        begun = cut["imports"] != ["0001"] and cut["live"] == OLD
        assert cut["unfinished"] == ([2] if begun else [])
        assert outcome["seconds"] < 2
    assert outcomes["stage 1"]["cut"]["unfinished"] == [2]


def test_the_next_change_sweeps(outcomes: dict[str, Any]) -> None:
    for outcome in of(outcomes, "stage", "delay"):
        after = outcome["after"]
        assert after["imports"] == [f"{ident:04d}" for ident, _ in after["live"]]
        assert (after["unfinished"], after["damaged"], after["left"]) == ([], [], [])


def test_the_next_import_lands(outcomes: dict[str, Any]) -> None:
    again = [outcome for outcome in of(outcomes, "stage", "delay") if "again" in outcome]
    assert len(again) == len(STAGES) + 3
    for outcome in again:
        assert outcome["again"] == "done"
        assert outcome["after"]["live"][:2] == NEW


def test_a_disk_that_takes_no_more_is_a_sentence_and_changes_nothing(outcomes: dict[str, Any]) -> None:
    for outcome in of(outcomes, "full"):
        assert "did not finish" in outcome["told"] or outcome["told"].startswith("The disk refused")
        assert "File too large" in outcome["told"] or "the disk has room" in outcome["told"]
        assert outcome["cut"] == {
            "live": OLD,
            "unfinished": [],
            "damaged": [],
            "imports": ["0001"],
            "left": [],
        }
        assert (outcome["again"], outcome["after"]["live"]) == ("done", NEW)


def test_imports_at_the_same_time_all_land(outcomes: dict[str, Any]) -> None:
    (found,) = of(outcomes, "together")
    assert found["told"] == ["done"] * 4
    assert [ident for ident, _ in found["after"]["live"]] == [1, 2, 3, 4, 5]
    assert [accepted for _, accepted in found["after"]["live"]] == [1, 400, 0, 0, 0]
    assert found["after"]["imports"] == ["0001", "0002", "0003", "0004", "0005"]


def test_the_command_line_tells_what_did_not_finish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_workspace(tmp_path / "w", {"transactions": [order("zoe", "2024-01-31")]})
    (folder.path / "imports" / ".stage-0002-1a2b3c4d").mkdir()
    assert main(["--workspace", str(folder.path), "imports"]) == 0
    assert "Import 2 did not finish; nothing was changed." in capsys.readouterr().err


def test_an_import_under_way_has_not_failed(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "w", {})
    with folder.stage_import():
        assert folder.unfinished() == ()
        assert Folder(folder.path).imports() == ()


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "w", {"transactions": [order("zoe", "2024-01-31")]})
    with folder.lock():
        assert [record.id for record in Folder(folder.path).imports()] == [1]
