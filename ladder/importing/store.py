"""From `typed` to the Parquet files of an import: refunds, duplicates, contacts, attributes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.sql import column, copied, literal, named, replaced, sql
from ladder.model.tables import TABLES
from ladder.workspace import Folder

CONTACTS = ("name", "email", "phone")
_ORDER = ("customer_id", "referrer_id", "referred_id", "ts", "line")

_STORED_ROWS = """
create or replace table stored as
select content, max(times) as times
from (select content, filename, count(*) as times from stored_content group by content, filename)
group by content
"""

_SETTLED = """
create or replace table settled as
with counted as (
    select *, row_number() over (partition by content, is_superseded order by line) as nth from hashed
)
select counted.*, is_superseded or coalesce(nth <= stored.times, false) as is_duplicate
from counted left join stored on counted.content = stored.content
"""

_NOTHING_STORED = """
create or replace view settled as
select *, is_superseded as is_duplicate from hashed
"""


def settle(engine: Engine, table: str, attributes: Sequence[str], folder: Folder) -> None:
    """Make `settled`: the good rows with `is_superseded` and `is_duplicate`.

    A customer's row is superseded by a later one of the same file. A row is a duplicate when superseded, or when one
    live import holds at least as many rows with the same values as have come up to it.
    """
    query = exp.select(
        "*", named(_noted(table, attributes), "noted"), named(_superseded(table), "is_superseded")
    )
    good = query.from_("typed").where("reason is null").subquery("good")
    hashed = exp.select("*", named(_content(table), "content")).from_(good)
    engine.run(
        "good rows", exp.Create(this=exp.to_table("hashed"), kind="VIEW", expression=hashed, replace=True)
    )
    files = [str(path) for _, path in folder.parquet(table)]
    if not files:
        engine.run("duplicates", _NOTHING_STORED)
        return
    engine.run("rows stored", replaced("stored_content", _stored(table, folder)), {"files": files})
    engine.run("rows stored", _STORED_ROWS)
    engine.run("duplicates", _SETTLED)


def write(engine: Engine, table: str, attributes: Sequence[str], target: Path) -> None:
    """Write `<table>.parquet`, and `contacts.parquet` and `attributes.parquet` where there is something to write."""
    names = [field.name for field in TABLES[table].fields if field.name not in CONTACTS]
    order = [name for name in _ORDER if name in ("line", *names)]
    kept = exp.select("line", *(column(name) for name in names)).from_("settled").where("not is_superseded")
    _copy(engine, kept.order_by(*order), target / f"{table}.parquet")
    if table == "customers":
        some = exp.or_(*(sql(":name is not null", name=column(name)) for name in CONTACTS))
        contacts = exp.select("customer_id", *(column(name) for name in CONTACTS)).from_("settled")
        contacts = contacts.where("not is_superseded").where(some)
        if engine.rows("contacts", contacts.limit(1)):
            _copy(engine, contacts.order_by("customer_id"), target / "contacts.parquet")
    if attributes:
        _copy(engine, _attributes(table, attributes), target / "attributes.parquet")


def _copy(engine: Engine, query: exp.Select, path: Path) -> None:
    engine.run(f"write {path.name}", copied(query), {"path": str(path)})


def _content(table: str) -> exp.Expr:
    return exp.func("hash", *(column(field.name) for field in TABLES[table].fields), column("noted"))


def _superseded(table: str) -> exp.Expr:
    if table != "customers":
        return exp.false()
    return sql("line < max(line) over (partition by customer_id)")


def _noted(table: str, attributes: Sequence[str]) -> exp.Expr:
    """A customer's attributes as one text, so that a change of one makes another row."""
    if table != "customers" or not attributes:
        return literal("")
    parts = [
        sql("coalesce(:name || '=' || :value || chr(31), '')", name=attributes[at], value=column(f"a{at}"))
        for at in sorted(range(len(attributes)), key=lambda at: attributes[at])
    ]
    return exp.func("concat", *parts)


def _stored(table: str, folder: Folder) -> exp.Select:
    """`content` of every row in the live imports of this table, by file."""
    if table != "customers":
        rows = exp.select("*", named(literal(""), "noted")).from_(
            sql("read_parquet($files, filename = true)")
        )
        return exp.select("filename", named(_content(table), "content")).from_(rows.subquery("rows"))
    rows = exp.select("c.*", "k.name", "k.email", "k.phone", "coalesce(n.noted, '') as noted")
    rows = rows.from_(sql("read_parquet($files, filename = true)").as_("c"))
    contacts, notes = _beside(folder, "contacts"), _beside(folder, "attributes")
    notes = (
        exp.select(
            "folder", "customer_id", "string_agg(name || '=' || value || chr(31), '' order by name) as noted"
        )
        .from_(notes.subquery("a"))
        .group_by("folder", "customer_id")
    )
    for part, name in ((contacts, "k"), (notes, "n")):
        same = sql(
            "parse_dirpath(c.filename) = :folder and c.customer_id = :id",
            folder=exp.column("folder", name),
            id=exp.column("customer_id", name),
        )
        rows = rows.join(part.subquery(name), on=same, join_type="left")
    return exp.select("filename", named(_content(table), "content")).from_(rows.subquery("rows"))


def _beside(folder: Folder, kind: str) -> exp.Select:
    """Contacts or attributes of all live imports with the folder each row stands in; empty when there are none."""
    files = [str(path) for _, path in folder.parquet(kind)]
    if files:
        reader = sql("read_parquet(:files, filename = true)", files=files)
        return exp.select("*", "parse_dirpath(filename) as folder").from_(reader)
    names = ("name", "value") if kind == "attributes" else CONTACTS
    empty = [named(sql("cast(null as varchar)"), name) for name in ("customer_id", *names, "folder")]
    return exp.select(*empty).where("false")


def _attributes(table: str, attributes: Sequence[str]) -> exp.Select:
    """One row per customer and attribute: its latest value, by time and then by line."""
    names = [field.name for field in TABLES[table].fields]
    key = "customer_id" if "customer_id" in names else "referred_id"
    rank = sql("row(ts, line)") if "ts" in names else sql("line")
    parts = [
        exp.select(
            named(column(key), "customer_id"),
            named(literal(name), "name"),
            named(sql("arg_max(:value, :rank)", value=column(f"a{at}"), rank=rank), "value"),
        )
        .from_("settled")
        .where(sql("not is_superseded and :value is not null", value=column(f"a{at}")))
        .where(sql(":key is not null", key=column(key)))
        .group_by(column(key))
        for at, name in enumerate(attributes)
    ]
    whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
    return exp.select("*").from_(whole.subquery("notes")).order_by("customer_id", "name")
