"""Orders that a later export says are no sale any more: refunded, cancelled, voided since they were brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ladder.engine import Engine
from ladder.importing.guessing import words
from ladder.importing.ignoring import is_status
from ladder.importing.plan import Plan
from ladder.importing.sentences import counted
from ladder.workspace import Folder

_NOTHING_LEFT_OUT = """
create or replace temp table left_out as
select transaction_id, customer_id, false as is_withdrawn from typed where false
"""

# A row that a column leaves out has the reason `column: word`. In a file without a single sale the words that count
# may be a slip: there a column's name is not enough, and only words that mean no sale withdraw.
_LEFT_OUT = """
create or replace temp table left_out as
with told as (
    select transaction_id, customer_id, kind, split_part(ignored, ': ', 1) as name,
        lower(substr(ignored, strpos(ignored, ': ') + 2)) as word
    from typed
    where contains(ignored, ': ') and transaction_id is not null
),
sold as (
    select transaction_id
    from typed
    where reason is null and ignored is null and kind = 'purchase'
        and transaction_id in (select transaction_id from told)
)
select transaction_id, customer_id,
    kind = 'purchase' and (
        list_contains($unsold, word)
        or (
            list_contains($status, name)
            and exists (select 1 from typed where reason is null and ignored is null and kind = 'purchase')
        )
    ) as is_withdrawn
from told
where transaction_id not in (select transaction_id from sold)
"""

_WITHDRAWN = """
create or replace temp table withdrawn as
select distinct transaction_id, customer_id from left_out where is_withdrawn order by transaction_id, customer_id
"""

# An import's folder is named by its number, and by a revision after a point once somebody was erased from it.
_STORED = """
create or replace temp table stored_withdrawals as
select transaction_id,
    max(cast(regexp_extract(filename, '(\\d+)(?:\\.\\d+)?[/\\\\][^/\\\\]+$', 1) as integer)) as import_id
from read_parquet($files, filename = true)
group by transaction_id
"""

_NOTHING_STORED = """
create or replace temp table stored_withdrawals as
select transaction_id, 0 as import_id from withdrawn where false
"""

_STANDING = """
create or replace temp table standing as
with asked as (
    select transaction_id, bool_or(is_withdrawn) as is_withdrawn from left_out group by transaction_id
),
before as (
    select transaction_id, import_id, sum(amount) as amount
    from stored_sales
    where transaction_id in (select transaction_id from asked)
    group by transaction_id, import_id
    qualify import_id = max(import_id) over (partition by transaction_id)
)
select before.transaction_id, before.import_id, before.amount, asked.is_withdrawn
from before
join asked using (transaction_id)
left join stored_withdrawals as since using (transaction_id)
where since.import_id is null or since.import_id < before.import_id
"""

_GONE = """
select count(*), coalesce(sum(amount), 0), coalesce(min(import_id), 0)
from standing
where is_withdrawn = $is_withdrawn
"""

_AGAIN = """
with now as (
    select transaction_id, sum(amount) as amount
    from typed
    where reason is null and ignored is null and kind = 'purchase'
        and transaction_id in (select transaction_id from stored_withdrawals)
    group by transaction_id
),
before as (
    select transaction_id, max(import_id) as import_id
    from stored_sales
    where transaction_id in (select transaction_id from stored_withdrawals)
    group by transaction_id
)
select count(*), coalesce(sum(now.amount), 0), coalesce(max(since.import_id), 0)
from now
join stored_withdrawals as since using (transaction_id)
join before using (transaction_id)
where since.import_id > before.import_id
"""

# Where nothing was sold, only what takes a sale away is worth an import.
_ONLY_STANDING = """
delete from withdrawn
where transaction_id not in (select transaction_id from standing)
    and not exists (select 1 from typed where reason is null and ignored is null)
"""


def find_withdrawn(engine: Engine, plan: Plan) -> None:
    """Make `withdrawn` of `typed`: orders that are no sale by their status, with the customer.

    An order of which any row of the file is a sale is none of them, nor is one of which only a refund is left out.
    """
    if plan.mapping.keep:
        status = [name for name in plan.mapping.keep if is_status(name)]
        engine.run("orders left out", _LEFT_OUT, {"status": status, "unsold": words("not_sold")})
    else:
        engine.run("no orders left out", _NOTHING_LEFT_OUT)
    engine.run("orders withdrawn", _WITHDRAWN)


def withdrawal_warnings(engine: Engine, folder: Folder, money: Callable[[int], str]) -> Iterator[str]:
    """Orders of `stored_sales` that `typed` leaves out, withdrawn or not, and withdrawn ones that count again."""
    files = [str(path) for _, path in folder.parquet("withdrawn")]
    if files:
        folder.require_whole("withdrawn")
        engine.run("stored withdrawals", _STORED, {"files": files})
    else:
        engine.run("no stored withdrawals", _NOTHING_STORED)
    engine.run("orders that stand", _STANDING)
    engine.run("withdrawals of sales", _ONLY_STANDING)
    orders, amount, _ = engine.rows("orders withdrawn", _GONE, {"is_withdrawn": True})[0]
    if orders:
        told = counted(orders, "order that was sold has", "orders that were sold have")
        yield (
            f"{told} a status now that is no sale, and {money(amount)} less is counted from their day on. To have "
            "them back, undo this import."
        )
    orders, amount, first = engine.rows("orders left out", _GONE, {"is_withdrawn": False})[0]
    if orders:
        told = counted(orders, "order that is left out now stands", "orders that are left out now stand")
        yield (
            f"{told} as sold since import {first}, worth {money(amount)}, and still counts. Undo import {first} and "
            "what overlaps it, then bring the whole export."
        )
    orders, amount, last = engine.rows("orders that count again", _AGAIN)[0]
    if orders:
        told = counted(orders, "order that is sold here was", "orders that are sold here were")
        yield (
            f"{told} withdrawn by import {last}, worth {money(amount)}, and counts again. Is this export older than "
            "that one?"
        )
