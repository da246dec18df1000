"""The fork server: a small single-threaded process that forks one child per job.

A fresh interpreter with its libraries costs a second, a fork of one that has them a hundredth of that. The caller
sends two file descriptors per job: a socket to answer on and a file with the job. A child writes JSON lines to the
socket; when it has ended, the server adds how, and closes. A caller that hangs up gets its child killed, and when
the process that started the server goes away, the server and all children go too.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.importing.sandbox import walls

Answer = dict[str, Any]

_PACKAGE = Path(__file__).parents[1]


def main() -> None:
    import_module("ladder.importing")
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control)
    os._exit(0)  # What was frozen cannot be taken apart in order.


def serve(control: socket.socket) -> None:
    """Take jobs until the other end of `control` closes."""
    bell, ringer = socket.socketpair()
    ringer.setblocking(False)
    signal.set_wakeup_fd(ringer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    children: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        waiting.register(bell, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is control:
                    _, handles, _, _ = socket.recv_fds(control, 1, 2)
                    if not handles:
                        return _kill(children)
                    pid, caller = _start(*handles)
                    children[pid] = caller
                    waiting.register(caller, selectors.EVENT_READ, pid)
                elif key.fileobj is bell:
                    bell.recv(4096)
                    _bury(children, waiting)
                elif key.data in children:
                    waiting.unregister(key.fileobj)
                    os.kill(key.data, signal.SIGKILL)


def _start(caller: int, job: int) -> tuple[int, socket.socket]:
    pid = os.fork()
    if pid == 0:
        try:
            _child(caller, job)
        finally:
            os._exit(0)
    os.close(job)
    return pid, socket.socket(fileno=caller)


def _bury(children: dict[int, socket.socket], waiting: selectors.BaseSelector) -> None:
    """Tell the callers of ended children how they ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with children.pop(pid) as caller:
            if caller in waiting.get_map():
                waiting.unregister(caller)
            _say(caller.fileno(), {"ended": os.waitstatus_to_exitcode(status)})


def _kill(children: dict[int, socket.socket]) -> None:
    for pid, caller in children.items():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        caller.close()


def _child(caller: int, job: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    with open(job, "rb") as file:
        document = json.load(file)
    _keep_only(caller)
    os.environ.update(document["environment"])
    try:
        walls.limit(**document["limits"])
        walls.close_in()
        _say(
            caller,
            {"done": _task(document["task"])(document["job"], lambda *told: _say(caller, {"tell": told}))},
        )
    except MemoryError:
        _say(caller, {"memory": True})
    except BaseException as error:
        _say(caller, {"refused": _in_words(error)})


def _task(name: str) -> Callable[[dict[str, Any], Callable[[float, str], None]], Answer]:
    module, _, function = name.partition(":")
    task: Callable[[dict[str, Any], Callable[[float, str], None]], Answer] = getattr(
        import_module(module), function
    )
    return task


def _keep_only(caller: int) -> None:
    """Close what was inherited, the callers of other children above all; standard streams lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.closerange(3, caller)
    os.closerange(caller + 1, os.sysconf("SC_OPEN_MAX"))


def _say(caller: int, message: Answer) -> None:
    """Write one line; a caller that has hung up is not told."""
    line = memoryview(json.dumps(message).encode("ascii") + b"\n")
    try:
        while line:
            line = line[os.write(caller, line) :]
    except OSError:
        return


def _in_words(error: BaseException) -> dict[str, str]:
    """A failure without any value of the file."""
    if isinstance(error, LadderError):
        return error.to_dict()
    if isinstance(error, OSError) and error.strerror:
        message = f"The system said: {error.strerror}."
        return {
            "title": "The file could not be worked on",
            "message": message,
            "hint": "Nothing was changed.",
        }
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    place = (ours or frames)[-1]
    message = (
        f"The reader failed with {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}."
    )
    return {
        "title": "The file could not be read",
        "message": message,
        "hint": "Nothing was changed. Please report it.",
    }


if __name__ == "__main__":
    main()
