"""What a file holds and how it is read, asked with the guess filled in: table, columns, dates, dialect."""

from __future__ import annotations

import zlib
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from ladder.importing import Dialect, Proposal, Question
from ladder.importing.plan import WHITESPACE
from ladder.model.tables import TABLES, Field
from ladder.ui.bringing import Bringing
from ladder.ui.page import escape

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar", WHITESPACE: "Blanks"}
DECIMALS = {".": "Point, 1.50", ",": "Comma, 1,50"}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16")
TITLES = {
    "ts": "Time",
    "nps": "NPS",
    "csat": "Satisfaction",
    "redeemed_ts": "Redeemed",
    "transaction_id": "Order id",
}


def title(field: str) -> str:
    """What people read for a field."""
    return TITLES.get(field, field.replace("_", " ").capitalize())


def ask_table(state: Bringing, guess: str) -> str | None:
    """Which of the six tables the file holds."""
    names = list(TABLES)
    return st.selectbox(
        "This file holds", names, index=names.index(guess) if guess else None, key=f"table-{state.number}",
        format_func=lambda name: f"{name.capitalize()}: {TABLES[name].about}", placeholder="Choose what a row is",
    )  # fmt: skip


def ask_fields(state: Bringing, proposal: Proposal) -> tuple[dict[str, str], list[str]]:
    """Field → column for one table, and the columns kept as attributes."""
    plan = proposal.plan
    key = f"{state.number}-{plan.table}-{zlib.crc32(repr(plan.dialect.columns).encode())}"
    table = TABLES[plan.table]
    fields = {}
    with st.grid(3, min_column_width=220, gap="small"):
        for field in sorted(table.fields, key=lambda item: not item.required):
            told = _ask_field(field, plan.mapping.fields.get(field.name), plan.dialect.columns, key)
            if told:
                fields[field.name] = told
    if not {"customer_id", "referred_id"} & {field.name for field in table.fields}:
        return fields, []
    free = [name for name in plan.dialect.columns if name not in fields.values()]
    attributes = st.multiselect(
        "Attributes of the customer to keep", free, [name for name in plan.mapping.attributes if name in free],
        key=f"attributes-{key}", placeholder="None",
        help="Segments to group and filter by, such as country or channel. Columns named nowhere are not stored.",
    )  # fmt: skip
    return fields, attributes


def _ask_field(field: Field, guess: str | None, columns: tuple[str, ...], key: str) -> str | None:
    """A column; for amounts also arithmetic of columns, for texts also a fixed word."""
    free = field.kind == "money" or (field.kind == "text" and field.required)
    options = [*([guess] if guess and guess not in columns else []), *columns]
    about = f"{field.about[:1].upper()}{field.about[1:]}."
    if field.kind == "money":
        about += " A column, or arithmetic such as quantity * unit_price."
    elif free:
        about += " A column, or a word typed in that holds for every row."
    chosen = st.selectbox(
        title(field.name) + (" (required)" if field.required else ""), options,
        index=options.index(guess) if guess else None, key=f"field-{key}-{field.name}", help=about,
        placeholder="Choose a column" if field.required else "Not in this file", accept_new_options=free,
        format_func=lambda source: source.replace(" * ", " × ").replace("`", ""),
    )  # fmt: skip
    if chosen and chosen not in options and field.kind == "text":
        return f"'{chosen.replace(chr(39), '’')}'"
    return chosen


def ask_dialect(state: Bringing, found: Dialect) -> dict[str, Any]:
    """What the person says against the sniffer's findings about bytes, columns and numbers."""
    key = state.number
    encodings = list(dict.fromkeys((found.encoding, *ENCODINGS)))
    with st.grid(4, min_column_width=150, gap="small"):
        told: dict[str, Any] = {
            "delimiter": _select("Between columns", DELIMITERS, found.delimiter, f"delimiter-{key}"),
            "decimal": _select("Decimal mark", DECIMALS, found.decimal, f"decimal-{key}"),
            "encoding": st.selectbox("Encoding", encodings, key=f"encoding-{key}"),
            "header": st.selectbox(
                "First row", [True, False], index=0 if found.header else 1, key=f"header-{key}",
                format_func=lambda named: "Names of columns" if named else "Already data",
            ),
        }  # fmt: skip
    return {name: value for name, value in told.items() if value and value != getattr(found, name)} | (
        {"header": told["header"]} if told["header"] != found.header else {}
    )


def _select(label: str, options: dict[str, str], found: str, key: str) -> str | None:
    known = list(options) if found in options or not found else [found, *options]
    return st.selectbox(
        label, known, index=known.index(found) if found else None, key=key, placeholder="To be told",
        format_func=lambda mark: options.get(mark, mark),
    )  # fmt: skip


def dialect_in_words(dialect: Dialect) -> str:
    """One line: `UTF-8, comma, names in the first row`."""
    parts = [
        dialect.encoding.upper(),
        DELIMITERS.get(dialect.delimiter, dialect.delimiter).lower() + " between columns",
    ]
    parts.append("names in the first row" if dialect.header else "no names of columns")
    if dialect.compression != "none":
        parts.append("compressed")
    return ", ".join(parts)


def ask_zone(state: Bringing, zone: str) -> str:
    """The time zone of times that carry no offset."""
    zones = sorted(available_timezones())
    return st.selectbox(
        "Times are in", zones, index=zones.index(zone) if zone in zones else None, key=f"zone-{state.number}",
        help="For times without an offset; the figures use the workspace's own zone.",
    ) or zone  # fmt: skip


def ask_readings(state: Bringing, questions: tuple[Question, ...], key: str) -> dict[str, str]:
    """Question id → answer, where dates or numbers can be read in several ways; each is shown on values."""
    told = {}
    for question in questions:
        with st.container(border=True, gap="xsmall", key=f"reading-{state.number}-{key}-{question.id}"):
            st.markdown(f":orange[:material/help:] **{escape(question.text)}**")
            ask = _ask_order if question.options else _ask_format
            chosen = ask(question, f"answer-{state.number}-{key}-{question.text}")
            if chosen:
                told[question.id] = chosen
    return told


def _ask_order(question: Question, key: str) -> str | None:
    readings = [
        "; ".join(
            f"{example[0]} is {example[place + 1]}"
            for example in question.examples
            if len(example) > place + 1
        )
        for place in range(len(question.options))
    ]
    return st.radio(
        question.text, question.options, index=None, key=key, label_visibility="collapsed",
        format_func=order_in_words, captions=[escape(reading) for reading in readings],
    )  # fmt: skip


def _ask_format(question: Question, key: str) -> str | None:
    seen = ", ".join(example[0] for example in question.examples)
    st.caption(escape(f"The file has {seen}."))
    return st.text_input(
        question.text, key=key, label_visibility="collapsed", placeholder="%d.%m.%Y",
        help="%d day, %m month, %Y year, %H hour, %M minute, %S second; other letters stand for themselves.",
    ).strip() or None  # fmt: skip


def order_in_words(answer: str) -> str:
    """What people read for a date format or a decimal mark."""
    orders = {"%d": "Day first", "%m": "Month first"}
    return DECIMALS.get(answer, orders.get(answer[:2], answer))
