"""Amounts: exact decimal arithmetic from text to integer minor units, rounded half away from zero per row.

Cells spelt plainly (`-12.50`) are taken as they stand; the rules of spelling are asked once per distinct other text.
Then two ways with one meaning. Where the digits seen keep every intermediate result within 38 digits, the engine
computes with DECIMAL; otherwise (division, exponents, very long numbers) Python computes with fractions, once per
distinct combination of operands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from ladder.importing.numbers import LONGEST, number_text
from ladder.importing.plan import Dialect
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql

MOST_MINOR = 10**15
"""Amounts from here on are refused: ten trillion in a currency with cents is a slip, not an order."""
_WIDEST = 38
_NARROW = 18  # two decimals of up to 18 digits are multiplied in 64 bits, whatever the product needs
_DECIMAL = r"[+-]?\d{0,18}(?:\.\d{0,18})?"
_AT_ONCE = 200_000

_ODD_DIGITS = """
select
    coalesce(max(case when contains(number, '.') then instr(number, '.') - 1 else length(number) end), 0),
    coalesce(max(case when contains(number, '.') then length(number) - instr(number, '.') else 0 end), 0),
    (select count(*) > 0 from odd_numbers where is_wide)
from odd_numbers
where not is_wide
"""


@dataclass(frozen=True)
class Digits:
    """Digits before and after the decimal point that hold every value of an expression."""

    before: int
    after: int


@dataclass(frozen=True)
class Join:
    """A table of exact answers, to be left-joined to `source` under a name of its own."""

    table: str
    name: str
    on: exp.Expr


@dataclass(frozen=True)
class Priced:
    """An amount over `source` and its joins: minor units, and what is wrong with an operand, or NULL."""

    minor: exp.Expr
    wrong: exp.Expr
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class _Operand:
    """A column of numbers: its plain text, whether a cell needs more digits than an engine's decimal has (None:
    never), the digits of all others, and the table of its odd spellings."""

    text: exp.Expr
    wide: exp.Expr | None
    digits: Digits
    join: Join | None = None


def priced(engine: Engine, tree: Tree, dialect: Dialect, places: dict[str, int], digits: int) -> Priced:
    """The amount `tree` from the cells c<place> of `source`; `digits` are the currency's minor digits."""
    names = columns_of(tree)
    if not names:
        return Priced(exp.cast(literal(_minor(tree, {}, digits)), "bigint"), exp.Null())
    found, needed = _operands(engine, dialect, [places[name] for name in names]), needed_columns(tree)
    operands = dict(zip(names, found, strict=True))
    operands |= {name: _or_nothing(operands[name], places[name]) for name in names if name not in needed}
    found = list(operands.values())
    joins = [operand.join for operand in found if operand.join]
    wide = [operand.wide for operand in found if operand.wide]
    value = _decimal(tree, operands, digits)
    if value is None or wide:
        exact = exp.column("minor", "exact")
        some = any_of(wide) if value else exp.true()
        joins.append(_by_fractions(engine, tree, operands, joins, some, digits))
        value = sql(
            "case when :some then :exact else :value end", some=some, exact=exact, value=value or exact
        )
    missing = any_of(sql(":cell is null", cell=column(f"c{places[name]}")) for name in needed)
    wrong = any_of(sql(":text is null", text=operand.text) for operand in found)
    reasons = first_true([(missing, literal("no amount")), (wrong, literal("not a number"))])
    return Priced(sql("try_cast(:value as bigint)", value=value), reasons, tuple(joins))


def bad_amount(wrong: exp.Expr, minor: exp.Expr) -> exp.Expr:
    """Why there is no amount, given both parts of it; NULL where there is one."""
    large = sql(":minor is null or abs(:minor) >= :most", minor=minor, most=MOST_MINOR)
    return sql("coalesce(:wrong, case when :large then 'amount too large' end)", wrong=wrong, large=large)


def _operands(engine: Engine, dialect: Dialect, places: Sequence[int]) -> list[_Operand]:
    """Look at every cell of these columns once; the rules of spelling are needed for the odd ones only."""
    cells = [column(f"c{place}") for place in places]
    parts = [part for cell in cells for part in _measures(cell, dialect)]
    row = engine.rows("measure amounts", exp.select(*parts).from_("source"))[0]
    measured = [row[at : at + 3] for at in range(0, len(row), 3)]
    odd = [cell for cell, (is_odd, _, _) in zip(cells, measured, strict=True) if is_odd]
    most, is_wide = _spell(engine, dialect, odd) if odd else (Digits(0, 0), False)
    found = []
    for cell, (is_odd, before, after) in zip(cells, measured, strict=True):
        plain = cell if dialect.decimal != "," else sql("replace(:cell, ',', '.')", cell=cell)
        if is_odd:
            size = Digits(max(before, most.before), max(after, most.after))
            found.append(_with_odd(cell, plain, size, is_wide))
        else:
            found.append(_Operand(plain, None, Digits(before, after)))
    return found


def _or_nothing(operand: _Operand, place: int) -> _Operand:
    """A column whose empty cells are 0."""
    text = sql("case when :cell is null then '0' else :text end", cell=column(f"c{place}"), text=operand.text)
    return replace(operand, text=text, digits=Digits(max(1, operand.digits.before), operand.digits.after))


def _with_odd(cell: exp.Column, plain: exp.Expr, size: Digits, is_wide: bool) -> _Operand:
    """A column in which some cells are spelt oddly: those are looked up."""
    name = f"odd_{cell.name}"
    text, number, wide = (exp.column(part, name) for part in ("text", "number", "is_wide"))
    return _Operand(
        sql("case when :text is null then :plain else :number end", text=text, plain=plain, number=number),
        sql("coalesce(:wide, false)", wide=wide) if is_wide else None,
        size,
        Join("odd_numbers", name, sql(":text = :cell", text=text, cell=cell)),
    )


def _plain(cell: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Whether a cell is spelt in the plainest way and short enough for an engine's decimal."""
    pattern = rf"[+-]?\d{{1,{_NARROW}}}"
    if dialect.decimal:
        pattern += rf"(?:[{dialect.decimal}]\d{{1,{_NARROW}}})?"
    return sql("regexp_full_match(:cell, :pattern)", cell=cell, pattern=pattern)


def _measures(cell: exp.Expr, dialect: Dialect) -> list[exp.Expr]:
    """Whether there are odd spellings, and the most digits before and after the point of all others."""
    point = sql("instr(:cell, :mark)", cell=cell, mark=dialect.decimal or ".")
    length = sql("strlen(:cell)", cell=cell)
    before = sql("case when :point > 0 then :point - 1 else :length end", point=point, length=length)
    after = sql("case when :point > 0 then :length - :point else 0 end", point=point, length=length)
    plain = _plain(cell, dialect)
    return [
        sql("coalesce(bool_or(not :plain), false)", plain=plain),
        *(sql("coalesce(max(:size) filter (:plain), 0)", size=size, plain=plain) for size in (before, after)),
    ]


def _spell(engine: Engine, dialect: Dialect, cells: Sequence[exp.Column]) -> tuple[Digits, bool]:
    """Make `odd_numbers`: every distinct cell that is not spelt plainly with its plain number, NULL where it is
    none, and whether that needs more digits than an engine's decimal has. Returns the most digits of the others,
    and whether any does."""
    plain = [_plain(cell, dialect) for cell in cells]
    texts = [
        exp.select(named(cell, "text")).from_("source").where(exp.not_(test))
        for cell, test in zip(cells, plain, strict=True)
    ]
    odd = texts[0].distinct() if len(texts) == 1 else exp.union(*texts)
    number = named(number_text(column("text"), dialect), "number")
    spelt = exp.select("text", number).from_(odd.subquery("odd"))
    wide = sql("coalesce(not regexp_full_match(number, :narrow), false)", narrow=_DECIMAL)
    made = exp.select("*", named(wide, "is_wide")).from_(spelt.subquery("spelt"))
    engine.run("spell numbers", replaced("odd_numbers", made))
    before, after, is_wide = engine.rows("measure odd amounts", _ODD_DIGITS)[0]
    return Digits(before, after), is_wide


def _decimal(tree: Tree, operands: dict[str, _Operand], digits: int) -> exp.Expr | None:
    """round(tree × 10^digits) over DECIMALs, or None when it may not fit 38 digits."""
    scaled = Operation("*", tree, Number(Fraction(10**digits)))
    found = _typed(scaled, operands, 1)
    if found and found[1].before + found[1].after > _NARROW:
        found = _typed(scaled, operands, _NARROW + 1)
    return sql("round(:value, 0)", value=found[0]) if found else None


def _typed(tree: Tree, operands: dict[str, _Operand], least: int) -> tuple[exp.Expr, Digits] | None:
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
    operands: dict[str, _Operand],
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


def joined(query: exp.Select, joins: Sequence[Join]) -> exp.Select:
    """The query with tables of exact answers joined to its source."""
    for join in joins:
        query = query.join(exp.to_table(join.table).as_(join.name), on=join.on, join_type="left")
    return query


def _minor(tree: Tree, texts: dict[str, str], digits: int) -> int | None:
    if any(len(text) > LONGEST for text in texts.values()):
        return None
    value = evaluate(tree, {name: Fraction(text) for name, text in texts.items()})
    return None if value is None else _rounded(value * 10**digits)


def _rounded(value: Fraction) -> int | None:
    """Half away from zero; None when too large for an amount."""
    size = int(abs(value) + Fraction(1, 2))
    return None if size >= MOST_MINOR else (size if value >= 0 else -size)
