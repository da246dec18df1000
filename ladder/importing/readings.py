"""How dates and numbers of the chosen columns are read: formats, decimal marks, words that stand for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ladder.importing.dates import checked_format, fit, numbered, other_order, read, telling
from ladder.importing.expression import columns_of, parse
from ladder.importing.facts import NULL_WORDS, texts
from ladder.importing.look import Sample
from ladder.importing.marks import Marks, marks_of, thousands_for
from ladder.importing.memory import Memory
from ladder.importing.numbers import number
from ladder.importing.plan import Dialect, Drift, Mapping, Plan, Question
from ladder.importing.profile import Profile
from ladder.importing.told import Told
from ladder.importing.worded import bare, languages_of
from ladder.model.tables import TABLES, Field

_LOOKED_AT = 500
_NULL_SHARE = 0.1
_MEASURED = ("time", "money", "score", "flag")


@dataclass(frozen=True)
class Formats:
    """A format per time field where one is settled; what differs from last time; what was decided and is told.

    `undecided` are the fields whose cells say the same in either order of day and month.
    """

    formats: dict[str, str]
    undecided: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    drift: tuple[Drift, ...] = ()
    warnings: tuple[str, ...] = ()


def choose_formats(
    plan: Plan,
    sample: Sample,
    told: Told,
    memory: Memory | None,
    profile: Profile | None,
) -> Formats:
    """What was told, else the format of last time, else the only one that fits, else the order of a known export.

    A format of last time is not judged anew; where cells do not fit it any more, that is drift and asked.
    """
    found = Formats({})
    before = memory.plan.mapping if memory else None
    for field in time_fields(plan.table):
        source = plan.mapping.fields.get(field.name, "")
        given = told.format_for(field.name)
        values = meant(texts(sample, source), plan.dialect)
        last = _last_format(before, field.name, source)
        if given:
            found.formats[field.name] = checked_format(given)
        elif source and last:
            found = _as_last_time(found, field, source, last, values)
        elif source:
            found = _as_it_fits(found, field, source, values, profile)
    return found


def _last_format(before: Mapping | None, field: str, source: str) -> str:
    """The format of last time; nothing where neither a person nor the file had decided on its order."""
    if before is None or before.fields.get(field) != source or field in before.undecided:
        return ""
    return before.formats.get(field, "")


def choose_marks(
    plan: Plan, sample: Sample, decimal: str | None, thousands: str | None, memory: Memory | None
) -> Dialect:
    """The dialect with the number marks that were told, else those the amounts speak for, else those of last time."""
    values = number_cells(plan, sample)
    found = Marks(decimal, "") if decimal else marks_of(values)
    if memory and not decimal:
        last = memory.plan.dialect
        silent = not any("." in value or "," in value for value in values)
        if silent or (not found.decimal and all(number(value, last) is not None for value in values)):
            found = Marks(last.decimal, last.thousands)
    if thousands is None:
        thousands = thousands_for(found.decimal, values) or found.thousands if found.decimal else ""
    return replace(plan.dialect, decimal=found.decimal, thousands=thousands)


def ask_format(field: str, column: str, values: Sequence[str]) -> Question:
    """Which of several readings of a date column is meant, shown on its values."""
    formats = fit(values).formats
    if len(formats) > 1:
        return Question(f"date_format:{field}", _doubt(column, formats), formats, telling(values, formats))
    if not formats and (formats := numbered(values)):
        text = f"“{column}” holds numbers: are they times counted like this?"
        return Question(f"date_format:{field}", text, formats, telling(values, formats))
    seen = dict.fromkeys(value for value in values if value)
    why = "No usual format fits them." if seen else "It is empty in every row looked at."
    text = f"How are the dates of “{column}” written? {why}"
    return Question(f"date_format:{field}", text, formats, tuple((value,) for value in islice(seen, 3)))


def _doubt(column: str, formats: Sequence[str]) -> str:
    if languages_of(formats[0]) == languages_of(formats[1]):
        return f"“{column}” can be read day first or month first. Which is it?"
    return (
        f"Words of “{column}” mean one month in one language and another in the next. Which language is it?"
    )


def ask_nulls(plan: Plan, sample: Sample) -> tuple[Question, ...]:
    """Asked where words such as NULL or N/A fill a tenth of a column of dates, numbers or yes and no."""
    told: dict[str, None] = {}
    columns = []
    for field in TABLES[plan.table].fields if plan.table else ():
        source = plan.mapping.fields.get(field.name, "")
        for name in _columns(plan, field, source) if field.kind in _MEASURED else ():
            cells = [cell for cell in sample.values(name) if cell]
            found = [
                cell for cell in cells if cell.casefold() in NULL_WORDS and cell not in plan.dialect.nulls
            ]
            if found and len(found) >= _NULL_SHARE * len(cells):
                told |= dict.fromkeys(found)
                columns.append(f"“{name}” ({len(found) / len(cells):.0%})")
    if not told:
        return ()
    listed = ", ".join(told)
    text = f"{listed} in {', '.join(dict.fromkeys(columns))}: do these words stand for nothing?"
    return (Question("nulls", text, (listed, "")),)


def time_fields(table: str) -> list[Field]:
    return [field for field in TABLES[table].fields if field.kind == "time"] if table else []


def number_cells(plan: Plan, sample: Sample) -> list[str]:
    """Filled cells of the columns that amounts are made of."""
    columns = [
        name
        for field in (TABLES[plan.table].fields if plan.table else ())
        if field.kind == "money"
        for name in _columns(plan, field, plan.mapping.fields.get(field.name, ""))
    ]
    return [value for name in columns for value in meant(sample.values(name), plan.dialect)]


def meant(values: Sequence[str], dialect: Dialect) -> list[str]:
    """The cells that hold something: not empty, and no word that exports write for nothing."""
    return [
        value
        for value in values
        if value and value not in dialect.nulls and value.casefold() not in NULL_WORDS
    ]


def _columns(plan: Plan, field: Field, source: str) -> tuple[str, ...]:
    if field.kind == "money" and source:
        return columns_of(parse(source, plan.dialect.columns))
    return (source,) if source in plan.dialect.columns else ()


def _as_last_time(found: Formats, field: Field, source: str, last: str, values: list[str]) -> Formats:
    if _still_fits(values, last):
        return replace(found, formats={**found.formats, field.name: last})
    text = f"The dates of “{source}” were written as {bare(last)} and are not any more."
    asked = ask_format(field.name, source, values)
    question = replace(
        asked, text=f"{text} {asked.text}" if len(asked.options) != 1 else f"{text} Is it this now?"
    )
    if len(asked.options) == 1:
        question = replace(question, examples=telling(values, asked.options))
    drift = (*found.drift, Drift("retyped", source, text))
    return replace(found, questions=(*found.questions, question), drift=drift)


def _still_fits(values: list[str], format: str) -> bool:
    """Whether four in five of these cells are dates of the format and none is one of the other order only.

    Or no other format fits: what was taken last time is not asked about the next time.
    """
    cells = values[:: -(-len(values) // _LOOKED_AT) or 1]
    misfits = [cell for cell in cells if read(cell, format) is None]
    other = other_order(format)
    contradicted = other is not None and any(read(cell, other) for cell in misfits)
    return not contradicted and (len(misfits) <= 0.2 * len(cells) or fit(values).formats == (format,))


def _as_it_fits(
    found: Formats, field: Field, source: str, values: list[str], profile: Profile | None
) -> Formats:
    fitting = fit(values)
    if len(fitting.formats) == 1:
        return _as_it_says(found, field, fitting.formats[0], values, profile)
    if not fitting.seen and not field.required:
        return replace(found, formats={**found.formats, field.name: "%Y-%m-%d"})
    if len(fitting.formats) == 2 and other_order(fitting.formats[0]) and profile and profile.order:
        chosen = _of_profile(fitting.formats, profile)
        example = telling(values, (chosen,))[0]
        text = (
            f"The dates of “{source}” can be read in both orders; the export “{profile.title}” writes the "
            f"{profile.order}: {example[0]} is {example[1]}."
        )
        formats = {**found.formats, field.name: chosen}
        return replace(found, formats=formats, warnings=(*found.warnings, text))
    return found


def _as_it_says(
    found: Formats, field: Field, format: str, values: list[str], profile: Profile | None
) -> Formats:
    """The one format that fits, which may still be undecided: 05/05/2024 is the same day in either order."""
    other = other_order(format)
    if other and all(read(value, format) == read(value, other) for value in dict.fromkeys(values)):
        if not (profile and profile.order):
            found = replace(found, undecided=(*found.undecided, field.name))
        else:
            format = _of_profile((format, other), profile)
    return replace(found, formats={**found.formats, field.name: format})


def _of_profile(formats: Sequence[str], profile: Profile) -> str:
    """The one of two orders in which an export writes its dates."""
    first = "%d" if profile.order == "day first" else "%m"
    return next(format for format in formats if format.startswith(first))
