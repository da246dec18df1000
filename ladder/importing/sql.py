"""SQL composed from constant templates: `:name` stands for a value or an expression, never for pasted text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlglot import exp, parse_one

# Decision 25: dictionaries tried for every id and the older encodings made writing twice as dear.
_COPY = (
    "copy (select 1) to $path (format parquet, parquet_version v2, compression zstd, compression_level 1, "
    "dictionary_size_limit 10000)"
)


def sql(template: str, **parts: Any) -> exp.Expr:
    """The expression of a constant template with its placeholders filled by expressions or plain values."""
    filled = {name: part if isinstance(part, exp.Expr) else literal(part) for name, part in parts.items()}
    return exp.replace_placeholders(_parsed(template).copy(), **filled)


def literal(value: Any) -> exp.Expr:
    """A Python value as a SQL literal; a list becomes an array."""
    if isinstance(value, list | tuple):
        return exp.Array(expressions=[literal(item) for item in value])
    return exp.convert(value)


def column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def enumeration(words: Iterable[str]) -> exp.DataType:
    """The type of texts that are one of these words; each once."""
    told = [exp.Literal.string(word) for word in dict.fromkeys(words)]
    return exp.DataType(this=exp.DType.ENUM, expressions=told)


def named(expression: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def first_true(pairs: Iterable[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    """`case when ... then ...` over (condition, result), NULL when none holds."""
    case = exp.Case()
    found = False
    for condition, result in pairs:
        case, found = case.when(condition, result), True
    return case if found else exp.Null()


def any_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """`or` of conditions; false when there is none."""
    found = list(conditions)
    return exp.paren(exp.or_(*found)) if found else exp.false()


def replaced(table: str, query: exp.Query) -> exp.Create:
    """`create or replace table`."""
    return exp.Create(this=exp.to_table(table), kind="TABLE", expression=query, replace=True)


def view(name: str, query: exp.Query) -> exp.Create:
    """`create or replace view`."""
    return exp.Create(this=exp.to_table(name), kind="VIEW", expression=query, replace=True)


def copied(query: exp.Query) -> exp.Expr:
    """`copy (query) to $path` as Parquet."""
    statement = _parsed(_COPY).copy()
    statement.set("this", query.subquery())
    return statement


def all_but(names: Iterable[str]) -> exp.Star:
    """`* exclude (...)`, or `*` when there is nothing to leave out."""
    left_out = [exp.to_identifier(name, quoted=True) for name in names]
    return exp.Star(**{"except_": left_out}) if left_out else exp.Star()


@cache
def _parsed(template: str) -> exp.Expr:
    return parse_one(template, dialect="duckdb")
