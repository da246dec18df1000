"""Run a task in a forked child, which may be killed, and hear its last words."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ladder.errors import LadderError

Task = Callable[[Path, Path], None]


def started(task: Task, path: Path, file: Path) -> tuple[int, int]:
    """Fork; the child's last words come through a pipe. Gives its process id and the end to read."""
    source, sink = os.pipe()
    child = os.fork()
    if child:
        os.close(sink)
        return child, source
    told = "done"
    try:
        task(path, file)
    except LadderError as error:
        told = str(error)
    except BaseException as error:
        told = f"not a sentence: {error!r}"
    os.write(sink, told.encode())
    os._exit(0)


def ended(child: int, source: int) -> str:
    """`killed`, or what the child said."""
    with os.fdopen(source) as words:
        told = words.read()
    return told if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 else "killed"
