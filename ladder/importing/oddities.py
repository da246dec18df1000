"""What the plan expected and the file does not hold: dates of another order, ids without the usual ending."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.dates import fit, other_order, read, telling
from ladder.importing.expression import joined_columns
from ladder.importing.facts import NULL_WORDS, used_columns
from ladder.importing.fields import PEOPLE
from ladder.importing.mend import PROBLEMS
from ladder.importing.plan import Plan, Question
from ladder.importing.readings import ask_format
from ladder.importing.sentences import counted
from ladder.importing.sql import column, named, sql
from ladder.importing.times import parsed
from ladder.model.tables import TABLES

_ASKED_VALUES = 1000
_FEW, _SHARE = 3, 10
"""Refused dates from this number and one in so many are asked about where they fit another format."""

_FULL = "ignored is null and problem is null"

_BROKEN = """
select count(*) filter (where list_contains($problems, problem)), count(*) from source where ignored is null
"""

_MISREAD = """
select
    (select count(*) from refused where reason = 'not a date' and bad_column = $column) as misread,
    (select count(*) from typed where ignored is null and (reason is null or reason <> 'no date')) as dated
"""


def misread_columns(engine: Engine) -> tuple[Question, ...]:
    """A question when more than half of the rows cannot be cut into the planned columns."""
    if not engine.rows("rows with problems", "select 1 from source where problem is not null limit 1"):
        return ()
    broken, rows = engine.rows("misread columns", _BROKEN, {"problems": list(PROBLEMS)})[0]
    if 2 * broken <= rows:
        return ()
    missing = "of 1 row does" if rows == 1 else f"of {rows:,} rows do"
    text = f"{broken:,} {missing} not have the planned number of columns. What stands between them?"
    return (Question("delimiter", text, (",", ";", "\t", "|")),)


def misread_dates(engine: Engine, plan: Plan, refused: bool) -> tuple[Question, ...]:
    """A question for every time column of which more than half does not fit its format; `refused`: is any row.

    Also, unless a person chose the format, for one of which any date fits the other order of day and month only, a
    sizeable share fits another format, or nothing but habit says which order it is.
    """
    questions = []
    for field, name in _times(plan):
        misread, dated = engine.rows("misread dates", _MISREAD, {"column": name})[0] if refused else (0, 0)
        if 2 * misread > dated:
            query = exp.select(_cell(plan, name)).distinct().from_("source").where("problem is null")
            values = [row[0] for row in engine.rows("dates as written", query.limit(_ASKED_VALUES))]
            questions.append(ask_format(field, name, [value for value in values if value]))
        elif misread and field not in plan.mapping.confirmed:
            questions += _ask_order(engine, plan, field, name) or _ask_other(
                engine, plan, field, name, misread, dated
            )
        elif field in plan.mapping.undecided and field not in plan.mapping.confirmed:
            questions += _ask_undecided(engine, plan, field, name)
    return tuple(questions)


def _ask_other(engine: Engine, plan: Plan, field: str, name: str, misread: int, dated: int) -> list[Question]:
    """Asked when many dates that do not fit the format fit another one."""
    if misread < _FEW or _SHARE * misread < dated:
        return []
    format = plan.mapping.formats[field]
    query = _refused(plan, name, named(_cell(plan, name), "cell")).distinct().limit(_ASKED_VALUES)
    values = [row[0] for row in engine.rows("refused dates", query)]
    others = [
        other
        for other in fit(values).formats
        if 2 * sum(read(value, other) is not None for value in values) >= len(values)
    ]
    if not others:
        return []
    text = (
        f"{misread:,} of {dated:,} dates of “{name}” do not fit {format} and look like {' or '.join(others)}. "
        "Which is meant? A file is read by one format: dates that do not fit it are refused."
    )
    options = (format, *others)
    return [Question(f"date_format:{field}", text, options, telling(values, options))]


def _ask_undecided(engine: Engine, plan: Plan, field: str, name: str) -> list[Question]:
    """Asked when dates read differently day first and month first, and none fits the planned order alone."""
    format = plan.mapping.formats[field]
    other = other_order(format)
    if other is None:
        return []
    both = [parsed(_cell(plan, name), each) for each in (format, other)]
    differs = sql(":one <> :other", one=both[0], other=both[1])
    tells = sql("bool_or(:one is not null and :other is null)", one=both[0], other=both[1])
    query = exp.select(sql("bool_or(:differs)", differs=differs), tells).from_("source")
    some, decided = engine.rows("order of dates", query.where(_FULL))[0]
    if decided or not some:
        return []
    cells = exp.select(named(_cell(plan, name), "cell")).distinct().from_("source").where(differs, _FULL)
    values = [row[0] for row in engine.rows("dates of two orders", cells.limit(_FEW))]
    text = f"“{name}” can be read day first or month first. Which is it?"
    options = (format, other)
    return [Question(f"date_format:{field}", text, options, telling(values, options))]


def _ask_order(engine: Engine, plan: Plan, field: str, name: str) -> list[Question]:
    format = plan.mapping.formats[field]
    other = other_order(format)
    number = _count_other_order(engine, plan, name, other) if other else 0
    if other is None or not number:
        return []
    query = _of_other_order(plan, name, other, named(_cell(plan, name), "cell")).distinct()
    values = [row[0] for row in engine.rows("dates of another order", query.limit(3))]
    text = (
        f"{counted(number, 'date', 'dates')} of “{name}” {'fits' if number == 1 else 'fit'} {other} only and the "
        f"rest {format}: the file may mix two orders. "
        "Which is meant? Dates that do not fit it are refused."
    )
    return [Question(f"date_format:{field}", text, (format, other), telling(values, (format, other)))]


def odd_values(engine: Engine, plan: Plan, mail: bool) -> tuple[str, ...]:
    """Sentences on values that hint at a mistaken plan; `mail` is whether there may be e-mail addresses."""
    found = []
    for timed, name in _times(plan):
        other = other_order(plan.mapping.formats[timed])
        number = _count_other_order(engine, plan, name, other) if other else 0
        if number:
            dates = counted(number, "rejected date", "rejected dates")
            fit = "fits" if number == 1 else "fit"
            found.append(f"{dates} of “{name}” {fit} {other}: the file may mix two orders.")
    found += _empty_columns(engine, plan)
    for field in TABLES[plan.table].fields:
        name = plan.mapping.fields.get(field.name, "")
        if field.kind == "id" and _columns(plan, name):
            found += _odd_ids(engine, plan, name, field.name in plan.mapping.whole_ids)
            found += _capitals(engine, plan, name) if mail and field.name in PEOPLE else []
    return tuple(found)


def _empty_columns(engine: Engine, plan: Plan) -> list[str]:
    """What is mapped and was empty in the rows looked at, if it is so in all."""
    roles = used_columns(plan)
    names = [
        name
        for name, sheet in plan.mapping.facts.items()
        if sheet.get("kind") == "empty" and TABLES[plan.table].field(roles.get(name, "")) is not None
    ]
    if not names:
        return []
    cells = [column(f"c{plan.dialect.columns.index(name)}") for name in names]
    nothing = sorted(NULL_WORDS)
    parts = [
        part
        for cell in cells
        for part in (
            sql("count(:cell)", cell=cell),
            sql("count(*) filter (not list_contains(:nothing, lower(:cell)))", cell=cell, nothing=nothing),
        )
    ]
    rows, *counts = engine.rows("empty columns", exp.select("count(*)", *parts).from_("source").where(_FULL))[
        0
    ]
    found = []
    for name, filled, meant in zip(names, counts[::2], counts[1::2], strict=True):
        if rows and not meant:
            holds = "is empty" if not filled else "holds words for nothing only"
            every = "the only row" if rows == 1 else f"all {rows:,} rows"
            found.append(f"“{name}”, which is to fill {roles[name]}, {holds} in {every}.")
    return found


def _times(plan: Plan) -> list[tuple[str, str]]:
    """(field, column or join of columns) of the time fields; literals are nobody's oddity."""
    named = [(field, plan.mapping.fields.get(field, "")) for field in plan.mapping.formats]
    return [(field, name) for field, name in named if _columns(plan, name)]


def _columns(plan: Plan, name: str) -> tuple[str, ...]:
    known = plan.dialect.columns
    return (name,) if name in known else joined_columns(name, known) or ()


def _cell(plan: Plan, name: str) -> exp.Expr:
    cells: list[exp.Expr] = [column(f"c{plan.dialect.columns.index(part)}") for part in _columns(plan, name)]
    return reduce(lambda left, right: sql("concat_ws(' ', :left, :right)", left=left, right=right), cells)


def _of_other_order(plan: Plan, name: str, format: str, *wanted: exp.Expr | str) -> exp.Select:
    """Over the rows of `source` whose refused date fits another format."""
    return _refused(plan, name, *wanted).where(
        sql(":value is not null", value=parsed(_cell(plan, name), format))
    )


def _refused(plan: Plan, name: str, *wanted: exp.Expr | str) -> exp.Select:
    """Over the rows of `source` whose date is refused."""
    refused = sql("reason = 'not a date' and bad_column = :name", name=name)
    lines = exp.select("line").from_("refused").where(refused)
    return exp.select(*wanted).from_("source").where(exp.column("line").isin(query=lines))


def _count_other_order(engine: Engine, plan: Plan, name: str, format: str) -> int:
    query = _of_other_order(plan, name, format, "count(*)")
    return int(engine.rows("dates of another order", query)[0][0])


def _odd_ids(engine: Engine, plan: Plan, name: str, whole: bool) -> list[str]:
    cell = _cell(plan, name)
    other = exp.select("1").from_("source").where(sql("not ends_with(:cell, '.0')", cell=cell)).limit(1)
    if not whole and engine.rows("other ids", other):
        return []
    ends = sql(
        r"count(*) filter (where case when ends_with(:cell, '.0') then regexp_full_match(:cell, '\d+\.0') end)",
        cell=cell,
    )
    query = exp.select(ends, sql("count(:cell)", cell=cell)).from_("source")
    number, ids = engine.rows("odd ids", query)[0]
    found = []
    if whole and number < ids:
        values = counted(ids - number, "value", "values")
        stay = (
            "does not end in .0 and stays as it is"
            if ids - number == 1
            else "do not end in .0 and stay as they are"
        )
        found.append(f"{values} of “{name}” {stay}.")
    if ids and number == ids and not whole:
        found.append(
            f"Every value of “{name}” ends in .0, which is kept: 17850.0 is not the same customer as 17850."
        )
    return found


def _capitals(engine: Engine, plan: Plan, name: str) -> list[str]:
    cell = _cell(plan, name)
    differs = sql(":cell <> lower(:cell)", cell=cell)
    query = exp.select("count(*)").from_("source").where(sql("contains(:cell, '@')", cell=cell), differs)
    ((number,),) = engine.rows("capitals of mailboxes", query)
    if not number:
        return []
    mails = counted(number, "e-mail address", "e-mail addresses")
    have = "has capitals; as an id it is" if number == 1 else "have capitals; as ids they are"
    return [f"{mails} of “{name}” {have} in lower case."]
