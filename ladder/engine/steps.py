"""What every engine that can build a workspace understands, so that the steps need not know which one runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlglot import exp

Query = str | exp.Expr
Parameters = Mapping[str, Any]
Files = Sequence[tuple[int, str]]


class Steps(Protocol):
    """Named statements in DuckDB's SQL, one after the other, over tables that only this build sees."""

    def run(self, step: str, query: Query, parameters: Parameters | None = None) -> None:
        """Execute one statement; `step` names it in errors."""

    def rows(self, step: str, query: Query, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Execute one query and return its rows as tuples."""

    def register(self, name: str, data: Any) -> None:
        """Make a pandas frame readable under `name`."""

    def parquet(self, files: Files) -> exp.Select:
        """A query over files with the number of each one's import: import_id, file_row (from 0), nothing else yet."""
