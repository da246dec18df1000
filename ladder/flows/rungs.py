"""Who stands on which rung, now and at every period end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlglot import exp, parse_one

from ladder.flows.narrow import check_attribute, narrow
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.model.segment import EVERYBODY, Segment
from ladder.placement import Placed

REVENUE_DAYS = 365
NOT_TOLD = "not told"
_COLUMNS = ("as_of", "rung", "customers", "share", "revenue")
_STANDING = """
with chosen as (
    select placement.customer, :state as code, :value as segment from placement where :state <> 255
),
counted as (
    select segment, code, count(*) as customers from chosen group by segment, code
),
earned as (
    select chosen.segment, chosen.code, cast(sum(movement.amount) as bigint) as revenue
    from (
        select customer, day, amount from orders
        union all
        select customer, day, -amount as amount from refunds
    ) as movement
    join chosen on chosen.customer = movement.customer
    where movement.day > $since and movement.day <= $until
    group by chosen.segment, chosen.code
)
select counted.segment, counted.code, counted.customers, coalesce(earned.revenue, 0) as revenue
from counted
left join earned on earned.segment = counted.segment and earned.code = counted.code
"""


_OF_CUSTOMER = "attributes.customer = placement.customer and attributes.name = $by"


@dataclass(frozen=True)
class Rungs:
    """Customers per rung at one period end.

    `frame` has as_of, [by,] rung, customers, share (of known customers), revenue (net, over the 365 days up to
    as_of, in currency units); rungs from bottom to top, lapsed last. Rungs that the data cannot fill are missing
    values, not 0. An attribute that is called like one of these columns stands as “… (attribute)”.
    """

    as_of: date
    by: str | None
    frame: pd.DataFrame

    def to_dict(self) -> list[dict[str, Any]]:
        return records(self.frame)

    def _repr_html_(self) -> str:
        return html(self.frame)


def rungs(
    placed: Placed, as_of: date | None = None, by: str | None = None, segment: Segment = EVERYBODY
) -> Rungs:
    """Count customers per rung at the latest period end on or before `as_of`, split by an attribute if asked.

    `segment` narrows the count, and the shares, to some of the customers.
    """
    period = placed.period(as_of)
    end = placed.periods[period]
    conditions, parameters = narrow(placed, segment)
    value: exp.Expr = exp.Literal.string("")
    if by is not None:
        check_attribute(placed, by)
        value = exp.func("coalesce", exp.column("value", "attributes"), exp.Literal.string(NOT_TOLD))
        parameters["by"] = by
    state = exp.column(f"p{period}", "placement")
    query = exp.replace_placeholders(parse_one(_STANDING, dialect="duckdb"), state=state, value=value)
    assert isinstance(query, exp.Select)  # noqa: S101 - the text above
    chosen = query.ctes[0].this
    if by is not None:
        chosen.join("attributes", on=_OF_CUSTOMER, join_type="left", dialect="duckdb", copy=False)
    chosen.where(*conditions, copy=False)
    times = {"since": end - timedelta(days=REVENUE_DAYS), "until": end}
    counted = placed.frame("rungs", query, {**parameters, **times})
    column = f"{by} (attribute)" if by in _COLUMNS else by
    return Rungs(end, by, _standing(placed, counted, end, column))


def rung_history(placed: Placed) -> pd.DataFrame:
    """Customers per rung at every period end: period_end, rung, code, customers (known customers only)."""
    counted = placed.frame(
        "rung history", "select period, to_code as code, sum(customers) as customers from moves group by all"
    )
    index = pd.MultiIndex.from_product(
        [range(len(placed.periods)), range(len(placed.ladder.rungs) + 1)], names=["period", "code"]
    )
    full = counted.set_index(["period", "code"]).reindex(index, fill_value=0).reset_index()
    full["period_end"] = [placed.periods[period] for period in full["period"]]
    full["rung"] = [placed.ladder.state(code) for code in full["code"]]
    full["customers"] = full["customers"].astype("int64")
    return full.loc[
        ~full["rung"].isin(placed.missing), ["period_end", "rung", "code", "customers"]
    ].reset_index(drop=True)


def _standing(placed: Placed, counted: pd.DataFrame, end: date, by: str | None) -> pd.DataFrame:
    segments = sorted(counted["segment"].unique()) if by else [""]
    order = [*range(1, len(placed.ladder.rungs) + 1), 0]
    cells = {
        (segment, code): (int(customers), int(revenue))
        for segment, code, customers, revenue in counted.itertuples(index=False, name=None)
    }
    rows = []
    for segment in segments:
        total = sum(customers for (name, _), (customers, _) in cells.items() if name == segment)
        for code in order:
            rung = placed.ladder.state(code)
            customers, revenue = cells.get((segment, code), (0, 0))
            missing = rung in placed.missing
            rows.append(
                {
                    "as_of": end,
                    **({by: segment} if by else {}),
                    "rung": rung,
                    "customers": pd.NA if missing else customers,
                    "share": None if missing else customers / total if total else 0.0,
                    "revenue": None if missing else revenue / placed.scale,
                }
            )
    frame = pd.DataFrame(rows)
    frame["customers"] = frame["customers"].astype("Int64")
    return frame.astype({"share": "float64", "revenue": "float64"})
