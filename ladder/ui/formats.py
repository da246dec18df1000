"""Figures as the pages write them; counts, shares, money and dates are worded as on the pictures."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from ladder.pictures.wording import change, count, day, money, people, share

__all__ = [
    "MISSING",
    "change",
    "columns",
    "count",
    "day",
    "money",
    "month",
    "or_missing",
    "people",
    "points",
    "share",
]

MISSING = "—"


def points(difference: float) -> str:
    """A difference of two shares in percentage points: `+0.8 pp`."""
    return f"{difference * 100:+.1f} pp".replace("-", "−")


def month(on: date) -> str:
    """`Oct 2026`."""
    return f"{on:%b %Y}"


def or_missing(value: Any, write: Any) -> str:
    """`write(value)`, or a dash for what the data do not know."""
    return MISSING if value is None else str(write(value))


def columns(currency: str, **kinds: str | tuple[str, str] | tuple[str, str, str]) -> dict[str, Any]:
    """Column settings of a table by kind: text, count, share, money, date.

    Give `name="kind"`, `name=("kind", "Heading")` or `name=("kind", "Heading", "what it means")`.
    """
    return {
        name: _column(name, currency, *((kind,) if isinstance(kind, str) else kind))
        for name, kind in kinds.items()
    }


def _column(name: str, currency: str, kind: str, heading: str = "", about: str = "") -> Any:
    label = heading or name.replace("_", " ").capitalize()
    known = st.column_config
    if kind == "share":
        return known.NumberColumn(label, format="percent", help=about or None)
    if kind == "count":
        return known.NumberColumn(label, format="localized", step=1, help=about or None)
    if kind == "money":
        return known.NumberColumn(f"{label}, {currency}", format="localized", help=about or None)
    if kind == "date":
        return known.DateColumn(label, format="D MMM YYYY", help=about or None)
    return known.TextColumn(label, help=about or None)
