"""Amounts: exact decimal arithmetic from text to integer minor units, rounded half away from zero per row.

Cells spelt plainly (`-12.50`) are taken as they stand; the rules of spelling are asked once per distinct other text.
Then two ways with one meaning. Where the digits seen keep every intermediate result within 38 digits, the engine
computes with DECIMAL; otherwise (division, exponents, very long numbers) Python computes with fractions, once per
distinct combination of operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import (
    Column,
    Number,
    Operation,
    Tree,
    columns_of,
    evaluate,
    needed_columns,
)
from ladder.importing.numbers import LONGEST
from ladder.importing.operands import NARROW, Digits, Join, Operand, joined, operands, or_nothing
from ladder.importing.plan import Dialect
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql

MOST_MINOR = 10**15
"""Amounts from here on are refused: ten trillion in a currency with cents is a slip, not an order."""
AMOUNT_REASONS = ("no amount", "not a number", "amount too large")
_WIDEST = 38
_AT_ONCE = 200_000


@dataclass(frozen=True)
class Priced:
    """An amount over `source` and its joins: minor units, and what is wrong with an operand, or NULL."""

    minor: exp.Expr
    wrong: exp.Expr
    joins: tuple[Join, ...] = ()


def priced(engine: Engine, tree: Tree, dialect: Dialect, places: dict[str, int], digits: int) -> Priced:
    """The amount `tree` from the cells c<place> of `source`; `digits` are the currency's minor digits."""
    names = columns_of(tree)
    if not names:
        return Priced(exp.cast(literal(_minor(tree, {}, digits)), "bigint"), exp.Null())
    found = operands(engine, dialect, [places[name] for name in names])
    known = _with_nothing(tree, dict(zip(names, found, strict=True)), places)
    joins = [operand.join for operand in known.values() if operand.join]
    wide = [operand.wide for operand in known.values() if operand.wide]
    value = _decimal(tree, known, digits)
    if value is None or wide:
        exact = exp.column("minor", "exact")
        some = any_of(wide) if value else exp.true()
        joins.append(_by_fractions(engine, tree, known, joins, some, digits))
        value = sql(
            "case when :some then :exact else :value end", some=some, exact=exact, value=value or exact
        )
    wrong = any_of(sql(":text is null", text=operand.text) for operand in known.values())
    reasons = first_true([(_missing(tree, places), literal("no amount")), (wrong, literal("not a number"))])
    return Priced(sql("try_cast(:value as bigint)", value=value), reasons, tuple(joins))


def priced_ahead(
    tree: Tree, operands: Sequence[Operand], places: dict[str, int], digits: int
) -> Priced | None:
    """`priced` over the cells themselves, by what is foreseen of their columns; None where that does not do.

    The amount is NULL also where a cell is not as foreseen, for which `wrong` has no words.
    """
    known = _with_nothing(tree, dict(zip(columns_of(tree), operands, strict=True)), places)
    value = _decimal(tree, known, digits) if operands else None
    if value is None:
        return None
    reasons = first_true([(_missing(tree, places), literal("no amount"))])
    return Priced(sql("try_cast(:value as bigint)", value=value), reasons)


def _with_nothing(tree: Tree, known: dict[str, Operand], places: dict[str, int]) -> dict[str, Operand]:
    """The operands, of those that may be empty with 0 for nothing."""
    needed = needed_columns(tree)
    return {
        name: operand if name in needed else or_nothing(operand, places[name])
        for name, operand in known.items()
    }


def _missing(tree: Tree, places: dict[str, int]) -> exp.Expr:
    return any_of(sql(":cell is null", cell=column(f"c{places[name]}")) for name in needed_columns(tree))


def bad_amount(wrong: exp.Expr, minor: exp.Expr) -> exp.Expr:
    """Why there is no amount, given both parts of it; NULL where there is one."""
    large = sql(":minor is null or abs(:minor) >= :most", minor=minor, most=MOST_MINOR)
    return sql("coalesce(:wrong, case when :large then 'amount too large' end)", wrong=wrong, large=large)


def _decimal(tree: Tree, operands: dict[str, Operand], digits: int) -> exp.Expr | None:
    """round(tree × 10^digits) over DECIMALs, or None when it may not fit 38 digits."""
    scaled = Operation("*", tree, Number(Fraction(10**digits)))
    found = _typed(scaled, operands, 1)
    if found and found[1].before + found[1].after > NARROW:
        found = _typed(scaled, operands, NARROW + 1)
    return sql("round(:value, 0)", value=found[0]) if found else None


def _typed(tree: Tree, operands: dict[str, Operand], least: int) -> tuple[exp.Expr, Digits] | None:
    """The tree over DECIMALs of at least `least` digits, and the digits its values may have."""
    if isinstance(tree, Column):
        return _cast(operands[tree.name].text, operands[tree.name].digits, least)
    if isinstance(tree, Number):
        return _constant(tree.value, least)
    if tree.sign == "/":
        if not isinstance(tree.right, Number) or tree.right.value == 0:
            return None
        tree = Operation("*", tree.left, Number(1 / tree.right.value))
    left, right = _typed(tree.left, operands, least), _typed(tree.right, operands, least)
    if left is None or right is None:
        return None
    (one, a), (two, b) = left, right
    if tree.sign == "*":
        size = Digits(a.before + b.before, a.after + b.after)
    else:
        size = Digits(max(a.before, b.before) + 1, max(a.after, b.after))
    operator = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}[tree.sign]
    fits = size.before + size.after <= _WIDEST
    return (exp.Paren(this=operator(this=one, expression=two)), size) if fits else None


def _cast(text: exp.Expr, size: Digits, least: int) -> tuple[exp.Expr, Digits] | None:
    width = max(least, size.before + size.after)
    if width > _WIDEST:
        return None
    kind = exp.DataType.build(f"DECIMAL({width}, {size.after})", dialect="duckdb")
    return exp.TryCast(this=text.copy(), to=kind), size


def _constant(value: Fraction, least: int) -> tuple[exp.Expr, Digits] | None:
    """An exact decimal constant; None for one without an end, such as 1/3."""
    for after in range(19):
        scaled = value * 10**after
        if scaled.denominator == 1:
            size = Digits(max(1, len(str(abs(int(value))))), after)
            sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled.numerator)).rjust(after + 1, "0")
            text = sign + (digits[: len(digits) - after] + "." + digits[len(digits) - after :]).rstrip(".")
            return _cast(literal(text), size, least)
    return None


def _by_fractions(
    engine: Engine,
    tree: Tree,
    operands: dict[str, Operand],
    joins: Sequence[Join],
    some: exp.Expr,
    digits: int,
) -> Join:
    """Make `exact_amounts`: the exact result of every distinct combination of operands in `some` of the rows."""
    texts = {f"text_{at}": operand.text for at, operand in enumerate(operands.values())}
    query = exp.select(*(named(text, name) for name, text in texts.items())).distinct().from_("source")
    query = joined(query, joins).where(
        some, *(sql(":text is not null", text=text) for text in texts.values())
    )
    engine.run("distinct amounts", replaced("combinations", query))
    schema = pa.schema([*((name, pa.string()) for name in texts), ("minor", pa.int64())])
    engine.register("answers", schema.empty_table())
    engine.run("exact amounts", "create or replace table exact_amounts as select * from answers")
    page = exp.select(*texts).from_("combinations")
    first = 0
    while rows := engine.rows("distinct amounts", page.where(_between(first, first + _AT_ONCE))):
        minors = [_minor(tree, dict(zip(operands, row, strict=True)), digits) for row in rows]
        columns = [*zip(*rows, strict=True), minors]
        engine.register("answers", pa.table([pa.array(found) for found in columns], schema=schema))
        engine.run("exact amounts", "insert into exact_amounts select * from answers")
        first += _AT_ONCE
    keys = (sql(":key = :text", key=exp.column(name, "exact"), text=text) for name, text in texts.items())
    return Join("exact_amounts", "exact", exp.and_(*keys))


def _between(first: int, last: int) -> exp.Expr:
    return sql("rowid >= :first and rowid < :last", first=first, last=last)


def _minor(tree: Tree, texts: dict[str, str], digits: int) -> int | None:
    if any(len(text) > LONGEST for text in texts.values()):
        return None
    value = evaluate(tree, {name: Fraction(text) for name, text in texts.items()})
    return None if value is None else _rounded(value * 10**digits)


def _rounded(value: Fraction) -> int | None:
    """Half away from zero; None when too large for an amount."""
    size = int(abs(value) + Fraction(1, 2))
    return None if size >= MOST_MINOR else (size if value >= 0 else -size)
