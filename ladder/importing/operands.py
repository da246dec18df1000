"""The columns that amounts are computed from: what stands in a cell as a plain number.

Cells spelt plainly (`-12.50`) are taken as they stand; the rules of spelling are asked once per distinct other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.numbers import number_text
from ladder.importing.plan import Dialect
from ladder.importing.sql import column, named, replaced, sql

NARROW = 18
"""Two decimals of up to so many digits are multiplied in 64 bits, whatever the product needs."""
_SPARE = 3
_DECIMAL = r"[+-]?\d{0,18}(?:\.\d{0,18})?"

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
class Operand:
    """A column of numbers: its plain text, whether a cell needs more digits than an engine's decimal has (None:
    never), the digits of all others, and the table of its odd spellings."""

    text: exp.Expr
    wide: exp.Expr | None
    digits: Digits
    join: Join | None = None


def operands(engine: Engine, dialect: Dialect, places: Sequence[int]) -> list[Operand]:
    """Look at every cell of these columns once; the rules of spelling are needed for the odd ones only."""
    cells = [column(f"c{place}") for place in places]
    # Whether a cell is plain is dear to tell, and asked once.
    tests = (named(_plain(cell, dialect), f"plain_{cell.name}") for cell in cells)
    once = exp.select(*cells, *tests).from_("source").subquery("once")
    parts = [part for cell in cells for part in _measures(cell.name, dialect)]
    row = engine.rows("measure amounts", exp.select(*parts).from_(once))[0]
    measured = [row[at : at + 3] for at in range(0, len(row), 3)]
    odd = [cell for cell, (is_odd, _, _) in zip(cells, measured, strict=True) if is_odd]
    most, is_wide = _spell(engine, dialect, odd) if odd else (Digits(0, 0), False)
    found = []
    for cell, (is_odd, before, after) in zip(cells, measured, strict=True):
        plain = _dotted(cell, dialect)
        if is_odd:
            size = Digits(max(before, most.before), max(after, most.after))
            found.append(_with_odd(cell, plain, size, is_wide))
        else:
            found.append(Operand(plain, None, Digits(before, after)))
    return found


def foreseen(cell: exp.Column, values: Iterable[str], dialect: Dialect, digits: int) -> Operand | None:
    """The column, should all of it be spelt as plainly as `values` are, with a few digits more at most.

    Its text is NULL where a cell is not; `digits` are the currency's minor digits. None where a value is not plain.
    """
    cells, pattern = list(values), _pattern(dialect, Digits(NARROW, NARROW))
    if not cells or not all(re.fullmatch(pattern, value, re.ASCII) for value in cells):
        return None
    parts = [value.lstrip("+-").partition(dialect.decimal or ".") for value in cells]
    before, after = max(len(whole) for whole, _, _ in parts), max(len(part) for _, _, part in parts)
    size = Digits(before + _SPARE, max(digits, after))
    text = sql(
        "case when :plain then :cell end", plain=_plain(cell, dialect, size), cell=_dotted(cell, dialect)
    )
    return Operand(text, None, Digits(size.before + 1, size.after))


def _dotted(cell: exp.Expr, dialect: Dialect) -> exp.Expr:
    return cell if dialect.decimal != "," else sql("replace(:cell, ',', '.')", cell=cell)


def or_nothing(operand: Operand, place: int) -> Operand:
    """A column whose empty cells are 0."""
    text = sql("case when :cell is null then '0' else :text end", cell=column(f"c{place}"), text=operand.text)
    return replace(operand, text=text, digits=Digits(max(1, operand.digits.before), operand.digits.after))


def _with_odd(cell: exp.Column, plain: exp.Expr, size: Digits, is_wide: bool) -> Operand:
    """A column in which some cells are spelt oddly: those are looked up."""
    name = f"odd_{cell.name}"
    text, number, wide = (exp.column(part, name) for part in ("text", "number", "is_wide"))
    return Operand(
        sql("case when :text is null then :plain else :number end", text=text, plain=plain, number=number),
        sql("coalesce(:wide, false)", wide=wide) if is_wide else None,
        size,
        Join("odd_numbers", name, sql(":text = :cell", text=text, cell=cell)),
    )


def _plain(cell: exp.Expr, dialect: Dialect, most: Digits = Digits(NARROW, NARROW)) -> exp.Expr:
    """Whether a cell is spelt in the plainest way and short enough for an engine's decimal."""
    return sql("regexp_full_match(:cell, :pattern)", cell=cell, pattern=_pattern(dialect, most))


def _pattern(dialect: Dialect, most: Digits) -> str:
    after = rf"(?:[{dialect.decimal}]\d{{1,{most.after}}})?" if dialect.decimal and most.after else ""
    return rf"[+-]?\d{{1,{most.before}}}{after}"


def _measures(name: str, dialect: Dialect) -> list[exp.Expr]:
    """Whether there are odd spellings, and the most digits before and after the point of all others."""
    cell, plain = column(name), column(f"plain_{name}")
    point = sql("instr(:cell, :mark)", cell=cell, mark=dialect.decimal or ".")
    length = sql("strlen(:cell)", cell=cell)
    before = sql("case when :point > 0 then :point - 1 else :length end", point=point, length=length)
    after = sql("case when :point > 0 then :length - :point else 0 end", point=point, length=length)
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


def joined(query: exp.Select, joins: Sequence[Join]) -> exp.Select:
    """The query with tables of exact answers joined to its source."""
    for join in joins:
        query = query.join(exp.to_table(join.table).as_(join.name), on=join.on, join_type="left")
    return query
