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
from ladder.importing.ahead import Ahead, holds
from ladder.importing.cells import Wanted
from ladder.importing.dates import has_offset
from ladder.importing.fields import (
    Cast,
    Refused,
    cast_field,
    columns_used,
    nothing,
    place_of,
    refusals,
    text_of,
)
from ladder.importing.guessing import words
from ladder.importing.ignoring import (
    columns_told,
    decides,
    fold,
    ignore_erased,
    is_further_line,
    reason_to_ignore,
)
from ladder.importing.masking import mask_erased
from ladder.importing.operands import joined
from ladder.importing.plan import Plan
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql, view
from ladder.importing.times import move_to_zone, offset_minutes, zone_named
from ladder.model.tables import TABLES
from ladder.workspace import Tombstones, WorkspaceSettings

_BETWEEN = "\x1f"
_FIRST_BAD = named(sql("split_part(bad_columns, :mark, 1)", mark=_BETWEEN), "bad_column")
_ALL_BAD = named(sql("replace(bad_columns, :mark, '; ')", mark=_BETWEEN), "bad_columns")


def wanted_columns(plan: Plan) -> Wanted:
    """Places in the file of the columns that the plan uses, and of those that hold ids.

    The fingerprint of a row covers what does not become a value of its own.
    """
    names = {*plan.mapping.attributes, *columns_told(plan)}
    ids, alone = set(), {*plan.mapping.attributes}
    for field in TABLES[plan.table].fields:
        told = plan.mapping.fields.get(field.name)
        used = columns_used(field, told, plan.dialect.columns) if told else ()
        names |= set(used)
        ids |= set(used) if field.kind == "id" else set()
        alone |= {told} & set(used) if told else set()
    places = place_of(plan.dialect.columns)
    texts = tuple(sorted(places[name] for name in names if name in places))
    rest = tuple(place for name, place in places.items() if name not in alone)
    return Wanted(texts, tuple(sorted(places[name] for name in ids)), rest)


def cast(
    engine: Engine,
    plan: Plan,
    settings: WorkspaceSettings,
    today: date,
    tombstones: Tombstones | None = None,
    ahead: Ahead | None = None,
    mail: bool = True,
) -> bool:
    """Make `typed`; events after the day that follows `today` are refused, rows of erased customers ignored.

    `ahead` is what was cast while the file was read, `mail` whether there may be e-mail addresses in it. True when
    `typed` reads `source` from now on, which then has to stay.
    """
    if ahead and not holds(engine, ahead):
        ahead = None
    casts = {
        field.name: ahead.left(engine, field, mail)
        if ahead
        else cast_field(engine, field, plan, settings.minor_digits, today, mail)
        for field in TABLES[plan.table].fields
        if field.name in plan.mapping.fields
    }
    moved = _moved(plan, settings.timezone)
    is_light = bool(ahead) and not (tombstones or moved or decides(plan))
    rows = _rows(engine, plan, casts, ahead)
    if is_light:
        engine.run("cast", view("typed_rows", rows))
    else:
        _store(engine, rows, any(item.joins for item in casts.values()) or bool(plan.mapping.fold))
    engine.run("typed", _typed(plan))
    if tombstones:
        ignore_erased(engine, tombstones, tuple(casts))
        mask_erased(engine, plan, tombstones)
    for field, source in moved.items():
        move_to_zone(engine, field, source, ZoneInfo(settings.timezone))
    return is_light


def _rows(engine: Engine, plan: Plan, casts: dict[str, Cast], ahead: Ahead | None) -> exp.Select:
    """`typed_rows` over `source`."""
    kept, found = _kept(plan), refusals(plan, casts)
    values = exp.select(
        "*",
        named(reason_to_ignore(plan), "left_out"),
        *(named(item.value, f"v_{name}") for name, item in casts.items()),
        *(named(item.bad, f"b_{name}") for name, item in casts.items() if item.bad),
        *kept,
    ).from_(_cells(engine, plan, casts).subquery("texts"))
    why = sql("cast(wrong as varchar)") if ahead else first_true((test, told) for test, told, _ in found)
    judged = exp.select("*", named(_reason(why), "reason")).from_(values.subquery("found"))
    return exp.select(
        "line",
        "fingerprint",
        *(named(_final(plan, name), name) for name in casts),
        *(column(item.alias) for item in kept),
        named(column("left_out"), "ignored"),
        "reason",
        named(_bad_columns(found), "bad_columns"),
    ).from_(judged.subquery("judged"))


def _store(engine: Engine, rows: exp.Select, is_joined: bool) -> None:
    """Make `typed_rows` a table in the order of the file; a join returns the rows in any order."""
    engine.run("keep file order", "set preserve_insertion_order = true")
    engine.run("cast", replaced("typed_rows", rows.order_by("line") if is_joined else rows))
    engine.run("file order kept", "set preserve_insertion_order = false")


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


def _reason(why: exp.Expr) -> exp.Expr:
    """Why a row is refused; one that does not count is not."""
    return sql(
        "case when left_out is not null then null when problem is not null then problem else :why end",
        why=why,
    )


def _bad_columns(found: Iterable[Refused]) -> exp.Expr:
    """The columns of all bad cells, each once; none for good rows and for rows that could not be cut into any."""
    tests: dict[str, list[exp.Expr]] = {}
    for test, _, name in found:
        tests.setdefault(name, []).append(test)
    names = [first_true([(any_of(tests[name]), literal(name))]) for name in tests if name]
    told = exp.func("concat_ws", literal(_BETWEEN), *names, dialect="duckdb") if names else literal("")
    return sql("case when reason is null then null when problem is null then :told else '' end", told=told)


def _moved(plan: Plan, zone: str) -> dict[str, ZoneInfo]:
    """The time fields that are written in another zone than the workspace's, or with an offset, and their zone."""
    source = zone_named(plan.mapping.zone or zone)
    return {
        field: source
        for field, format in plan.mapping.formats.items()
        if source.key != ZoneInfo(zone).key or has_offset(format)
    }
