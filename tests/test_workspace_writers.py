"""One writer at a time: the second hears whom it waits for, may give up, and loses nothing; readers never wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.errors import LadderError
from ladder.placement import build
from ladder.workspace import Folder, WorkspaceSettings, open_or_make, writers
from tests.placing import ladder_of, order
from tests.workspaces import add_import, make_workspace

ROOT = Path(__file__).parents[1]


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    return make_workspace(tmp_path / "w", {"transactions": [order("zoe", "2024-01-31")]})


class CancelledError(Exception):
    pass


def test_who_waits_hears_who_holds_the_workspace_and_may_give_up(shop: Folder) -> None:
    heard: list[str] = []

    def tell(share: float, step: str) -> None:
        heard.append(step)
        if len(heard) == 3:
            raise CancelledError

    with Folder(shop.path, by="ann").lock("an import"), pytest.raises(CancelledError), shop.lock(tell=tell):
        raise AssertionError("two writers at once")
    assert heard == ["Waiting for ann (an import, for less than a minute)"] * 3
    with shop.lock(wait=0):
        pass


def test_who_gives_up_at_the_end_of_the_wait_is_told_why(shop: Folder) -> None:
    with (
        Folder(shop.path, by="ann").lock("an erasure"),
        pytest.raises(LadderError, match=r"Somebody else is writing ann \(an erasure, for less than") as told,
        shop.lock(wait=0.05),
    ):
        raise AssertionError("two writers at once")
    assert told.value.hint == "Wait for it to finish and try again; nothing was changed."


@pytest.mark.parametrize("note", ["", "{", "[]", '{"who": "ann"}', '{"who": 1, "what": 2, "since": 3}', None])
def test_a_note_that_says_nothing_is_no_obstacle(note: str | None, shop: Folder) -> None:
    heard: list[str] = []

    def tell(share: float, step: str) -> None:
        heard.append(step)
        raise CancelledError

    with Folder(shop.path).lock():
        (shop.path / ".lock.json").unlink()
        if note is not None:
            (shop.path / ".lock.json").write_text(note, "utf-8")
        with pytest.raises(CancelledError), shop.lock(tell=tell):
            raise AssertionError("two writers at once")
    assert heard == ["Waiting for another import or change"]


def test_how_long_somebody_writes_is_told_in_minutes(shop: Folder) -> None:
    with Folder(shop.path).lock():
        note = json.loads((shop.path / ".lock.json").read_text("utf-8"))
        for since, told in (
            ("2026-11-21T10:00:00+00:00", "minutes"),
            ("2999-01-01T00:00:00+00:00", "less than a minute"),
        ):
            (shop.path / ".lock.json").write_text(json.dumps({**note, "since": since}), "utf-8")
            with pytest.raises(LadderError, match=told), shop.lock(wait=0):
                raise AssertionError("two writers at once")


def test_the_note_goes_with_the_lock(shop: Folder) -> None:
    with shop.lock("an import"):
        note = json.loads((shop.path / ".lock.json").read_text("utf-8"))
        assert (note["who"], note["what"], note["pid"]) == (shop.by, "an import", os.getpid())
    assert not (shop.path / ".lock.json").exists()


def test_an_import_waits_for_a_long_one_and_then_lands(shop: Folder) -> None:
    heard: list[str] = []
    first, done = threading.Event(), threading.Event()

    def hold() -> None:
        with Folder(shop.path, by="ann").stage_import():
            first.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    first.wait(10)

    def tell(share: float, step: str) -> None:
        heard.append(step)
        done.set()

    with shop.stage_import(by="bob", tell=tell) as stage:
        assert stage.by == "bob"
    thread.join()
    assert "ann" in heard[0]


@pytest.mark.parametrize(("people", "rounds"), [(2, 50), (10, 10)])
def test_imports_at_the_same_time_lose_nothing(people: int, rounds: int, tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "w", {}, ladder_of("orders() >= 1"))
    command = [sys.executable, "-W", "error", "-m", "tests.many_importers", str(folder.path)]
    run = subprocess.Popen([*command, str(people), str(rounds)], cwd=ROOT)
    seen: list[int] = []
    while run.poll() is None:
        now = folder.snapshot()
        assert now.damaged() == ()
        seen.append(len(now.imports()))
        time.sleep(0.02)
    assert run.returncode == 0
    names = [f"p{number}" for number in range(people)]
    records = folder.history()
    assert [record.id for record in records] == list(range(1, people * rounds + 1))
    assert sorted(record.by for record in records) == sorted(names * rounds)
    assert seen == sorted(seen)
    placed = build(folder)
    assert placed.rows("orders", "select count(*), count(distinct customer) from orders") == [
        (people * rounds,) * 2
    ]


def test_readers_build_while_others_import(shop: Folder) -> None:
    """Whatever state a reader meets, its figures are those of that state."""
    shop.save_ladder(ladder_of("orders() >= 1"))
    stop = threading.Event()

    def import_on() -> None:
        for number in range(12):
            add_import(Folder(shop.path), "transactions", [order(f"c{number}", "2024-01-31")])
        stop.set()

    writer = threading.Thread(target=import_on)
    writer.start()
    built = 0
    while not stop.is_set() or built == 0:
        now = shop.snapshot()
        placed = build(now)
        assert placed.rows("orders", "select count(*) from orders") == [(len(now.imports()),)]
        built += 1
    writer.join()


def test_a_scratch_folder_takes_no_lock_and_leaves_nothing(shop: Folder) -> None:
    with shop.lock(), Folder(shop.path).scratch() as scratch:
        (scratch.path / "rows").write_text("x", "utf-8")
        assert scratch.path.stat().st_mode & 0o777 == 0o700
    assert [item.name for item in (shop.path / "imports").iterdir()] == ["0001"]


def test_a_scratch_folder_in_use_is_not_swept_and_a_dead_one_is(shop: Folder) -> None:
    with shop.scratch() as alive:
        dead = alive.path.with_name(".scratch-dead")
        dead.mkdir()
        (dead / "rows").write_text("x", "utf-8")
        dead.with_name(".scratch-dead.lock").touch()
        shop.change_settings(name="Next")
        assert alive.path.is_dir()
        assert not dead.exists()
    shop.change_settings(name="And next")
    assert [item.name for item in (shop.path / "imports").iterdir()] == ["0001"]


def test_a_workspace_made_for_nothing_is_gone_again(tmp_path: Path) -> None:
    place = tmp_path / "new" / "shop"
    with open_or_make(place, WorkspaceSettings(name="Shop")) as folder:
        assert folder.settings.name == "Shop"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CancelledError), open_or_make(place) as folder, folder.stage_import():
        raise CancelledError
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_that_something_came_into_stays(tmp_path: Path) -> None:
    with open_or_make(tmp_path / "shop") as folder:
        add_import(folder, "transactions", [order("zoe", "2024-01-31")])
    with open_or_make(tmp_path / "shop") as folder:
        assert len(folder.imports()) == 1
    assert len(Folder(tmp_path / "shop").imports()) == 1


def test_a_folder_of_somebody_else_keeps_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with open_or_make(tmp_path):
        pass
    assert [item.name for item in tmp_path.iterdir()] == ["mine.txt"]


def test_every_act_says_who(shop: Folder) -> None:
    folder = Folder(shop.path, by="dora")
    add_import(folder, "transactions", [order("ann", "2024-01-31")])
    folder.undo(2)
    folder.change_settings(name="Dora's")
    record = folder.history()[-1]
    assert (record.by, record.undone_by) == ("dora", "dora")
    lines = [json.loads(line) for line in (folder.path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [line["by"] for line in lines[-3:]] == ["dora"] * 3
    assert Folder(shop.path).by


def test_a_line_that_a_crash_cut_does_not_swallow_the_next(shop: Folder) -> None:
    with (shop.path / "audit.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"at": "2024')
    shop.undo(1)
    last = (shop.path / "audit.jsonl").read_text("utf-8").splitlines()[-2:]
    assert last[0] == '{"at": "2024'
    assert json.loads(last[1])["event"] == "undo"


def test_the_wait_has_an_end_only_where_nobody_can_cancel_it(
    shop: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "PATIENCE_SECONDS", 0.05)
    heard: list[str] = []

    def tell(share: float, step: str) -> None:
        heard.append(step)
        if len(heard) == 4:
            raise CancelledError

    with Folder(shop.path).lock():
        with pytest.raises(LadderError, match="Somebody else is writing"), shop.lock():
            raise AssertionError("two writers at once")
        with pytest.raises(CancelledError), shop.lock(tell=tell):
            raise AssertionError("two writers at once")


FILE = "customer_id,date,amount\nann,2024-01-05,1.00\nann,2024-02-05,1.00\n"


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (FILE, ["--as", "transactions", "--dry-run"], 0),
        (FILE, ["--as", "transactions"], 3),
        ("customer_id,date,amount\nann,never,1.00\n", ["--as", "transactions", "--yes"], 1),
        ("", ["--as", "transactions", "--yes"], 1),
    ],
)
def test_a_dry_run_or_a_refused_import_leaves_no_workspace(
    text: str, words: list[str], code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "orders.csv").write_text(text, "utf-8")
    place = ["--workspace", str(tmp_path / "new"), "import", str(tmp_path / "orders.csv")]
    assert main([*place, *words]) in (code, 3)
    assert "Made" not in capsys.readouterr().err
    assert [item.name for item in tmp_path.iterdir()] == ["orders.csv"]


def test_a_dry_run_does_not_wait_for_a_writer(shop: Folder, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(FILE, "utf-8")
    place = ["--workspace", str(shop.path), "import", str(tmp_path / "orders.csv"), "--as", "transactions"]
    with shop.lock():
        assert main([*place, "--dry-run"]) == 0
