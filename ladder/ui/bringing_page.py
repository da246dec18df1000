"""Bring data as a conversation: upload, proposal, questions, check, import, account."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from ladder.errors import LadderError
from ladder.importing import ImportResult, Plan, Proposal, Question
from ladder.ui.bringing import LARGEST_MB, Bringing, bringing
from ladder.ui.bringing_form import (
    ask_dialect,
    ask_fields,
    ask_readings,
    ask_table,
    ask_zone,
    dialect_in_words,
)
from ladder.ui.bringing_preview import show_preview
from ladder.ui.controls import shared_parameters
from ladder.ui.import_account import rows_in_words, show_account, show_rejects
from ladder.ui.page import draw_error, draw_notes, escape
from ladder.ui.places import page_file
from ladder.workspace import Folder


def show_bringing(folder: Folder) -> None:
    """Where the conversation stands: nothing yet, a file being talked about, or an import just made."""
    state = bringing(folder)
    if state.file is not None:
        _converse(folder, state)
        return
    if state.done in folder.imports():
        _show_done(folder, state)
    _ask_file(folder, state)


def _ask_file(folder: Folder, state: Bringing) -> None:
    upload = st.file_uploader(
        "Another file" if state.done else "A file of orders, customers, visits, answers, referrals or offers",
        type=["csv", "gz", "txt", "tsv"], max_upload_size=LARGEST_MB, key=f"upload-{state.number}",
    )  # fmt: skip
    if upload is not None:
        with st.spinner("Looking into the file …"):
            state.take(upload.name, upload.getvalue(), folder.settings.timezone)
        # An empty workspace opens on this part, one with data on another: name it, so that the account is seen.
        st.query_params["part"] = "bring"
        st.rerun()
    if state.problem:
        draw_error(state.problem)
    st.caption(
        f"CSV text, also compressed, up to {LARGEST_MB} MB. One table with customers and dates is enough. For larger "
        "files: `python -m ladder import FILE --as transactions`."
    )


def _converse(folder: Folder, state: Bringing) -> None:
    assert state.file is not None  # noqa: S101 - show_bringing looked
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f":material/description: **{escape(state.file.name)}**", width="content")
        st.button("Take another file", type="tertiary", icon=":material/close:", on_click=state.drop)
    try:
        proposal = _propose(folder, state)
        if proposal is not None:
            _check_and_import(folder, state, proposal)
    except LadderError as error:
        draw_error(error)


def _propose(folder: Folder, state: Bringing) -> Proposal | None:
    """Everything that is asked before the file is read as a whole; None while the kind of table is open."""
    zone = folder.settings.timezone
    sniffed = state.propose(None, {}, zone).plan
    table = ask_table(state, sniffed.table)
    if table is None:
        columns = ", ".join(sniffed.dialect.columns[:30])
        st.caption(escape(f"The names of its columns do not tell: {columns}. Choose what a row is."))
        return None
    fields_place, readings_place = st.container(), st.container()
    words = f"Read as {dialect_in_words(sniffed.dialect)}"
    with st.expander(
        words, len(sniffed.dialect.columns) == 1, icon=":material/tune:", key=f"dialect-{state.number}"
    ):  # fmt: skip
        told = ask_dialect(state, state.propose(table, {}, zone).plan.dialect)
        zone = ask_zone(state, zone)
    guess = state.propose(table, told, zone)
    with fields_place:
        fields, attributes = ask_fields(state, guess)
    open_ = state.revise(guess, told, fields, attributes, {})
    with readings_place:
        asked = tuple(item for item in open_.questions if _is_reading(item))
        answers = ask_readings(state, asked, "sample") | ask_readings(state, state.asked, "whole")
    formats = {ident.partition(":")[2]: told for ident, told in answers.items() if ident != "decimal"}
    if "decimal" in answers:
        told["decimal"] = answers["decimal"]
    return state.revise(guess, told, fields, attributes, formats)


def _is_reading(question: Question) -> bool:
    return question.id == "decimal" or question.id.startswith("date_format:")


def _check_and_import(folder: Folder, state: Bringing, proposal: Proposal) -> None:
    plan = proposal.plan
    checked = state.checked[1] if state.checked and state.checked[0] == plan else None
    show_preview(proposal)
    if checked is None:
        draw_notes(proposal.warnings)
    for question in proposal.questions:
        if not _is_reading(question):
            st.markdown(f":orange[:material/help:] {escape(question.text)}")
    if any(_is_reading(question) for question in proposal.questions):
        st.caption("Answer the question above; then the file can be checked.")
    kind: Literal["primary", "secondary"] = "primary" if checked is None else "secondary"
    if st.button(
        "Check every row", type=kind, icon=":material/fact_check:", disabled=bool(proposal.questions)
    ):  # fmt: skip
        state.check(folder, plan)
        st.rerun()
    if checked is not None:
        _offer(folder, state, plan, checked)


def _offer(folder: Folder, state: Bringing, plan: Plan, result: ImportResult) -> None:
    """What the import would do, and the button that does it."""
    show_account(result, f"check-{state.number}", ready=True)
    if not result.accepted:
        st.markdown(
            "**There is nothing to import:** every usable row is here already."
            if result.duplicate
            else "**There is nothing to import:** no row can be used as it is."
        )
        return
    if st.button(f"Import {rows_in_words(result.accepted)}", type="primary", icon=":material/upload:"):
        state.publish(folder, plan)
        st.rerun()


def _show_done(folder: Folder, state: Bringing) -> None:
    record = state.done
    assert record is not None  # noqa: S101 - show_bringing looked
    with st.container(border=True, gap="small", key="done"):
        told = f"{rows_in_words(record.accepted)} of {escape(record.source)} are in, as import {record.id}."
        st.markdown(f":blue[:material/check_circle:] **{told}**")
        show_account(record, "done")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("See the ladder", type="primary", icon=":material/stairs:"):
                st.switch_page(page_file("ladder"), query_params=shared_parameters())
            show_rejects(folder, record)
