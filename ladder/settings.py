"""Settings of the program itself, read from the environment; each is documented in docs/settings.md."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError


@dataclass(frozen=True)
class Settings:
    """What one process may use and where it finds its data.

    `home` holds the workspaces that the app offers; `workspace` is the one it opens first and the command line's
    default. `memory_limit` is what one database connection may use; `memory_bytes` tells it in bytes. `hosts` are
    further names under which the server answers, lower-case. `upload_limit` is the largest file, in bytes, that the
    app takes. `readers` is how many files may be checked or imported at once. `spark_master` is where Spark runs and
    `spark_store` where it keeps tables between the steps; empty: on this machine, and beside the result.
    """

    home: Path
    workspace: Path
    memory_limit: str
    memory_bytes: int
    threads: int
    hosts: frozenset[str]
    upload_limit: int
    readers: int
    spark_master: str
    spark_store: str


def load_settings() -> Settings:
    """Read the variables that docs/settings.md lists. LadderError for one that cannot be used."""
    workspace = Path(os.environ.get("LADDER_WORKSPACE") or Path("workspaces") / "sample")
    return Settings(
        home=Path(os.environ.get("LADDER_HOME") or workspace.parent),
        workspace=workspace,
        memory_limit=os.environ.get("LADDER_MEMORY_LIMIT") or "2GB",
        memory_bytes=_size("LADDER_MEMORY_LIMIT", "2GB"),
        threads=_number("LADDER_THREADS", os.cpu_count() or 2),
        hosts=frozenset(
            name.strip().lower() for name in os.environ.get("LADDER_HOSTS", "").split(",") if name.strip()
        ),
        upload_limit=_size("LADDER_UPLOAD_LIMIT", "4GB"),
        readers=_number("LADDER_READERS", _readers(_size("LADDER_MEMORY_LIMIT", "2GB"))),
        spark_master=os.environ.get("LADDER_SPARK_MASTER", ""),
        spark_store=os.environ.get("LADDER_SPARK_STORE", ""),
    )


def _readers(memory: int) -> int:
    """As many as the processors and the machine's memory allow, where each may take a gibibyte more than `memory`."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(os.cpu_count() or 1, whole // (memory + (1 << 30))))


def _number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1024):
        raise LadderError("A setting cannot be used", f"{name} is “{text}”.", "Use a whole number from 1.")
    return int(text)


def _size(name: str, default: str) -> int:
    """Bytes; units as the database counts them: GB is 1000 MB, GiB is 1024 MiB."""
    text = os.environ.get(name) or default
    told = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*([kMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if told is None or float(told[1]) == 0:
        raise LadderError(
            "A setting cannot be used", f"{name} is “{text}”.", "Use a size such as 500MB or 4GB."
        )
    unit = 1024 if told[3] else 1000
    return int(float(told[1]) * unit ** " kmgt".index(told[2].lower() or " "))
