"""A workspace that is used by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ladder.cli import main
from tests.workspaces import make_workspace

ORDERS = """order_id,customer_id,order_date,total
t1,ann,2024-01-05,10.00
t2,ann,2024-01-31,20.00
t3,bob,2024-01-31,5.50
"""


class Shop:
    """A workspace on the command line; every answer is read as JSON."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys
        self.workspace = path / "shop"

    def file(self, text: str | bytes, name: str = "orders.csv") -> str:
        (self.path / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return str(self.path / name)

    def run(self, *words: str) -> tuple[int, Any, str]:
        """Exit code, the JSON document, and what was said besides."""
        code = main(["--workspace", str(self.workspace), "--format", "json", *words])
        captured = self.capsys.readouterr()
        return code, json.loads(captured.out), captured.err

    def bring(self, text: str | bytes, *words: str) -> tuple[int, Any, str]:
        return self.run("import", self.file(text), "--as", "transactions", *words)

    def manifest(self) -> bytes:
        return (self.workspace / "manifest.json").read_bytes()

    def totals(self) -> list[tuple[str, int, float]]:
        return [(row["rung"], row["customers"], row["revenue"]) for row in self.run("rungs")[1]]


def orders_only(path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    make_workspace(path / "shop", {}, "orders-only")
    return Shop(path, capsys)
