"""How one cell, or several, become the value of a field, and what refuses the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import columns_of, joined_columns, needed_columns, parse
from ladder.importing.guessing import words
from ladder.importing.money import Priced, bad_amount, priced
from ladder.importing.operands import Join
from ladder.importing.plan import Plan
from ladder.importing.sql import any_of, column, literal, named, replaced, sql
from ladder.importing.times import parsed, read_by, written_as
from ladder.importing.worded import languages_of
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
PEOPLE = ("customer_id", "referrer_id", "referred_id")

_SCORES = ("nps", "csat", "review")

Refusal = tuple[exp.Expr, exp.Expr]
"""A condition that refuses a row, and the reason."""
Refused = tuple[exp.Expr, exp.Expr, str]
"""A condition over the cast values, the reason that it is, and the column it lies in (empty: none)."""


@dataclass(frozen=True)
class Cast:
    """A field in three steps, each over the columns of those before: `raw` (r_<field> and the like) over `source` and
    `joins`, `value` (v_<field>) and, where one expression tells why a value is bad, `bad` (b_<field>), then what
    refuses a row."""

    value: exp.Expr
    refused: tuple[Refusal, ...] = ()
    raw: tuple[exp.Alias, ...] = ()
    bad: exp.Expr | None = None
    joins: tuple[Join, ...] = ()


def cast_field(engine: Engine, field: Field, plan: Plan, digits: int, today: date, mail: bool = True) -> Cast:
    """How `field`, which the plan maps, is read; `digits` are the currency's minor digits, `mail` as in `ident`."""
    told, columns = plan.mapping.fields[field.name], plan.dialect.columns
    if field.kind == "money":
        tree = parse(told, columns)
        return cast_money(field, priced(engine, tree, plan.dialect, place_of(columns), digits))
    found = cast_alone(field, plan, today)
    if field.kind == "id":
        return replace(found, value=ident(engine, field, plan, mail))
    if field.kind == "time" and languages_of(plan.mapping.formats[field.name]):
        return _looked_up(engine, field, plan, found)
    return found


def cast_alone(field: Field, plan: Plan, today: date) -> Cast:
    """`cast_field` for all but money as far as the plan tells: ids as they stand, every date read anew."""
    text = text_of(plan.mapping.fields[field.name], plan.dialect.columns)
    value, raw = column(f"v_{field.name}"), column(f"r_{field.name}")
    guests = plan.table == "transactions" and field.name == "customer_id"
    empty = sql(":text is null", text=text)
    reason = literal(_EMPTY.get(field.name, f"no {field.name}"))
    required = ((empty, reason),) if field.required and not guests else ()
    if field.kind == "time":
        return _time(field, text, plan.mapping.formats[field.name], required, today)
    if field.kind == "score":
        return _score(field, text, raw, value, required)
    if field.kind == "flag":
        return _flag(text, value, required)
    return Cast(text, required)


def ident(engine: Engine, field: Field, plan: Plan, mail: bool) -> exp.Expr:
    """The id that stands in the cell, or in another one for a refund's payee; `mail` is whether it may hold an @."""
    mapping, columns = plan.mapping, plan.dialect.columns
    whole = field.name in mapping.whole_ids
    cells = [text_of(mapping.fields[field.name], columns)]
    if mapping.refund_customer and field.name == "customer_id":
        cells.append(text_of(mapping.refund_customer, columns))
    bare = [_whole(cell) if whole else cell for cell in cells]
    if mail and field.name in PEOPLE:
        bare = [_mailbox(engine, cell) for cell in bare]
    if len(bare) == 1:
        return bare[0]
    return sql("case when r_amount < 0 then :other else :ident end", other=bare[1], ident=bare[0])


def _whole(text: exp.Expr) -> exp.Expr:
    """An id that a spreadsheet has made a decimal number of."""
    cut = sql(r"regexp_replace(:text, '^(\d+)\.0$', '\1')", text=text)
    return sql("case when ends_with(:text, '.0') then :cut else :text end", text=text, cut=cut)


def _mailbox(engine: Engine, ident: exp.Expr) -> exp.Expr:
    """The id; people's e-mail addresses count without case."""
    is_mailbox = sql("contains(:id, '@')", id=ident)
    some = exp.select(sql("coalesce(bool_or(:is_mailbox), false)", is_mailbox=is_mailbox)).from_("source")
    # Looking beforehand is cheaper than a choice for every row where there is nothing to choose.
    if not engine.rows("mailboxes", some)[0][0]:
        return ident
    return sql("case when :is_mailbox then lower(:id) else :id end", is_mailbox=is_mailbox, id=ident)


def refusals(plan: Plan, casts: dict[str, Cast]) -> list[Refused]:
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


def nothing(field: Field) -> exp.Expr:
    """A field that the file does not have."""
    return exp.cast(exp.Null(), exp.DataType.build(_TYPES.get(field.kind, "varchar"), dialect="duckdb"))


def place_of(columns: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(columns)}


def columns_used(field: Field, told: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that a mapping's source names: none for a literal."""
    if field.kind == "money":
        return columns_of(parse(told, columns))
    return (told,) if told in columns else joined_columns(told, columns) or ()


def lacking(plan: Plan) -> exp.Expr:
    """Whether a row over `source` has an empty cell where a required field is read from."""
    columns, places = plan.dialect.columns, place_of(plan.dialect.columns)
    empty = []
    for field in TABLES[plan.table].fields:
        told = plan.mapping.fields.get(field.name)
        if field.required and told:
            names = columns_used(field, told, columns)
            if field.kind == "money":
                names = needed_columns(parse(told, columns))
            cells = [column(f"c{places[name]}") for name in names]
            tests = [sql(":cell is null", cell=cell) for cell in cells]
            empty.append(
                any_of(tests) if field.kind == "money" else exp.and_(*tests) if tests else exp.false()
            )
    return any_of(empty)


def text_of(told: str, columns: Sequence[str]) -> exp.Expr:
    """A cell, several joined by a blank, or a literal; NULL when empty."""
    places = place_of(columns)
    names = columns_used(Field("", "text", ""), told, columns)
    if not names:
        return sql("nullif(:literal, '')", literal=told[1:-1])
    cells = [column(f"c{places[name]}") for name in names]
    if len(cells) == 1:
        return cells[0]
    return sql("nullif(:joined, '')", joined=exp.func("concat_ws", literal(" "), *cells, dialect="duckdb"))


def cast_money(field: Field, amount: Priced) -> Cast:
    """An amount of money as a field."""
    minor, wrong, bad = (column(f"{kind}_{field.name}") for kind in ("r", "w", "b"))
    excused = "" if field.required else "no amount"
    serious = sql(":bad is not null and :bad <> :excused", bad=bad, excused=excused)
    raw = (named(amount.minor, minor.name), named(amount.wrong, wrong.name))
    return Cast(minor, ((serious, bad),), raw, bad_amount(wrong, minor), amount.joins)


def _time(field: Field, text: exp.Expr, format: str, required: tuple[Refusal, ...], today: date) -> Cast:
    value, raw = column(f"v_{field.name}"), column(f"r_{field.name}")
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    far = sql(
        ":value < cast(:first as timestamp) or :value >= cast(:last as timestamp)",
        value=value,
        first=EARLIEST.isoformat(),
        last=(today + timedelta(days=2)).isoformat(),
    )
    refused = (*required, (wrong, literal("not a date")), (far, literal("implausible date")))
    return Cast(written_as(text, format, raw), refused, (named(read_by(text, format), raw.name),))


def _looked_up(engine: Engine, field: Field, plan: Plan, anew: Cast) -> Cast:
    """A date with words, each text of which is read once and looked up, unless most are different."""
    text = text_of(plan.mapping.fields[field.name], plan.dialect.columns)
    if not _repeats(engine, text):
        return anew
    known, raw = f"times_{field.name}", column(f"r_{field.name}")
    once = exp.select(named(text, "text")).distinct().from_("source").subquery("once")
    at = named(parsed(column("text"), plan.mapping.formats[field.name]), "at")
    engine.run("dates with words", replaced(known, exp.select("text", at).from_(once)))
    found = Join(known, known, sql(":known = :text", known=exp.column("text", known), text=text))
    return Cast(raw, anew.refused, (named(exp.column("at", known), raw.name),), joins=(found,))


def _repeats(engine: Engine, text: exp.Expr) -> bool:
    """Whether looking up a text beats reading it anew: each stands in four rows or more."""
    often = sql("4 * approx_count_distinct(:text) < count(:text)", text=text)
    return bool(engine.rows("texts of dates", exp.select(often).from_("source"))[0][0])


def _score(
    field: Field, text: exp.Expr, raw: exp.Column, value: exp.Expr, required: tuple[Refusal, ...]
) -> Cast:
    number = sql(
        r"case when regexp_full_match(:text, '[+-]?\d{1,9}(?:[.,]0*)?') "
        r"then cast(regexp_extract(:text, '^[+-]?\d+') as integer) end",
        text=text,
    )
    inside = sql(":number between :low and :high", number=raw, low=field.low, high=field.high)
    score = sql("case when :inside then cast(:number as tinyint) end", inside=inside, number=raw)
    wrong = sql(":text is not null and :number is null", text=text, number=raw)
    outside = sql(":text is not null and :value is null", text=text, value=value)
    refused = (*required, (wrong, literal("not a whole number")), (outside, literal("score out of range")))
    return Cast(score, refused, (named(number, raw.name),))


def _flag(text: exp.Expr, value: exp.Expr, required: tuple[Refusal, ...]) -> Cast:
    flag = sql(
        "case when list_contains(:yes, lower(:text)) then true when list_contains(:no, lower(:text)) then false end",
        text=text,
        yes=words("yes"),
        no=words("no"),
    )
    wrong = sql(":text is not null and :value is null", text=text, value=value)
    return Cast(flag, (*required, (wrong, literal("not yes or no"))))
