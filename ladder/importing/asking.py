"""What a plan leaves open, whoever made it; and what it changes, in sentences."""

from __future__ import annotations

import re

from ladder.errors import LadderError, did_you_mean
from ladder.importing.expression import joined_columns, parse
from ladder.importing.facts import texts
from ladder.importing.look import Sample
from ladder.importing.marks import both_readings
from ladder.importing.plan import Plan, Question
from ladder.importing.readings import ask_format, number_cells, time_fields
from ladder.model.tables import TABLES

_LITERAL = re.compile(r"'[^']*'")


def ask(plan: Plan, sample: Sample) -> tuple[Question, ...]:
    """Everything still open in a plan. LadderError for a field or column that does not exist."""
    if not plan.table:
        return (Question("table", "What does this file hold?", tuple(TABLES)),)
    _check_names(plan)
    if len(plan.dialect.columns) == 1 and len(TABLES[plan.table].required) > 1:
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
