"""Narrow a question to a segment: conditions on the row of `placement`, so that nothing has to be built anew."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from sqlglot import exp

from ladder.errors import LadderError, did_you_mean
from ladder.model.ladder import NOT_YET, NOT_YET_CODE
from ladder.model.segment import Segment
from ladder.placement import Placed

Narrowed = tuple[list[exp.Expr], dict[str, Any]]


def narrow(placed: Placed, segment: Segment) -> Narrowed:
    """The conditions of a segment and the values bound to them. LadderError for what the data do not know."""
    conditions: list[exp.Expr] = []
    values: dict[str, Any] = {}
    for number, (name, value) in enumerate(segment.attributes):
        check_attribute(placed, name)
        conditions.append(_has(number, value))
        values[f"name_{number}"] = name
        if value is not None:
            values[f"value_{number}"] = value
    if segment.joined is not None:
        conditions += _joined(placed, segment)
    if segment.rung is not None:
        code = NOT_YET_CODE if segment.rung == NOT_YET else placed.ladder.code(segment.rung)
        conditions.append(_state(placed.period(segment.on)).eq(code))
    return conditions, values


def attribute_names(placed: Placed) -> tuple[str, ...]:
    """Attributes that customers may be split by."""
    return tuple(
        name for (name,) in placed.rows("attributes", "select distinct name from attributes order by name")
    )


def check_attribute(placed: Placed, name: str) -> None:
    """Refuse an attribute that no customer has."""
    known = attribute_names(placed)
    if name not in known:
        hint = did_you_mean(name, known) or "Import a customers table with such a column."
        raise LadderError("Unknown attribute", f"No customer has “{name}”.", hint)


def _has(number: int, value: str | None) -> exp.Expr:
    found = exp.select("customer").from_("attributes")
    found = found.where(exp.column("name").eq(exp.Placeholder(this=f"name_{number}")))
    column = exp.column("value")
    if value is None:
        found = found.where(exp.not_(column.is_(exp.null())))
        return exp.not_(exp.column("customer", "placement").isin(query=found))
    found = found.where(column.eq(exp.Placeholder(this=f"value_{number}")))
    return exp.column("customer", "placement").isin(query=found)


def _joined(placed: Placed, segment: Segment) -> list[exp.Expr]:
    """Known at the last period end of the cohort, and not yet at the one before its first."""
    assert segment.joined is not None  # noqa: S101 - asked for by the caller
    since, until = segment.joined
    first, last = bisect_left(placed.periods, since), bisect_right(placed.periods, until) - 1
    if first > last:
        raise LadderError(
            "The cohort is empty",
            f"No period ends from {since} to {until}.",
            f"Choose days from {placed.periods[0]} to {placed.last} that hold the end of a period.",
        )
    found: list[exp.Expr] = [_state(last).neq(NOT_YET_CODE)]
    return [*found, _state(first - 1).eq(NOT_YET_CODE)] if first else found


def _state(period: int) -> exp.Column:
    return exp.column(f"p{period}", "placement")
