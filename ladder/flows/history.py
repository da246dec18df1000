"""One customer's rungs over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.placement import Placed

_SPELLS = """
select spells.code, spells.first_period, spells.last_period
from spells join customers on customers.customer = spells.customer
where customers.customer_id = $customer_id order by spells.first_period
"""


@dataclass(frozen=True)
class History:
    """The rung of one customer at every period end since becoming known: `frame` has period_end and rung."""

    customer_id: str
    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def history(placed: Placed, customer_id: str) -> History:
    """Look one customer up by id; an unknown id is refused."""
    number(placed, customer_id)
    spells = placed.rows("history", _SPELLS, {"customer_id": customer_id})
    rows = [
        {"period_end": placed.periods[period], "rung": placed.ladder.state(code)}
        for code, first, last in spells
        for period in range(first, last + 1)
    ]
    return History(customer_id, pd.DataFrame(rows, columns=["period_end", "rung"]))


def number(placed: Placed, customer_id: str) -> int:
    """The internal number of a customer; refuses an id that the data do not hold."""
    query = "select customer from customers where customer_id = $customer_id"
    found = placed.rows("customer", query, {"customer_id": customer_id})
    if not found:
        raise LadderError(
            "Unknown customer",
            "No customer has that id.",
            "Ids are matched exactly, leading zeros and capitals included.",
        )
    return int(found[0][0])
