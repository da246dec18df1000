"""The sandbox: what a child cannot do, what limits stop, and that nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ladder.errors import LadderError
from ladder.importing.sandbox import Limits, call, limits_for
from ladder.importing.sandbox.walls import program
from tests.sandbox_probes import WAYS_OUT

SMALL = Limits(memory=500 << 20, seconds=20, processor=20, file=10 << 20)
linux = pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")


def run(name: str, job: dict[str, Any] | None = None, limits: Limits = SMALL, **told: Any) -> dict[str, Any]:
    return call(f"tests.sandbox_probes:{name}", job or {}, limits, **told)


@linux
def test_a_child_has_no_network_and_starts_nothing() -> None:
    found = run("ways_out")
    refused = {name: "gaierror" if name == "look up a name" else "PermissionError" for name in WAYS_OUT}
    assert found == refused


def test_a_child_may_have_threads() -> None:
    assert run("threads") == {"done": 8}


@linux
def test_a_child_inherits_nothing_but_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LADDER_THREADS", "3")
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    found = run("state")
    assert found["handles"] == 2, "its line, and the folder that lists them"
    assert found["environment"]["LADDER_THREADS"] == "3"
    assert "SECRET_TOKEN" not in found["environment"]
    assert (found["session"], found["core"]) == (True, "0")


def test_job_and_answer_arrive_whole() -> None:
    job = {"text": "Søren \udc80 田中\n", "number": 1.5, "long": ["x" * 1000] * 5000}
    assert run("echo", job) == job


def test_refusals_keep_their_words() -> None:
    with pytest.raises(LadderError) as caught:
        run("refuse")
    assert caught.value.to_dict() == {"title": "No", "message": "It is so.", "hint": "Try another."}


def test_a_blunder_tells_its_place_and_no_value() -> None:
    with pytest.raises(LadderError, match=r"ValueError in \w+.py, line \d+") as caught:
        run("blunder")
    assert "ann" not in str(caught.value)


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ("eat", "needs too much memory"),
        ("map_memory", "needs too much memory|Cannot allocate memory"),
        ("crash", "broke down"),
        ("abort", "broke down"),
        ("leave", "broke down"),
        ("babble", "broke down"),
        ("chatter", "answers without end"),
    ],
)
def test_a_child_that_fails_leaves_the_caller_well(task: str, told: str) -> None:
    with pytest.raises(LadderError, match=told):
        run(task)
    assert run("echo", {"still": "there"}) == {"still": "there"}


def test_a_child_that_takes_too_long_is_stopped() -> None:
    begun = time.monotonic()
    with pytest.raises(LadderError, match="takes too long"):
        run("sleep", limits=replace(SMALL, seconds=0.5))
    assert time.monotonic() - begun < 2


def test_a_child_that_computes_too_long_is_stopped() -> None:
    with pytest.raises(LadderError, match="takes too long"):
        run("spin", limits=replace(SMALL, processor=1))


def test_a_file_cannot_grow_beyond_its_limit(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="File too large"):
        run("fill_disk", {"path": str(tmp_path / "large")})
    assert (tmp_path / "large").stat().st_size <= SMALL.file


def test_steps_are_told_and_repeated_while_nothing_happens() -> None:
    heard: list[tuple[float, float, str]] = []
    run("steps", tell=lambda share, step: heard.append((time.monotonic(), share, step)))
    assert list(dict.fromkeys(step for _, _, step in heard if step)) == [f"step {at}" for at in range(4)]
    assert max(later[0] - earlier[0] for earlier, later in pairwise(heard)) < 0.35


class _Cancelled(BaseException):
    pass


def test_an_exception_of_the_listener_kills_the_child(tmp_path: Path) -> None:
    started = tmp_path / "started"

    def cancel(share: float, step: str) -> None:
        if started.exists():
            raise _Cancelled

    with pytest.raises(_Cancelled):
        run("sleep", {"started": str(started)}, tell=cancel)
    assert _is_gone(int(started.read_text("ascii")))


def test_many_threads_call_at_once() -> None:
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda at: run("echo", {"at": at}), range(64)))
    assert found == [{"at": at} for at in range(64)]


@linux
def test_nothing_is_left_of_children() -> None:
    run("echo")
    before = _open_handles()
    for task in ("echo", "crash", "refuse", "echo"):
        try:
            run(task)
        except LadderError:
            continue
    assert _open_handles() == before
    assert _children_of(_server()) == []


@linux
def test_the_server_that_forks_has_one_thread() -> None:
    run("echo")
    assert len(list(Path(f"/proc/{_server()}/task").iterdir())) == 1


@linux
def test_a_new_server_takes_over_when_the_old_one_is_killed() -> None:
    run("echo")
    old = _server()
    heard: list[str] = []

    def kill_server(share: float, step: str) -> None:
        if not heard:
            os.kill(old, signal.SIGKILL)
        heard.append(step)

    with pytest.raises(LadderError, match="was stopped"):
        run("sleep", tell=kill_server)
    assert run("echo", {"again": 1}) == {"again": 1}
    assert _server() != old


@linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_server_and_child_go_when_the_caller_dies(how: signal.Signals, tmp_path: Path) -> None:
    started = tmp_path / "started"
    code = "import sys; from tests.sandbox_probes import call_for; call_for(sys.argv[1])"
    with subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(started)]) as caller:
        _wait_for(started.exists)
        _wait_for(lambda: started.read_text("ascii") != "")
        child = int(started.read_text("ascii"))
        server = int(Path(f"/proc/{child}/stat").read_text("ascii").split()[3])
        caller.send_signal(how)
    _wait_for(lambda: _is_gone(child) and _is_gone(server))


def test_it_works_from_standard_input_and_leaves_no_warning() -> None:
    code = "from ladder.importing.sandbox import *; print(call('tests.sandbox_probes:echo', {'a': 1}, limits_for(0)))"
    command = [sys.executable, "-W", "error", "-"]
    done = subprocess.run(command, input=code.encode(), capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"{'a': 1}\n", b"")


def test_limits_grow_with_the_file_and_have_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = limits_for(0), limits_for(1 << 30)
    assert (small.seconds, small.memory) == (120, 2 * 10**9 + (1 << 30))
    assert large.seconds > 4000
    assert large.file > small.file >= 1 << 30
    monkeypatch.setenv("LADDER_MEMORY_LIMIT", "512MiB")
    assert limits_for(0).memory == (512 << 20) + (1 << 30)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_jump_of_the_filter_leads_out_of_it(machine: str) -> None:
    code = program(machine)
    steps = [code[at : at + 8] for at in range(0, len(code), 8)]
    for at, (_, _, then, otherwise) in enumerate(step[:4] for step in steps):
        assert max(at + 1 + then, at + 1 + otherwise) < len(steps) or at == len(steps) - 1


def _is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def _wait_for(true: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def _open_handles() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - links that lead nowhere


def _server() -> int:
    """The fork server of this process."""
    return next(
        pid
        for pid in _children_of(os.getpid())
        if b"sandbox.server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def _children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text("ascii").split()]
    return found
