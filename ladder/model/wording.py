"""Figures as text, the same wherever they are read."""

from __future__ import annotations


def percent(share: float) -> str:
    """`12.3%`; what is not nothing never reads 0%, and what is not all never reads 100%."""
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share:.1%}" if 0 < share < 1 else f"{share:.0%}"
