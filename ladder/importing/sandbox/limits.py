"""How much a child may use, by the size of the file it works on."""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass

from ladder.settings import load_settings

MARGIN = 1 << 30
"""Memory beside the database's own limit: the interpreter's lists and arrays, and the stacks of its threads."""
FLOOR_SECONDS = 120.0
SLOWEST = 250_000
"""Bytes of a file per second that the slowest machine is granted."""
GROWTH = 250
"""No file that the child writes may be more times larger than the one it reads, and a gigabyte."""


@dataclass(frozen=True)
class Limits:
    """`memory` in bytes of address space on top of the fork server's, `seconds` on the clock, `processor` seconds of
    computing on all cores together, `file` bytes per file written."""

    memory: int
    seconds: float
    processor: int
    file: int

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


def limits_for(size: int) -> Limits:
    """Limits for a file of `size` bytes."""
    settings = load_settings()
    seconds = FLOOR_SECONDS + size / SLOWEST
    return Limits(
        memory=settings.memory_bytes + MARGIN,
        seconds=seconds,
        processor=math.ceil(seconds * (os.cpu_count() or 1)),
        file=size * GROWTH + (1 << 30),
    )
