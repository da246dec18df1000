"""From a statement in DuckDB's SQL to the query that Spark runs for it; the rules are written once, in DuckDB's.

Spark has no tables of its own here, only named queries. So a statement that makes or changes a table becomes the
query that gives the table as it is afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp, parse

Columns = Callable[[str], list[str]]
# How DuckDB stores a column is not what it holds.
_STORAGE = re.compile(r"\s+using compression \w+")


@dataclass(frozen=True)
class Statement:
    """One statement for Spark: `query` is its SQL, `name` the table or view that it gives, empty for a question.

    `is_stored` asks for its rows to be worked out at once. `is_kept` tells a table of the result from one that only
    this build needs; `order` are the columns by which its rows are stored.
    """

    query: str
    name: str = ""
    is_stored: bool = False
    is_kept: bool = False
    order: tuple[str, ...] = ()


def statement(query: str | exp.Expr, columns: Columns) -> Statement | None:
    """The statement in Spark's SQL; None where Spark has nothing to do. `columns` tells those of a table there is.

    ValueError for a kind of statement that has no counterpart.
    """
    # Read back what DuckDB would be given: what a composed tree leaves to the dialect is settled in one place.
    text = query if isinstance(query, str) else query.sql("duckdb")
    # The comment of the step that follows comes along as a statement of its own.
    tree = parse(_STORAGE.sub("", text), dialect="duckdb")[0]
    match tree:
        case exp.Attach():
            return None
        case exp.Create():
            return _created(tree)
        case exp.Insert():
            table = tree.this
            whole = exp.union(exp.select("*").from_(table.copy()), tree.expression, distinct=False)
            return Statement(_spark(whole), name_of(table), is_stored=True, is_kept=not table.db)
        case exp.Update():
            return _updated(tree, columns)
        case exp.Alter():
            return _altered(tree, columns)
        case exp.Query():
            return Statement(_spark(tree))
    raise ValueError(f"no counterpart in Spark for {type(tree).__name__}")


def name_of(table: exp.Table) -> str:
    """Spark's temporary views have no schema: `raw.orders` and `orders` must still be two."""
    return f"{table.db}__{table.name}" if table.db else table.name


def _created(tree: exp.Create) -> Statement:
    table, query = tree.find(exp.Table), tree.expression
    assert table is not None  # noqa: S101 - the grammar of the statement
    if query is None:
        query = _nothing(tree.this)
    is_table = tree.kind == "TABLE"
    is_temporary = tree.find(exp.TemporaryProperty) is not None
    order = query.args.get("order")
    if is_table and order is not None:
        # Sorting everything on many machines costs a pass of its own; whoever stores the rows sorts them.
        query.set("order", None)
    keys = tuple(item.this.name for item in order.expressions) if order else ()
    kept = is_table and not is_temporary and not table.db
    stored = is_table and tree.expression is not None
    return Statement(_spark(query), name_of(table), stored, kept, keys)


def _nothing(schema: exp.Schema) -> exp.Select:
    """No rows of these columns."""
    typed = (
        exp.alias_(exp.cast(exp.null(), column.args["kind"], dialect="duckdb"), column.name)
        for column in schema.expressions
    )
    return exp.select(*typed).where(exp.false())


def _updated(tree: exp.Update, columns: Columns) -> Statement:
    """`update … set … from …`: the rows that the condition finds get the new values, the others keep theirs."""
    table, source = tree.this, tree.args["from_"].this
    new = {item.this.name: item.expression for item in tree.expressions}
    found = exp.select("*", exp.alias_(exp.true(), "is_found")).from_(source.copy()).subquery(source.alias)
    chosen: list[exp.Expr] = []
    for name in columns(name_of(table)):
        value: exp.Expr = exp.column(name, table.name)
        if name in new:
            value = exp.case().when(exp.column("is_found", source.alias), new[name].copy()).else_(value)
        chosen.append(exp.alias_(value, name))
    query = exp.select(*chosen).from_(table.copy()).join(found, on=tree.args["where"].this, join_type="left")
    return Statement(_spark(query), name_of(table), is_kept=not table.db)


def _altered(tree: exp.Alter, columns: Columns) -> Statement:
    """`alter table … drop column …`."""
    gone = {column.name for action in tree.args["actions"] for column in action.args["tables"]}
    left = [name for name in columns(name_of(tree.this)) if name not in gone]
    query = exp.select(*map(exp.column, left)).from_(tree.this.copy())
    return Statement(_spark(query), name_of(tree.this), is_kept=not tree.this.db)


def _spark(query: exp.Expr) -> str:
    for table in list(query.find_all(exp.Table)):
        if table.db:
            plain = exp.to_table(name_of(table))
            plain.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name)))
            plain.set("joins", table.args.get("joins"))
            table.replace(plain)
    return query.sql("spark")
