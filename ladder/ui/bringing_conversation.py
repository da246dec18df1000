"""What is asked about a file before it is read as a whole, from the sheet to the last question."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ladder.importing import Proposal, Question, options_for
from ladder.importing.facts import source_columns
from ladder.importing.profile import NO_PROFILE, profile_named
from ladder.ui.bringing import Bringing
from ladder.ui.bringing_dialect import ask_dialect, ask_sheet
from ladder.ui.bringing_form import ask_attributes, ask_fields, ask_table
from ladder.ui.bringing_questions import ask_questions, is_answered_here
from ladder.ui.bringing_rows import ask_rows
from ladder.ui.page import draw_notes, escape
from ladder.ui.plan_words import dialect_in_words, rules_in_words
from ladder.workspace import Folder, ImportRecord

_FIRST = ("sheet", "member", "encoding", "header", "names")


def converse(folder: Folder, state: Bringing) -> Proposal | None:
    """Ask everything, each with the guess filled in; None while the kind of table is open."""
    sheet = _ask_bytes(folder, state)
    if sheet is None:
        return None
    sniffed = state.propose(folder, **sheet)
    table = ask_table(state, sniffed.plan.table)
    if table is None:
        columns = ", ".join(sniffed.plan.dialect.columns[:30])
        st.caption(escape(f"The names of its columns do not tell: {columns}. Choose what a row is."))
        return None
    found = state.propose(folder, table, **sheet)
    _tell_origin(folder, state, found)
    form, below = st.container(), st.container()
    words = dialect_in_words(found.plan.dialect, found.rows)
    zone = found.plan.mapping.zone or folder.settings.timezone
    with st.expander(
        escape(f"Read as {words}, times in {zone}"), len(found.plan.dialect.columns) == 1, icon=":material/tune:",
        key=f"dialect-{state.ident}",
    ):  # fmt: skip
        told = sheet | ask_dialect(state, found, zone)
        rules = st.container()
    guess = state.propose(folder, table, **told)
    with rules:
        told |= ask_rows(state, guess, is_asked=any(question.id == "keep" for question in guess.questions))
    return _ask_columns(folder, state, state.propose(folder, table, **told), told, form, below)


def _ask_bytes(folder: Folder, state: Bringing) -> dict[str, Any] | None:
    """Which sheet or file of an archive, which encoding, whether names stand above; None while one is open."""
    first = state.propose(folder)
    asked = [question for question in first.questions if question.id in _FIRST]
    told: dict[str, Any] = {}
    if not any(question.id in ("sheet", "member") for question in asked):
        told = ask_sheet(state, first.sheets, first.plan.dialect)
    while asked:
        answers = ask_questions(state, asked, "bytes")
        if len(answers) < len(asked):
            return None
        told |= options_for(answers)
        seen = state.propose(folder, **told)
        asked = [question for question in seen.questions if question.id in _FIRST and question.id not in told]
    return told


def _ask_columns(
    folder: Folder, state: Bringing, guess: Proposal, told: dict[str, Any], form: Any, below: Any
) -> Proposal:
    """The fields, then the questions that they leave open; the plan with exactly these answers."""
    plan = guess.plan
    asked = [question for question in guess.questions if _names_field(question, plan.dialect.columns)]
    waiting = {question.id.partition(":")[2] for question in asked}
    with form:
        fields = ask_fields(state, guess, waiting)
        used = {
            name
            for field, source in fields.items()
            for name in _columns(plan.table, field, source, plan.dialect.columns)
        }
        attributes = ask_attributes(state, guess, used)
    with below:
        answers = ask_questions(state, asked, "fields")
        fields |= {ident.partition(":")[2]: answer for ident, answer in answers.items()}
        chosen = told | {"fields": fields, "attributes": attributes}
        open_ = state.propose(folder, plan.table, **chosen).questions
        rest = [
            question
            for question in open_
            if is_answered_here(question, plan.dialect.columns) and question not in asked
        ]
        answers = ask_questions(state, rest, "sample") | ask_questions(state, state.asked, "whole")
        draw_notes(rules_in_words(plan.mapping))
    return state.propose(folder, plan.table, **(chosen | options_for(answers)))


def _names_field(question: Question, columns: tuple[str, ...]) -> bool:
    return question.id.startswith("field:") and is_answered_here(question, columns)


def _columns(table: str, field: str, source: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    return source_columns(table, field, source, columns) if source and not source.startswith("'") else ()


def _tell_origin(folder: Folder, state: Bringing, proposal: Proposal) -> None:
    """Where the proposal comes from, and what differs from then; with a way out of it."""
    remembered = next((item for item in folder.imports() if item.id == proposal.remembered), None)
    profile = proposal.plan.mapping.profile
    told = _same_file(folder, state)
    start: dict[str, Any] = {}
    if remembered is not None:
        told.append(_remembered_in_words(remembered, differs=bool(proposal.drift)))
        start = {"fresh": True}
    elif profile:
        told.append(f"Looks like an export of {profile_named(profile).title}.")
        start = {"profile": NO_PROFILE}
    if not told:
        return
    with st.container(gap="xxsmall", key=f"origin-{state.ident}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/history: {escape(' '.join(told))}", width="content")
            if start:
                st.button("Guess afresh", type="tertiary", on_click=state.begin_again, kwargs=start)
        draw_notes([change.text for change in proposal.drift])


def _remembered_in_words(record: ImportRecord, *, differs: bool) -> str:
    from_ = f"import {record.id} ({record.source})"
    if differs:
        return f"Read as {from_} was, with these differences:"
    return f"Read as {from_} was, from the same columns."


def _same_file(folder: Folder, state: Bringing) -> list[str]:
    """The very same bytes, brought before."""
    digest = state.upload.sha256 if state.upload else ""
    found = next((item for item in folder.imports() if item.sha256 == digest), None)
    if found is None:
        return []
    return [f"This very file was brought before, as import {found.id}."]


def show_open(proposal: Proposal) -> None:
    """What still has to be answered, and where."""
    columns = proposal.plan.dialect.columns
    for question in proposal.questions:
        if not is_answered_here(question, columns):
            st.markdown(f":orange[:material/help:] {escape(question.text)}")
    if any(is_answered_here(question, columns) for question in proposal.questions):
        st.caption("Answer the question above; then the file can be checked.")
