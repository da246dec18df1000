"""What a column looks like, in a few figures and without anybody's data: to tell a renamed or changed column later.

A fact sheet of a column is `kind` (empty, number, date, email, text), `filled` and `distinct` (shares of the cells
and of the filled ones), `length` (median), `shape` (commonest pattern of letters and digits), `padded` where one in
twenty has leading zeros; of columns that amounts are made of also `median` (of the absolute values, three digits)
and `currency` (sign or code written in the cells).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from ladder.importing.dates import fit
from ladder.importing.expression import columns_of, joined_columns, parse
from ladder.importing.guessing import EMAIL
from ladder.importing.look import Sample
from ladder.importing.numbers import currency_of, number
from ladder.importing.plan import Dialect, Plan
from ladder.model.tables import TABLES

Facts = dict[str, Any]

NULL_WORDS = frozenset(
    ("null", "n/a", "na", "#n/a", "none", "nil", "nan", "-", "--", "?", "\\n", "(null)", "nat")
)
"""Words that exports write for nothing, in lower case; they are text unless a person lists them."""
_PADDED = re.compile(r"0\d+")
_MOST_VALUES = 1000


def texts(sample: Sample, source: str) -> list[str]:
    """The texts of a column, of columns joined by a blank, or the one text of a literal."""
    names = joined_columns(source, sample.columns)
    if names is None:
        return sample.values(source)
    places = [sample.columns.index(name) for name in names]
    return [" ".join(row[place] for place in places if row[place]) for row in sample.rows]


def used_columns(plan: Plan) -> dict[str, str]:
    """Column of the file → what it serves for: a field's name, `attribute`, `keep` or `fold`."""
    mapping, columns = plan.mapping, plan.dialect.columns
    found = dict.fromkeys(mapping.attributes, "attribute")
    found |= dict.fromkeys(mapping.keep, "keep") | dict.fromkeys(mapping.refunds, "keep")
    if mapping.fold:
        found[mapping.fold] = "fold"
    if mapping.refund_customer:
        found[mapping.refund_customer] = "customer_id"
    for field, source in mapping.fields.items():
        found |= dict.fromkeys(source_columns(plan.table, field, source, columns), field)
    return found


def source_columns(table: str, field: str, source: str, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of the file that a field is made of."""
    if source in columns:
        return (source,)
    known = TABLES[table].field(field)
    if known is not None and known.kind == "money":
        return columns_of(parse(source, columns))
    return joined_columns(source, columns) or ()


def column_facts(plan: Plan, sample: Sample) -> dict[str, Facts]:
    """The fact sheet of every column that the plan uses."""
    money = {field.name for field in TABLES[plan.table].fields if field.kind == "money"}
    return {
        name: facts(sample.values(name), plan.dialect, role in money)
        for name, role in used_columns(plan).items()
    }


def facts(values: Sequence[str], dialect: Dialect, is_money: bool = False) -> Facts:
    """The fact sheet of one column's cells, or of the first thousand spread over them."""
    step = -(-len(values) // _MOST_VALUES) or 1
    cells = [value.strip() for value in values[::step]]
    filled = [
        cell for cell in cells if cell and cell.casefold() not in NULL_WORDS and cell not in dialect.nulls
    ]
    if not filled:
        return {"kind": "empty", "filled": 0.0}
    shapes = Counter(map(shape, filled))
    found: Facts = {
        "kind": kind_of(filled, dialect),
        "filled": round(len(filled) / len(cells), 3),
        "distinct": round(len(set(filled)) / len(filled), 3),
        "length": median(map(len, filled)),
        "shape": shapes.most_common(1)[0][0],
    }
    if 20 * sum(bool(_PADDED.fullmatch(cell)) for cell in filled) >= len(filled):
        found["padded"] = True
    return {**found, **_money(filled, dialect)} if is_money else found


def kind_of(filled: Sequence[str], dialect: Dialect) -> str:
    """What at least four in five of these texts are: number, email or date; else text."""
    most = 0.8 * len(filled)
    if sum(number(cell, dialect) is not None for cell in filled) >= most:
        return "number"
    if sum(bool(EMAIL.fullmatch(cell)) for cell in filled) >= most:
        return "email"
    found = fit(filled)
    return "date" if found.formats and found.hits >= 0.8 * found.seen else "text"


def shape(text: str) -> str:
    """A text's pattern: `a` for a word, `9` for a run of digits, marks as they are; at most 20 characters."""
    runs = re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", text[:80]))
    return re.sub(r"\s+", " ", runs)[:20]


def _money(filled: Sequence[str], dialect: Dialect) -> Facts:
    sizes = [abs(value) for cell in filled if (value := number(cell, dialect)) is not None]
    codes = Counter(
        code for cell in filled if (code := currency_of(cell)) and number(cell, dialect) is not None
    )
    found: Facts = {"median": float(f"{float(median(sizes)):.3g}")} if sizes else {}
    return {**found, "currency": codes.most_common(1)[0][0]} if codes else found
