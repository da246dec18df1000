"""Amounts: exact decimal arithmetic from text to integer minor units, rounded half away from zero per row.

Two ways with one meaning. Where the digits seen keep every intermediate result within 38 digits, the engine computes
with DECIMAL; otherwise (division, exponents, very long numbers) Python computes with fractions, once per distinct
combination of operands.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.expression import Column, Number, Operation, Tree, columns_of, evaluate
from ladder.importing.plan import Dialect
from ladder.importing.sql import any_of, column, first_true, literal, replaced, sql

MOST_MINOR = 10**15
"""Amounts from here on are refused: ten trillion in a currency with cents is a slip, not an order."""
_WIDEST = 38
_NARROW = 18  # two decimals of up to 18 digits are multiplied in 64 bits, whatever the product needs
_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"


@dataclass(frozen=True)
class Digits:
    """Digits before and after the decimal point that hold every value of an expression."""

    before: int
    after: int


def number_text(cell: exp.Expr, dialect: Dialect) -> exp.Expr:
    """A number as `-1234.5` from the spelling of the dialect, or NULL when it is none.

    Currency signs and blanks fall away; `(5.00)` and `5.00-` are negative.
    """
    bare = sql(r"regexp_replace(:cell, '[\p{Sc}\s\x{00A0}\x{202F}]', '', 'g')", cell=cell)
    signed = sql(
        r"case when regexp_full_match(:bare, '\(.*\)|.*[^eE(]-') "
        r"then '-' || regexp_replace(:bare, '[()]|-$', '', 'g') else :bare end",
        bare=bare,
    )
    ungrouped = signed
    if dialect.thousands:
        grouped = r"[+-]?\d{1,3}(?:[T]\d{3})+(?:[D]\d*)?"
        pattern = grouped.replace("T", dialect.thousands).replace("D", dialect.decimal)
        ungrouped = sql(
            "case when regexp_full_match(:text, :pattern) then replace(:text, :mark, '') else :text end",
            text=signed,
            pattern=pattern,
            mark=dialect.thousands,
        )
    dotted = ungrouped
    if dialect.decimal != ".":
        dotted = sql(
            "case when contains(:text, '.') then null else replace(:text, :mark, '.') end",
            text=ungrouped,
            mark=dialect.decimal,
        )
    checked = sql("case when regexp_full_match(:text, :plain) then :text end", text=dotted, plain=_PLAIN)
    quick = r"[+-]?\d+(?:\.\d+)?" if dialect.decimal == "." else r"[+-]?\d+"
    return sql(
        "case when regexp_full_match(:cell, :quick) then :cell else :checked end",
        cell=cell,
        quick=quick,
        checked=checked,
    )


@dataclass(frozen=True)
class Priced:
    """An amount over `source`: minor units (NULL when bad) and the reason when it is bad (else NULL)."""

    minor: exp.Expr
    bad: exp.Expr


def priced(engine: Engine, tree: Tree, places: dict[str, int], digits: int) -> Priced:
    """The amount `tree` from the number texts n<place> of `source`; `digits` are the currency's minor digits."""
    cells = [column(f"c{places[name]}") for name in columns_of(tree)]
    texts = {name: column(f"n{places[name]}") for name in columns_of(tree)}
    missing = any_of(sql(":cell is null", cell=cell) for cell in cells)
    wrong = any_of(sql(":text is null", text=text) for text in texts.values())
    value = _decimal(tree, _measure(engine, texts), texts, digits)
    if value is None:
        value = _by_fractions(engine, tree, texts, digits)
    minor = sql("try_cast(:value as bigint)", value=value)
    large = sql(":minor is null or abs(:minor) >= :most", minor=minor, most=MOST_MINOR)
    reasons = [(missing, "no amount"), (wrong, "not a number"), (large, "amount too large")]
    return Priced(minor, first_true((condition, literal(reason)) for condition, reason in reasons))


def _measure(engine: Engine, texts: dict[str, exp.Column]) -> dict[str, Digits]:
    """Upper bounds for the digits of each operand; one too wide for any decimal where exponents are written."""
    parts: list[exp.Expr] = []
    for text in texts.values():
        point = sql(
            "case when contains(:text, '.') then instr(:text, '.') else length(:text) + 1 end", text=text
        )
        parts += [
            sql("coalesce(max(:point - 1), 0)", point=point),
            sql("coalesce(max(greatest(length(:text) - :point, 0)), 0)", text=text, point=point),
            sql("coalesce(bool_or(contains(:text, 'e') or contains(:text, 'E')), false)", text=text),
        ]
    row = engine.rows("measure amounts", exp.select(*parts).from_("source"))[0] if parts else ()
    return {
        name: Digits(_WIDEST, 1) if row[3 * at + 2] else Digits(row[3 * at], row[3 * at + 1])
        for at, name in enumerate(texts)
    }


def _decimal(
    tree: Tree, measured: dict[str, Digits], texts: dict[str, exp.Column], digits: int
) -> exp.Expr | None:
    """round(tree × 10^digits) over DECIMALs, or None when it may not fit 38 digits."""
    scaled = Operation("*", tree, Number(Fraction(10**digits)))
    found = _typed(scaled, measured, texts, 1)
    if found and found[1].before + found[1].after > _NARROW:
        found = _typed(scaled, measured, texts, _NARROW + 1)
    return sql("round(:value, 0)", value=found[0]) if found else None


def _typed(
    tree: Tree, measured: dict[str, Digits], texts: dict[str, exp.Column], least: int
) -> tuple[exp.Expr, Digits] | None:
    """The tree over DECIMALs of at least `least` digits, and the digits its values may have."""
    if isinstance(tree, Column):
        return _cast(texts[tree.name], measured[tree.name], least)
    if isinstance(tree, Number):
        return _constant(tree.value, least)
    if tree.sign == "/":
        if not isinstance(tree.right, Number) or tree.right.value == 0:
            return None
        tree = Operation("*", tree.left, Number(1 / tree.right.value))
    left, right = _typed(tree.left, measured, texts, least), _typed(tree.right, measured, texts, least)
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


def _by_fractions(engine: Engine, tree: Tree, texts: dict[str, exp.Column], digits: int) -> exp.Expr:
    """Join the exact result of every distinct combination of operands to `source`, and name its column."""
    columns = list(texts.values())
    query = exp.select(*columns).distinct().from_("source")
    query = query.where(*(sql(":text is not null", text=text) for text in columns))
    combinations = engine.rows("distinct amounts", query)
    minors = [_minor(tree, dict(zip(texts, row, strict=True)), digits) for row in combinations]
    arrays: dict[str, pa.Array] = {
        text.name: pa.array([row[at] for row in combinations], pa.string()) for at, text in enumerate(columns)
    }
    name = "m" + "_".join(text.name for text in columns)
    engine.register("exact", pa.table({**arrays, name: pa.array(minors, pa.int64())}))
    keys: list[int | str | exp.Expr] = [text.name for text in columns]
    joined = exp.select("*").from_("source").join("exact", using=keys, join_type="left")
    engine.run("exact amounts", replaced("source", joined))
    return column(name)


def _minor(tree: Tree, texts: dict[str, str], digits: int) -> int | None:
    value = evaluate(tree, {name: Fraction(text) for name, text in texts.items()})
    return None if value is None else _rounded(value * 10**digits)


def _rounded(value: Fraction) -> int | None:
    """Half away from zero; None when too large for an amount."""
    size = int(abs(value) + Fraction(1, 2))
    return None if size >= MOST_MINOR else (size if value >= 0 else -size)
