"""Fixtures that several test files share."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from ladder.placement import Placed, build
from ladder.samples import make_sample
from ladder.workspace import Folder
from tests.workspaces import make_workspace

TINY_LADDER = """
id = "tiny"
title = "Tiny"
[[rung]]
name = "prospect"
enter = "orders() == 0"
[[rung]]
name = "customer"
enter = "orders(60) >= 1"
[[rung]]
name = "client"
enter = "orders(90) >= 2"
[[rung]]
name = "advocate"
enter = "referrals(365) >= 1 and orders(90) >= 1"
"""


def _order(customer: str, when: str, amount: int) -> dict[str, object]:
    return {"customer_id": customer, "ts": datetime.fromisoformat(when), "amount": amount}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Placed:
    """Five people over four months of 2024, placed by hand in tests/test_placement.py.

    ann buys in January and March; bob in February (refunded the next day); cat on the last instant of April;
    dan only has a newsletter from February on; eve buys twice in January, brings cat in April.
    """
    tables = {
        "customers": [
            {"customer_id": "ann", "attributes": {"country": "DK"}},
            {"customer_id": "bob", "attributes": {"country": "SE"}},
            {"customer_id": "eve", "attributes": {"country": "DK"}},
        ],
        "transactions": [
            _order("ann", "2024-01-05 10:00", 1000),
            _order("ann", "2024-03-02 12:00", 2000),
            _order("bob", "2024-02-10 09:00", 500),
            _order("bob", "2024-02-11 09:00", -500),
            _order("cat", "2024-04-30 23:59:59.999999", 700),
            _order("eve", "2024-01-08 08:00", 4000),
            _order("eve", "2024-01-20 08:00", 6000),
            _order("eve", "2024-04-01 08:00", 5000),
        ],
        "interactions": [
            {"customer_id": "dan", "ts": datetime(2024, 2, 3, 7), "kind": "newsletter"},
            {"customer_id": "dan", "ts": datetime(2024, 4, 3, 7), "kind": "visit"},
        ],
        "feedback": [
            {"customer_id": "eve", "ts": datetime(2024, 2, 1), "nps": 10, "csat": 5},
            {"customer_id": "ann", "ts": datetime(2024, 3, 9), "nps": 6, "csat": 3, "review": 3},
        ],
        "referrals": [{"referrer_id": "eve", "referred_id": "cat", "ts": datetime(2024, 4, 20)}],
    }
    path: Path = tmp_path_factory.mktemp("tiny") / "workspace"
    return build(make_workspace(path, tables, TINY_LADDER, name="Tiny", margin=0.4))


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The sample workspace, imported and built once. For reading only; who writes takes `sample_copy`."""
    folder = make_sample(tmp_path_factory.mktemp("sample") / "workspace")
    build(folder)
    return folder


@pytest.fixture(scope="session")
def sample(sample_folder: Folder) -> Placed:
    """The sample shop on the classic ladder."""
    return build(sample_folder)


@pytest.fixture
def sample_copy(sample_folder: Folder, tmp_path: Path) -> Folder:
    """A sample workspace of one's own to write to."""
    return Folder(shutil.copytree(sample_folder.path, tmp_path / "workspace"))
