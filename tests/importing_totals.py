"""Bring exports into a workspace and add up what its ladder shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ladder.importing import ImportResult, propose, run_import
from ladder.model.ladder import preset
from ladder.placement import build
from ladder.workspace import Folder
from tests.importing_shop import empty_workspace
from tests.importing_variants import ZONE, Files, Lines, kiosk, orders, plain, save
from tests.placing import states

Totals = dict[str, Any]


def bring_all(folder: Folder, path: Path, files: Files) -> list[ImportResult]:
    """Bring every file as it is proposed, with the answers that come with them; nothing may be left to ask."""
    results = []
    for file in save(path, files):
        proposal = propose(file, "transactions", folder=folder, **files.told)
        assert proposal.questions == (), proposal.questions
        result = run_import(folder, file, proposal.plan)
        assert result.questions == ()
        results.append(result)
    return results


def totals(folder: Folder) -> Totals:
    """Money, orders, customers, and on which rung each of them stood at every period end."""
    placed = build(folder)
    ((count, sold),) = placed.rows("orders", "select count(*), coalesce(sum(amount), 0) from orders")
    ((back,),) = placed.rows("refunds", "select coalesce(sum(amount), 0) from refunds")
    stood = states(placed)
    return {"money": (sold - back) / 100, "orders": count, "customers": len(stood), "rungs": stood}


def expected(lines: Lines, bare: Lines) -> Totals:
    """The same by plain arithmetic: what known customers paid, their orders, and who they are."""
    known = [line for line in (*lines, *bare) if line["customer_id"]]
    cents = sum(round(100 * float(line["amount"])) for line in known)
    bought = [line for line in known if not line["amount"].startswith("-")]
    count = len({line["order_id"] for line in bought if "order_id" in line})
    count += len(
        {(line["customer_id"], line["ordered_at"][:10]) for line in bought if "order_id" not in line}
    )
    return {"money": cents / 100, "orders": count, "customers": len({line["customer_id"] for line in known})}


def bring_once(path: Path) -> Folder:
    """A workspace that both exports of the shop were brought into once."""
    folder = empty_workspace(path, timezone=ZONE, currency="DKK")
    folder.save_ladder(preset("orders-only"))
    bring_all(folder, path / "orders", plain(orders()))
    bring_all(folder, path / "kiosk", plain(kiosk()))
    return folder
