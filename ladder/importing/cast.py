"""From `source` (text) to `typed`: the fields of a table with their types, and a reason for every row left out.

`typed` has `line`, `fingerprint`, the table's fields, `ignored` (why a row does not count), `reason` and `bad_column`
(why a row is refused, and the column of its first bad cell; a good row has neither reason), `bad_columns` (those of
all its bad cells) and the columns kept as attributes, named a0, a1 ...
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.dates import has_offset
from ladder.importing.fields import Cast, cast_field, columns_used, nothing, place_of, text_of
from ladder.importing.guessing import words
from ladder.importing.ignoring import (
    columns_told,
    fold,
    ignore_erased,
    is_further_line,
    reason_to_ignore,
)
from ladder.importing.masking import mask_erased
from ladder.importing.money import joined
from ladder.importing.plan import Plan
from ladder.importing.read import Wanted
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql, view
from ladder.importing.times import move_to_zone, offset_minutes, zone_named
from ladder.model.tables import TABLES
from ladder.workspace import Tombstones, WorkspaceSettings

_SCORES = ("nps", "csat", "review")

_BETWEEN = "\x1f"
_FIRST_BAD = named(sql("split_part(bad_columns, :mark, 1)", mark=_BETWEEN), "bad_column")
_ALL_BAD = named(sql("replace(bad_columns, :mark, '; ')", mark=_BETWEEN), "bad_columns")

Refused = tuple[exp.Expr, exp.Expr, str]
"""A condition over the cast values, the reason that it is, and the column it lies in (empty: none)."""


def wanted_columns(plan: Plan) -> Wanted:
    """Places in the file of the columns that the plan uses, and of those that hold ids."""
    names = {*plan.mapping.attributes, *columns_told(plan)}
    ids = set()
    for field in TABLES[plan.table].fields:
        told = plan.mapping.fields.get(field.name)
        used = columns_used(field, told, plan.dialect.columns) if told else ()
        names |= set(used)
        ids |= set(used) if field.kind == "id" else set()
    places = place_of(plan.dialect.columns)
    texts = tuple(sorted(places[name] for name in names if name in places))
    return Wanted(texts, tuple(sorted(places[name] for name in ids)))


def cast(
    engine: Engine, plan: Plan, settings: WorkspaceSettings, today: date, tombstones: Tombstones | None = None
) -> None:
    """Make `typed`; events after the day that follows `today` are refused, rows of erased customers ignored."""
    fields = TABLES[plan.table].fields
    casts = {
        field.name: cast_field(engine, field, plan, settings.minor_digits, today)
        for field in fields
        if field.name in plan.mapping.fields
    }
    kept, found = _kept(plan), _reasons(plan, casts)
    values = exp.select(
        "*",
        named(reason_to_ignore(plan), "left_out"),
        *(named(item.value, f"v_{name}") for name, item in casts.items()),
        *(named(item.bad, f"b_{name}") for name, item in casts.items() if item.bad),
        *kept,
    ).from_(_cells(engine, plan, casts).subquery("texts"))
    judged = exp.select("*", named(_reason(found), "reason")).from_(values.subquery("found"))
    query = exp.select(
        "line",
        "fingerprint",
        *(named(_final(plan, name), name) for name in casts),
        *(column(item.alias) for item in kept),
        named(column("left_out"), "ignored"),
        "reason",
        named(_bad_columns(found), "bad_columns"),
    ).from_(judged.subquery("judged"))
    engine.run("cast", replaced("typed_rows", query))
    engine.run("typed", _typed(plan))
    if tombstones:
        ignore_erased(engine, tombstones, tuple(casts))
        mask_erased(engine, plan, tombstones)
    _to_zone(engine, plan, settings.timezone)


def forget_text(engine: Engine) -> None:
    """Drop `source`: half of the memory, which the rest of the import has better use for than its text."""
    engine.run("forget the text", "drop view source")
    engine.run("forget the text", "drop table cells")


def _typed(plan: Plan) -> exp.Create:
    """The view `typed`: what all rows share, or follows from another field, takes no room in `typed_rows`."""
    mapping = plan.mapping
    columns: list[exp.Expr] = []
    for field in TABLES[plan.table].fields:
        value: exp.Expr = column(field.name)
        if plan.table == "transactions" and field.name == "kind" and "kind" not in mapping.fields:
            value = sql("case when amount < 0 then 'refund' else 'purchase' end")
        elif field.name not in mapping.fields:
            value = nothing(field)
        columns.append(named(value, field.name))
    told = column("told_kind") if plan.table == "transactions" and "kind" in mapping.fields else exp.Null()
    columns.append(named(exp.cast(told, "varchar"), "told_kind"))
    columns += [column(f"a{at}") for at in range(len(mapping.attributes))]
    query = exp.select("line", "fingerprint", *columns, "ignored", "reason", _FIRST_BAD, _ALL_BAD)
    return view("typed", query.from_("typed_rows"))


def _cells(engine: Engine, plan: Plan, casts: dict[str, Cast]) -> exp.Select:
    """`source` with what needs one evaluation only, and what is looked up."""
    raw = [part for item in casts.values() for part in item.raw]
    joins = [join for item in casts.values() for join in item.joins]
    orders = fold(engine, plan)
    first = [named(is_further_line(plan), "is_further")] if orders else []
    query = exp.select("source.*", *raw, *first).from_("source")
    return joined(query, [*joins, *([orders] if orders else [])])


def _kept(plan: Plan) -> list[exp.Alias]:
    """The offset of every time field, the word for the kind, and the columns kept as attributes."""
    mapping, columns = plan.mapping, plan.dialect.columns
    kept = [
        named(offset_minutes(text_of(mapping.fields[field], columns), format), f"{field}_offset")
        for field, format in mapping.formats.items()
        if field in mapping.fields
    ]
    if plan.table == "transactions" and "kind" in mapping.fields:
        kept.append(named(text_of(mapping.fields["kind"], columns), "told_kind"))
    places = place_of(columns)
    return kept + [named(column(f"c{places[name]}"), f"a{at}") for at, name in enumerate(mapping.attributes)]


def _final(plan: Plan, name: str) -> exp.Expr:
    """The field as stored; of transactions the kind becomes purchase or refund and a refund's amount negative."""
    value = column(f"v_{name}")
    if plan.table != "transactions" or name not in ("kind", "amount"):
        return value
    told: exp.Expr = exp.false()
    if "kind" in plan.mapping.fields:
        told = sql("coalesce(list_contains(:words, lower(v_kind)), false)", words=words("refund"))
    if name == "amount":
        return sql("case when :told then -abs(v_amount) else v_amount end", told=told)
    return sql("case when :told or v_amount < 0 then 'refund' else 'purchase' end", told=told)


def _reasons(plan: Plan, casts: dict[str, Cast]) -> list[Refused]:
    """What refuses a row, the first reason first."""
    found = [
        (condition, reason, plan.mapping.fields.get(name, name))
        for name, item in casts.items()
        for condition, reason in item.refused
    ]
    if plan.table == "feedback":
        none = exp.and_(
            *(sql(":value is null", value=column(f"v_{name}")) for name in _SCORES if name in casts)
        )
        found.append((none, literal("no score"), ""))
    return found


def _reason(found: Iterable[Refused]) -> exp.Expr:
    """Why a row is refused; one that does not count is not."""
    not_so = [(sql("left_out is not null"), exp.Null()), (sql("problem is not null"), column("problem"))]
    return first_true([*not_so, *((test, reason) for test, reason, _ in found)])


def _bad_columns(found: Iterable[Refused]) -> exp.Expr:
    """The columns of all bad cells, each once; none for good rows and for rows that could not be cut into any."""
    tests: dict[str, list[exp.Expr]] = {}
    for test, _, name in found:
        tests.setdefault(name, []).append(test)
    names = [first_true([(any_of(tests[name]), literal(name))]) for name in tests if name]
    told = exp.func("concat_ws", literal(_BETWEEN), *names, dialect="duckdb") if names else literal("")
    return sql("case when reason is null then null when problem is null then :told else '' end", told=told)


def _to_zone(engine: Engine, plan: Plan, zone: str) -> None:
    source, target = zone_named(plan.mapping.zone or zone), ZoneInfo(zone)
    for field, format in plan.mapping.formats.items():
        if source.key != target.key or has_offset(format):
            move_to_zone(engine, field, source, target)
