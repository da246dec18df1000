"""From `typed` to the Parquet files of an import: refunds, duplicates, contacts, attributes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.sql import column, copied, literal, named, replaced, sql, view
from ladder.model.tables import TABLES
from ladder.workspace import Folder

# The writer looks up every text in a dictionary, most of what the column costs; an enumeration has one already.
_KIND = """
case when kind = 'refund' then cast('refund' as enum('purchase', 'refund'))
else cast('purchase' as enum('purchase', 'refund')) end
"""

CONTACTS = ("name", "email", "phone")

_LAST_LINES = """
create or replace table last_lines as
select customer_id, max(line) as last_line from typed
where reason is null and ignored is null
group by customer_id having count(*) > 1
"""

_STORED_ROWS = """
create or replace table stored as
select content, max(times) as times
from (select content, filename, count(*) as times from stored_content group by content, filename)
group by content
"""

_REPEATED = """
create or replace table repeated as
select new.content, new.times as here, stored.times as there
from (select content, count(*) as times from hashed where not is_superseded group by content) as new
join stored on stored.content = new.content
"""

# Counting through the rows of one content is dear, and needed only where the file holds more of them than are stored.
_DUPLICATES = """
create or replace table duplicates as
select hashed.line from hashed join repeated on repeated.content = hashed.content
where not hashed.is_superseded and repeated.here <= repeated.there
union all
select line from (
    select hashed.line, repeated.there, row_number() over (partition by hashed.content order by hashed.line) as nth
    from hashed join repeated on repeated.content = hashed.content
    where not hashed.is_superseded and repeated.here > repeated.there
)
where nth <= there
"""

_SETTLED = """
create or replace view settled as
select good.*, good.is_superseded or duplicates.line is not null as is_duplicate
from good left join duplicates on duplicates.line = good.line
"""

_NOTHING_STORED = """
create or replace view settled as
select *, is_superseded as is_duplicate from good
"""


def settle(engine: Engine, table: str, attributes: Sequence[str], folder: Folder) -> None:
    """Make `settled`: the good rows with `is_superseded` and `is_duplicate`.

    A customer's row is superseded by a later one of the same file. A row is a duplicate when superseded, or when one
    live import holds at least as many rows with the same values as have come up to it.
    """
    folder.require_whole(table)
    good = exp.select("typed.*", "false as is_superseded").from_("typed")
    if table == "customers":
        engine.run("last lines", _LAST_LINES)
        good = exp.select("typed.*", "coalesce(line < last_line, false) as is_superseded").from_("typed")
        good = good.join("last_lines", using=["customer_id"], join_type="left")
    engine.run("good rows", view("good", good.where("reason is null and ignored is null")))
    files = [str(path) for _, path in folder.parquet(table)]
    if not files:
        engine.run("duplicates", _NOTHING_STORED)
        return
    content = named(_content(table), "content")
    noted = exp.select("*", named(_noted(table, attributes), "noted")).from_("good")
    hashed = exp.select("line", "is_superseded", content).from_(noted.subquery("noted_rows"))
    engine.run("rows read", replaced("hashed", hashed))
    engine.run("rows stored", replaced("stored_content", _stored(table, folder)), {"files": files})
    for step, statement in (("stored", _STORED_ROWS), ("repeated", _REPEATED), ("duplicates", _DUPLICATES)):
        engine.run(f"{step} rows", statement)
    engine.run("settle", _SETTLED)


def write(engine: Engine, table: str, attributes: Sequence[str], target: Path) -> None:
    """Write `<table>.parquet`, and `contacts.parquet` and `attributes.parquet` where there is something to write.

    Of transactions also `withdrawn.parquet`, where some are. Rows stay in the order of the file (decision 25).
    """
    engine.run("keep file order", "set preserve_insertion_order = true")
    names = [field.name for field in TABLES[table].fields if field.name not in CONTACTS]
    values: dict[str, exp.Expr] = {name: column(name) for name in names}
    if table == "transactions":
        values["kind"] = sql(_KIND)
    kept = exp.select("line", *(named(value, name) for name, value in values.items())).from_("good")
    kept = kept.where("not is_superseded")
    # The join of last lines returns customers in any order.
    _copy(engine, kept.order_by("line") if table == "customers" else kept, target / f"{table}.parquet")
    if table == "customers":
        some = exp.or_(*(sql(":name is not null", name=column(name)) for name in CONTACTS))
        contacts = exp.select("customer_id", *(column(name) for name in CONTACTS)).from_("good")
        contacts = contacts.where("not is_superseded").where(some).order_by("line")
        if engine.rows("contacts", contacts.limit(1)):
            _copy(engine, contacts, target / "contacts.parquet")
    if table == "transactions" and engine.rows("withdrawn", "select 1 from withdrawn limit 1"):
        _copy(
            engine,
            exp.select("customer_id", "transaction_id").from_("withdrawn"),
            target / "withdrawn.parquet",
        )
    if attributes:
        _copy(engine, _attributes(table, attributes), target / "attributes.parquet")


def _copy(engine: Engine, query: exp.Select, path: Path) -> None:
    engine.run(f"write {path.name}", copied(query), {"path": str(path)})


def _content(table: str) -> exp.Expr:
    return exp.func("hash", *(column(field.name) for field in TABLES[table].fields), column("noted"))


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
        .from_("good")
        .where(sql("not is_superseded and :value is not null", value=column(f"a{at}")))
        .where(sql(":key is not null", key=column(key)))
        .group_by(column(key))
        for at, name in enumerate(attributes)
    ]
    whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
    return exp.select("*").from_(whole.subquery("notes")).order_by("customer_id", "name")
