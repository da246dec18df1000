"""Settings of the program itself, read from the environment; each is documented in docs/settings.md."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError


@dataclass(frozen=True)
class Settings:
    """What one process may use and where it finds its data.

    `home` holds the workspaces that the app offers; `workspace` is the one it opens first and the command line's
    default. `hosts` are further names under which the server answers, lower-case.
    """

    home: Path
    workspace: Path
    memory_limit: str
    threads: int
    hosts: frozenset[str]


def load_settings() -> Settings:
    """Read LADDER_WORKSPACE, LADDER_HOME, LADDER_MEMORY_LIMIT, LADDER_THREADS and LADDER_HOSTS."""
    workspace = Path(os.environ.get("LADDER_WORKSPACE") or Path("workspaces") / "sample")
    return Settings(
        home=Path(os.environ.get("LADDER_HOME") or workspace.parent),
        workspace=workspace,
        memory_limit=os.environ.get("LADDER_MEMORY_LIMIT") or "2GB",
        threads=_threads(),
        hosts=frozenset(
            name.strip().lower() for name in os.environ.get("LADDER_HOSTS", "").split(",") if name.strip()
        ),
    )


def _threads() -> int:
    text = os.environ.get("LADDER_THREADS") or str(os.cpu_count() or 2)
    if not text.isdigit() or not 1 <= int(text) <= 1024:
        raise LadderError(
            "A setting cannot be used", f"LADDER_THREADS is “{text}”.", "Use a whole number from 1."
        )
    return int(text)
