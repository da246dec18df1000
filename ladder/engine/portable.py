"""From a statement in DuckDB's SQL to the query that Spark runs for it; the rules are written once, in DuckDB's.

Spark has no tables of its own here, only named queries. So a statement that makes or changes a table becomes the
query that gives the table as it is afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp, parse

Columns = Callable[[str], list[str]]
# How DuckDB stores a column is not what it holds.
_STORAGE = re.compile(r"\s+using compression \w+")


@dataclass(frozen=True)
class Statement:
    """One statement for Spark: `query` is its SQL, `name` the table or view that it gives, empty for a question.

    `is_stored` asks for its rows to be worked out at once; `is_narrower` tells a table that only lost columns.
    `is_kept` tells a table of the result from one that only this build needs; `order` are the columns by which its
    rows are stored; `branches` counts what `union all` puts together. Without a query the name is dropped.
    """

    query: str
    name: str = ""
    is_stored: bool = False
    is_narrower: bool = False
    is_kept: bool = False
    order: tuple[str, ...] = ()
    branches: int = 1


@dataclass
class Translator:
    """Turns one statement after the other; knows the macros so far, and by `columns` the tables there are."""

    columns: Columns
    macros: dict[str, tuple[list[str], exp.Expr]] = field(default_factory=dict)

    def statement(self, query: str | exp.Expr) -> Statement | None:
        """The statement in Spark's SQL; None where Spark has nothing to do.

        ValueError for a kind of statement that has no counterpart.
        """
        # Read back what DuckDB would be given: what a composed tree leaves to the dialect is settled in one place.
        text = query if isinstance(query, str) else query.sql("duckdb")
        # The comment of the step that follows comes along as a statement of its own.
        tree = parse(_STORAGE.sub("", text), dialect="duckdb")[0]
        match tree:
            case exp.Attach() | exp.Set():
                return None
            case exp.Create(this=exp.UserDefinedFunction() as macro):
                names = [parameter.name for parameter in macro.expressions]
                self.macros[macro.this.name] = (names, tree.expression)
                return None
            case exp.Create():
                return self._created(tree)
            case exp.Drop():
                return Statement("", name_of(tree.find(exp.Table)))
            case exp.Insert():
                table = tree.this
                whole = exp.union(exp.select("*").from_(table.copy()), tree.expression, distinct=False)
                return Statement(self._spark(whole), name_of(table), is_stored=True, is_kept=not table.db)
            case exp.Update():
                return self._updated(tree)
            case exp.Alter():
                return self._altered(tree)
            case exp.Query():
                return Statement(self._spark(tree))
        raise ValueError(f"no counterpart in Spark for {type(tree).__name__}")

    def _created(self, tree: exp.Create) -> Statement:
        table, query = tree.find(exp.Table), tree.expression
        if query is None:
            query = _nothing(tree.this)
        is_table = tree.kind == "TABLE"
        is_temporary = tree.find(exp.TemporaryProperty) is not None
        order = query.args.get("order")
        if is_table and order is not None:
            # Sorting everything on many machines costs a pass of its own; whoever stores the rows sorts them.
            query.set("order", None)
        return Statement(
            self._spark(query),
            name_of(table),
            is_stored=is_table and tree.expression is not None,
            is_kept=is_table and not is_temporary and "__" not in name_of(table),
            order=tuple(item.this.name for item in order.expressions) if order else (),
            branches=1 + sum(1 for _ in query.find_all(exp.Union)),
        )

    def _updated(self, tree: exp.Update) -> Statement:
        """`update … set … from …`: the rows that the condition finds get the new values, the others keep theirs."""
        table, source = tree.this, tree.args["from_"].this
        new = {item.this.name: item.expression for item in tree.expressions}
        found = exp.select("*", exp.alias_(exp.true(), "is_found")).from_(source.copy())
        chosen: list[exp.Expr] = []
        for name in self.columns(name_of(table)):
            value: exp.Expr = exp.column(name, table.name)
            if name in new:
                value = exp.case().when(exp.column("is_found", source.alias), new[name].copy()).else_(value)
            chosen.append(exp.alias_(value, name))
        query = exp.select(*chosen).from_(table.copy())
        query = query.join(found.subquery(source.alias), on=tree.args["where"].this, join_type="left")
        return Statement(self._spark(query), name_of(table), is_kept=not table.db)

    def _altered(self, tree: exp.Alter) -> Statement:
        """`alter table … drop column …`."""
        gone = {column.name for action in tree.args["actions"] for column in action.args["tables"]}
        left = [name for name in self.columns(name_of(tree.this)) if name not in gone]
        query = exp.select(*map(exp.column, left)).from_(tree.this.copy())
        return Statement(self._spark(query), name_of(tree.this), is_narrower=True, is_kept=not tree.this.db)

    def _spark(self, query: exp.Expr) -> str:
        root = query.copy()
        for call in list(root.find_all(exp.Anonymous)):
            if call.name in self.macros:
                names, body = self.macros[call.name]
                given = dict(zip(names, call.expressions, strict=True))
                call.replace(_filled(body, given))
        for table in list(root.find_all(exp.Table)):
            if table.db:
                alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
                plain = exp.to_table(name_of(table))
                plain.set("alias", alias)
                table.replace(plain)
        return root.transform(_unsigned_hash).sql("spark")


def name_of(table: exp.Expr | None) -> str:
    """Spark's temporary views have no schema: `raw.orders` and `orders` must still be two."""
    assert isinstance(table, exp.Table)  # noqa: S101 - the grammar of the statements
    return f"{table.db}__{table.name}" if table.db else table.name


def _nothing(schema: exp.Schema) -> exp.Select:
    """No rows of these columns."""
    typed = (
        exp.alias_(exp.cast(exp.null(), column.args["kind"], dialect="duckdb"), column.name)
        for column in schema.expressions
    )
    return exp.select(*typed).where(exp.false())


def _filled(body: exp.Expr, given: dict[str, exp.Expr]) -> exp.Expr:
    """The body of a macro with its parameters replaced."""
    found = body.transform(
        lambda node: (
            given[node.name].copy()
            if isinstance(node, exp.Column) and not node.table and node.name in given
            else node
        )
    )
    return exp.paren(found)


def _unsigned_hash(node: exp.Expr) -> exp.Expr:
    """A hash has 64 bits and no sign in DuckDB. Spark's function `hash` has 32, and its longer one a sign."""
    if isinstance(node, exp.BitwiseRightShift) and _is_hash(node.this):
        longer = exp.func("xxhash64", *node.this.expressions)
        return exp.func("shiftrightunsigned", longer, node.expression)
    if _is_hash(node) and not isinstance(node.parent, exp.BitwiseRightShift):
        raise ValueError("a hash that is not shifted has no sign")
    return node


def _is_hash(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == "hash"
