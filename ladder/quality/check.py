"""One thing looked at: a light, a figure, what was found, what follows, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

LIGHTS = ("fine", "care", "stop")
UNKNOWN = "unknown"
NOT_THERE = "not in your data"
SHOWN = 1_000


@dataclass(frozen=True)
class Check:
    """One question to the data.

    `light` is fine, care, stop, or unknown where the data cannot tell; `figure` the answer in one or two words,
    `finding` and `meaning` a sentence each without its full stop and with it. `rows` holds what is behind the figure,
    at most `SHOWN` of `behind` rows, ids included: it is for the app, and `to_dict` leaves it out.
    """

    name: str
    light: str
    figure: str
    finding: str
    meaning: str = ""
    rows: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    behind: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "light": self.light,
            "figure": self.figure,
            "finding": self.finding,
            "meaning": self.meaning,
        }


def with_rows(check: Check, rows: pd.DataFrame, behind: int | None = None) -> Check:
    """The check with the rows behind it; `behind` says how many there are where `rows` is only the beginning."""
    shown = rows.head(SHOWN).reset_index(drop=True)
    return Check(
        check.name, check.light, check.figure, check.finding, check.meaning, shown, behind or len(rows)
    )


def unknown(name: str, why: str, figure: str = NOT_THERE) -> Check:
    """A check that the data cannot answer."""
    return Check(name, UNKNOWN, figure, why)


def light(fine: bool, care: bool = True) -> str:
    """The light of two thresholds, the stricter one first."""
    return "fine" if fine else "care" if care else "stop"


def worst(checks: Iterable[Check]) -> str | None:
    """The worst light of those that the data could answer; None where there is none."""
    known = [check.light for check in checks if check.light != UNKNOWN]
    return max(known, key=LIGHTS.index, default=None)


def names_of(checks: Iterable[Check], light: str) -> list[str]:
    """`the guest sales`, `the dates`: names as they stand within a sentence."""
    return [f"the {check.name[:1].lower()}{check.name[1:]}" for check in checks if check.light == light]


def minded(words: list[str]) -> str:
    """The first three of a list and how many more there are; what a verdict can name."""
    return listed(words) if len(words) < 5 else listed([*words[:3], f"{len(words) - 3} more"])


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def number(count: int, word: str, words: str = "") -> str:
    """`1 row`, `1,204 rows`."""
    return f"{count:,} {word if count == 1 else words or word + 's'}"


def on(day: date) -> str:
    """`3 Apr 2024`."""
    return f"{day.day} {day:%b %Y}"


def span(days: int) -> str:
    """How long, in the unit people would use: `12 days`, `5 months`, `28 years`."""
    if days <= 92:
        return number(days, "day")
    return number(round(days / 30.4375), "month") if days < 730 else number(round(days / 365.25), "year")
