"""What a file holds, asked with the guess filled in: the table, the columns of its fields, the rows that count."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from ladder.importing import Plan, Proposal
from ladder.importing.expression import joined_columns
from ladder.model.tables import TABLES, Field
from ladder.ui.bringing import Bringing
from ladder.ui.plan_words import title


def choose_kept(state: Bringing, label: str, options: list[Any], guess: Any, name: str, **widget: Any) -> Any:
    """A drop-down that the conversation remembers; None while nothing is chosen."""
    key = f"{name}-{state.ident}"
    start = state.recall(key, guess)
    if start is not None and start not in options and widget.get("accept_new_options"):
        options = [start, *options]
    chosen = st.selectbox(
        label, options, index=options.index(start) if start in options else None, key=key, **widget
    )
    return state.keep(key, chosen, guess)


def columns_key(proposal: Proposal) -> str:
    """Names controls after the table and columns they are about: others start afresh."""
    plan = proposal.plan
    return f"{plan.table}-{zlib.crc32(repr(plan.dialect.columns).encode())}"


def ask_table(state: Bringing, guess: str) -> str | None:
    """Which of the six tables the file holds."""
    found: str | None = choose_kept(
        state, "This file holds", list(TABLES), guess or None, "table",
        format_func=lambda name: f"{name.capitalize()}: {TABLES[name].about}", placeholder="Choose what a row is",
    )  # fmt: skip
    return found


def ask_fields(state: Bringing, proposal: Proposal, elsewhere: Collection[str]) -> dict[str, str]:
    """Field → column, empty where the file has none; fields that a question asks for `elsewhere` are left out."""
    plan, key = proposal.plan, columns_key(proposal)
    fields = [field for field in TABLES[plan.table].fields if field.name not in elsewhere]
    shown = [field for field in fields if field.required or field.name in plan.mapping.fields]
    rest = [field for field in fields if field not in shown]
    told = _ask_columns(state, sorted(shown, key=lambda item: not item.required), plan, key)
    if rest:
        names = ", ".join(title(field.name).lower() for field in rest)
        with st.expander(f"Not in this file: {names}", key=f"rest-{key}-{state.ident}"):
            told |= _ask_columns(state, rest, plan, key)
    return told


def _ask_columns(state: Bringing, fields: Sequence[Field], plan: Plan, key: str) -> dict[str, str]:
    guesses, columns = plan.mapping.fields, plan.dialect.columns
    with st.grid(3, min_column_width=220, gap="small"):
        return {
            field.name: _ask_field(state, field, guesses.get(field.name), columns, key) for field in fields
        }


def ask_attributes(state: Bringing, proposal: Proposal, fields: Collection[str]) -> list[str]:
    """The columns kept as attributes of the customer; `fields` are the columns in use."""
    plan = proposal.plan
    if not {"customer_id", "referred_id"} & {field.name for field in TABLES[plan.table].fields}:
        return []
    free = [name for name in plan.dialect.columns if name not in fields]
    return _ask_attributes(state, free, list(plan.mapping.attributes), f"attributes-{columns_key(proposal)}")


def _ask_attributes(state: Bringing, free: list[str], guess: list[str], name: str) -> list[str]:
    key = f"{name}-{state.ident}"
    guess = [column for column in guess if column in free]
    start = [column for column in state.recall(key, guess) if column in free]
    chosen = st.multiselect(
        "Attributes of the customer to keep", free, start, key=key, placeholder="None",
        help="Segments to group and filter by, such as country or channel. Columns named nowhere are not stored.",
    )  # fmt: skip
    return state.keep(key, list(chosen), guess)


def _ask_field(state: Bringing, field: Field, guess: str | None, columns: tuple[str, ...], key: str) -> str:
    """A column; for amounts also arithmetic, for texts and times a join of columns, for texts also a fixed word."""
    free = field.kind in ("money", "time") or (field.kind == "text" and field.required)
    options = [*([guess] if guess and guess not in columns else []), *columns]
    about = f"{field.about[:1].upper()}{field.about[1:]}."
    if field.kind == "money":
        about += " A column, or arithmetic such as quantity * unit_price."
    elif field.kind == "time":
        about += " A column, or two such as Date & Time."
    elif free:
        about += " A column, or a word typed in that holds for every row."
    chosen: str | None = choose_kept(
        state, title(field.name) + (" (required)" if field.required else ""), options, guess,
        f"field-{key}-{field.name}", help=about,
        placeholder="Choose a column" if field.required else "Not in this file", accept_new_options=free,
        format_func=lambda source: source.replace(" * ", " × ").replace("`", ""),
    )  # fmt: skip
    if chosen and chosen not in options and field.kind == "text" and not joined_columns(chosen, columns):
        return f"'{chosen.strip(chr(39)).replace(chr(39), '’')}'"
    return chosen or ""
