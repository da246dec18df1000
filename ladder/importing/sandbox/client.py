"""The caller's side: start the fork server when it is first needed, hand it jobs, wait for the answers."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.importing.sandbox.limits import Limits

HEARTBEAT = 0.2
_ENDS_WITHIN = 10.0
_LONGEST_LINE = 32 << 20
_KEPT = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME")
# One thread, so that forks are safe, and little address space set aside.
_SPARING = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

Tell = Callable[[float, str], None]


def call(task: str, job: dict[str, Any], limits: Limits, tell: Tell | None = None) -> dict[str, Any]:
    """Run `task` ("module:function", which takes the job and a `tell`) in a child and return its answer.

    `job` and answer are JSON documents. `tell` hears the last share and step at least every 0.3 seconds; an exception
    out of it kills the child and goes on. LadderError when the child refuses, breaks down or passes a limit. When
    `call` returns or raises, the child is gone.
    """
    own = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    file = limits.file if own == resource.RLIM_INFINITY else min(own, limits.file)
    document = {
        "task": task,
        "job": job,
        "limits": {"memory": limits.memory, "processor": limits.processor, "file": file},
        "environment": {name: value for name, value in os.environ.items() if name.startswith("LADDER_")},
    }
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryFile() as envelope:
        envelope.write(json.dumps(document).encode("ascii"))
        envelope.seek(0)
        _server.send(theirs.fileno(), envelope.fileno())
        theirs.close()
        child = _Child(ours)
        try:
            in_time = child.listen(limits.seconds, tell)
        finally:
            child.hang_up()
    return _answer(child, limits, in_time)


class _Child:
    """The caller's end of one child: what it said last, and how it ended (None: the server went with it)."""

    def __init__(self, line: socket.socket) -> None:
        line.settimeout(HEARTBEAT)
        self._line, self._rest = line, bytearray()
        self.told: tuple[float, str] = (0.0, "")
        self.said: dict[str, Any] = {}
        self._is_endless = False

    def listen(self, seconds: float, tell: Tell | None = None) -> bool:
        """Hear the child until its line closes; False when it still lives after so many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(TimeoutError):
                block = self._line.recv(1 << 18)
                if not block:
                    return True
                self._take(block)
            if tell:
                tell(*self.told)
        return False

    def hang_up(self) -> None:
        """Have the child killed if it still lives, and wait until it is gone."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)
        self.listen(_ENDS_WITHIN)

    def _take(self, block: bytes) -> None:
        self._rest += block
        if len(self._rest) > _LONGEST_LINE:
            self._rest.clear()
            if not self._is_endless:
                self._is_endless = True
                raise LadderError(
                    "The file could not be read", "Its reader answers without end.", "Nothing was changed."
                )
        if b"\n" not in block:
            return
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            # What is no answer is none: a child that writes nonsense has broken down.
            with contextlib.suppress(ValueError, TypeError):
                self.said |= json.loads(line)
                share, step = self.said.pop("tell", self.told)
                self.told = (float(share), str(step))


def _answer(child: _Child, limits: Limits, in_time: bool) -> dict[str, Any]:
    if "done" in child.said:
        done: dict[str, Any] = child.said["done"]
        return done
    if "refused" in child.said:
        raise LadderError(**child.said["refused"])
    ended = child.said.get("ended")
    if ended == -signal.SIGXCPU or not in_time:
        message = f"Reading it took more than {limits.seconds / 60:,.0f} minutes and was stopped."
        raise LadderError("The file takes too long", message, "Nothing was changed. Split it into parts.")
    if ended is None:
        raise LadderError(
            "The reader was stopped", "Something outside ended it.", "Nothing was changed. Try again."
        )
    if "memory" not in child.said and ended != -signal.SIGKILL:
        message = "Its reader broke down: the file is damaged, or needs more memory than there is."
        raise LadderError("The file cannot be read", message, "Nothing was changed. Export it again.")
    raise LadderError(
        "The file needs too much memory",
        f"Reading it took more than {limits.memory / 1e9:,.1f} GB.",
        "Nothing was changed. Give more with LADDER_MEMORY_LIMIT, or split the file into parts.",
    )


class _Server:
    """The fork server of this process; started when first needed, and again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def send(self, *handles: int) -> None:
        """Hand over the descriptors of one job."""
        with self._lock:
            try:
                socket.send_fds(self._running(), [b"j"], handles)
            except OSError:
                self._stop()
                socket.send_fds(self._running(), [b"j"], handles)

    def _running(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    [sys.executable, "-P", "-m", "ladder.importing.sandbox.server", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=_environment(),
                    start_new_session=True,
                )
            self._control = ours
        return self._control

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait()
        self._control = self._process = None

    def share(self) -> None:
        """In a fork of this process: the server takes its jobs too, but is not its to wait for."""
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.returncode = 0


def _environment() -> dict[str, str]:
    """No secrets of this process: what reads hostile bytes does not need them."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    root = str(Path(__file__).parents[3])
    return kept | _SPARING | {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}


_server = _Server()
atexit.register(_server.stop)
os.register_at_fork(after_in_child=_server.share)
