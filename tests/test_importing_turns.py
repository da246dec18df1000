"""Several files at once: so many are read, the others wait in line, are told so, and can leave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.sandbox import READS
from ladder.importing.sandbox.turns import Turns
from ladder.settings import load_settings
from ladder.ui.bringing import Bringing
from ladder.ui.visitor import GONE_SECONDS, Presence
from ladder.workspace import Folder
from tests.data_page import ORDERS, keep, make_home, open_data, upload

PATIENCE = 20.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LADDER_READERS", "1")
    return make_home(tmp_path, monkeypatch)


def test_no_more_than_the_setting_work_at_once_and_all_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LADDER_READERS", "3")
    turns, working, most, lock = Turns(), 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal working, most
        with turns.turn():
            with lock:
                working += 1
                most = max(most, working)
            time.sleep(0.01)
            with lock:
                working -= 1
        return number

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(work, range(40))) == list(range(40))
    assert most == 3
    assert not turns.is_awaited


def test_turns_come_in_order_and_whoever_leaves_the_line_lets_the_next_up(home: Path) -> None:
    turns, told, order = Turns(), {}, []

    def wait(name: str, leaves: threading.Event) -> None:
        def tell(_: float, step: str) -> None:
            told[name] = step
            if leaves.is_set():
                raise InterruptedError

        try:
            with turns.turn(tell):
                order.append(name)
        except InterruptedError:
            order.append(f"{name} left")

    threads, leaves = [], {name: threading.Event() for name in "abc"}
    with turns.turn():
        for name in "abc":
            threads.append(threading.Thread(target=wait, args=(name, leaves[name])))
            threads[-1].start()
            _until(lambda name=name: name in told)
        assert told["a"] == "1 file is being read; yours is next"
        assert told["c"] == "1 file is being read; 2 more before yours"
        leaves["a"].set()
        _until(lambda: "a left" in order and "1 more" in told["c"])
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["a left", "b", "c"]


def test_a_turn_ends_with_a_file_that_is_refused(home: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(ORDERS)
    plan = propose(good).plan
    bad.write_bytes(b"\0\1\2\3" * 5000)
    for _ in range(3):
        with pytest.raises(LadderError):
            run_import(Folder(home / "first"), bad, plan)
    assert run_import(Folder(home / "first"), good, plan, dry_run=True).accepted == 3


def test_checks_of_several_visitors_wait_in_line_and_none_is_lost(home: Path) -> None:
    folder = Folder(home / "first")
    states = [_visit() for _ in range(5)]
    plans = [state.propose(folder).plan for state in states]
    with READS.turn():
        for before, (state, plan) in enumerate(zip(states, plans, strict=True)):
            state.check(folder, plan)
            place = "yours is next" if before == 0 else f"{before} more before yours"
            _await_words(state, place)
        app = upload(open_data(), ORDERS)  # The app answers meanwhile, and looks into other files.
        assert any(button.label == "Check every row" for button in app.button)
        assert states[0].job is not None
        states[0].job.cancel()
        assert states[0].job.wait(PATIENCE)
    for state in states:
        assert state.job is not None
        assert state.job.wait(PATIENCE)
        assert state.settle()
    assert (states[0].checked, states[0].notice) == (None, "Cancelled. Nothing was changed.")
    assert [state.checked[1].accepted for state in states[1:] if state.checked] == [3] * 4


def test_a_visitor_who_closed_the_browser_makes_room_for_those_who_wait(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(step=GONE_SECONDS)
    folder, state = Folder(home / "first"), _visit()
    state.presence = Presence(lambda session: session == "open")
    state.presence.add("open")
    plan = state.propose(folder).plan
    with READS.turn():
        state.check(folder, plan)
        _await_words(state, "yours is next")
        assert not state.presence.is_gone
        monkeypatch.setattr("ladder.ui.visitor.time.monotonic", lambda: next(clock))
        state.presence = Presence(lambda session: False)
        state.presence.add("closed")
        assert state.job is not None
        assert state.job.wait(PATIENCE)
    assert state.settle()
    assert state.notice.startswith("Given up, as the page was closed and others waited.")


def test_how_many_are_read_at_once_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LADDER_MEMORY_LIMIT", "100000TB")
    assert load_settings().readers == 1
    monkeypatch.setenv("LADDER_READERS", "7")
    assert load_settings().readers == 7
    monkeypatch.setenv("LADDER_READERS", "none")
    with pytest.raises(LadderError, match="LADDER_READERS"):
        load_settings()


def _visit() -> Bringing:
    """A visitor's conversation about a file of three orders."""
    state = Bringing()
    state.upload = keep("orders.csv", ORDERS)
    return state


def _await_words(state: Bringing, words: str) -> None:
    _until(lambda: state.job is not None and words in state.job.words)


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
