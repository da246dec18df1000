"""What only a person can answer about a file, each question with its readings of values in the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from ladder.importing import Question
from ladder.ui.bringing import Bringing
from ladder.ui.bringing_dialect import DECIMALS
from ladder.ui.bringing_form import title
from ladder.ui.page import escape
from ladder.ui.plan_words import DELIMITERS, in_a_row

_ORDERS = {"%d": "Day first", "%m": "Month first"}
_NONE = {"keep": "Every row counts", "nulls": "No, they are words like any other"}
_HEADER = {"yes": "Yes, they are names", "no": "No, they are the first row"}
_MOST_RADIOS = 5


def is_answered_here(question: Question, columns: tuple[str, ...]) -> bool:
    """False where a control of the form takes the answer: table, delimiter, a field without a likely column."""
    kind = question.id.partition(":")[0]
    return kind not in ("table", "delimiter", "field") or (kind == "field" and question.options != columns)


def ask_questions(state: Bringing, questions: Sequence[Question], key: str) -> dict[str, str]:
    """Question id → answer."""
    told = {}
    for number, question in enumerate(questions):
        with st.container(border=True, gap="xsmall", key=f"question-{state.number}-{key}-{number}"):
            st.markdown(f":orange[:material/help:] **{escape(question.text)}**")
            name = f"answer-{state.number}-{key}-{question.id}-{question.text}"
            chosen = _ask(question, name, state.recall(name, None))
            if state.keep(name, chosen, None) is not None:
                told[question.id] = chosen
    return told


def _ask(question: Question, key: str, before: str | None) -> Any:
    if not question.options:
        return _ask_format(question, key, before)
    return (_ask_option if len(question.options) <= _MOST_RADIOS else _ask_column)(question, key, before)


def _ask_column(question: Question, key: str, before: str | None) -> Any:
    """One of many, the likeliest first."""
    return st.selectbox(
        question.text, question.options, key=key, label_visibility="collapsed", placeholder="Choose one",
        index=question.options.index(before) if before in question.options else None,
        format_func=lambda option: option_in_words(option, question.id),
    )  # fmt: skip


def _ask_option(question: Question, key: str, before: str | None) -> str | None:
    readings = [
        "; ".join(
            f"{example[0]} is {example[place + 1]}"
            for example in question.examples
            if len(example) > place + 1
        )
        for place in range(len(question.options))
    ]
    found: str | None = st.radio(
        question.text, question.options, key=key, label_visibility="collapsed",
        index=question.options.index(before) if before in question.options else None,
        format_func=lambda option: escape(option_in_words(option, question.id)),
        captions=[escape(reading) for reading in readings] if any(readings) else None,
    )  # fmt: skip
    return found


def _ask_format(question: Question, key: str, before: str | None) -> str | None:
    seen = ", ".join(example[0] for example in question.examples)
    st.caption(escape(f"The file has {seen}."))
    return st.text_input(
        question.text, before or "", key=key, label_visibility="collapsed", placeholder="%d.%m.%Y",
        help="%d day, %m month, %Y year, %H hour, %M minute, %S second; other letters stand for themselves.",
    ).strip() or None  # fmt: skip


def option_in_words(answer: str, ident: str) -> str:
    """What people read for a date format, a decimal mark, no answer at all, or another option."""
    kind, _, name = ident.partition(":")
    if not answer:
        return _NONE.get(kind, "Not in this file")
    if kind == "nulls":
        return "Yes, such cells are empty"
    if kind == "keep":
        column, _, words = answer.partition("=")
        return f"“{column}” is {in_a_row(words.split(','), 'or')}"
    if kind == "field":
        return f"{title(name)} is {answer.replace(' * ', ' × ').replace('`', '')}"
    known = {"decimal": DECIMALS, "delimiter": DELIMITERS, "header": _HEADER}.get(kind, {})
    return known.get(answer, _ORDERS.get(answer[:2], answer))
