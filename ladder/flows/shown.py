"""How an answer shows itself in a notebook: the frame with figures as people write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

_SHARES = frozenset(
    ("share", "share_of_from", "of_first", "of_previous", "climb_rate", "slip_rate", "returning_share")
)
_DECIMALS = {"revenue": 2, "nps": 1, "csat": 2}
_MISSING = "–"


def html(frame: pd.DataFrame) -> str:
    """The rows as an HTML table: shares in percent, counts in thousands, a dash where there is no figure."""
    formatters = {name: _format(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    return str(frame.to_html(index=False, border=0, na_rep=_MISSING, formatters=formatters))


def _format(name: str) -> Callable[[Any], str]:
    pattern = "{:.1%}" if name in _SHARES else f"{{:,.{_DECIMALS.get(name, 0)}f}}"
    return lambda value: _MISSING if pd.isna(value) else pattern.format(value)
