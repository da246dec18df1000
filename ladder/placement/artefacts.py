"""What the questions read, made from the wide row per customer: spells and the cube of moves."""

from __future__ import annotations

from sqlglot import exp, parse_one

from ladder.model.ladder import NOT_YET_CODE

_SPELLS = """
with change as (select customer from placement), listed as (
    select customer, cast(substr(name, 2) as integer) as period, code
    from change
), spell as (
    select customer, code, period as first_period,
        cast(lead(period, 1, :periods) over (partition by customer order by period) - 1 as integer) as last_period
    from listed
)
select customer, code, first_period, last_period from spell where code <> 255 order by customer, first_period
"""


def spells(periods: int) -> exp.Expr:
    """Runs of one state: customer, code, first_period, last_period. Only the changes are unpivoted."""
    query = exp.replace_placeholders(
        parse_one(_SPELLS, dialect="duckdb"), periods=exp.Literal.number(periods)
    )
    assert isinstance(query, exp.Select)  # noqa: S101 - the text above
    change, listed = query.ctes[0].this, query.ctes[1].this
    for period in range(periods):
        now: exp.Expr = exp.column(f"p{period}")
        if period:
            before = exp.column(f"p{period - 1}")
            now = exp.case().when(exp.NEQ(this=now, expression=before), now.copy())
        change.select(exp.alias_(now, f"c{period}"), copy=False)
    listed.args["from_"].this.set("pivots", [_unpivoted("code", "name", change.named_selects[1:])])
    return query


def _unpivoted(value: str, name: str, columns: list[str]) -> exp.Pivot:
    """`unpivot (value for name in (columns))`: one row per column that has a value."""
    field = exp.In(this=exp.to_identifier(name), expressions=[exp.column(item) for item in columns])
    return exp.Pivot(expressions=[exp.to_identifier(value)], fields=[field], unpivot=True)


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
