"""Figures as a reader meets them on a picture: counts, shares, money, changes and dates."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from ladder.model.wording import percent

share = percent
MISSING = "not in your data"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[] "), frozenset("mwMWЖШЩЮЫФжшщюыф@%—")


def count(customers: int) -> str:
    """`1,234,567`, with a true minus sign."""
    return f"{customers:,}".replace("-", "−")


def money(amount: float, currency: str) -> str:
    """`€1,234` from 100 up, `€84.20` below; a code without a known sign stands in front: `DKK 1,234`."""
    digits = 0 if abs(amount) >= 100 or amount == 0 else 2
    sign = "−" if round(amount, digits) < 0 else ""
    symbol = _SYMBOLS.get(currency, f"{currency}\u00a0" if currency else "")
    return f"{sign}{symbol}{abs(amount):,.{digits}f}"


def amounts(values: Sequence[float | None]) -> list[str]:
    """A column of amounts without a currency, all with the same decimals; in millions from 100 million up."""
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if largest >= 1e8:
        return ["" if value is None else _millions(value) for value in values]
    digits = 0 if largest >= 100 or not largest else 2
    return ["" if value is None else f"{value:,.{digits}f}".replace("-", "−") for value in values]


def _millions(value: float) -> str:
    if 0 < abs(value) < 5e4:
        return "<0.1 M" if value > 0 else "−<0.1 M"
    return f"{value / 1e6:,.1f} M".replace("-", "−") if value else "0"


def change(customers: int) -> str:
    """`▲ 1,204`, `▼ 31` or `unchanged`: the sign carries the meaning, colour only repeats it."""
    if customers == 0:
        return "unchanged"
    return f"{'▲' if customers > 0 else '▼'} {count(abs(customers))}"


def relative_change(customers: int, difference: int) -> str:
    """`+3.2%` of the count before; empty when nobody was there before or nothing changed."""
    before = customers - difference
    if before <= 0 or difference == 0:
        return ""
    if abs(difference) / before < 0.0005:
        return "+<0.1%" if difference > 0 else "−<0.1%"
    return f"{difference / before:+,.1%}".replace("-", "−")


def people(customers: int) -> str:
    """`1 customer`, `412 customers`."""
    return f"{count(customers)} customer{'' if customers == 1 else 's'}"


def day(on: date) -> str:
    """`31 Oct 2011`, whatever the locale of the process."""
    return f"{day_of_year(on)} {on.year}"


def day_of_year(on: date) -> str:
    """`31 Oct`."""
    return f"{on.day} {_MONTHS[on.month - 1]}"


def text_width(text: str, size: float) -> float:
    """The width of `text` at font size `size`, no less than in bold DejaVu Sans, the widest likely face."""
    return size * sum(_advance(letter) for letter in text)


def shorten(text: str, size: float, room: float) -> str:
    """`text`, or as much of it as fits in `room` with an ellipsis."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, size: float, room: float, lines: int) -> tuple[str, ...]:
    """`text` on at most `lines` lines of width `room`; the last one is shortened when there is more."""
    words, out = text.split(), [""]
    for number, word in enumerate(words):
        joined = f"{out[-1]} {word}".strip()
        if not out[-1] or text_width(joined, size) <= room:
            out[-1] = joined
        elif len(out) == lines:
            out[-1] = " ".join((out[-1], *words[number:]))
            break
        else:
            out.append(word)
    return tuple(shorten(line, size, room) for line in out)


def _advance(letter: str) -> float:
    if letter in _NARROW:
        return 0.4
    if unicodedata.east_asian_width(letter) in "WF" or letter in _WIDE:
        return 1.05
    if letter.isupper():
        return 0.8
    return 0.7 if letter.isascii() else 0.75
