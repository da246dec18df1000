"""Decimal and thousands marks: what the numbers of a column say about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ladder.importing.numbers import digits_and_marks

_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True)
class Marks:
    """`decimal` is empty when the numbers can be read both ways (`1.234`) or contradict each other."""

    decimal: str
    thousands: str


def marks_of(values: Sequence[str]) -> Marks:
    """The marks of these numbers; `.` and none when nothing speaks for others."""
    texts = {digits_and_marks(value) for value in values if re.search(r"\d", value)}
    decimal = {mark for text in texts for mark in _decimal(text)}
    thousands = {mark for text in texts for mark in _thousands(text)}
    weak = {mark for text in texts for mark in ".," if _weak(text, mark)}
    if len(decimal) == 2 or decimal & thousands or len(thousands) == 2:
        return Marks("", "")
    if not decimal and not thousands:
        return Marks("", "") if weak else Marks(".", "")
    mark = next(iter(decimal)) if decimal else _OTHER[next(iter(thousands))]
    return Marks(mark, thousands_for(mark, values))


def thousands_for(decimal: str, values: Sequence[str]) -> str:
    """The other mark where some number is grouped with it, else none."""
    other = _OTHER[decimal]
    mark = re.escape(other)
    groups = rf"(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}})"
    grouped = re.compile(rf"{groups}(?:{re.escape(decimal)}\d*)?")
    return other if any(grouped.fullmatch(digits_and_marks(value)) for value in values) else ""


def both_readings(values: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Examples of numbers that depend on the decimal mark: as written, with `.` and with `,` as the mark."""
    texts = dict.fromkeys(value.strip() for value in values)
    telling = (text for text in texts if "." in text or "," in text)
    return tuple((text, _reading(text, "."), _reading(text, ",")) for text in islice(telling, 3))


def _reading(text: str, decimal: str) -> str:
    bare = text.replace(_OTHER[decimal], "").replace(decimal, ".")
    return bare if bare.count(".") < 2 else "no number"


def _decimal(text: str) -> str:
    """The mark that must be the decimal one in this number, or nothing."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0 or text.count(text[last]) > 1:
        return ""
    mixed = "." in text and "," in text
    whole = text[:last]
    certain = mixed or len(text) - last != 4 or len(whole) > 3 or whole in ("", "0")
    return text[last] if certain else ""


def _thousands(text: str) -> str:
    """The mark that must be the thousands one, as it comes more than once or before the other, or nothing."""
    repeated = [mark for mark in ".," if text.count(mark) > 1]
    if repeated:
        return repeated[0]
    if "." in text and "," in text:
        return "." if text.find(".") < text.find(",") else ","
    return ""


def _weak(text: str, mark: str) -> bool:
    return mark in text and not _decimal(text) and not _thousands(text)
