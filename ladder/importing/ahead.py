"""Cast ahead: where the first rows say how, values are made from the cells while these are read, and only once.

Dates, scores and amounts then stand beside the cells as r_<field>, and `wrong` says why a row is refused. What is
foreseen of amounts, that all are spelt as plainly as the first ones, is looked at when all are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import columns_of, parse
from ladder.importing.fields import Cast, cast_alone, cast_money, ident, place_of, refusals
from ladder.importing.look import Sample
from ladder.importing.money import AMOUNT_REASONS, priced_ahead
from ladder.importing.operands import foreseen
from ladder.importing.plan import Plan
from ladder.importing.sql import all_but, any_of, column, enumeration, first_true, named, sql, view
from ladder.importing.worded import languages_of
from ladder.model.tables import TABLES, Field


@dataclass(frozen=True)
class Ahead:
    """How each mapped field is read from the cells alone; `over` adds what is made ahead to a query of cells."""

    plan: Plan
    casts: dict[str, Cast]

    def over(self, cells: exp.Select) -> exp.Select:
        """The cells with r_<field> and `wrong`."""
        raw = [part for item in self.casts.values() for part in item.raw]
        made = exp.select("*", *raw).from_(cells.subquery("kept"))
        values = [named(item.value, f"v_{name}") for name, item in self.casts.items()]
        bad = [named(item.bad, f"b_{name}") for name, item in self.casts.items() if item.bad]
        found = exp.select("*", *values, *bad).from_(made.subquery("made"))
        kept = (column(name) for name in (*cells.named_selects, *self.stored))
        return exp.select(*kept, named(self._wrong(), "wrong")).from_(found.subquery("found"))

    def _wrong(self) -> exp.Expr:
        """Why a row is refused, as an enumeration: a column of texts takes long to write, even if it holds none."""
        found = refusals(self.plan, self.casts)
        words = [told.this for _, told, _ in found if isinstance(told, exp.Literal)]
        why = first_true((test, told) for test, told, _ in found)
        return exp.cast(why, enumeration((*words, *AMOUNT_REASONS)))

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns made ahead, but `wrong`."""
        return tuple(
            part.alias for item in self.casts.values() for part in item.raw if part.alias.startswith("r_")
        )

    def left(self, engine: Engine, field: Field, mail: bool) -> Cast:
        """What is still open over `source`, where r_<field> stands already; `mail` as in `ident`."""
        found = self.casts[field.name]
        value = ident(engine, field, self.plan, mail) if field.kind == "id" else found.value
        return replace(
            found, value=value, raw=tuple(part for part in found.raw if part.alias not in self.stored)
        )


def cast_ahead(plan: Plan, sample: Sample, digits: int, today: date) -> Ahead | None:
    """What can be cast while the file is read, `sample` being its first rows; None where these do not tell enough.

    `digits` are the currency's minor digits; events after the day that follows `today` are refused.
    """
    casts: dict[str, Cast] = {}
    for field in TABLES[plan.table].fields:
        if field.name not in plan.mapping.fields:
            continue
        found = _ahead(field, plan, sample, digits, today)
        if found is None:
            return None
        casts[field.name] = found
    return Ahead(plan, casts)


def _ahead(field: Field, plan: Plan, sample: Sample, digits: int, today: date) -> Cast | None:
    if field.kind == "time" and languages_of(plan.mapping.formats[field.name]):
        return None
    if field.kind != "money":
        return cast_alone(field, plan, today)
    tree, places = (
        parse(plan.mapping.fields[field.name], plan.dialect.columns),
        place_of(plan.dialect.columns),
    )
    operands = []
    for name in columns_of(tree):
        values = [value for value in sample.values(name) if value and value not in plan.dialect.nulls]
        operand = foreseen(column(f"c{places[name]}"), values, plan.dialect, digits)
        if operand is None:
            return None
        operands.append(operand)
    amount = priced_ahead(tree, operands, places, digits)
    return cast_money(field, amount) if amount else None


def holds(engine: Engine, ahead: Ahead) -> bool:
    """Whether every amount of `source` was as foreseen; where not, `source` shows nothing of what was made ahead."""
    unlike = [
        sql(":minor is null and :wrong is null", minor=column(f"r_{name}"), wrong=part.this)
        for name, item in ahead.casts.items()
        for part in item.raw
        if part.alias == f"w_{name}"
    ]
    first = exp.select(exp.Literal.number(1)).from_("source").where("ignored is null and problem is null")
    if not unlike or not engine.rows("unlike the first", first.where(any_of(unlike)).limit(1)):
        return True
    kept = exp.select(named(sql("rowid + 1"), "line"), all_but((*ahead.stored, "wrong"))).from_("cells")
    engine.run("source", view("source", kept))
    return False
