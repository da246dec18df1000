"""What the plan expected and the file does not hold: dates of another order, ids without the usual ending."""

from __future__ import annotations

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.dates import other_order
from ladder.importing.plan import Plan, Question
from ladder.importing.propose import ask_format
from ladder.importing.sql import column, sql
from ladder.importing.times import parsed
from ladder.model.tables import TABLES

_ASKED_VALUES = 1000

_BROKEN = "select count(*) filter (where problem is not null), count(*) from source where not is_blank"

_MISREAD = """
select
    count(*) filter (where reason = 'not a date' and bad_column = $column) as misread,
    count(*) filter (where reason is null or reason not in ('blank', 'no date')) as dated
from typed
"""


def misread_columns(engine: Engine) -> tuple[Question, ...]:
    """A question when more than half of the rows cannot be cut into the planned columns."""
    broken, rows = engine.rows("misread columns", _BROKEN)[0]
    if 2 * broken <= rows:
        return ()
    text = f"{broken:,} of {rows:,} rows do not have the planned number of columns. What stands between them?"
    return (Question("delimiter", text, (",", ";", "\t", "|")),)


def misread_dates(engine: Engine, plan: Plan) -> tuple[Question, ...]:
    """A question for every time column of which more than half does not fit its format."""
    questions = []
    for field, name in _times(plan):
        misread, dated = engine.rows("misread dates", _MISREAD, {"column": name})[0]
        if 2 * misread > dated:
            query = exp.select(_cell(plan, name)).distinct().from_("source").where("problem is null")
            values = [row[0] for row in engine.rows("dates as written", query.limit(_ASKED_VALUES))]
            questions.append(ask_format(field, name, [value for value in values if value]))
    return tuple(questions)


def odd_values(engine: Engine, plan: Plan) -> tuple[str, ...]:
    """Sentences on values that hint at a mistaken plan."""
    found = []
    for timed, name in _times(plan):
        other = other_order(plan.mapping.formats[timed])
        number = _count_other_order(engine, plan, name, other) if other else 0
        if number:
            found.append(f"{number:,} rejected dates of “{name}” fit {other}: the file may mix two orders.")
    for field in TABLES[plan.table].fields:
        name = plan.mapping.fields.get(field.name, "")
        if field.kind == "id" and name in plan.dialect.columns:
            found += _odd_ids(engine, plan, name, field.name in plan.mapping.whole_ids)
    return tuple(found)


def _times(plan: Plan) -> list[tuple[str, str]]:
    named = [(field, plan.mapping.fields.get(field, "")) for field in plan.mapping.formats]
    return [(field, name) for field, name in named if name in plan.dialect.columns]


def _cell(plan: Plan, name: str) -> exp.Column:
    return column(f"c{plan.dialect.columns.index(name)}")


def _count_other_order(engine: Engine, plan: Plan, name: str, format: str) -> int:
    fits = sql(":value is not null", value=parsed(_cell(plan, name), format))
    refused = sql("reason = 'not a date' and bad_column = :name", name=name)
    lines = exp.select("line").from_("typed").where(refused)
    query = exp.select("count(*)").from_("source").where(fits, exp.column("line").isin(query=lines))
    return int(engine.rows("dates of another order", query)[0][0])


def _odd_ids(engine: Engine, plan: Plan, name: str, whole: bool) -> list[str]:
    ends = sql(r"count(*) filter (where regexp_full_match(:cell, '\d+\.0'))", cell=_cell(plan, name))
    filled = sql("count(:cell)", cell=_cell(plan, name))
    number, ids = engine.rows("ids ending in .0", exp.select(ends, filled).from_("source"))[0]
    if whole and number < ids:
        return [f"{ids - number:,} values of “{name}” do not end in .0 and stay as they are."]
    if ids and number == ids and not whole:
        return [
            f"Every value of “{name}” ends in .0, which is kept: 17850.0 is not the same customer as 17850."
        ]
    return []
