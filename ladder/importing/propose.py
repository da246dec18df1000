"""Propose how to read a file; what cannot be told without a person comes back as questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ladder.errors import LadderError, did_you_mean
from ladder.importing.asking import ask, ask_empty, ask_single, plan_warnings
from ladder.importing.currency import ask_sample
from ladder.importing.drift import marks_change, value_changes
from ladder.importing.facts import column_facts, texts
from ladder.importing.guessing import guess_table
from ladder.importing.header import SIDES
from ladder.importing.look import Look, Sample, look
from ladder.importing.mapping import (
    Draft,
    from_guess,
    from_memory,
    from_profile,
    unjoined,
    with_told,
)
from ladder.importing.memory import Memory, recall
from ladder.importing.netting import is_total, netted
from ladder.importing.plan import Mapping, Plan, Proposal, Question
from ladder.importing.profile import NO_PROFILE, Profile, profile_named, recognised
from ladder.importing.readings import ask_nulls, choose_formats, choose_marks
from ladder.importing.told import Told, told_by
from ladder.model.tables import TABLES
from ladder.workspace import Folder

_SHOWN_ROWS = 20
_HEADERS: dict[str, tuple[Any, ...]] = {"header": (True, False), "names": (*SIDES, "none")}
_WHOLE_ID = re.compile(r"\d+\.0")


Looking = Callable[[Path, dict[str, Any]], Look]


@dataclass(frozen=True)
class _Source:
    """A file as it was looked at, and what is known of files like it."""

    seen: Look
    folder: Folder | None
    memory: Memory | None
    profile: Profile | None

    @property
    def sample(self) -> Sample:
        return self.seen.sample


def propose(
    path: Path | str,
    table: str | None = None,
    *,
    profile: str | None = None,
    folder: Folder | None = None,
    fresh: bool = False,
    looking: Looking = look,
    **said: Any,
) -> Proposal:
    """Look into a file and propose a plan; nothing is stored.

    What the caller says wins: `fields` (field -> column, literal or expression; empty: not in this file),
    `attributes`, `date_format` (one for all time fields, or per field), `timezone` of the source, `keep`
    (`Status=paid,sent`; empty: every row counts), `fold`, `nulls` (words for nothing), `currency` (in which the
    amounts count, whatever the file writes), `profile` (a known export, or
    none), and any setting of `Dialect`. Then comes the last import of the same source into `folder`, unless `fresh`;
    then a known export; then a guess. `looking` may remember its looks. LadderError for a file that is no table.
    """
    if table is not None and table not in TABLES:
        raise LadderError("Unknown table", f"There is no table “{table}”.", did_you_mean(table, TABLES))
    told, past = told_by(**said), None if fresh else folder
    seen = _look(Path(path), told, past, looking)
    seen = _header_as_last_time(Path(path), told, past, looking, seen)
    known = _profile(profile, seen.sample, table)
    guess = known.table if known else guess_table(seen.dialect.columns, seen.sample.rows) or ""
    memory = recall(past, seen.dialect.columns, table, guess) if past and not profile else None
    if memory and told.nulls is None:
        seen = replace(seen, dialect=replace(seen.dialect, nulls=memory.plan.dialect.nulls))
    source = _Source(seen, folder, memory, known)
    kind = table or (memory.record.table if memory else guess)
    draft = _draft(kind, source, told) if kind else Draft(Mapping(zone=told.timezone or ""))
    return _proposal(kind, source, told, draft)


def _look(path: Path, told: Told, past: Folder | None, looking: Looking) -> Look:
    """A look at the file; of several sheets or members the one that was imported last, where nobody says which."""
    seen = looking(path, told.dialect)
    if past is None or len(seen.sheets) < 2 or {"sheet", "member"} & told.dialect.keys():
        return seen
    for record in reversed(past.imports()):
        for setting in ("sheet", "member"):
            name = record.dialect.get(setting)
            if name and name in seen.sheets and name != getattr(seen.dialect, setting):
                return looking(path, {**told.dialect, setting: name})
            if name and name in seen.sheets:
                return seen
    return seen


def _header_as_last_time(path: Path, told: Told, past: Folder | None, looking: Looking, seen: Look) -> Look:
    """Where it is open whether, or where, the first line names columns: as in the last import with these columns."""
    asked = [question.id for question in seen.questions if question.id in _HEADERS]
    for setting in asked if past else ():
        for answer in _HEADERS[setting]:
            settings = {**told.dialect, setting: answer}
            if seen.dialect.member:
                settings["member"] = seen.dialect.member
            found = looking(path, settings)
            memory = recall(past, found.dialect.columns, None, "") if past else None
            if memory and memory.is_exact and getattr(memory.plan.dialect, setting) == answer:
                return found
    return seen


def _profile(name: str | None, sample: Sample, table: str | None) -> Profile | None:
    """The export that was named or that the columns tell; LadderError for one that fills another table."""
    if name is None:
        return recognised(sample.columns, sample.rows, table)
    if name.casefold() == NO_PROFILE:
        return None
    found = profile_named(name)
    if table not in (None, found.table):
        raise LadderError(
            "Another kind of table",
            f"“{found.title}” holds {found.table}, not {table}.",
            "Leave out one of the two.",
        )
    return found


def _draft(table: str, source: _Source, told: Told) -> Draft:
    """The mapping by memory, known export or guess, in this order, with what was told laid over it."""
    sample, dialect = source.sample, source.seen.dialect
    if source.memory and source.memory.record.table == table:
        shown = source.folder.settings.currency if source.folder else ""
        draft = from_memory(source.memory, sample, dialect, shown)
    elif source.profile and source.profile.table == table:
        draft = from_profile(source.profile, sample, source.folder)
    else:
        draft = from_guess(table, sample, tuple(told.fields.values()), dialect, source.folder)
    mapping = with_told(draft.mapping, told)
    mapping = replace(
        mapping,
        whole_ids=_whole_ids(table, mapping, sample),
        totals=table == "transactions" and is_total(mapping, sample.columns),
    )
    return replace(draft, mapping=mapping)


def _proposal(table: str, source: _Source, told: Told, draft: Draft) -> Proposal:
    """The draft with its readings of dates and numbers, held against the last import."""
    sample, memory, seen = source.sample, source.memory, source.seen
    plan = Plan(table, seen.dialect, draft.mapping)
    if not table:
        asked = (*seen.questions, *ask(plan, sample))
        return Proposal(plan, asked, seen.warnings, sample.rows[:_SHOWN_ROWS], sheets=seen.sheets)
    settings = told.dialect
    plan = replace(
        plan, dialect=choose_marks(plan, sample, settings.get("decimal"), settings.get("thousands"), memory)
    )
    read = choose_formats(plan, sample, told, memory, source.profile)
    sheets = column_facts(plan, sample)
    confirmed = tuple(name for name in read.formats if told.format_for(name))
    mapping = replace(
        plan.mapping, formats=read.formats, confirmed=confirmed, undecided=read.undecided, facts=sheets
    )
    plan = replace(plan, mapping=mapping)
    questions = [*seen.questions, *draft.questions, *read.questions]
    questions += () if memory else ask_single(plan, sample)
    empty = tuple(question for question in ask_empty(plan, sample, memory) if told.leaves_open(question))
    questions += [*empty, *ask_nulls(_left_open(plan, empty), sample)]
    money = ask_sample(plan, sample, source.folder)
    questions += money
    drift = [*draft.changes.drift, *read.drift]
    if memory:
        shown = bool(money or plan.mapping.currency)
        changed = value_changes(memory, plan, sheets, len(sample.rows), asks_currency=shown)
        questions += changed.questions
        drift += [*changed.drift, *marks_change(memory, plan)]
    asked = tuple(question for question in questions if told.leaves_open(question))
    plan = _left_open(plan, asked)
    return Proposal(
        plan, _merged(asked, ask(plan, sample)), (*seen.warnings, *_warnings(plan, source, draft), *read.warnings),
        sample.rows[:_SHOWN_ROWS], memory.record.id if memory else None, tuple(drift), seen.sheets,
    )  # fmt: skip


def _warnings(plan: Plan, source: _Source, draft: Draft) -> tuple[str, ...]:
    found = (*draft.warnings, *plan_warnings(plan))
    if source.profile and plan.mapping.profile == source.profile.name:
        found += netted(plan.mapping, source.profile, source.sample, plan.dialect)
    return found + unjoined(plan.mapping, source.sample, source.folder)


def _left_open(plan: Plan, asked: Sequence[Question]) -> Plan:
    """The plan without the fields that wait for an answer."""
    waiting = {question.id.partition(":")[2] for question in asked if question.id.startswith("field:")}
    mapping = plan.mapping
    return replace(
        plan,
        mapping=replace(
            mapping,
            fields={name: text for name, text in mapping.fields.items() if name not in waiting},
            formats={name: text for name, text in mapping.formats.items() if name not in waiting},
            whole_ids=tuple(name for name in mapping.whole_ids if name not in waiting),
        ),
    )


def _merged(first: Sequence[Question], second: Sequence[Question]) -> tuple[Question, ...]:
    """Both, each id once: the first that asks it is the better informed."""
    return tuple({question.id: question for question in (*second, *first)}.values())


def _whole_ids(table: str, mapping: Mapping, sample: Sample) -> tuple[str, ...]:
    """The id fields whose every value ends in `.0`, as spreadsheets write numbers."""
    names = [field.name for field in TABLES[table].fields if field.kind == "id"]
    return tuple(name for name in names if _all_whole(texts(sample, mapping.fields.get(name, ""))))


def _all_whole(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    return bool(filled) and all(_WHOLE_ID.fullmatch(value) for value in filled)
