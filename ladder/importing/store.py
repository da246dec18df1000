"""From `typed` to the Parquet files of an import: refunds, duplicates, contacts, attributes."""

from __future__ import annotations

from pathlib import Path

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.guessing import words
from ladder.importing.sql import all_but, column, named, replaced, sql
from ladder.model.tables import TABLES
from ladder.workspace import Folder

CONTACTS = ("name", "email", "phone")
_CLUSTERED = ("customer_id", "referrer_id", "referred_id", "ts", "line")


def mark_refunds(engine: Engine) -> None:
    """Of transactions: the kind becomes purchase or refund, and a refund's amount negative."""
    told = sql("coalesce(list_contains(:words, lower(kind)), false)", words=words("refund"))
    refund = exp.select(all_but(["kind", "amount"]), named(column("kind"), "told_kind"), "amount").from_("typed")
    query = exp.select(
        all_but(["amount", "told_kind"]),
        named(column("told_kind"), "told_kind"),
        named(
            sql("case when :told or amount < 0 then -abs(amount) else amount end", told=_renamed(told)), "amount"
        ),
        named(
            sql("case when :told or amount < 0 then 'refund' else 'purchase' end", told=_renamed(told)), "kind"
        ),
    ).from_(refund.subquery("told"))
    engine.run("refunds", replaced("typed", query))


def _renamed(condition: exp.Expr) -> exp.Expr:
    return condition.transform(lambda node: column("told_kind") if node == exp.column("kind") else node)


def mark_duplicates(engine: Engine, table: str, attributes: tuple[str, ...], folder: Folder) -> None:
    """Make `settled`: the good rows with `is_superseded` and `is_duplicate`.

    A customer's row is superseded by a later one of the same file. A row is a duplicate when live imports hold at
    least as many rows with the same values as have come up to it.
    """
    engine.run("rows stored", _stored(engine, table, folder))
    names = [field.name for field in TABLES[table].fields]
    noted = [named(sql("cast(null as varchar)"), "noted")]
    if table == "customers":
        noted = [named(_noted(attributes), "noted")]
    content = exp.func("hash", *(column(name) for name in (*names, "noted")))
    order = "partition by customer_id order by line desc" if table == "customers" else "partition by line order by line"
    superseded = _LATER if table == "customers" else sql("false")
    good = exp.select("*", *noted).from_("typed").where(sql("reason is null")).subquery("good")
    hashed = exp.select("*", named(content, "content"), named(superseded, "is_superseded")).from_(good)
    del order
    counted = exp.select("*", named(_NTH, "nth")).from_(hashed.subquery("hashed")).subquery("counted")
    query = (
        exp.select("counted.*", named(sql("coalesce(counted.nth <= stored.rows, false)"), "is_duplicate"))
        .from_(counted)
        .join("stored", on=sql("counted.content = stored.content"), join_type="left")
    )
    engine.run("duplicates", replaced("settled", query))
