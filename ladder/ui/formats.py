"""Figures as the pages write them; counts, shares, money and dates are worded as on the pictures."""

from __future__ import annotations

from ladder.pictures.wording import change, count, day, money, people, share

__all__ = ["change", "count", "day", "money", "people", "points", "share", "signed"]


def points(difference: float) -> str:
    """A difference of two shares in percentage points: `+0.8 pp`."""
    return f"{difference * 100:+.1f} pp".replace("-", "−")


def signed(number: float) -> str:
    """A whole number with its sign: `+1,204`, `−31`, `0`."""
    return "0" if round(number) == 0 else f"{number:+,.0f}".replace("-", "−")
