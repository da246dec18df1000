"""Orders that an import brings again, held against what the workspace has of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.plan import Plan
from ladder.importing.sentences import counted
from ladder.importing.withdrawing import find_withdrawn, withdrawal_warnings
from ladder.workspace import Folder

# An import's folder is named by its number, and by a revision after a point once somebody was erased from it.
_STORED = """
create or replace temp table stored_sales as
select transaction_id, customer_id, ts, amount,
    cast(regexp_extract(filename, '(\\d+)(?:\\.\\d+)?[/\\\\][^/\\\\]+$', 1) as integer) as import_id
from read_parquet($files, filename = true, union_by_name = true)
where kind = 'purchase'
"""

_NOTHING_STORED = """
create or replace temp table stored_sales as
select transaction_id, customer_id, ts, amount, 0 as import_id from typed where false
"""

_SHRUNK = """
with now as (
    select transaction_id, count(*) as lines, sum(amount) as amount
    from typed
    where reason is null and ignored is null and kind = 'purchase' and transaction_id is not null
    group by transaction_id
),
before as (
    select transaction_id, import_id, count(*) as lines, sum(amount) as amount
    from stored_sales
    where transaction_id in (select transaction_id from now)
    group by transaction_id, import_id
    qualify import_id = max(import_id) over (partition by transaction_id)
)
select count(*), coalesce(sum(before.lines - now.lines), 0), coalesce(sum(before.amount - now.amount), 0)
from now join before using (transaction_id)
where now.lines < before.lines
"""

_KEYED_OTHERWISE = """
with now as (
    select distinct customer_id, ts, amount, transaction_id is null as bare
    from typed
    where reason is null and ignored is null and kind = 'purchase' and customer_id is not null
),
again as (
    select now.*
    from now
    semi join stored_sales as before
        on before.customer_id = now.customer_id and before.ts = now.ts and before.amount = now.amount
        and (before.transaction_id is not null) = now.bare
)
select (select count(*) from now), (select count(*) from again)
"""


def overlap_warnings(engine: Engine, folder: Folder, plan: Plan) -> tuple[str, ...]:
    """Orders of `typed` that have fewer lines than before, or that count no more but did before.

    Makes `withdrawn`, as `find_withdrawn` tells. LadderError where most sales are here already, with order ids where
    the file has none or the other way round: they would count twice.
    """
    if plan.table != "transactions":
        return ()
    find_withdrawn(engine, plan)
    files: list[tuple[int, Path]] = folder.parquet("transactions")
    if not files:
        engine.run("nothing stored", _NOTHING_STORED)
        return tuple(withdrawal_warnings(engine, folder, _money(folder)))
    engine.run("stored sales", _STORED, {"files": [str(path) for _, path in files]})
    found, money = [], _money(folder)
    _refuse_other_keys(engine, plan)
    orders, lines, amount = engine.rows("orders that shrink", _SHRUNK)[0]
    if orders:
        found.append(
            f"{counted(orders, 'order has', 'orders have')} fewer lines than before ({lines:,} fewer, "
            f"{money(amount)}). The lines that are missing are gone: an order is replaced whole. Is the export whole?"
        )
    return (*found, *withdrawal_warnings(engine, folder, money))


def _money(folder: Folder) -> Callable[[int], str]:
    """How an amount in minor units is told."""
    settings = folder.settings
    return lambda minor: f"{minor / 10**settings.minor_digits:,.{settings.minor_digits}f} {settings.currency}"


def _refuse_other_keys(engine: Engine, plan: Plan) -> None:
    sales, again = engine.rows("sales with and without ids", _KEYED_OTHERWISE)[0]
    if not sales or 2 * again <= sales:
        return
    keyed = "transaction_id" in plan.mapping.fields
    how = (
        "with order ids, and were brought without"
        if keyed
        else "without order ids, and were brought with them"
    )
    raise LadderError(
        "The same sales would count twice",
        f"{again:,} of {counted(sales, 'sale is', 'sales are')} in the workspace already. This file has them {how}.",
        "Bring the same export as before, or undo the earlier import first.",
    )
