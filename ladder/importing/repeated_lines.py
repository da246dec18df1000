"""Rows that repeat an earlier row of the same file in every column."""

from __future__ import annotations

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.plan import Plan
from ladder.importing.sql import column, named, view
from ladder.model.tables import TABLES

# Neighbours in the order of a hash cost half of what counting the distinct ones does.
_ALIKE = """
create or replace table alike as
select distinct hashed
from (select hashed, hashed = lag(hashed) over (order by hashed) as is_alike from keyed)
where is_alike
"""


def repeated_lines(engine: Engine, plan: Plan) -> int:
    """How many good rows of `typed` hold the same values as an earlier one, and the same text in all other columns.

    To compare the texts of all rows is dear: only those alike in customer, times and numbers are.
    """
    mapped = [field for field in TABLES[plan.table].fields if field.name in plan.mapping.fields]
    values = [column(field.name) for field in mapped]
    values += [column("told_kind"), *(column(f"a{at}") for at in range(len(plan.mapping.attributes)))]
    quick = [
        column(field.name) for field in mapped if field.kind != "text" and field.name != "transaction_id"
    ]
    hashed = named(exp.func("hash", column("fingerprint"), *quick), "hashed")
    good = (
        exp.select("fingerprint", *values, hashed).from_("typed").where("reason is null and ignored is null")
    )
    engine.run("rows with hashes", view("keyed", good))
    engine.run("rows alike", _ALIKE)
    if not engine.rows("rows alike", "select 1 from alike limit 1"):
        return 0
    same = exp.select("count(*) as times").from_("keyed").join("alike", using=["hashed"], join_type="semi")
    same = same.group_by("hashed", "fingerprint", *values)
    total = exp.select("coalesce(sum(times - 1), 0)").from_(same.subquery("same"))
    return int(engine.rows("repeated lines", total)[0][0])
