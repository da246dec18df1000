"""A real, placed workspace from a literal list of orders, for tests of ladder.value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed, build
from tests.workspaces import make_workspace

Order = tuple[str, str | date, float]
TWO_RUNGS = Ladder("two", "Two rungs", (Rung("client", "orders() >= 1"), Rung("supporter", "orders() >= 3")))


def placed_shop(path: Path, orders: Iterable[Order], ladder: Ladder = TWO_RUNGS, **settings: Any) -> Placed:
    """Place a workspace whose transactions are (customer, day, amount); a negative amount is a refund."""
    rows = [
        {
            "customer_id": customer,
            "ts": datetime.fromisoformat(str(day)),
            "amount": round(amount * 100),
            "transaction_id": f"t{number}",
        }
        for number, (customer, day, amount) in enumerate(orders)
    ]
    told = {"margin": 1.0, "horizon_months": 12} | settings
    return build(make_workspace(path, {"transactions": rows}, ladder, **told))
