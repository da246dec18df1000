"""Bring data as a conversation: upload, proposal, questions, check, import, account."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from ladder.errors import LadderError
from ladder.importing import ImportResult, Plan, Proposal
from ladder.settings import load_settings
from ladder.ui.bringing import Bringing, bringing
from ladder.ui.bringing_conversation import converse, show_open
from ladder.ui.bringing_preview import show_preview
from ladder.ui.controls import shared_parameters
from ladder.ui.dropzone import drop_zone
from ladder.ui.import_account import rows_in_words, show_account, show_rejects, show_unfinished
from ladder.ui.jobs import Job
from ladder.ui.page import draw_error, draw_notes, escape
from ladder.ui.places import page_file
from ladder.ui.receiving import in_bytes
from ladder.ui.visitor import visitor_cookie
from ladder.workspace import Folder

POLL_SECONDS = 0.4


def show_bringing(folder: Folder) -> None:
    """Where the conversation stands: nothing yet, a file being talked about, work under way, an import just made."""
    state = bringing(folder)
    waiting = (
        st.empty()
    )  # Always there: what is drawn below keeps its place, and an open list of choices stays open.
    if state.arrived is not None:
        # An empty workspace opens on this part, one with data on another: name it, so that the account is seen.
        st.query_params["part"] = "bring"
        with waiting.container():
            _take(folder, state)
        waiting.empty()
    settled = state.settle()
    state.heed_erasures(folder)
    if not settled:
        _watch(state)
    elif state.upload is not None:
        _converse(folder, state)
    else:
        if state.done in folder.imports():
            _show_done(folder, state)
        _ask_file(folder, state)


def _take(folder: Folder, state: Bringing) -> None:
    with st.spinner("Looking into the file …"):
        line = st.empty()

        def tell(_: float, words: str) -> None:
            if words:
                line.caption(escape(words))

        state.take(folder, tell)


@st.fragment(run_every=POLL_SECONDS)
def _watch(state: Bringing) -> None:
    """How far the work is, until it is finished."""
    job = state.job
    if job is None or job.finished:
        st.rerun()
    if state.upload is not None:
        st.markdown(f":material/description: **{escape(state.upload.file.name)}**")
    st.progress(min(max(job.share, 0.0), 1.0), escape(job.words))
    st.button("Cancel", disabled=not job.can_stop, on_click=_cancel, args=(job,))
    st.caption("You can look at other pages meanwhile. Nothing is changed before the last step.")


def _cancel(job: Job) -> None:
    """Most work stops before anybody could wonder."""
    job.cancel()
    job.wait(POLL_SECONDS)


def _ask_file(folder: Folder, state: Bringing) -> None:
    show_unfinished(folder)
    if state.problem:
        draw_error(state.problem)

    drop_zone(
        "Drop another file here, or choose one" if state.done else "Drop a file here, or choose one",
        "Orders, customers, visits, answers, referrals or offers, as CSV or other delimited text, Excel (.xlsx), "
        f"Parquet or JSON lines, also zipped; up to {in_bytes(load_settings().upload_limit)}. "
        "One table with customers and dates is enough.",
        f"drop-{folder.path.name}-{state.ident}",
        lambda name, size: state.leave(name, size, visitor_cookie()),
    )


def _converse(folder: Folder, state: Bringing) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f":material/description: **{escape(state.file.name)}**", width="content")
        st.button("Take another file", type="tertiary", icon=":material/close:", on_click=state.drop)
    try:
        proposal = converse(folder, state)
        if proposal is not None:
            _check_and_import(folder, state, proposal)
    except LadderError as error:
        draw_error(error)


def _check_and_import(folder: Folder, state: Bringing, proposal: Proposal) -> None:
    plan = proposal.plan
    checked = state.checked[1] if state.checked and state.checked[0] == plan else None
    show_preview(proposal)
    draw_notes(proposal.warnings if checked is None else ())
    show_open(proposal)
    if state.problem:
        draw_error(state.problem)
    if state.notice:
        st.caption(f":material/info: {escape(state.notice)}")
    kind: Literal["primary", "secondary"] = "primary" if checked is None else "secondary"
    if st.button(
        "Check every row", type=kind, icon=":material/fact_check:", disabled=bool(proposal.questions)
    ):  # fmt: skip
        state.check(folder, plan)
        _go_on(state)
    if checked is not None:
        _offer(folder, state, plan, checked)


def _go_on(state: Bringing) -> None:
    """Small files are done before anything could flicker."""
    if state.job is not None:
        state.job.wait(POLL_SECONDS)
    st.rerun()


def _offer(folder: Folder, state: Bringing, plan: Plan, result: ImportResult) -> None:
    """What the import would do, and the button that does it."""
    show_account(result, f"check-{state.ident}", ready=True)
    if not result.accepted:
        st.markdown(
            "**There is nothing to import:** every usable row is here already."
            if result.duplicate
            else "**There is nothing to import:** no row can be used as it is."
        )
        return
    if st.button(f"Import {rows_in_words(result.accepted)}", type="primary", icon=":material/upload:"):
        state.publish(folder, plan)
        _go_on(state)


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
