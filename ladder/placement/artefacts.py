"""What the questions read, made from the wide row per customer: spells and the cube of moves."""

from __future__ import annotations

from sqlglot import exp

from ladder.model.ladder import NOT_YET_CODE
from ladder.placement.bits import WORD, down, number, words
from ladder.placement.states import changed


def spells(periods: int) -> exp.Expr:
    """Runs of one state: customer, code, first_period, last_period; the time before a customer is known is none.

    A run starts where the mask of changes has a bit, and ends before the next bit: no sorting is needed.
    """
    found = [_starting(period, periods) for period in range(periods)]
    return exp.union(*found, distinct=False, copy=False) if periods > 1 else found[0]


def _starting(period: int, periods: int) -> exp.Expr:
    code = exp.column(f"p{period}")
    starts: exp.Expr = exp.NEQ(this=code, expression=exp.Literal.number(NOT_YET_CODE))
    if period:
        starts = exp.and_(starts, exp.NEQ(this=code.copy(), expression=exp.column(f"p{period - 1}")))
    until = exp.Sub(this=_next_change(period, periods), expression=exp.Literal.number(1))
    return (
        exp.select(
            "customer",
            exp.alias_(code.copy(), "code"),
            exp.alias_(exp.cast(exp.Literal.number(period), "integer"), "first_period"),
            exp.alias_(exp.cast(until, "integer"), "last_period"),
        )
        .from_("placement")
        .where(starts)
    )


def _next_change(period: int, periods: int) -> exp.Expr:
    """The first period end after `period` that has a bit in the changes, or `periods` where none has."""
    case = exp.case()
    for word in range((period + 1) // WORD, words(periods)):
        skipped = max(0, period + 1 - word * WORD)
        rest = down(exp.column(changed(word)), skipped)
        # x ^ (x − 1) holds the lowest bit of x and those below it.
        below = exp.BitwiseXor(
            this=rest, expression=exp.paren(exp.Sub(this=rest.copy(), expression=number(1)))
        )
        at = exp.Add(
            this=number(word * WORD + skipped - 1), expression=exp.BitwiseCount(this=exp.paren(below))
        )
        case = case.when(exp.NEQ(this=rest.copy(), expression=number(0)), at)
    return case.else_(number(periods)) if case.args.get("ifs") else number(periods)


def moves(periods: int) -> exp.Expr:
    """Moves into each period end: period, from_code, to_code, customers; the first is entered from "not yet"."""
    found = [_moves(period) for period in range(periods)]
    return exp.union(*found, distinct=False, copy=False) if periods > 1 else found[0]


def _moves(period: int) -> exp.Expr:
    not_yet = exp.cast(exp.Literal.number(NOT_YET_CODE), exp.DType.UTINYINT)
    before: exp.Expr = exp.column(f"p{period - 1}") if period else not_yet
    now = exp.column(f"p{period}")
    return (
        exp.select(
            exp.alias_(exp.cast(exp.Literal.number(period), "integer"), "period"),
            exp.alias_(before, "from_code"),
            exp.alias_(now, "to_code"),
            exp.alias_(exp.Count(this=exp.Star()), "customers"),
        )
        .from_("placement")
        .where(exp.NEQ(this=now.copy(), expression=not_yet.copy()))
        .group_by("from_code", "to_code")
    )
