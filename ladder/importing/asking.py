"""What a plan leaves open, whoever made it; and what it changes, in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from ladder.errors import LadderError, did_you_mean
from ladder.importing.expression import columns_of, joined_columns, parse
from ladder.importing.facts import Facts, source_columns, texts
from ladder.importing.look import Sample
from ladder.importing.marks import both_readings
from ladder.importing.memory import Memory
from ladder.importing.numbers import number
from ladder.importing.plan import Plan, Question
from ladder.importing.readings import ask_format, meant, number_cells, time_fields
from ladder.model.tables import TABLES

_RARE = 0.01
_GUESTS = ("transactions", "customer_id")
_LITERAL = re.compile(r"'[^']*'")


def ask(plan: Plan, sample: Sample) -> tuple[Question, ...]:
    """Everything still open in a plan. LadderError for a field or column that does not exist."""
    if not plan.table:
        return (Question("table", f"{_single(plan)}What does this file hold?", tuple(TABLES)),)
    _check_names(plan)
    is_text = plan.dialect.kind == "csv"
    if is_text and len(plan.dialect.columns) == 1 and len(TABLES[plan.table].required) > 1:
        text = f"The file has one column only, “{plan.dialect.columns[0]}”. What stands between its columns?"
        return (Question("delimiter", text, (",", ";", "\t", "|")),)
    missing = [name for name in TABLES[plan.table].required if name not in plan.mapping.fields]
    questions = [_missing(plan, name) for name in missing]
    if plan.table == "feedback" and not {"nps", "csat", "review"} & plan.mapping.fields.keys():
        questions.append(_missing(plan, "nps"))
    if not plan.dialect.decimal:
        examples = both_readings(number_cells(plan, sample))
        questions.append(Question("decimal", "Which mark stands before the decimals?", (".", ","), examples))
    times = [(field.name, plan.mapping.fields.get(field.name, "")) for field in time_fields(plan.table)]
    undated = [(field, source) for field, source in times if source and field not in plan.mapping.formats]
    return (*questions, *(ask_format(field, source, texts(sample, source)) for field, source in undated))


def ask_single(plan: Plan, sample: Sample) -> tuple[Question, ...]:
    """Asked of a file of one column that would be a list of customers: it may be rows that were not cut."""
    if plan.table != "customers" or len(plan.dialect.columns) != 1:
        return ()
    (name,) = plan.dialect.columns
    text = f"{_single(plan)}Is each row a customer, and its cell the customer's id?"
    examples = tuple((cell, "one customer") for cell in islice(dict.fromkeys(sample.values(name)), 3))
    return (Question("field:customer_id", text, (name,), examples),)


def ask_empty(plan: Plan, sample: Sample, memory: Memory | None) -> tuple[Question, ...]:
    """Asked of every field whose columns hold nothing, or words for nothing only, in all rows looked at.

    Not where the last import of the source makes that no surprise: a person has let it pass then. Optional columns
    of a known export mean what they mean, and are often empty: they are told only, unless they were filled before.
    """
    before = memory.plan.mapping.facts if memory else {}
    found = []
    for field, source in plan.mapping.fields.items() if sample.rows else ():
        empty = _hollow(plan, sample, field, source)
        is_usual = bool(plan.mapping.profile) and field not in TABLES[plan.table].required
        expected = [_no_surprise(before.get(name), len(sample.rows), is_usual) for name in empty]
        if not all(expected):
            found.append(_empty(plan, sample, field, source, empty))
    return tuple(found)


def _hollow(plan: Plan, sample: Sample, field: str, source: str) -> list[str]:
    """The columns that leave a field without a value, or an amount at 0, in every row."""
    known = TABLES[plan.table].field(field)
    if known is None or known.kind != "money":
        columns = source_columns(plan.table, field, source, plan.dialect.columns)
        empty = [name for name in columns if not meant(sample.values(name), plan.dialect)]
        return empty if len(empty) == len(columns) else []
    columns = columns_of(parse(source, plan.dialect.columns), needed=True)
    is_counted = known.required and source in columns
    return [
        name
        for name in columns
        if not (cells := meant(sample.values(name), plan.dialect))
        or (is_counted and not any(number(cell, plan.dialect) != 0 for cell in cells))
    ]


def _no_surprise(sheet: Facts | None, rows: int, is_usual: bool) -> bool:
    """Whether so many empty rows are to be expected of a column that was filled so often, if it is known."""
    return is_usual if sheet is None else (1 - float(sheet["filled"])) ** rows >= _RARE


def _empty(plan: Plan, sample: Sample, field: str, source: str, empty: Sequence[str]) -> Question:
    seen = dict.fromkeys(cell for name in empty for cell in sample.values(name) if cell)
    words = ", ".join(f"“{word}”" for word in islice(seen, 3))
    one = len(empty) == 1
    holds = f"{'holds' if one else 'hold'} nothing but {words}" if seen else f"{'is' if one else 'are'} empty"
    rows = "the only row" if len(sample.rows) == 1 else f"all {len(sample.rows):,} rows"
    listed = " and ".join(f"“{name}”" for name in empty)
    text = f"{listed}, which would fill {field}, {holds} in {rows} looked at."
    if field not in TABLES[plan.table].required:
        return Question(
            f"field:{field}",
            f"{text} Is {field} this column all the same, or not in this file?",
            (source, ""),
        )
    used = {*plan.mapping.fields.values(), *empty}
    others = [name for name in plan.dialect.columns if name not in used]
    if (plan.table, field) == _GUESTS:
        text += (
            " Every row would be of a customer called so." if seen else " Every row would be a guest sale."
        )
    return Question(f"field:{field}", f"{text} Which column is {field}?", (*others, source))


def plan_warnings(plan: Plan) -> tuple[str, ...]:
    """What the plan itself changes."""
    found = []
    above = plan.dialect.skip - plan.dialect.header
    if above > 0:
        lines = "line is no table row and is" if above == 1 else f"{above:,} lines are no table rows and are"
        found.append(f"The first {lines} left out.")
    for field in plan.mapping.whole_ids:
        column = plan.mapping.fields[field]
        found.append(f"Every value of “{column}” ends in .0; the .0 is left off, so that 17850.0 is 17850.")
    return tuple(found)


def _single(plan: Plan) -> str:
    """A sentence on a file of one column, which may be rows that were not cut."""
    if len(plan.dialect.columns) != 1:
        return ""
    way = "name it as the delimiter" if plan.dialect.kind == "csv" else "save it as CSV and bring that"
    told = f"If something stands between columns inside its cells, {way}."
    return f"The file has one column only, “{plan.dialect.columns[0]}”. {told} "


def _check_names(plan: Plan) -> None:
    table, columns = TABLES[plan.table], plan.dialect.columns
    for field, source in plan.mapping.fields.items():
        kind = table.field(field)
        if kind is None:
            known = did_you_mean(field, [item.name for item in table.fields])
            raise LadderError("Unknown field", f"{plan.table} has no field “{field}”.", known)
        if kind.kind == "money":
            parse(source, columns)
        elif source not in columns and not _LITERAL.fullmatch(source) and not joined_columns(source, columns):
            raise _no_column(f"{field} = {source}", source, columns)
    for role, names in (
        ("Attribute", plan.mapping.attributes), ("Rows are kept by", plan.mapping.keep),
        ("Refunds are told by", (*plan.mapping.refunds, *filter(None, (plan.mapping.refund_customer,)))),
        ("Orders are folded by", filter(None, (plan.mapping.fold,))),
    ):  # fmt: skip
        for name in names:
            if name not in columns:
                raise _no_column(f"{role} {name}", name, columns)


def _no_column(what: str, name: str, columns: tuple[str, ...]) -> LadderError:
    return LadderError("No such column", f"{what}: no such column.", did_you_mean(name, columns))


def _missing(plan: Plan, name: str) -> Question:
    field = TABLES[plan.table].field(name)
    about = field.about if field else name
    columns = plan.dialect.columns
    text = f"Which column is {name} ({about})? None of {', '.join(columns[:30])} has a name that tells."
    return Question(f"field:{name}", text, columns)
