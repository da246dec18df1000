"""Propose how to read a file; what cannot be told without a person comes back as questions."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ladder.errors import LadderError, did_you_mean
from ladder.importing.dates import checked_format, fit, telling
from ladder.importing.dialect import sniff
from ladder.importing.expression import columns_of, parse
from ladder.importing.guessing import guess_fields, guess_table
from ladder.importing.marks import Marks, both_readings, marks_of, thousands_for
from ladder.importing.plan import Dialect, Mapping, Plan, Proposal, Question
from ladder.importing.records import records
from ladder.importing.source import compression_of, encoding_of, read_head
from ladder.model.tables import TABLES

SAMPLE_BYTES = 1 << 20
_SAMPLE_ROWS = 5000
_SHOWN_ROWS = 20
_WHOLE_ID = re.compile(r"\d+\.0")
_LITERAL = re.compile(r"'[^']*'")


@dataclass(frozen=True)
class Sample:
    """The first rows of a file under a dialect: texts by column, rows of another width left out."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, source: str) -> list[str]:
        """The texts of a column, or the one text of a literal."""
        if source not in self.columns:
            return [source.strip("'")] if _LITERAL.fullmatch(source) else []
        place = self.columns.index(source)
        return [row[place] for row in self.rows]


def propose(
    path: Path | str,
    table: str | None = None,
    *,
    fields: dict[str, str] | None = None,
    attributes: Sequence[str] | None = None,
    date_format: str | dict[str, str] | None = None,
    timezone: str = "",
    **dialect: Any,
) -> Proposal:
    """Sniff a file and propose a plan; nothing is stored.

    What the caller names wins over the guess: `fields` (field -> column, literal or expression), `attributes`,
    `date_format` (one for all time fields, or per field), `timezone` of the source, and any setting of `Dialect`
    (delimiter, encoding, quote, header, skip, decimal, thousands). LadderError for a file that is no text table.
    """
    file = Path(path)
    if table is not None and table not in TABLES:
        raise LadderError("Unknown table", f"There is no table “{table}”.", did_you_mean(table, TABLES))
    found = _dialect(file, dialect)
    sample = take_sample(file, found)
    kind = table or guess_table(found.columns, sample.rows) or ""
    mapping = _mapping(kind, sample, fields or {}, attributes, timezone)
    mapping = replace(mapping, formats=_formats(kind, mapping, sample, date_format))
    plan = _with_marks(Plan(kind, found, mapping), sample, dialect)
    return Proposal(plan, ask(plan, sample), plan_warnings(plan), sample.rows[:_SHOWN_ROWS])


def take_sample(path: Path, dialect: Dialect) -> Sample:
    """The first rows as text. LadderError when there is no data row."""
    found = islice(records(_lines(path, dialect), dialect), dialect.skip, dialect.skip + _SAMPLE_ROWS)
    width = len(dialect.columns)
    whole = (record.fields for record in found if len(record.fields) == width)
    rows = tuple(tuple(cell.strip() for cell in fields) for fields in whole if any(map(str.strip, fields)))
    return Sample(dialect.columns, rows)


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
        examples = both_readings(_numbers(plan, sample))
        questions.append(Question("decimal", "Which mark stands before the decimals?", (".", ","), examples))
    times = [(field, column) for field, column in _times(plan) if field not in plan.mapping.formats]
    return (*questions, *(ask_format(field, column, sample.values(column)) for field, column in times))


def ask_format(field: str, column: str, values: Sequence[str]) -> Question:
    """Which of several readings of a date column is meant, shown on its values."""
    formats = fit(values).formats
    if len(formats) == 2:
        text = f"“{column}” can be read day first or month first. Which is it?"
        return Question(f"date_format:{field}", text, formats, telling(values, formats))
    text = f"How are the dates of “{column}” written? No usual format fits them."
    seen = dict.fromkeys(value for value in values if value)
    return Question(f"date_format:{field}", text, formats, tuple((value,) for value in islice(seen, 3)))


def _dialect(path: Path, told: dict[str, Any]) -> Dialect:
    base = Dialect(compression=compression_of(path))
    try:
        base = replace(base, **told)
    except TypeError:
        known = "delimiter, encoding, quote, header, skip, decimal, thousands"
        raise LadderError("Unknown setting", f"{', '.join(told)}.", f"Known: {known}.") from None
    check_dialect(base)
    head = read_head(path, base.compression, SAMPLE_BYTES)
    if "encoding" not in told:
        base = replace(base, encoding=encoding_of(head))
    lines = _lines(path, base)
    found = sniff(lines, base, tuple(told))
    if not found.columns or not any(line.strip() for line in lines):
        raise LadderError("No rows", f"{path.name} holds nothing but empty lines.", "Export it again.")
    if not any(record.fields or record.problem for record in islice(records(lines, found), found.skip, None)):
        raise LadderError("No rows", f"{path.name} holds a header and no rows.", "Export it again.")
    return found


def check_dialect(dialect: Dialect) -> None:
    """Refuse settings that cannot be: a delimiter of two characters, an unknown encoding."""
    marks = (dialect.delimiter if dialect.delimiter != "whitespace" else " ", dialect.quote or '"')
    if dialect.decimal not in (".", ",", "") or dialect.thousands == dialect.decimal != "":
        raise LadderError(
            "The dialect cannot be used", "The decimal mark is . or , and no thousands mark.", ""
        )
    if any(len(mark) != 1 or not mark.isascii() or mark in "\r\n" for mark in marks) or marks[0] == marks[1]:
        raise LadderError(
            "The dialect cannot be used",
            "Delimiter and quote are two different plain characters.",
            "Use , ; | a tab, or the word whitespace.",
        )
    try:
        "".encode(dialect.encoding)
    except LookupError:
        raise LadderError(
            "Unknown encoding", f"There is no encoding “{dialect.encoding}”.", "Use utf-8 or cp1252."
        ) from None


def _lines(path: Path, dialect: Dialect) -> list[str]:
    """Physical lines of the sample; its last, cut line is left out when the file goes on."""
    head = read_head(path, dialect.compression, SAMPLE_BYTES)
    text = head.decode(dialect.encoding, "replace").removeprefix("\ufeff")
    lines = list(io.StringIO(text, newline=""))
    return lines[:-1] if len(head) == SAMPLE_BYTES and len(lines) > 1 else lines


def _mapping(
    table: str, sample: Sample, told: dict[str, str], attributes: Sequence[str] | None, timezone: str
) -> Mapping:
    if not table:
        return Mapping(zone=timezone)
    taken = set(told.values())
    guessed = guess_fields(
        table, [name for name in sample.columns if name not in taken], _without(sample, taken)
    )
    fields = {**guessed, **told}
    whole = tuple(
        field.name
        for field in TABLES[table].fields
        if field.kind == "id" and _all_whole(sample, fields.get(field.name, ""))
    )
    if attributes is None:
        used = set(fields.values())
        attributes = [name for name in sample.columns if name not in used] if table == "customers" else []
    return Mapping(fields, tuple(attributes), {}, whole, timezone)


def _without(sample: Sample, taken: set[str]) -> list[list[str]]:
    keep = [place for place, name in enumerate(sample.columns) if name not in taken]
    return [[row[place] for place in keep] for row in sample.rows]


def _all_whole(sample: Sample, column: str) -> bool:
    values = [value for value in sample.values(column) if value]
    return bool(values) and all(_WHOLE_ID.fullmatch(value) for value in values)


def _times(plan: Plan) -> list[tuple[str, str]]:
    """(field, column or literal) of the mapped time fields."""
    named = [(field.name, plan.mapping.fields.get(field.name, "")) for field in _time_fields(plan.table)]
    return [(field, source) for field, source in named if source]


def _time_fields(table: str) -> list[Any]:
    return [field for field in TABLES[table].fields if field.kind == "time"] if table else []


def _formats(
    table: str, mapping: Mapping, sample: Sample, told: str | dict[str, str] | None
) -> dict[str, str]:
    """A format per time field: what was told, else the only one that fits."""
    formats: dict[str, str] = {}
    for field in _time_fields(table):
        column = mapping.fields.get(field.name, "")
        given = told.get(field.name) if isinstance(told, dict) else told
        if given:
            formats[field.name] = checked_format(given)
        elif column:
            found = fit(sample.values(column))
            if len(found.formats) == 1:
                formats[field.name] = found.formats[0]
            elif found.seen == 0 and not field.required:
                formats[field.name] = "%Y-%m-%d"
    return formats


def _with_marks(plan: Plan, sample: Sample, told: dict[str, Any]) -> Plan:
    """The plan with the number marks that its amounts speak for, unless told."""
    values = _numbers(plan, sample)
    marks = Marks(told["decimal"], "") if told.get("decimal") else marks_of(values)
    thousands = told.get("thousands", thousands_for(marks.decimal, values) if marks.decimal else "")
    return replace(plan, dialect=replace(plan.dialect, decimal=marks.decimal, thousands=thousands))


def _numbers(plan: Plan, sample: Sample) -> list[str]:
    """Texts of the columns that amounts are made of."""
    fields = TABLES[plan.table].fields if plan.table else ()
    told = [plan.mapping.fields.get(field.name, "") for field in fields if field.kind == "money"]
    names = [name for text in told if text for name in columns_of(parse(text, sample.columns))]
    return [value for name in names for value in sample.values(name) if value]


def _check_names(plan: Plan) -> None:
    table, columns = TABLES[plan.table], plan.dialect.columns
    for field, source in plan.mapping.fields.items():
        kind = table.field(field)
        if kind is None:
            known = did_you_mean(field, [item.name for item in table.fields])
            raise LadderError("Unknown field", f"{plan.table} has no field “{field}”.", known)
        if kind.kind == "money":
            parse(source, columns)
        elif source not in columns and not _LITERAL.fullmatch(source):
            raise LadderError(
                "No such column", f"{field} = {source}: no such column.", did_you_mean(source, columns)
            )
    for name in plan.mapping.attributes:
        if name not in columns:
            raise LadderError(
                "No such column", f"Attribute {name}: no such column.", did_you_mean(name, columns)
            )


def _missing(plan: Plan, name: str) -> Question:
    field = TABLES[plan.table].field(name)
    about = field.about if field else name
    columns = plan.dialect.columns
    text = f"Which column is {name} ({about})? None of {', '.join(columns[:30])} has a name that tells."
    return Question(f"field:{name}", text, columns)


def plan_warnings(plan: Plan) -> tuple[str, ...]:
    """What the plan itself changes."""
    found = []
    above = plan.dialect.skip - plan.dialect.header
    if above > 0:
        found.append(f"The first {above:,} lines are no table rows and are left out.")
    for field in plan.mapping.whole_ids:
        column = plan.mapping.fields[field]
        found.append(f"Every value of “{column}” ends in .0; the .0 is left off, so that 17850.0 is 17850.")
    return tuple(found)
