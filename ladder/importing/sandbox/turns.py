"""Turns: so many children at once, the others in the order they came, each told how long the line is."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ladder.settings import load_settings

Tell = Callable[[float, str], None]

_EVERY = 0.2


class Turns:
    """A line in front of work of which only so many may be done at once, as LADDER_READERS says."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._line: deque[object] = deque()

    @contextmanager
    def turn(self, tell: Tell | None = None) -> Iterator[None]:
        """Wait for a turn, and hold it. `tell` hears of the line every 0.2 seconds; what it raises leaves it."""
        most, place = load_settings().readers, object()
        with self._changed:
            self._line.append(place)
        try:
            while (words := self._enter(place, most)) is not None:
                if tell:
                    tell(0.0, words)
                with self._changed:
                    self._changed.wait(_EVERY)
        except BaseException:
            with self._changed:
                self._line.remove(place)
                self._changed.notify_all()
            raise
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @property
    def is_awaited(self) -> bool:
        """Whether anybody stands in the line."""
        with self._changed:
            return bool(self._line)

    def _enter(self, place: object, most: int) -> str | None:
        """Begin if it is this one's turn; else a sentence that says why it is not."""
        with self._changed:
            before = self._line.index(place)
            if before == 0 and self._running < most:
                self._line.popleft()
                self._running += 1
                return None
            working = (
                "1 file is being read" if self._running == 1 else f"{self._running} files are being read"
            )
        return f"{working}; " + ("yours is next" if before == 0 else f"{before} more before yours")


LOOKS, READS = Turns(), Turns()
"""First looks, which take a second or so, do not stand in line behind checks and imports, which may take minutes."""

for _turns in (LOOKS, READS):
    os.register_at_fork(after_in_child=_turns._begin)
