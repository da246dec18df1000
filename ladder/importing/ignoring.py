"""Rows that are read and do not count: of another status, further lines of an order, of erased customers."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import originals
from ladder.importing.fields import PEOPLE, columns_used, lacking, place_of
from ladder.importing.guessing import plain
from ladder.importing.operands import Join
from ladder.importing.plan import Dialect, Plan
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql
from ladder.model.tables import TABLES
from ladder.workspace import ERASED_ID, Tombstones, possible_ids, tells

FURTHER_LINE = "further line of the order"
PAID_OUT = "paid by the business"
RECEIVED = "refund to the business"
ERASED = "erased customer"
_LONGEST_WORD = 40
_MOST_REMEMBERED = 1_000_000

_REFUSED = """
select typed_rows.line, source.problem is null as is_cut
from typed_rows join source on source.line = typed_rows.line
where typed_rows.reason is not null order by typed_rows.line
"""
_STATUS = (
    "status", "orderstatus", "paymentstatus", "financialstatus", "transactionstatus", "state", "orderstate",
    "paymentstate", "ordrestatus", "betalingsstatus", "bestellstatus", "zahlungsstatus", "статус", "статусзаказа",
)  # fmt: skip


def is_status(column: str) -> bool:
    """Whether a column's name says that it tells how an order stands."""
    return plain(column) in _STATUS


def columns_told(plan: Plan) -> tuple[str, ...]:
    """The columns that decide whether a row counts. LadderError for one that the file does not have."""
    mapping = plan.mapping
    found = tuple(filter(None, (*mapping.keep, *mapping.refunds, mapping.fold, mapping.refund_customer)))
    for name in found:
        if name not in plan.dialect.columns:
            raise LadderError(
                "No such column", f"The plan names a column “{name}”, which the file does not have."
            )
    return found


def decides(plan: Plan) -> bool:
    """Whether anything that stands in a row decides whether it counts."""
    mapping = plan.mapping
    return bool(mapping.keep or mapping.refunds or mapping.fold)


def fold(engine: Engine, plan: Plan) -> Join | None:
    """Make `first_lines`: of every order on several lines the first, with the cells of its required fields."""
    if not plan.mapping.fold:
        return None
    order = column(f"c{place_of(plan.dialect.columns)[plan.mapping.fold]}")
    usable = sql("problem is null and ignored is null and :order is not null", order=order)
    first = exp.select(named(order, "ident"), named(sql("min(line)"), "first_line")).from_("source")
    first = first.where(usable).group_by(order).having("count(*) > 1")
    cells = [named(exp.column(name, "source"), f"first_{name}") for name in _required_cells(plan)]
    whole = exp.select("orders.*", *cells).from_(first.subquery("orders"))
    whole = whole.join("source", on=sql("source.line = orders.first_line"))
    engine.run("first lines of orders", replaced("first_lines", whole))
    return Join(
        "first_lines", "orders", sql(":ident = :order", ident=exp.column("ident", "orders"), order=order)
    )


def is_further_line(plan: Plan) -> exp.Expr:
    """Whether a row over `source` and the join of `fold` says nothing that the first line of its order has not said.

    With `totals`: exports that fill the columns of the order on every line repeat its total there.
    """
    if not plan.mapping.totals:
        return sql("coalesce(source.line > first_line and :lacking, false)", lacking=lacking(plan))
    same = [
        sql(
            ":cell is not distinct from :first",
            cell=exp.column(name, "source"),
            first=column(f"first_{name}"),
        )
        for name in _required_cells(plan)
    ]
    return sql(
        "coalesce(source.line > first_line and (:lacking or :same), false)",
        lacking=lacking(plan),
        same=exp.paren(exp.and_(*same)),
    )


def _required_cells(plan: Plan) -> list[str]:
    """The cells that the required fields are read from."""
    columns, places = plan.dialect.columns, place_of(plan.dialect.columns)
    fields = [field for field in TABLES[plan.table].fields if field.required]
    names = [
        name for field in fields for name in columns_used(field, plan.mapping.fields[field.name], columns)
    ]
    return [f"c{places[name]}" for name in dict.fromkeys(names)]


def reason_to_ignore(plan: Plan) -> exp.Expr:
    """Why a row over `source`, with `is_further_line` where orders are folded, does not count, or NULL."""
    places = place_of(plan.dialect.columns)
    found: list[tuple[exp.Expr, exp.Expr]] = [
        (sql("ignored is not null"), exp.cast(column("ignored"), "varchar"))
    ]
    if plan.mapping.fold:
        found.append((column("is_further"), literal(FURTHER_LINE)))
    refund = _is_refund(plan)
    for name, kept in plan.mapping.keep.items():
        cell = column(f"c{places[name]}")
        other = sql("not :kept and not :refund", kept=_one_of(cell, kept), refund=refund)
        word = sql(
            ":name || coalesce(left(:cell, :most), '(empty)')",
            name=f"{name}: ",
            cell=cell,
            most=_LONGEST_WORD,
        )
        found.append((other, word))
    if plan.mapping.refunds:
        negative = sql("coalesce(r_amount < 0, false)")
        found.append((sql(":refund and not :negative", refund=refund, negative=negative), literal(RECEIVED)))
        found.append((sql(":negative and not :refund", refund=refund, negative=negative), literal(PAID_OUT)))
    return sql("case when problem is null then :reason end", reason=first_true(found))


def _is_refund(plan: Plan) -> exp.Expr:
    """Whether the row is a refund by `refunds`."""
    places = place_of(plan.dialect.columns)
    fits = [_one_of(column(f"c{places[name]}"), told) for name, told in plan.mapping.refunds.items()]
    return exp.paren(exp.and_(*fits)) if fits else exp.false()


def _one_of(cell: exp.Expr, told: tuple[str, ...]) -> exp.Expr:
    return sql("list_contains(:told, lower(coalesce(:cell, '')))", cell=cell, told=_lower(told))


def _lower(kept: tuple[str, ...]) -> exp.Expr:
    """The words as the engine writes them in lower case, which is not quite Python's way."""
    return exp.Array(expressions=[exp.Lower(this=literal(word.strip())) for word in kept])


def ignore_erased(engine: Engine, tombstones: Tombstones, fields: tuple[str, ...]) -> None:
    """Mark the rows of `typed` that belong to an erased customer; each distinct id is looked up once."""
    people = [column(name) for name in (*PEOPLE, "email") if name in fields]
    if not tombstones or not people:
        return
    ids = [exp.select(named(person, "ident")).from_("typed") for person in people]
    whole = ids[0].distinct() if len(ids) == 1 else exp.union(*ids)
    hits = exp.select("ident").from_(whole.subquery("people"))
    hits = hits.where("ident is not null").where(sql(ERASED_ID, id=column("ident")))
    engine.run("erased customers", replaced("erased", hits), tombstones.parameters)
    _leave_out(engine, any_of(person.isin(query=exp.select("ident").from_("erased")) for person in people))


def ignore_refused(engine: Engine, source: Path, dialect: Dialect, tombstones: Tombstones) -> None:
    """Mark the refused rows of `typed` that name an erased customer, for their text would be kept with the rejects.

    Of a row that could not be cut into columns everything counts that may be a cell, of another only what can hardly
    mean anybody else: whose row it is was told by its columns. `source` and its dialect are the text that was read.
    """
    if not tombstones:
        return
    refused = engine.frame("refused rows", _REFUSED)
    if refused.empty:
        return
    lines, hits = refused["line"].to_numpy(), []
    seen: set[str] = set()
    texts = originals(source, dialect, lines)
    for line, is_cut, original in zip(lines, refused["is_cut"], texts, strict=True):
        words = possible_ids(original.text, dialect.delimiter) - seen
        if is_cut:
            words = set(filter(tells, words))
        if tombstones.among(words):
            hits.append(int(line))
        elif len(seen) < _MOST_REMEMBERED:
            seen |= words
    if hits:
        engine.register("named", pa.table({"line": hits}))
        _leave_out(engine, column("line").isin(query=exp.select("line").from_("named")))


def _leave_out(engine: Engine, theirs: exp.Expr) -> None:
    changes: dict[str, object] = {
        "ignored": literal(ERASED),
        "reason": exp.Null(),
        "bad_columns": exp.Null(),
    }
    engine.run("leave erased customers out", exp.update("typed_rows", changes, where=theirs))
