"""Load the live imports into one build and make the fact tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources

import pandas as pd
from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.model.tables import TABLES
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
select source_file.import_id
from read_parquet($files, filename = true) as facts
join source_file on source_file.filename = facts.filename
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
    # One import cannot overlap with another: its lines are the facts as they stand.
    del steps[
        "live transactions" if len(folder.parquet("transactions")) < 2 else "live transactions of one import"
    ]
    for name, statement in steps.items():
        if name.startswith("live ") or not only_raw:
            engine.run(name, statement)


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
    """One raw table per kind, with the import each row came from; empty where there is no such data."""
    table = exp.table_(kind, db="raw")
    definitions = [
        exp.ColumnDef(this=exp.to_identifier(name), kind=exp.DataType.build(type_))
        for name, type_ in {"import_id": "integer", **columns}.items()
    ]
    engine.run(f"make {kind}", exp.Create(this=exp.Schema(this=table, expressions=definitions), kind="table"))
    files = folder.parquet(kind)
    if not files:
        return
    paths = [(str(path), ident) for ident, path in files]
    engine.register("source_file", pd.DataFrame(paths, columns=["filename", "import_id"]))
    query = parse_one(_FILES, dialect="duckdb")
    assert isinstance(query, exp.Select)  # noqa: S101 - the text above
    query = query.select(*(exp.column(name, "facts") for name in columns))
    load = exp.insert(query, table.copy(), columns=["import_id", *columns])
    engine.run(f"load {kind}", load, {"files": [path for path, _ in paths]})
