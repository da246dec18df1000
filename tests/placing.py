"""Small shops on small ladders, written as literals, for the placement tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed, build
from tests.workspaces import Rows, make_workspace


def order(customer: str | None, when: str, amount: int = 1000, ident: str | None = None) -> dict[str, Any]:
    """A transaction line; `amount` in minor units, negative for a refund."""
    return {
        "customer_id": customer,
        "ts": datetime.fromisoformat(when),
        "amount": amount,
        "transaction_id": ident,
    }


def ladder_of(*rules: str | tuple[str, str], grace: int = 0, period: str = "month") -> Ladder:
    """Rungs r1, r2 … from bottom to top; a rule is `enter` or (`enter`, `keep`)."""
    pairs = [(rule, "") if isinstance(rule, str) else rule for rule in rules]
    rungs = tuple(Rung(f"r{number}", enter, keep) for number, (enter, keep) in enumerate(pairs, 1))
    return Ladder("test", "Test", rungs, grace, period)


def placed_on(path: Path, ladder: Ladder, transactions: Rows = (), **rest: Any) -> Placed:
    """A built workspace. Of `rest`, table names hold rows and everything else is a setting."""
    tables = {"transactions": transactions}
    for name in ("customers", "interactions", "feedback", "referrals", "incentives"):
        tables[name] = rest.pop(name, ())
    return build(make_workspace(path / "workspace", tables, ladder, **rest))


def states(placed: Placed) -> dict[str, str]:
    """Per customer one sign per period end: the rung's number, 0 lapsed, · not yet known."""
    columns = ", ".join(f"p{index}" for index in range(len(placed.periods)))
    query = f"select customer_id, {columns} from placement join customers using (customer)"  # noqa: S608
    signs = {255: "·"}
    return {
        row[0]: "".join(signs.get(code, str(code)) for code in row[1:])
        for row in placed.rows("states", query)
    }
