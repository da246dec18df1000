"""Numbers within sentences."""

from __future__ import annotations


def counted(number: int, one: str, several: str) -> str:
    """`1 row repeats`, `1,204 rows repeat`: a number and the words that go with it."""
    return f"{number:,} {one if number == 1 else several}"
