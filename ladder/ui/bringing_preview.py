"""The first rows of an uploaded file as a plan understands them."""

from __future__ import annotations

from itertools import islice

import pandas as pd
import streamlit as st

from ladder.importing import Dialect, Proposal
from ladder.importing.dates import read
from ladder.importing.expression import columns_of, parse
from ladder.model.tables import TABLES
from ladder.ui.bringing_form import title
from ladder.ui.formats import day
from ladder.ui.page import escape

SHOWN_ROWS = 6


def show_preview(proposal: Proposal) -> None:
    """The first rows as they will be understood, and the columns that are left out."""
    plan, columns = proposal.plan, proposal.plan.dialect.columns
    shown = {title(name): _cells(proposal, name, source) for name, source in plan.mapping.fields.items()}
    for name in plan.mapping.attributes:
        place = columns.index(name)
        shown[f"{name} (attribute)"] = [row[place] for row in islice(proposal.rows, SHOWN_ROWS)]
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
    field = TABLES[proposal.plan.table].field(name)
    if field is not None and field.kind == "money":
        sign = " × " if "*" in source else ", "
        return [sign.join(_number(row[place], proposal.plan.dialect) for place in places) for row in rows]
    texts = [row[places[0]] for row in rows]
    if name in proposal.plan.mapping.whole_ids:
        return [text.removesuffix(".0") for text in texts]
    return [_moment(text, format) for text in texts] if format else texts


def _moment(text: str, format: str) -> str:
    moment = read(text, format) if text else None
    if moment is None:
        return f"{text}: not a date" if text else ""
    return day(moment.date()) + (f", {moment:%H:%M}" if moment.time() != moment.min.time() else "")


def _number(text: str, dialect: Dialect) -> str:
    """The digits with a point before the decimals and nothing between thousands; as it is while that is open."""
    bare = text.replace(dialect.thousands, "") if dialect.thousands else text
    return bare.replace(dialect.decimal, ".") if dialect.decimal else text
