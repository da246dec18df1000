"""Load the live imports into one build and make the fact tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources

from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.model.tables import TABLES
from ladder.placement.keys import number_customers
from ladder.workspace import Folder

_TYPES = {
    "id": "varchar",
    "text": "varchar",
    "time": "timestamp",
    "money": "bigint",
    "score": "tinyint",
    "flag": "boolean",
}
_CONTACT = ("name", "email", "phone")
_FILES = """
select list_extract(:imports, cast(file_index as bigint) + 1) as import_id, file_row_number as file_row
from read_parquet(:files)
"""


@lru_cache(maxsize=8)
def sql_steps(file: str, package: str = "ladder.placement") -> dict[str, str]:
    """The named statements of a SQL file in the `sql` folder of a package, in order."""
    text = (resources.files(package) / "sql" / file).read_text("utf-8")
    parts = [part.split("\n", 1) for part in text.split("-- step: ")[1:]]
    return {name.strip(): body.strip() for name, body in parts}


@contextmanager
def open_facts(folder: Folder, only_raw: bool = False) -> Iterator[Engine]:
    """The facts of a workspace in memory, for questions about the data themselves, placed or not.

    With `only_raw` just the rows as they count (schema raw), without customers, orders and the like: half the time.
    """
    now = folder.snapshot()
    now.require_whole()
    with Engine() as engine:
        load_facts(engine, now, only_raw)
        yield engine


def load_facts(engine: Engine, folder: Folder, only_raw: bool = False) -> None:
    """Make customers, attributes, orders, refunds, interactions, feedback, referrals and incentives.

    With `only_raw` stop at the rows as they count after overlapping imports were settled.
    """
    engine.run("attach raw", "attach ':memory:' as raw")
    for kind, columns in _columns().items():
        _load(engine, folder, kind, columns)
    steps = dict(sql_steps("facts.sql"))
    for name in _needless(folder):
        del steps[name]
    last = "live incentives"
    for name, statement in steps.items():
        if name == "customers":
            number_customers(engine, statement)
        else:
            engine.run(name, statement)
        if only_raw and name == last:
            break


def _needless(folder: Folder) -> list[str]:
    """Steps that this workspace does without: one import overlaps with no other, and often nothing is withdrawn."""
    needless = []
    if len(folder.parquet("interactions")) < 2:
        needless += ["repeated interactions", "live interactions"]
    else:
        needless += ["live interactions of one import"]
    if len(folder.parquet("transactions")) < 2:
        needless += ["replaced orders", "repeated transactions", "live transactions"]
        gone = folder.parquet("withdrawn")
        needless += [f"live transactions {'as they stand' if gone else 'of one import'}"]
    else:
        needless += ["live transactions as they stand", "live transactions of one import"]
    return needless


def _columns() -> dict[str, dict[str, str]]:
    tables = {
        table.name: {
            "line": "bigint",
            **{field.name: _TYPES[field.kind] for field in table.fields if field.name not in _CONTACT},
        }
        for table in TABLES.values()
    }
    return {
        **tables,
        "attributes": {"customer_id": "varchar", "name": "varchar", "value": "varchar"},
        "withdrawn": {"transaction_id": "varchar"},
    }


def _load(engine: Engine, folder: Folder, kind: str, columns: dict[str, str]) -> None:
    """The rows of one kind, with the import and the place in it each came from; none where there is no such data.

    A view over the Parquet files: every later step reads the columns it needs, and nothing is held in memory.
    """
    table = exp.table_(kind, db="raw")
    files = folder.parquet(kind)
    if not files:
        types = {"import_id": "integer", "file_row": "bigint", **columns}
        nothing = [exp.alias_(exp.cast(exp.null(), type_), name) for name, type_ in types.items()]
        query = exp.select(*nothing).where(exp.false())
    else:
        found = exp.replace_placeholders(
            parse_one(_FILES, dialect="duckdb"),
            imports=exp.Array(expressions=[exp.Literal.number(ident) for ident, _ in files]),
            files=exp.Array(expressions=[exp.Literal.string(str(path)) for _, path in files]),
        )
        assert isinstance(found, exp.Select)  # noqa: S101 - the text above
        query = found.select(*(_typed(name, type_) for name, type_ in columns.items()))
    engine.run(f"read {kind}", exp.Create(this=table, kind="view", expression=query))


def _typed(name: str, type_: str) -> exp.Expr:
    return exp.alias_(exp.cast(exp.column(name), type_), name)
