"""From `source` (text) to `typed`: the fields of a table with their types, and a reason for every row refused.

`typed` has `line`, `fingerprint`, the table's fields, `reason` and `bad_column` (both NULL for a good row; `blank` for
an ignored one) and the columns kept as attributes, named a0, a1 ...
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import columns_of, parse
from ladder.importing.guessing import words
from ladder.importing.money import add_money
from ladder.importing.plan import Plan
from ladder.importing.sql import column, first_true, named, replaced, sql
from ladder.importing.times import move_to_zone, offset_minutes, parsed, zone_named
from ladder.model.tables import TABLES, Field

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


@dataclass(frozen=True)
class Cast:
    """A field's value over `source`, and the conditions (over the values and `source`) that refuse the row."""

    value: exp.Expr
    refused: tuple[tuple[exp.Expr, str], ...]


def wanted_columns(plan: Plan) -> list[int]:
    """Places in the file of the columns that the plan uses."""
    columns = plan.dialect.columns
    names = set(plan.mapping.attributes)
    for field in TABLES[plan.table].fields:
        told = plan.mapping.fields.get(field.name)
        if told is not None:
            names |= set(columns_of(parse(told, columns))) if field.kind == "money" else {told}
    return [place for place, name in enumerate(columns) if name in names]


def cast(engine: Engine, plan: Plan, zone: str, digits: int, today: date) -> None:
    """Make `typed`. `zone` is the workspace's time zone, `digits` its minor digits, `today` the last day but one
    that an event may have."""
    fields = TABLES[plan.table].fields
    places = {name: place for place, name in enumerate(plan.dialect.columns)}
    for field in fields:
        told = plan.mapping.fields.get(field.name)
        if field.kind == "money" and told is not None:
            tree = parse(told, plan.dialect.columns)
            add_money(engine, field.name, tree, places, plan.dialect, digits)
    casts = {field.name: _cast(field, plan, places, today) for field in fields}
    attributes = [named(column(f"c{places[name]}"), f"a{at}") for at, name in enumerate(plan.mapping.attributes)]
    offsets = [named(_offset(field, plan, places), f"{field.name}_offset") for field in fields if field.kind == "time"]
    inner = exp.select(
        exp.Column(this=exp.Star(), table=exp.to_identifier("source")),
        *(named(item.value, f"v_{name}") for name, item in casts.items()),
        *offsets,
        *attributes,
    ).from_("source")
    reason, bad = _reasons(plan, casts)
    query = exp.select(
        "line",
        "fingerprint",
        *(named(column(f"v_{name}"), name) for name in casts),
        *(column(item.alias) for item in (*offsets, *attributes)),
        named(reason, "reason"),
        named(bad, "bad_column"),
    ).from_(inner.subquery("cells"))
    engine.run("cast", replaced("typed", query))
    _to_zone(engine, plan, zone)


def _reasons(plan: Plan, casts: dict[str, Cast]) -> tuple[exp.Expr, exp.Expr]:
    pairs = [(sql("is_blank"), "blank", "")]
    for name, item in casts.items():
        source = plan.mapping.fields.get(name, name)
        pairs += [(condition, reason, source) for condition, reason in item.refused]
    if plan.table == "feedback":
        none = exp.and_(*(sql(":value is null", value=column(f"v_{name}")) for name in _SCORES))
        pairs.append((none, "no score", ""))
    reason = sql("coalesce(problem, :reasons)", reasons=first_true((pair[0], pair[1]) for pair in pairs))
    bad = first_true((pair[0], pair[2]) for pair in pairs)
    return reason, sql("case when problem is null then :bad else '' end", bad=bad)


def _cast(field: Field, plan: Plan, places: dict[str, int], today: date) -> Cast:
    told = plan.mapping.fields.get(field.name)
    if told is None:
        kind = exp.DataType.build(_TYPES.get(field.kind, "varchar"), dialect="duckdb")
        return Cast(exp.cast(exp.Null(), kind), ())
    if field.kind == "money":
        return _money(field)
    text = _text(told, places)
    value = column(f"v_{field.name}")
    guests = plan.table == "transactions" and field.name == "customer_id"
    empty = sql(":text is null", text=text)
    required = ((empty, _EMPTY.get(field.name, f"no {field.name}")),) if field.required and not guests else ()
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


def _money(field: Field) -> Cast:
    bad = column(f"{field.name}_bad")
    reasons = ["not a number", "amount too large", *(["no amount"] if field.required else [])]
    refused = tuple((sql(":bad = :reason", bad=bad, reason=reason), reason) for reason in reasons)
    return Cast(column(field.name), refused)


def _time(
    text: exp.Expr, value: exp.Expr, format: str, required: tuple[tuple[exp.Expr, str], ...], today: date
) -> Cast:
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    far = sql(
        ":value < cast(:first as timestamp) or :value >= cast(:last as timestamp)",
        value=value,
        first=EARLIEST.isoformat(),
        last=(today + timedelta(days=2)).isoformat(),
    )
    return Cast(parsed(text, format), (*required, (wrong, "not a date"), (far, "implausible date")))


def _score(field: Field, text: exp.Expr, value: exp.Expr, required: tuple[tuple[exp.Expr, str], ...]) -> Cast:
    number = sql(
        r"case when regexp_full_match(:text, '[+-]?\d{1,9}(?:[.,]0*)?') "
        r"then cast(regexp_extract(:text, '^[+-]?\d+') as integer) end",
        text=text,
    )
    inside = sql(":number between :low and :high", number=number, low=field.low, high=field.high)
    score = sql("case when :inside then cast(:number as tinyint) end", inside=inside, number=number)
    wrong = sql(":text is not null and :number is null", text=text, number=number)
    outside = sql(":text is not null and :value is null", text=text, value=value)
    return Cast(score, (*required, (wrong, "not a whole number"), (outside, "score out of range")))


def _flag(text: exp.Expr, value: exp.Expr, required: tuple[tuple[exp.Expr, str], ...]) -> Cast:
    flag = sql(
        "case when list_contains(:yes, lower(:text)) then true when list_contains(:no, lower(:text)) then false end",
        text=text,
        yes=words("yes"),
        no=words("no"),
    )
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    return Cast(flag, (*required, (wrong, "not yes or no")))


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
