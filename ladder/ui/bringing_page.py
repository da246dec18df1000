"""Bring data as a conversation: upload, proposal, questions, check, import, account."""

from __future__ import annotations

from itertools import islice
from typing import Literal

import pandas as pd
import streamlit as st

from ladder.errors import LadderError
from ladder.importing import ImportResult, Plan, Proposal
from ladder.importing.dates import read
from ladder.importing.expression import columns_of, parse
from ladder.ui.bringing import LARGEST_MB, Bringing, bringing
from ladder.ui.bringing_form import (
    ask_dialect,
    ask_fields,
    ask_formats,
    ask_table,
    ask_zone,
    dialect_in_words,
    title,
)
from ladder.ui.controls import shared_parameters
from ladder.ui.formats import day
from ladder.ui.import_account import rows_in_words, show_account, show_rejects
from ladder.ui.page import draw_error, draw_notes, escape
from ladder.ui.places import page_file
from ladder.workspace import Folder

SHOWN_ROWS = 6


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
    sniffed = state.propose(None, {}, zone)
    table = ask_table(state, sniffed.plan.table)
    if table is None:
        st.caption("Nothing in the names of its columns tells what a row is.")
        return None
    places = st.container(), st.container(), st.expander(
        f"Read as {dialect_in_words(sniffed.plan.dialect)}", icon=":material/tune:", key=f"dialect-{state.number}"
    )  # fmt: skip
    with places[2]:
        told = ask_dialect(state, state.propose(table, {}, zone).plan.dialect)
        zone = ask_zone(state, zone)
    guess = state.propose(table, told, zone)
    with places[0]:
        fields, attributes = ask_fields(state, guess)
    open_ = state.revise(guess, told, fields, attributes, {})
    with places[1]:
        asked = tuple(item for item in open_.questions if item.id.startswith("date_format:"))
        formats = ask_formats(state, asked, "sample")
        formats |= ask_formats(state, state.asked, "whole")
    return state.revise(guess, told, fields, attributes, formats)


def _check_and_import(folder: Folder, state: Bringing, proposal: Proposal) -> None:
    plan = proposal.plan
    draw_notes(proposal.warnings)
    _preview(proposal)
    still = [item for item in proposal.questions if not item.id.startswith("date_format:")]
    for question in still:
        st.markdown(f":orange[:material/help:] {escape(question.text)}")
    if proposal.questions and not still:
        st.caption("Answer the question above, then the file can be checked.")
    kind: Literal["primary", "secondary"] = "primary" if state.checked is None else "secondary"
    if st.button(
        "Check every row", type=kind, icon=":material/fact_check:", disabled=bool(proposal.questions)
    ):  # fmt: skip
        state.check(folder, plan)
        st.rerun()
    if state.checked and state.checked[0] == plan:
        _offer(folder, state, plan, state.checked[1])


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


def _preview(proposal: Proposal) -> None:
    """The first rows as they will be understood, and the columns that are left out."""
    plan, columns = proposal.plan, proposal.plan.dialect.columns
    shown = {title(name): _cells(proposal, name, source) for name, source in plan.mapping.fields.items()}
    for name in plan.mapping.attributes:
        place = columns.index(name)
        shown[name] = [row[place] for row in islice(proposal.rows, SHOWN_ROWS)]
    if shown:
        st.caption("The first rows, as they will be understood:")
        st.dataframe(
            pd.DataFrame(shown),
            hide_index=True,
            row_height=32,
            height="content",
            alt="First rows as they are read",
        )
    used = {name for source in plan.mapping.fields.values() for name in _columns(source, columns)}
    left = [name for name in columns if name not in used and name not in plan.mapping.attributes]
    if left:
        st.caption("Not stored: " + escape(", ".join(left[:30])) + ("." if len(left) <= 30 else " and more."))


def _columns(source: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    return () if source.startswith("'") else columns_of(parse(source, columns))


def _cells(proposal: Proposal, name: str, source: str) -> list[str]:
    columns, format = proposal.plan.dialect.columns, proposal.plan.mapping.formats.get(name)
    rows = proposal.rows[:SHOWN_ROWS]
    if source.startswith("'") and source not in columns:
        return [source.strip("'")] * len(rows)
    places = [columns.index(column) for column in _columns(source, columns)]
    texts = [" × ".join(row[place] for place in places) for row in rows]
    if name in proposal.plan.mapping.whole_ids:
        return [text.removesuffix(".0") for text in texts]
    return [_moment(text, format) for text in texts] if format else texts


def _moment(text: str, format: str) -> str:
    moment = read(text, format) if text else None
    if moment is None:
        return f"{text}: not a date" if text else ""
    return day(moment.date()) + (f", {moment:%H:%M}" if moment.time() != moment.min.time() else "")
