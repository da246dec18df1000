"""Erase a customer: search, every place that holds them, a typed confirmation, and a certificate afterwards."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ladder.errors import LadderError
from ladder.importing.sentences import counted
from ladder.ui.cache import forget_answers
from ladder.ui.exports import OFFERS
from ladder.ui.import_account import rows_in_words
from ladder.ui.page import draw_error, escape
from ladder.ui.tables import table
from ladder.workspace import Erasure, Folder, erase


def show_erasing(folder: Folder) -> None:
    """Who is to be erased, and what that would do; afterwards the certificate."""
    st.subheader("Erase a customer", anchor=False)
    st.caption(
        "Every file that holds the person is written again without them, undone imports included; results and saved "
        "lists are deleted, and files that bring the person again find those rows ignored. It cannot be undone."
    )
    if removing := folder.manifest().removing:
        files = counted(len(removing), "file is", "files are")
        st.caption(f":material/info: {files} still to be deleted; the next change does it.")
    done: Erasure | None = st.session_state.get(_done(folder))
    if done is not None:
        _show_certificate(folder, done)
        return
    customer = st.text_input("Id of the customer", key="erase-id", max_chars=200).strip()
    if not customer:
        return
    try:
        found = erase(folder, customer, preview=True)
        also = _ask_others(found)
        if also:
            found = erase(folder, customer, also, preview=True)
        _show_places(found)
        _confirm(folder, customer, also)
    except LadderError as error:
        draw_error(error)


def _ask_others(found: Erasure) -> list[str]:
    """Other ids that may be the same person, to be erased as well."""
    why = dict(found.others)
    if not why:
        return []
    return st.multiselect(
        "Other ids that may be the same person",
        list(why),
        key="erase-also",
        format_func=lambda ident: f"{ident}: {why[ident]}",
        help="Choose those that are. An address that somebody else keeps is not blocked.",
    )


def _show_places(found: Erasure) -> None:
    st.markdown(f"**{rows_in_words(found.rows)}** in these places; nothing has been changed yet.")
    table(
        found.frame,
        "Places",
        {
            "where": ("text", "Where"),
            "what": ("text", "What"),
            "count": ("count", "How many"),
            "then": ("text", "What becomes of it"),
        },
    )


def _confirm(folder: Folder, customer: str, also: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("Type the id once more", key="erase-again", max_chars=200, width=320).strip()
        if st.button("Erase for good", type="primary", disabled=typed != customer):
            with st.spinner("Writing the files again …"):
                done = erase(folder, customer, also)
            # The certificate stays, and not whom it is about.
            st.session_state[_done(folder)] = replace(done, customers=(), places=(), others=())
            # What this process has kept of the person goes too.
            OFFERS.drop(folder)
            forget_answers()
            st.rerun()


def _done(folder: Folder) -> str:
    return f"erased-{folder.path.name}"


def _show_certificate(folder: Folder, done: Erasure) -> None:
    st.markdown(f":material/check: **Erased.** {escape(rows_in_words(done.rows))} deleted.")
    st.code(done.certificate, language=None)
    st.caption(f"SHA-256 of this text, also in the audit trail: {done.sha256}")
    if st.button("Erase another"):
        for key in (_done(folder), "erase-id", "erase-also", "erase-again"):
            st.session_state.pop(key, None)
        st.rerun()
