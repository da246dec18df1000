"""The first rows of an uploaded file as a plan understands them."""

from __future__ import annotations

from itertools import islice

import pandas as pd
import streamlit as st

from ladder.importing import Dialect, Proposal
from ladder.importing.dates import read
from ladder.importing.facts import source_columns, texts, used_columns
from ladder.importing.look import Sample
from ladder.importing.numbers import number
from ladder.model.tables import TABLES
from ladder.ui.formats import day
from ladder.ui.page import escape
from ladder.ui.plan_words import title

SHOWN_ROWS = 6
MOST_NAMES = 12


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
            column_config={
                title(field.name): st.column_config.TextColumn(alignment="right")
                for field in TABLES[plan.table].fields
                if field.kind == "money"
            },
        )
    used = set(used_columns(plan))
    left = [name for name in columns if name not in used]
    if left:
        more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
        st.caption(escape(f"Not stored: {', '.join(left[:MOST_NAMES])}{more}."))


def _cells(proposal: Proposal, name: str, source: str) -> list[str]:
    plan, format = proposal.plan, proposal.plan.mapping.formats.get(name)
    sample = Sample(plan.dialect.columns, proposal.rows[:SHOWN_ROWS])
    field = TABLES[plan.table].field(name)
    if field is not None and field.kind == "money":
        columns = source_columns(plan.table, name, source, plan.dialect.columns)
        sign = " × " if "*" in source else ", "
        rows = zip(*(sample.values(column) for column in columns), strict=True)
        return [sign.join(_number(text, plan.dialect) for text in row) for row in rows]
    if source.startswith("'") and source not in plan.dialect.columns:
        return [source.strip("'")] * len(sample.rows)
    cells = ["" if text in plan.dialect.nulls else text for text in texts(sample, source)]
    if name in plan.mapping.whole_ids:
        return [text.removesuffix(".0") for text in cells]
    return [_moment(text, format) for text in cells] if format else cells


def _moment(text: str, format: str) -> str:
    moment = read(text, format) if text else None
    if moment is None:
        return f"{text}: not a date" if text else ""
    return day(moment.date()) + (f", {moment:%H:%M}" if moment.time() != moment.min.time() else "")


def _number(text: str, dialect: Dialect) -> str:
    """The number in plain digits; the text as it is while the decimal mark is open."""
    if not text or text in dialect.nulls:
        return ""
    if not dialect.decimal:
        return text
    found = number(text, dialect)
    if found is None:
        return f"{text}: not a number"
    return f"{float(found):.2f}" if (found * 100).denominator == 1 else f"{float(found):.10g}"
