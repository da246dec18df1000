"""Each condition of a ladder as one query: per customer, the mask of the period ends at which it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp, parse_one

from ladder.placement.bits import both, number, stretch, words
from ladder.rules import Attribute, Call, Condition, Latest, Reach, Since
from ladder.rules.conditions import MONEY_SCALE

_EVENTS = {
    "orders": "select customer, day from orders",
    "spend": "select customer, day, amount as value from orders"
    " union all select customer, day, -amount as value from refunds",
    "average_order": "select customer, day, amount * :scale - :average as value from orders",
    "interactions": "select customer, day from interactions",
    "reviews": "select customer, day from feedback where review is not null",
    "referrals": "select customer, day from referrals",
    "referred_orders": "select referrals.customer, orders.day from referrals"
    " join orders on orders.customer = referrals.referred and orders.day >= referrals.day"
    " where referrals.is_first",
    "redemptions": "select customer, redeemed_day as day from incentives where redeemed_day is not null",
}
_FIRST = {
    "days_since_first_order": "select customer, min(day) as day from orders group by customer",
    "tenure": "select customer, first_day as day from customers",
}
_TOTAL = """
with event as (select 1), seen as (
    select event.customer, calendar.enter, :leave as leave, sum(event.value) as value
    from event join calendar on calendar.day = event.day
    group by event.customer, calendar.enter, :leave
), change as (
    select customer, enter as period, value from seen
    union all
    select customer, leave as period, -value as value from seen
), bucket as (
    select customer, period, cast(sum(value) as bigint) as value
    from change where period < :periods group by customer, period
), running as (
    select customer, period,
        cast(sum(value) over (
            partition by customer order by period rows between unbounded preceding and current row
        ) as bigint) as total,
        lead(period, 1, :periods) over (partition by customer order by period) as until
    from bucket
)
select customer from running group by customer
"""
_COUNT = """
with event as (select 1), seen as (
    select event.customer, event.day
    from event join calendar on calendar.day = event.day
    where calendar.enter < :periods
), ranked as (
    select customer from seen
)
select customer from ranked group by customer
"""
_LATEST = """
with ranked as (
    select feedback.customer, calendar.enter as period, :score as score,
        row_number() over (partition by feedback.customer, calendar.enter order by feedback.answer desc) as rank
    from feedback join calendar on calendar.day = feedback.day
    where :score is not null and calendar.enter < :periods
), answer as (
    select customer, period, score, lead(period, 1, :periods) over (partition by customer order by period) as until
    from ranked where rank = 1
)
select customer from answer group by customer
"""
_SINCE = """
with event as (select 1)
select event.customer from event join calendar on calendar.day = event.day
"""
_COMPARE: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


@dataclass(frozen=True)
class MaskQuery:
    """A query giving `customer` and, per condition and word, a mask column named m<condition>_<word>.

    `inverted` lists the conditions whose columns hold the period ends at which they do *not* hold.
    """

    query: exp.Query
    conditions: tuple[int, ...]
    parameters: dict[str, object] = field(default_factory=dict)
    inverted: frozenset[int] = frozenset()


def windows(conditions: Sequence[Condition]) -> set[int]:
    """The calendar columns that the conditions need, in days."""
    found = {item.call.window for item in conditions if isinstance(item, Reach)}
    ages = {item.days for item in conditions if isinstance(item, Since)}
    return {window for window in found if window is not None} | ages


def mask_queries(conditions: Sequence[Condition], periods: int, minor_digits: int) -> list[MaskQuery]:
    """One query per kind of event counted, one per sum of money, one for every other condition."""
    counts: dict[tuple[str, str | None], dict[int, Reach]] = {}
    totals: dict[tuple[Call, int | None], dict[int, Reach]] = {}
    queries = []
    for index, item in enumerate(conditions):
        match item:
            case Reach(call) if call.measure.shape == "count":
                counts.setdefault((call.name, call.text), {})[index] = item
            case Reach(call, _, average):
                totals.setdefault((call, average), {})[index] = item
            case Since():
                queries.append(_since(item, index, periods))
            case Latest():
                queries.append(_latest(item, index, periods))
            case Attribute():
                queries.append(_attribute(item, index, periods))
    queries += [_counts(name, text, group, periods) for (name, text), group in counts.items()]
    queries += [_totals(group, periods, minor_digits) for group in totals.values()]
    return queries


def column(condition: int, word: int) -> str:
    return f"m{condition}_{word}"


def _counts(name: str, text: str | None, group: dict[int, Reach], periods: int) -> MaskQuery:
    """At least n events in a window: from the n-th of n events in a row until the first of them leaves.

    All windows and thresholds share one pass over the events.
    """
    events = parse_one(_EVENTS[name], dialect="duckdb")
    parameters: dict[str, object] = {}
    if text is not None:
        assert isinstance(events, exp.Select)  # noqa: S101 - only interactions take a kind
        events = events.where(exp.EQ(this=exp.column("kind"), expression=exp.Placeholder(this="kind")))
        parameters["kind"] = text
    query = _with_events(_COUNT, events, periods=number(periods))
    seen, ranked = query.ctes[1].this, query.ctes[2].this
    for word in range(words(periods)):
        needed = {_within(item, word) for item in group.values()}
        for mask in sorted(needed | {f"from_{word}"}):
            seen.select(exp.column(mask, "calendar"), copy=False)
        for index, item in group.items():
            name = column(index, word)
            ranked.select(exp.alias_(_reached(item, word), name), copy=False)
            query.select(exp.alias_(exp.BitwiseOrAgg(this=exp.column(name)), name), copy=False)
    return MaskQuery(query, tuple(group), parameters)


def _within(item: Reach, word: int) -> str:
    """The calendar's mask of the period ends at which an event is within the window."""
    return f"within_{item.call.window}_{word}" if item.call.window else f"from_{word}"


def _reached(item: Reach, word: int) -> exp.Expr:
    """The period ends from the latest of n events in a row on at which the first is still within the window."""
    within = exp.column(_within(item, word))
    if item.threshold == 1:
        return within
    first = exp.Window(
        this=exp.Lag(this=within, offset=exp.Literal.number(item.threshold - 1)),
        partition_by=[exp.column("customer")],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column("day"))]),
    )
    return both(first, exp.column(f"from_{word}"))


def _totals(group: dict[int, Reach], periods: int, minor_digits: int) -> MaskQuery:
    """A sum of money reaches a threshold: running totals of what enters and leaves the window."""
    first = next(iter(group.values()))
    call = first.call
    events = parse_one(_EVENTS[call.name], dialect="duckdb")
    scale = MONEY_SCALE // 10**minor_digits
    if first.average is not None:
        events = exp.replace_placeholders(events, scale=number(scale), average=number(first.average))
    leave: exp.Expr = exp.column(f"leave_{call.window}", "calendar") if call.window else number(periods)
    query = _with_events(_TOTAL, events, leave=leave, periods=number(periods))
    inverted = set()
    for index, item in group.items():
        threshold = -(-item.threshold // scale) if first.average is None else item.threshold
        total = exp.column("total")
        holds: exp.Expr = exp.GTE(this=total, expression=number(threshold))
        if threshold <= 0:
            # With no event at all the total is 0, which reaches the threshold: keep the exceptions instead.
            holds = exp.LT(this=total, expression=number(threshold))
            inverted.add(index)
        query = _select_masks(query, index, holds, periods)
    return MaskQuery(query, tuple(group), inverted=frozenset(inverted))


def _latest(item: Latest, index: int, periods: int) -> MaskQuery:
    score = exp.column(item.call.name, "feedback")
    query = _filled(parse_one(_LATEST, dialect="duckdb"), score=score, periods=number(periods))
    holds = _COMPARE[item.operator](this=exp.column("score"), expression=_decimal(item.value))
    return MaskQuery(_select_masks(query, index, holds, periods), (index,))


def _since(item: Since, index: int, periods: int) -> MaskQuery:
    query = _with_events(_SINCE, parse_one(_FIRST[item.call.name], dialect="duckdb"))
    start = exp.column(f"leave_{item.days}", "calendar")
    for word in range(words(periods)):
        query = query.select(exp.alias_(stretch(start, number(periods), word), column(index, word)))
    return MaskQuery(query, (index,))


def _attribute(item: Attribute, index: int, periods: int) -> MaskQuery:
    value: exp.Expr = exp.column("value")
    if isinstance(item.value, Decimal):
        value = exp.TryCast(this=value, to=exp.DataType.build("decimal(28, 4)"))
        constant = _decimal(item.value)
    else:
        constant = exp.Parameter(this=exp.var("value"))
    name = exp.EQ(this=exp.column("name"), expression=exp.Parameter(this=exp.var("name")))
    query = (
        exp.select("customer")
        .from_("attributes")
        .where(name, _COMPARE[item.operator](this=value, expression=constant))
    )
    for word in range(words(periods)):
        full = stretch(number(0), number(periods), word)
        query = query.select(exp.alias_(full, column(index, word)))
    parameters: dict[str, object] = {"name": item.name}
    if isinstance(item.value, str):
        parameters["value"] = item.value
    return MaskQuery(query, (index,), parameters)


def _with_events(template: str, events: exp.Expr, **values: exp.Expr) -> exp.Select:
    tree = parse_one(template, dialect="duckdb")
    first = tree.find(exp.CTE)
    assert first is not None  # noqa: S101 - the templates above begin with the events
    first.set("this", events)
    return _filled(tree, **values)


def _filled(tree: exp.Expr, **values: exp.Expr) -> exp.Select:
    query = exp.replace_placeholders(tree, **values)
    assert isinstance(query, exp.Select)  # noqa: S101 - every template is one select
    return query


def _select_masks(query: exp.Select, index: int, holds: exp.Expr, periods: int) -> exp.Select:
    """Add, per word, the union of the stretches at which the running value holds."""
    for word in range(words(periods)):
        mask = stretch(exp.column("period"), exp.column("until"), word)
        case = exp.case().when(holds.copy(), mask).else_(number(0))
        query = query.select(exp.alias_(exp.BitwiseOrAgg(this=case), column(index, word)))
    return query


def _decimal(value: Decimal) -> exp.Expr:
    literal = exp.Literal.number(f"{abs(value):f}")
    return exp.cast(exp.Neg(this=literal) if value < 0 else literal, "decimal(28, 4)")
