"""Who stands on which rung, now and at every period end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlglot import exp, parse_one

from ladder.errors import LadderError, did_you_mean
from ladder.flows.shown import html
from ladder.model.answer import records
from ladder.placement import Placed

REVENUE_DAYS = 365
NOT_TOLD = "not told"
_COLUMNS = ("as_of", "rung", "customers", "share", "revenue")
_STANDING = """
with revenue as (
    select customer, sum(amount) as amount
    from (
        select customer, day, amount from orders
        union all
        select customer, day, -amount as amount from refunds
    )
    where day > $since and day <= $until
    group by customer
)
select count(*) as customers, cast(coalesce(sum(revenue.amount), 0) as bigint) as revenue, :state as code
from placement
left join revenue on revenue.customer = placement.customer
where :state <> 255
group by :state
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


def rungs(placed: Placed, as_of: date | None = None, by: str | None = None) -> Rungs:
    """Count customers per rung at the latest period end on or before `as_of`, split by an attribute if asked."""
    period = placed.period(as_of)
    end = placed.periods[period]
    state = exp.column(f"p{period}", "placement")
    query = exp.replace_placeholders(parse_one(_STANDING, dialect="duckdb"), state=state)
    assert isinstance(query, exp.Select)  # noqa: S101 - the text above
    parameters: dict[str, Any] = {"since": end - timedelta(days=REVENUE_DAYS), "until": end}
    keys = ["code"]
    if by is not None:
        _check_attribute(placed, by)
        segment = exp.func("coalesce", exp.column("value", "attributes"), exp.Literal.string(NOT_TOLD))
        query = query.join("attributes", on=_OF_CUSTOMER, join_type="left", dialect="duckdb")
        query = query.select(exp.alias_(segment, "segment")).group_by(exp.column("segment"))
        parameters["by"] = by
        keys = ["segment", "code"]
    counted = placed.frame("rungs", query, parameters)
    column = f"{by} (attribute)" if by in _COLUMNS else by
    return Rungs(end, by, _standing(placed, counted, end, keys, column))


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


def attribute_names(placed: Placed) -> tuple[str, ...]:
    """Attributes that customers may be split by."""
    return tuple(
        name for (name,) in placed.rows("attributes", "select distinct name from attributes order by name")
    )


def _check_attribute(placed: Placed, by: str) -> None:
    known = attribute_names(placed)
    if by not in known:
        hint = did_you_mean(by, known) or "Import a customers table with such a column."
        raise LadderError("Unknown attribute", f"No customer has “{by}”.", hint)


def _standing(
    placed: Placed, counted: pd.DataFrame, end: date, keys: list[str], by: str | None
) -> pd.DataFrame:
    segments = sorted(counted["segment"].unique()) if by else [None]
    order = [*range(1, len(placed.ladder.rungs) + 1), 0]
    cells = {
        (row[-2] if by else None, row[-1]): (int(row[0]), int(row[1]))
        for row in counted[["customers", "revenue", *keys]].itertuples(index=False, name=None)
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
