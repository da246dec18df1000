"""Which rows of a file count: words of a status column, and orders that are written on several lines."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ladder.importing import Proposal
from ladder.ui.bringing import Bringing
from ladder.ui.bringing_form import choose_kept, columns_key
from ladder.ui.page import escape


def ask_rows(state: Bringing, proposal: Proposal, *, is_asked: bool) -> dict[str, Any]:
    """`keep` and `fold` where the person wants them otherwise; without `keep` while a question asks for it."""
    plan, key = proposal.plan, columns_key(proposal)
    told: dict[str, Any] = {}
    with st.grid(3, min_column_width=220, gap="small"):
        if not is_asked:
            keep = _ask_keep(state, proposal, key)
            told |= {} if keep == plan.mapping.keep else {"keep": keep}
        if plan.table == "transactions":
            fold = choose_kept(
                state, "Orders on several lines, by", list(plan.dialect.columns), plan.mapping.fold or None,
                f"fold-{key}", placeholder="Every line counts",
                help="The order id of files that name customer, time and total on the first line of an order only.",
            )  # fmt: skip
            told |= {} if (fold or "") == plan.mapping.fold else {"fold": fold or ""}
    return told


def _ask_keep(state: Bringing, proposal: Proposal, key: str) -> dict[str, tuple[str, ...]]:
    guess = proposal.plan.mapping.keep
    columns = list(guess)
    if not guess:
        chosen = choose_kept(
            state, "Rows count by the words of", list(proposal.plan.dialect.columns), None, f"keep-{key}",
            placeholder="Every row counts", help="A column such as a status; rows with other words are ignored.",
        )  # fmt: skip
        columns = [chosen] if chosen else []
    told = {name: _ask_words(state, proposal, name, guess.get(name, ()), key) for name in columns}
    return {name: words for name, words in told.items() if words}


def _ask_words(
    state: Bringing, proposal: Proposal, column: str, guess: tuple[str, ...], key: str
) -> tuple[str, ...]:
    place = proposal.plan.dialect.columns.index(column)
    seen = sorted({row[place] for row in proposal.rows if row[place]})
    name = f"words-{key}-{column}-{state.ident}"
    start = state.recall(name, list(guess))
    known = {word.casefold() for word in start}
    chosen = st.multiselect(
        f"Rows count where “{escape(column)}” is",
        [*start, *(word for word in seen if word.casefold() not in known)],
        start,
        key=name,
        accept_new_options=True,
        placeholder="Anything",
    )
    return tuple(state.keep(name, list(chosen), list(guess)))
