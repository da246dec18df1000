"""Date formats: which ones fit a column, and whether day and month can be told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ladder.errors import LadderError

NUMBERED = ("epoch", "epoch ms", "excel")
"""Formats of times written as numbers: seconds or milliseconds since 1970 in UTC, days since 1899-12-30."""

DATE_PARTS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
)
TIME_PARTS = (
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M",
    " %H:%M:%S.%f",
    "T%H:%M:%S.%f",
    " %I:%M %p",
    " %I:%M:%S %p",
)
OFFSET = r"\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_PATTERNS = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"(?:0?[1-9]|1[0-2])",
    "%d": r"(?:0?[1-9]|[12]\d|3[01])",
    "%b": f"(?:{_MONTHS})",
    "%B": "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
    "%H": r"(?:[01]?\d|2[0-3])",
    "%I": r"(?:0?[1-9]|1[0-2])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%f": r"\d{1,6}",
    "%p": "(?:AM|PM)",
}
_PLAIN = {"%b": "%m", "%B": "%m"}
_STRICT = {"%Y%m%d": r"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"}


@dataclass(frozen=True)
class Fit:
    """The formats that read a column best.

    One format: settled. Two: both day-first and month-first are possible. `hits` values out of `seen` fit.
    """

    formats: tuple[str, ...]
    hits: int
    seen: int


def fit(values: Sequence[str]) -> Fit:
    """Formats for a column of texts; empty ones are left out. No formats when fewer than half of them fit."""
    counts = Counter(value.strip() for value in values if value.strip())
    texts = list(counts)
    found = {part: {text for text in texts if _DATES[part].match(text)} for part in DATE_PARTS}
    best = max(DATE_PARTS, key=lambda part: (len(found[part]), sum(counts[text] for text in found[part])))
    if not texts or 2 * len(found[best]) < len(texts):
        return Fit((), 0, len(texts))
    twin = _twin(best)
    formats = [best]
    if twin and found[twin] and _differ(best, twin, found[best] | found[twin]):
        only_twin, only_best = found[twin] - found[best], found[best] - found[twin]
        if bool(only_twin) == bool(only_best):
            formats.append(twin)
    ending = _time_part(found[best], best)
    return Fit(tuple(sorted(part + ending for part in formats)), len(found[best]), len(texts))


def numbered(values: Sequence[str]) -> tuple[str, ...]:
    """The formats of `NUMBERED` under which at least half of these texts are days from 1990 to 2100."""
    texts = [value.strip() for value in values if value.strip()]
    moments = {form: [read(text, form) for text in texts] for form in NUMBERED}
    hits = {form: sum(1990 <= at.year <= 2100 for at in found if at) for form, found in moments.items()}
    return tuple(form for form, number in hits.items() if texts and 2 * number >= len(texts))


def checked_format(format: str) -> str:
    """The format itself. LadderError for one that names no day or that holds unknown directives."""
    if format in NUMBERED:
        return format
    directives = set(re.findall(r"%.?", format))
    unknown = sorted(directives - _PATTERNS.keys() - {"%z"})
    if unknown or not {"%d", "%m"} <= {_PLAIN.get(name, name) for name in directives}:
        raise LadderError(
            "The date format cannot be used",
            f"“{format}” has unknown parts: {', '.join(unknown)}."
            if unknown
            else f"“{format}” names no day.",
            "Write it as %Y-%m-%d, %d/%m/%Y %H:%M or the like; numbers are epoch, epoch ms or excel.",
        )
    return format


def variants(format: str) -> list[str]:
    """The strptime formats that a chosen one stands for: it, then its date with every usual time of day."""
    base = format.replace("%z", "").strip()
    part = re.split(r"[T ]?%[HI]", base)[0]
    if not part:
        return [base]
    return list(dict.fromkeys([base, *(part + time for time in TIME_PARTS)]))


def has_offset(format: str) -> bool:
    """Whether times of this format know their distance from UTC."""
    return format.endswith("%z") or format.startswith("epoch")


def read(text: str, format: str) -> datetime | None:
    """One value under one format, offset left out; None when it does not fit."""
    if format in NUMBERED:
        return _from_number(text.strip(), format)
    bare = re.sub(OFFSET + "$", "", text.strip()) if has_offset(format) else text.strip()
    for variant in variants(format):
        try:
            return datetime.strptime(bare, variant)
        except ValueError:
            continue
    return None


def _from_number(text: str, format: str) -> datetime | None:
    if not re.fullmatch(r"\d{1,14}(?:\.\d+)?", text, re.ASCII):
        return None
    number = float(text)
    try:
        if format == "excel":
            return datetime(1899, 12, 30) + timedelta(seconds=round(number * 86_400))
        seconds = number / 1000 if format == "epoch ms" else number
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return None


def telling(values: Sequence[str], formats: Sequence[str], count: int = 3) -> tuple[tuple[str, ...], ...]:
    """Examples of values with their reading under each format, the ones that differ first."""
    rows: list[tuple[str, ...]] = []
    for value in dict.fromkeys(value.strip() for value in values if value.strip()):
        readings = tuple(_shown(read(value, format)) for format in formats)
        rows.append((value, *readings))
    rows.sort(key=lambda row: len(set(row[1:])) == 1)
    return tuple(rows[:count])


def _shown(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else "no date"


def _twin(part: str) -> str | None:
    swapped = part.replace("%d", "%%").replace("%m", "%d").replace("%%", "%m")
    return swapped if swapped in DATE_PARTS and swapped != part else None


def other_order(format: str) -> str | None:
    """The format with day and month swapped, where such a one is in use."""
    part = next((part for part in DATE_PARTS if format.startswith(part) and _twin(part)), None)
    twin = _twin(part) if part else None
    return twin + format[len(part) :] if part and twin else None


def _differ(first: str, second: str, texts: set[str]) -> bool:
    return any(read(text, first) != read(text, second) for text in texts)


def _time_part(texts: set[str], part: str) -> str:
    """The commonest time of day of these values, with %z when some carry an offset."""
    counts = dict.fromkeys(TIME_PARTS, 0)
    offset = False
    for text in texts:
        match = _DATES[part].match(text)
        rest = text[match.end("date") :] if match else ""
        for time in TIME_PARTS:
            ending = _TIMES[time].fullmatch(rest)
            if ending:
                counts[time] += 1
                offset = offset or bool(ending.group("offset"))
                break
    common = max(TIME_PARTS, key=lambda time: counts[time])
    if offset and not common:
        common = max(TIME_PARTS[1:], key=lambda time: counts[time])
    return common + ("%z" if offset else "")


def _pattern(format: str) -> str:
    escaped = _STRICT.get(format) or re.escape(format).replace(r"\%", "%")
    for directive, pattern in _PATTERNS.items():
        escaped = escaped.replace(directive, pattern)
    return escaped


_TIMES = {
    time: re.compile(_pattern(time) + (f"(?P<offset>{OFFSET})?" if time else "(?P<offset>)"), re.IGNORECASE)
    for time in TIME_PARTS
}
_ANY_TIME = "|".join(f"{_pattern(time)}(?:{OFFSET})?" if time else "" for time in reversed(TIME_PARTS))
_DATES = {
    part: re.compile(f"(?P<date>{_pattern(part)})(?:{_ANY_TIME})$", re.IGNORECASE) for part in DATE_PARTS
}
