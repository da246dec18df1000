"""What a hostile file might make its reader do; each is run in a child of the fork server by the sandbox's tests."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.importing import sandbox

Job = dict[str, Any]
Tell = Callable[[float, str], None]

WAYS_OUT: dict[str, Callable[[], object]] = {
    "connect to the internet": lambda: socket.create_connection(("1.1.1.1", 53), 1),
    "connect to this machine": lambda: socket.create_connection(("127.0.0.1", 22), 1),
    "send a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "open a local socket": lambda: socket.socket(socket.AF_UNIX),
    "make a pair of sockets": socket.socketpair,
    "look up a name": lambda: socket.getaddrinfo("example.org", 80),
    "start a program": lambda: subprocess.run(["/bin/true"], check=True),
    "become a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "fork": os.fork,
    "kill its parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "set up io_uring": lambda: _system_call(425, 8, ctypes.create_string_buffer(120)),
    "trace a process": lambda: _system_call({"x86_64": 101, "aarch64": 117}[os.uname().machine], 0, 0, 0, 0),
}


def ways_out(job: Job, tell: Tell) -> dict[str, str]:
    """Try every way out; what came of each."""
    found = {}
    for name, attempt in WAYS_OUT.items():
        try:
            attempt()
            found[name] = "done"
        except OSError as error:
            found[name] = type(error).__name__
    return found


def state(job: Job, tell: Tell) -> dict[str, Any]:
    """What the child has of its caller's: open files, environment, session."""
    handles = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - links that lead nowhere
    return {
        "handles": len([handle for handle in handles if handle > 2]),
        "environment": dict(os.environ),
        "session": os.getsid(0) == os.getpid(),
        "core": Path("/proc/self/limits").read_text("ascii").split("Max core file size")[1].split()[0],
    }


def echo(job: Job, tell: Tell) -> Job:
    return job


def threads(job: Job, tell: Tell) -> dict[str, int]:
    """A child may have threads."""
    done: list[int] = []
    workers = [threading.Thread(target=done.append, args=(at,)) for at in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"done": len(done)}


def steps(job: Job, tell: Tell) -> Job:
    for at in range(4):
        tell(at / 4, f"step {at}")
        time.sleep(0.3)
    return {}


def sleep(job: Job, tell: Tell) -> Job:
    if "started" in job:
        Path(job["started"]).write_text(str(os.getpid()), "ascii")
    time.sleep(60)
    return {}


def spin(job: Job, tell: Tell) -> Job:
    while True:
        pass


def eat(job: Job, tell: Tell) -> Job:
    """Ask Python for more and more memory."""
    return {"size": len(b"".join(bytes(64 << 20) for _ in range(1000)))}


def map_memory(job: Job, tell: Tell) -> Job:
    """Ask the system for more memory than is allowed."""
    with mmap.mmap(-1, 64 << 30) as area:
        return {"size": len(area)}


def crash(job: Job, tell: Tell) -> Job:
    ctypes.string_at(0)
    return {}


def abort(job: Job, tell: Tell) -> Job:
    os.abort()


def leave(job: Job, tell: Tell) -> Job:
    os._exit(3)


def fill_disk(job: Job, tell: Tell) -> Job:
    with Path(job["path"]).open("wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    return {}


def refuse(job: Job, tell: Tell) -> Job:
    raise LadderError("No", "It is so.", "Try another.")


def blunder(job: Job, tell: Tell) -> Job:
    raise ValueError("ann@example.org has no date")


def chatter(job: Job, tell: Tell) -> Job:
    """Write without end and without a line's end to whatever is open for it."""
    handle = max(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}"))  # noqa: PTH110, PTH208
    while True:
        os.write(handle, b"x" * (1 << 20))


def babble(job: Job, tell: Tell) -> Job:
    """Write lines that are no answers, and end."""
    line = max(int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}"))  # noqa: PTH110, PTH208
    os.write(line, b'nonsense\n[1, 2]\n{"tell": 5}\n{"tell": ["x", "y"]}\n\xff\n')
    os._exit(0)


def call_for(file: str) -> None:
    """A caller that is killed while its child works; run in a process of its own."""
    sandbox.call("tests.sandbox_probes:sleep", {"started": file}, sandbox.limits_for(0))


def _system_call(number: int, *arguments: Any) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.syscall(number, *arguments) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
