"""Count the steps that a process takes on the disk below a folder, and strike at one: kill it, or refuse the step."""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

AUDITED = {
    "open": "open",
    "os.rename": "rename",
    "os.mkdir": "mkdir",
    "os.remove": "remove",
    "os.rmdir": "remove",
    "os.chmod": "chmod",
    "os.link": "link",
    "os.listdir": "list",
    "os.scandir": "list",
}
GROWING = frozenset({"open to write", "write", "fsync", "mkdir", "link", "rename"})
CHANGING = GROWING | {"remove", "chmod"}
READING = frozenset({"open", "list"})
# Fault -> (errno, the steps that it strikes, whether it lasts). A kill before a read leaves what the last write left.
FAULTS: dict[str, tuple[int, frozenset[str], bool]] = {
    "kill -9": (0, CHANGING, False),
    "disk full": (errno.ENOSPC, GROWING, True),
    "I/O error once": (errno.EIO, CHANGING | READING, False),
    "I/O error from then on": (errno.EIO, CHANGING, True),
    "no permission": (errno.EACCES, CHANGING, True),
}


class Striker:
    """Counts the steps below `root` and strikes at one of them."""

    def __init__(self, root: Path, number: int, fault: str) -> None:
        self.root, self.number, self.count = str(root), number, 0
        self.error, self.kinds, self.lasts = FAULTS[fault]

    def install(self) -> None:
        os.fsync = self._on_descriptor("fsync", os.fsync)
        io.open = builtins.open = self._opening(io.open)
        sys.addaudithook(self._audited)

    def step(self, kind: str, path: str) -> None:
        if kind not in self.kinds or not path.startswith(self.root):
            return
        self.count += 1
        if self.count == self.number or (self.lasts and self.count > self.number):
            if not self.error:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(self.error, os.strerror(self.error))

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = AUDITED.get(event)
        if kind and isinstance(arguments[0], str | os.PathLike):
            if kind == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                kind = "open to write"
            self.step(kind, os.fspath(arguments[0]))

    def _on_descriptor(self, kind: str, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(descriptor: int) -> None:
            self.step(kind, _path_of(descriptor))
            real(descriptor)

        return call

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            opened = real(file, mode, *arguments, **options)
            return opened if set(mode).isdisjoint("wa+") else Written(opened, self)

        return call


def _path_of(descriptor: int) -> str:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


class Written:
    """An open file whose writes are steps."""

    def __init__(self, file: Any, striker: Striker) -> None:
        self._file, self._striker = file, striker

    def write(self, content: Any) -> Any:
        self._striker.step("write", _path_of(self._file.fileno()))
        return self._file.write(content)

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
