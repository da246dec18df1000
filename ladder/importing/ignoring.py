"""Rows that are read and do not count: of another status, further lines of an order, of erased customers."""

from __future__ import annotations

from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.fields import PEOPLE, lacking, place_of
from ladder.importing.money import Join
from ladder.importing.plan import Plan
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql
from ladder.workspace import ERASED_ID, Tombstones

FURTHER_LINE = "further line of the order"
ERASED = "erased customer"
_LONGEST_WORD = 40


def columns_told(plan: Plan) -> tuple[str, ...]:
    """The columns that decide whether a row counts. LadderError for one that the file does not have."""
    found = (*plan.mapping.keep, *([plan.mapping.fold] if plan.mapping.fold else []))
    for name in found:
        if name not in plan.dialect.columns:
            raise LadderError(
                "No such column", f"The plan names a column “{name}”, which the file does not have."
            )
    return found


def fold(engine: Engine, plan: Plan) -> Join | None:
    """Make `first_lines`: the first line of every order of which some line lacks a required field."""
    if not plan.mapping.fold:
        return None
    order = column(f"c{place_of(plan.dialect.columns)[plan.mapping.fold]}")
    usable = sql("problem is null and ignored is null and :order is not null", order=order)
    short = exp.select(order).from_("source").where(usable, lacking(plan))
    first = exp.select(named(order, "ident"), named(sql("min(line)"), "first_line")).from_("source")
    first = first.where(usable, order.isin(query=short)).group_by(order)
    engine.run("first lines of orders", replaced("first_lines", first))
    return Join(
        "first_lines", "orders", sql(":ident = :order", ident=exp.column("ident", "orders"), order=order)
    )


def reason_to_ignore(plan: Plan) -> exp.Expr:
    """Why a row over `source` and the join of `fold` does not count, or NULL."""
    places = place_of(plan.dialect.columns)
    found: list[tuple[exp.Expr, exp.Expr]] = [(sql("ignored is not null"), column("ignored"))]
    if plan.mapping.fold:
        later = sql("line > :first and :lacking", first=column("first_line"), lacking=lacking(plan))
        found.append((later, literal(FURTHER_LINE)))
    for name, kept in plan.mapping.keep.items():
        cell = column(f"c{places[name]}")
        other = sql("not list_contains(:kept, lower(coalesce(:cell, '')))", cell=cell, kept=_lower(kept))
        word = sql(
            ":name || coalesce(left(:cell, :most), '(empty)')",
            name=f"{name}: ",
            cell=cell,
            most=_LONGEST_WORD,
        )
        found.append((other, word))
    return sql("case when problem is null then :reason end", reason=first_true(found))


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
    theirs = any_of(person.isin(query=exp.select("ident").from_("erased")) for person in people)
    changes: dict[str, object] = {
        "ignored": literal(ERASED),
        "reason": exp.Null(),
        "bad_columns": exp.Null(),
    }
    engine.run("leave erased customers out", exp.update("typed_rows", changes, where=theirs))
