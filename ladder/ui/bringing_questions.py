"""What only a person can answer about a file, each question with its readings of values in the file."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ladder.importing import Question
from ladder.importing.worded import in_words
from ladder.ui.bringing import Bringing
from ladder.ui.bringing_dialect import DECIMALS
from ladder.ui.page import escape
from ladder.ui.plan_words import DELIMITERS, in_a_row, title

_ORDERS = {"%d": "Day first", "%m": "Month first"}
_NUMBERED = {
    "epoch": "Seconds since 1970",
    "epoch ms": "Milliseconds since 1970",
    "epoch us": "Microseconds since 1970",
    "excel": "Days as spreadsheets count them",
}
_NONE = {"keep": "Every row counts", "nulls": "No, they are words like any other"}
_HEADER = {"yes": "Yes, they are names", "no": "No, they are the first row"}
_NAMES = {
    "left": "The first name is that of the first column",
    "right": "The last name is that of the last column",
    "none": "They are no names of these columns",
}
_MOST_RADIOS = 5
_OTHER = "\0"
_WORDS = {
    "decimal": DECIMALS,
    "delimiter": DELIMITERS,
    "header": _HEADER,
    "names": _NAMES,
    "date_format": _NUMBERED,
}


def is_answered_here(question: Question, columns: tuple[str, ...]) -> bool:
    """False where a control of the form takes the answer: table, delimiter, a field without a likely column."""
    kind = question.id.partition(":")[0]
    is_told = question.options != columns or bool(question.examples)
    return kind not in ("table", "delimiter", "field") or (kind == "field" and is_told)


def ask_questions(state: Bringing, questions: Sequence[Question], key: str) -> dict[str, str]:
    """Question id → answer."""
    told = {}
    for number, question in enumerate(questions):
        with st.container(border=True, gap="xsmall", key=f"question-{state.ident}-{key}-{number}"):
            st.markdown(f":orange[:material/help:] **{escape(question.text)}**")
            name = f"answer-{state.ident}-{key}-{question.id}-{question.text}"
            chosen = state.keep(name, _ask(question, name, state.recall(name, None)), None)
        if chosen is not None:
            told[question.id] = chosen
    return told


def _ask(question: Question, key: str, before: str | None) -> str | None:
    if not question.options:
        return _ask_format(question, key, before)
    if len(question.options) <= _MOST_RADIOS:
        return _ask_option(question, question.options, key, before)
    if not question.id.startswith("field:"):
        return _ask_among(question, question.options, key, before)
    # The column that looks like it stands first; the others are those of the file.
    likely, *others = question.options
    chosen = _ask_option(question, (likely, _OTHER), key, _OTHER if before in others else before)
    return _ask_among(question, others, f"{key}-other", before) if chosen == _OTHER else chosen


def _ask_among(question: Question, options: Sequence[str], key: str, before: str | None) -> str | None:
    found: str | None = st.selectbox(
        escape(question.text), options, key=key, label_visibility="collapsed", placeholder="Choose one",
        index=options.index(before) if before in options else None,
        format_func=lambda option: option_in_words(option, question.id),
    )  # fmt: skip
    return found


def _ask_option(question: Question, options: Sequence[str], key: str, before: str | None) -> str | None:
    readings = [
        "; ".join(
            f"{example[0]} is {example[place + 1]}"
            for example in question.examples
            if len(example) > place + 1
        )
        for place in range(len(options))
    ]
    found: str | None = st.radio(
        escape(question.text), options, key=key, label_visibility="collapsed",
        index=options.index(before) if before in options else None,
        format_func=lambda option: escape(option_in_words(option, question.id)),
        captions=[escape(reading) for reading in readings] if any(readings) else None,
    )  # fmt: skip
    return found


def _ask_format(question: Question, key: str, before: str | None) -> str | None:
    seen = ", ".join(f"“{example[0]}”" for example in question.examples)
    if seen:
        st.caption(escape(f"The file has {seen}."))
    return st.text_input(
        "The same in signs, such as %d.%m.%Y for 31.12.2025", before or "", key=key, placeholder="%d.%m.%Y",
        help="%d day, %m month, %Y year, %H hour, %M minute, %S second, %b a month's name, "
        "with its language behind the format as in %d %b %Y [de]; other letters stand for themselves.",
    ).strip() or None  # fmt: skip


def option_in_words(answer: str, ident: str) -> str:
    """What people read for a date format, a decimal mark, no answer at all, or another option."""
    kind, _, name = ident.partition(":")
    if not answer:
        return _NONE.get(kind, "Not in this file")
    if answer == _OTHER:
        return "Another column"
    if kind == "nulls":
        return "Yes, such cells are empty"
    if kind == "keep":
        column, _, words = answer.partition("=")
        return f"“{column}” is {in_a_row(words.split(','), 'or')}"
    if kind == "field":
        return f"{title(name)} is {answer.replace(' * ', ' × ').replace('`', '')}"
    if kind == "date_format" and (languages := in_words(answer)):
        return languages
    known = _WORDS.get(kind, {})
    return known.get(answer, _ORDERS.get(answer[:2], answer))
