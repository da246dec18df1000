"""Settings of the program itself, read from the environment; each is documented in docs/settings.md."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What one process may use and where it finds its data."""

    workspace: Path
    memory_limit: str
    threads: int


def load_settings() -> Settings:
    """Read LADDER_WORKSPACE, LADDER_MEMORY_LIMIT and LADDER_THREADS."""
    return Settings(
        workspace=Path(os.environ.get("LADDER_WORKSPACE", "workspace")),
        memory_limit=os.environ.get("LADDER_MEMORY_LIMIT", "2GB"),
        threads=int(os.environ.get("LADDER_THREADS", os.cpu_count() or 2)),
    )
