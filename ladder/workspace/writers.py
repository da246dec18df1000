"""One writer at a time: who comes second is told who writes and since when, waits, and may give up."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ladder.errors import LadderError

Tell = Callable[[float, str], None]
PATIENCE_SECONDS = 600.0
POLL_SECONDS = 0.2
LOCK, HOLDER = ".lock", ".lock.json"


@contextmanager
def one_writer(root: Path, what: str, by: str, wait: float | None, tell: Tell | None) -> Iterator[None]:
    """Hold the writer lock of a workspace.

    `wait` is in seconds. By default one waits as long as the holder lives when `tell` is given, which hears of the
    holder every 0.2 s and cancels by raising, and else ten minutes. The lock falls when its holder ends, however.
    """
    patience = wait if wait is not None else math.inf if tell else PATIENCE_SECONDS
    lock = FileLock(root / LOCK)
    _wait(lock, root, patience, tell)
    try:
        _sign(root, what, by)
        yield
    finally:
        with suppress(OSError):
            (root / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_written(root: Path) -> bool:
    """Whether somebody holds the writer lock just now."""
    try:
        with FileLock(root / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False  # A folder that may only be read has no writers.


def _wait(lock: FileLock, root: Path, patience: float, tell: Tell | None) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if time.monotonic() >= until:
                raise LadderError(
                    "Somebody else is writing",
                    f"{_holder(root)} holds the workspace.",
                    "Wait for it to finish and try again; nothing was changed.",
                ) from None
            if tell:
                tell(0.0, f"Waiting for {_holder(root)}")
            time.sleep(min(POLL_SECONDS, max(0.0, until - time.monotonic())))
        else:
            return


def _sign(root: Path, what: str, by: str) -> None:
    """Say who holds the lock. Only a courtesy to those who wait: without room on the disk it is left out."""
    note = {
        "who": by,
        "what": what,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "pid": os.getpid(),
    }
    with suppress(OSError):
        handle = os.open(root / HOLDER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(note, ensure_ascii=False))


def _holder(root: Path) -> str:
    """`ann (an import, for 2 minutes)`; without names while the holder has not signed yet."""
    try:
        note = json.loads((root / HOLDER).read_text("utf-8"))
        past = (datetime.now(UTC) - datetime.fromisoformat(note["since"])).total_seconds()
        return f"{note['who'] or 'somebody'} ({note['what']}, {_duration(past)})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another import or change"


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return "for less than a minute"
    return f"for {minutes} minute{'' if minutes == 1 else 's'}"
