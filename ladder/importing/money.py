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
from ladder.importing.sql import all_but, any_of, column, first_true, literal, named, replaced, sql

MOST_MINOR = 10**15
"""Amounts from here on are refused: ten trillion in a currency with cents is a slip, not an order."""
_WIDEST = 38
_LONGEST = 18
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


def add_money(engine: Engine, field: str, tree: Tree, places: dict[str, int], dialect: Dialect, digits: int) -> None:
    """Give `source` the columns `<field>` (minor units, NULL when bad) and `<field>_bad` (why, else NULL)."""
    cells = {name: column(f"c{places[name]}") for name in columns_of(tree)}
    texts = {name: column(f"n{place}") for place, name in enumerate(cells)}
    numbers = exp.select("*", *(named(number_text(cells[name], dialect), texts[name].name) for name in cells))
    inner: exp.Expr = numbers.from_("source").subquery("numbers")
    missing = any_of(sql(":cell is null", cell=cell) for cell in cells.values())
    wrong = any_of(sql(":text is null", text=text) for text in texts.values())
    reasons = [(missing, "no amount"), (wrong, "not a number")]
    measured = _measure(engine, inner, list(texts.values()))
    sizes = dict(zip(cells, measured, strict=True)) if measured is not None else None
    value = _decimal(tree, sizes, texts, digits) if sizes is not None else None
    dropped = [text.name for text in texts.values()]
    if value is None:
        inner, value = _by_fractions(engine, tree, texts, inner, digits), column("minor")
        dropped.append("minor")
    else:
        long = any_of(_too_long(text) for text in texts.values())
        reasons.append((long, "amount too large"))
    bad = first_true(reasons)
    minor = sql("case when :bad is null then try_cast(:value as bigint) end", bad=bad, value=value)
    priced = exp.select(all_but(dropped), named(minor, field), named(bad, "bad")).from_(inner).subquery("priced")
    bad = sql(
        "coalesce(bad, case when :value is null or abs(:value) >= :most then 'amount too large' end)",
        value=column(field),
        most=MOST_MINOR,
    )
    query = exp.select(all_but(["bad"]), named(bad, f"{field}_bad")).from_(priced)
    engine.run("amounts", replaced("source", query))


def _too_long(text: exp.Expr) -> exp.Expr:
    return sql("length(regexp_extract(:text, '^[+-]?0*(\\d*)', 1)) > :most", text=text, most=_LONGEST)


def _measure(engine: Engine, inner: exp.Expr, texts: list[exp.Column]) -> list[Digits] | None:
    """Digits of each operand; None when some number has an exponent."""
    if not texts:
        return []
    parts: list[exp.Expr] = []
    for text in texts:
        before = sql(
            "max(case when :long then 0 else length(regexp_extract(:text, '^[+-]?0*(\\d*)', 1)) end)",
            text=text,
            long=_too_long(text),
        )
        after = sql("max(length(rtrim(split_part(:text, '.', 2), '0')))", text=text)
        parts += [before, after, sql("bool_or(contains(lower(:text), 'e'))", text=text)]
    row = engine.rows("measure amounts", exp.select(*parts).from_(inner))[0]
    if any(row[2::3]):
        return None
    return [Digits(int(row[at] or 0), int(row[at + 1] or 0)) for at in range(0, len(row), 3)]


def _decimal(
    tree: Tree, measured: dict[str, Digits], texts: dict[str, exp.Column], digits: int
) -> exp.Expr | None:
    """round(tree × 10^digits) over DECIMALs, or None when it may not fit 38 digits."""
    scaled = Operation("*", tree, Number(Fraction(10**digits)))
    found = _typed(scaled, measured, texts)
    return sql("round(:value, 0)", value=found[0]) if found else None


def _typed(
    tree: Tree, measured: dict[str, Digits], texts: dict[str, exp.Column]
) -> tuple[exp.Expr, Digits] | None:
    if isinstance(tree, Column):
        return _cast(texts[tree.name], measured[tree.name])
    if isinstance(tree, Number):
        return _constant(tree.value)
    if tree.sign == "/":
        if not isinstance(tree.right, Number) or tree.right.value == 0:
            return None
        tree = Operation("*", tree.left, Number(1 / tree.right.value))
    left, right = _typed(tree.left, measured, texts), _typed(tree.right, measured, texts)
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


def _cast(text: exp.Expr, size: Digits) -> tuple[exp.Expr, Digits] | None:
    width = max(1, size.before + size.after)
    if width > _WIDEST:
        return None
    kind = exp.DataType.build(f"DECIMAL({width}, {size.after})", dialect="duckdb")
    return exp.TryCast(this=text.copy(), to=kind), size


def _constant(value: Fraction) -> tuple[exp.Expr, Digits] | None:
    """An exact decimal constant; None for one without an end, such as 1/3."""
    for after in range(19):
        scaled = value * 10**after
        if scaled.denominator == 1:
            size = Digits(max(1, len(str(abs(int(value))))), after)
            sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled.numerator)).rjust(after + 1, "0")
            text = sign + (digits[: len(digits) - after] + "." + digits[len(digits) - after :]).rstrip(".")
            return _cast(literal(text), size)
    return None


def _by_fractions(
    engine: Engine, tree: Tree, texts: dict[str, exp.Column], inner: exp.Expr, digits: int
) -> exp.Expr:
    """`inner` with the column `minor`: the exact result of every distinct combination of operands."""
    columns = list(texts.values())
    filled = exp.and_(*(sql(":text is not null", text=text) for text in columns), exp.true())
    query = exp.select(*columns).distinct().from_(inner).where(filled)
    combinations = engine.rows("distinct amounts", query) if columns else [()]
    minors = [_minor(tree, dict(zip(texts, row, strict=True)), digits) for row in combinations]
    arrays: dict[str, pa.Array] = {
        text.name: pa.array([row[at] for row in combinations], pa.string()) for at, text in enumerate(columns)
    }
    engine.register("priced_texts", pa.table({**arrays, "minor": pa.array(minors, pa.int64())}))
    keys = [text.name for text in columns]
    joined = exp.select("*").from_(inner)
    joined = joined.join("priced_texts", using=keys, join_type="left") if keys else joined.join("priced_texts")
    return joined.subquery("numbers")


def _minor(tree: Tree, texts: dict[str, str], digits: int) -> int | None:
    value = evaluate(tree, {name: Fraction(text) for name, text in texts.items()})
    return None if value is None else _rounded(value * 10**digits)


def _rounded(value: Fraction) -> int | None:
    """Half away from zero; None when too large for an amount."""
    size = int(abs(value) + Fraction(1, 2))
    return None if size >= MOST_MINOR else (size if value >= 0 else -size)
