"""From `source` (text) to `typed`: the fields of a table with their types, and a reason for every row refused.

`typed` has `line`, `fingerprint`, the table's fields, `reason` and `bad_column` (both NULL for a good row; the reason
of an ignored one is `blank`) and the columns kept as attributes, named a0, a1 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import columns_of, parse
from ladder.importing.guessing import words
from ladder.importing.money import Priced, priced
from ladder.importing.plan import Plan
from ladder.importing.read import Wanted
from ladder.importing.sql import column, first_true, literal, named, replaced, sql
from ladder.importing.times import move_to_zone, offset_minutes, parsed, zone_named
from ladder.model.tables import TABLES, Field
from ladder.workspace import WorkspaceSettings

EARLIEST = date(1970, 1, 1)
_EMPTY = {
    "customer_id": "no customer",
    "referrer_id": "no referrer",
    "referred_id": "no referred customer",
    "ts": "no date",
    "kind": "no kind",
    "incentive": "no incentive",
}
_TYPES = {"time": "timestamp", "money": "bigint", "score": "tinyint", "flag": "boolean"}
_SCORES = ("nps", "csat", "review")


Refusal = tuple[exp.Expr, exp.Expr]
"""A condition that refuses a row, and the reason."""


@dataclass(frozen=True)
class Cast:
    """A field over `source`: its value (named v_<field>), why it is bad where one pass tells both (b_<field>), and
    what refuses a row, over these and `source`."""

    value: exp.Expr
    refused: tuple[Refusal, ...] = ()
    bad: exp.Expr | None = None


def wanted_columns(plan: Plan) -> Wanted:
    """Places in the file of the columns that the plan uses."""
    names, numbers = set(plan.mapping.attributes), set()
    for field in TABLES[plan.table].fields:
        told = plan.mapping.fields.get(field.name, "")
        if told and field.kind == "money":
            numbers |= set(columns_of(parse(told, plan.dialect.columns)))
        elif told:
            names.add(told)
    places = {name: place for place, name in enumerate(plan.dialect.columns)}
    texts = tuple(sorted(places[name] for name in names | numbers if name in places))
    return Wanted(texts, tuple(sorted(places[name] for name in numbers)))


def cast(engine: Engine, plan: Plan, settings: WorkspaceSettings, today: date) -> None:
    """Make `typed`; events after the day that follows `today` are refused."""
    fields = TABLES[plan.table].fields
    places = {name: place for place, name in enumerate(plan.dialect.columns)}
    casts = {field.name: _cast(engine, field, plan, places, settings.minor_digits, today) for field in fields}
    attributes = [
        named(column(f"c{places[name]}"), f"a{at}") for at, name in enumerate(plan.mapping.attributes)
    ]
    offsets = [
        named(_offset(field, plan, places), f"{field.name}_offset")
        for field in fields
        if field.kind == "time"
    ]
    values = [named(item.value, f"v_{name}") for name, item in casts.items()]
    values += [named(item.bad, f"b_{name}") for name, item in casts.items() if item.bad]
    inner = exp.select("source.*", *values, *offsets, *attributes).from_("source")
    reason, bad = _reasons(plan, casts)
    query = exp.select(
        "line",
        "fingerprint",
        *(named(_final(plan.table, name), name) for name in casts),
        *(column(item.alias) for item in (*offsets, *attributes)),
        named(column("v_kind") if plan.table == "transactions" else exp.Null(), "told_kind"),
        named(reason, "reason"),
        named(bad, "bad_column"),
    ).from_(inner.subquery("cells"))
    engine.run("cast", replaced("typed", query))
    _to_zone(engine, plan, settings.timezone)


def _final(table: str, name: str) -> exp.Expr:
    """The field as stored; of transactions the kind becomes purchase or refund and a refund's amount negative."""
    value = column(f"v_{name}")
    if table != "transactions" or name not in ("kind", "amount"):
        return value
    told = sql("coalesce(list_contains(:words, lower(v_kind)), false)", words=words("refund"))
    if name == "amount":
        return sql("case when :told then -abs(v_amount) else v_amount end", told=told)
    return sql("case when :told or v_amount < 0 then 'refund' else 'purchase' end", told=told)


def _reasons(plan: Plan, casts: dict[str, Cast]) -> tuple[exp.Expr, exp.Expr]:
    """The first reason that refuses a row, and the column of the file it lies in."""
    found = [(sql("is_blank"), literal("blank"), literal(""))]
    for name, item in casts.items():
        source = literal(plan.mapping.fields.get(name, name))
        found += [(condition, reason, source) for condition, reason in item.refused]
    if plan.table == "feedback":
        none = exp.and_(*(sql(":value is null", value=column(f"v_{name}")) for name in _SCORES))
        found.append((none, literal("no score"), literal("")))
    reason = sql("coalesce(problem, :reasons)", reasons=first_true((row[0], row[1]) for row in found))
    bad = first_true((row[0], row[2]) for row in found)
    return reason, sql("case when problem is null then :bad else '' end", bad=bad)


def _cast(engine: Engine, field: Field, plan: Plan, places: dict[str, int], digits: int, today: date) -> Cast:
    told = plan.mapping.fields.get(field.name)
    if told is None:
        kind = exp.DataType.build(_TYPES.get(field.kind, "varchar"), dialect="duckdb")
        return Cast(exp.cast(exp.Null(), kind), ())
    if field.kind == "money":
        return _money(field, priced(engine, parse(told, plan.dialect.columns), places, digits))
    text = _text(told, places)
    value = column(f"v_{field.name}")
    guests = plan.table == "transactions" and field.name == "customer_id"
    empty = sql(":text is null", text=text)
    reason = literal(_EMPTY.get(field.name, f"no {field.name}"))
    required = ((empty, reason),) if field.required and not guests else ()
    if field.kind == "id":
        whole = field.name in plan.mapping.whole_ids
        bare = sql(r"regexp_replace(:text, '^(\d+)\.0$', '\1')", text=text) if whole else text
        return Cast(bare, required)
    if field.kind == "time":
        return _time(text, value, plan.mapping.formats[field.name], required, today)
    if field.kind == "score":
        return _score(field, text, value, required)
    if field.kind == "flag":
        return _flag(text, value, required)
    return Cast(text, required)


def _text(told: str, places: dict[str, int]) -> exp.Expr:
    if told in places:
        return column(f"c{places[told]}")
    return sql("nullif(:literal, '')", literal=told[1:-1])


def _money(field: Field, amount: Priced) -> Cast:
    bad = column(f"b_{field.name}")
    serious = sql(
        ":bad is not null and :bad <> :excused", bad=bad, excused="" if field.required else "no amount"
    )
    return Cast(amount.minor, ((serious, bad),), amount.bad)


def _time(text: exp.Expr, value: exp.Expr, format: str, required: tuple[Refusal, ...], today: date) -> Cast:
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    far = sql(
        ":value < cast(:first as timestamp) or :value >= cast(:last as timestamp)",
        value=value,
        first=EARLIEST.isoformat(),
        last=(today + timedelta(days=2)).isoformat(),
    )
    return Cast(
        parsed(text, format), (*required, (wrong, literal("not a date")), (far, literal("implausible date")))
    )


def _score(field: Field, text: exp.Expr, value: exp.Expr, required: tuple[Refusal, ...]) -> Cast:
    number = sql(
        r"case when regexp_full_match(:text, '[+-]?\d{1,9}(?:[.,]0*)?') "
        r"then cast(regexp_extract(:text, '^[+-]?\d+') as integer) end",
        text=text,
    )
    inside = sql(":number between :low and :high", number=number, low=field.low, high=field.high)
    score = sql("case when :inside then cast(:number as tinyint) end", inside=inside, number=number)
    wrong = sql(":text is not null and :number is null", text=text, number=number)
    outside = sql(":text is not null and :value is null", text=text, value=value)
    return Cast(
        score, (*required, (wrong, literal("not a whole number")), (outside, literal("score out of range")))
    )


def _flag(text: exp.Expr, value: exp.Expr, required: tuple[Refusal, ...]) -> Cast:
    flag = sql(
        "case when list_contains(:yes, lower(:text)) then true when list_contains(:no, lower(:text)) then false end",
        text=text,
        yes=words("yes"),
        no=words("no"),
    )
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    return Cast(flag, (*required, (wrong, literal("not yes or no"))))


def _offset(field: Field, plan: Plan, places: dict[str, int]) -> exp.Expr:
    told = plan.mapping.fields.get(field.name)
    if told is None:
        return sql("cast(null as integer)")
    return offset_minutes(_text(told, places), plan.mapping.formats[field.name])


def _to_zone(engine: Engine, plan: Plan, zone: str) -> None:
    source, target = zone_named(plan.mapping.zone or zone), ZoneInfo(zone)
    for field, format in plan.mapping.formats.items():
        if source.key != target.key or format.endswith("%z"):
            move_to_zone(engine, field, source, target)
