"""How the same source was read last time; nothing is stored for it, the imports themselves tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ladder.engine import Engine
from ladder.importing.expression import with_names
from ladder.importing.facts import used_columns
from ladder.importing.guessing import plain
from ladder.importing.plan import Dialect, Mapping, Plan
from ladder.workspace import Folder, ImportRecord

_ALIKE, _MUCH_ALIKE = 0.5, 0.75
_CUSTOMER_TABLES = ("customers", "transactions", "interactions", "feedback", "incentives")
_MOST_FILES = 5

_KNOWN = """
select count(*)
from (select distinct unnest($values) as customer_id) as asked
where customer_id in (select customer_id from read_parquet($files, union_by_name = true))
"""


@dataclass(frozen=True)
class Memory:
    """An earlier import of the same source, or of one much like it.

    `plan` is its plan with the columns that are still there under the names they have now; `gone` are the columns
    of then that are not there any more, `new` those that were not there then.
    """

    record: ImportRecord
    plan: Plan
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        return not self.gone and not self.new


def recall(folder: Folder, columns: Sequence[str], table: str | None, guess: str) -> Memory | None:
    """The newest live import with these columns, in any order and whatever their capitals; None when there is none.

    `table` is the kind of table that was told, `guess` what the columns tell. Where none has the same columns: the
    most alike, of which half of the columns are the same or all that were used are there; three in four where the
    guess is another table.
    """
    exact: list[tuple[bool, int, ImportRecord]] = []
    near: list[tuple[float, int, ImportRecord]] = []
    now = {plain(name) for name in columns}
    for record in folder.imports():
        plan = plan_of(record)
        if plan is None or table not in (None, record.table):
            continue
        then = {plain(name) for name in plan.dialect.columns}
        if then == now:
            exact.append((record.table == guess, record.id, record))
        else:
            likeness = _likeness(plan, then, now)
            if likeness >= (_ALIKE if record.table == guess or table or not guess else _MUCH_ALIKE):
                near.append((likeness, record.id, record))
    if exact:
        return _memory(max(exact, key=lambda item: item[:2])[2], columns)
    best = max(near, default=None, key=lambda item: item[:2])
    return _memory(best[2], columns) if best else None


def plan_of(record: ImportRecord) -> Plan | None:
    """The plan an import was read by; None for one that holds none, such as the sample's."""
    if not record.dialect.get("columns") or not record.mapping.get("fields"):
        return None
    return Plan(record.table, Dialect.from_dict(record.dialect), Mapping.from_dict(record.mapping))


def known_customers(folder: Folder, ids: Sequence[str]) -> float | None:
    """Share of these ids that stand in the newest imports as customers; None when nobody does yet."""
    files = [path for table in _CUSTOMER_TABLES for _, path in folder.parquet(table)[-_MOST_FILES:]]
    values = list(dict.fromkeys(value.lower() if "@" in value else value for value in ids if value))
    if not files or not values:
        return None
    with Engine() as engine:
        bound = {"values": values, "files": [str(path) for path in files]}
        found = engine.rows("known customers", _KNOWN, bound)[0][0]
    return float(found) / len(values)


def _likeness(plan: Plan, then: set[str], now: set[str]) -> float:
    """Share of all columns that are in both; at least one half where all that were used are there."""
    used = {plain(name) for name in used_columns(plan)}
    shared = len(then & now) / len(then | now)
    return max(shared, 0.5 + 0.4 * shared) if len(used) > 1 and used <= now else shared


def _memory(record: ImportRecord, columns: Sequence[str]) -> Memory | None:
    plan = plan_of(record)
    if plan is None:
        return None
    now = {plain(name): name for name in reversed(columns)}
    names = {name: now[plain(name)] for name in plan.dialect.columns if plain(name) in now}
    then = {plain(name) for name in plan.dialect.columns}
    gone = tuple(name for name in plan.dialect.columns if name not in names)
    new = tuple(name for name in columns if plain(name) not in then)
    same = replace(plan.dialect, columns=tuple(names.get(name, name) for name in plan.dialect.columns))
    return Memory(record, replace(plan, dialect=same, mapping=_called(plan, names)), gone, new)


def _called(plan: Plan, names: dict[str, str]) -> Mapping:
    """The mapping with the columns in `names` called differently."""
    mapping, columns = plan.mapping, plan.dialect.columns
    return replace(
        mapping,
        fields={field: with_names(source, names, columns) for field, source in mapping.fields.items()},
        attributes=tuple(names.get(name, name) for name in mapping.attributes),
        keep={names.get(name, name): words for name, words in mapping.keep.items()},
        fold=names.get(mapping.fold, mapping.fold),
        refunds={names.get(name, name): words for name, words in mapping.refunds.items()},
        refund_customer=names.get(mapping.refund_customer, mapping.refund_customer),
        facts={names.get(name, name): sheet for name, sheet in mapping.facts.items()},
        confirmed=(),
    )
