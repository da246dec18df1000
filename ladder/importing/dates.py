"""Date formats: which ones fit a column, and whether day and month can be told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ladder.errors import LadderError, did_you_mean
from ladder.importing.month_names import LANGUAGES
from ladder.importing.worded import bare, fit_words, languages_of, plain_format, spelled, tagged
from ladder.importing.zones import OFFSET

NUMBERED = ("epoch", "epoch ms", "epoch us", "excel")
"""Formats of times written as numbers: seconds and parts of them since 1970 in UTC, days since 1899-12-30."""
EPOCH_UNITS = {"epoch": 1, "epoch ms": 1_000, "epoch us": 1_000_000}

DATE_PARTS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d. %m. %Y",
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
    " %I:%M:%S.%f %p",
    " %H.%M.%S",
    " %H.%M",
    ", %H:%M:%S",
    ", %H:%M",
    ", %I:%M:%S %p",
    ", %I:%M %p",
)
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
    "%f": r"\d{1,9}",
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
    """Formats for a column of texts; empty ones are left out. No formats when fewer than half of them fit.

    Words are looked at where formats without any, or with English names of months, leave texts unread.
    """
    counts = Counter(value.strip() for value in values if value.strip())
    plain = _fit_plain(counts)
    worded = _fit_words(list(counts)) if plain.hits < plain.seen else plain
    best = worded if worded.hits > plain.hits else plain
    return best if best.seen and 2 * best.hits >= best.seen else Fit((), 0, len(counts))


def _fit_plain(counts: Counter[str]) -> Fit:
    """`fit` by the formats that the engine's parser knows."""
    texts = list(counts)
    found = {part: _dates_in(texts, part) for part in DATE_PARTS}
    best = max(DATE_PARTS, key=lambda part: (len(found[part]), sum(counts[text] for text in found[part])))
    twin = _twin(best)
    formats = [best]
    if twin and found[twin] and _differ(best, twin, found[best].keys() | found[twin].keys()):
        only_twin = found[twin].keys() - found[best].keys()
        only_best = found[best].keys() - found[twin].keys()
        if bool(only_twin) == bool(only_best):
            formats.append(twin)
    ending = _time_part(text[len(date) :] for text, date in found[best].items())
    return Fit(tuple(sorted(part + ending for part in formats)), len(found[best]), len(texts))


def _dates_in(texts: Sequence[str], part: str) -> dict[str, str]:
    """Text → its date, of the texts that begin with one and go on with a time of day at most."""
    matches = ((text, _DATES[part].match(text)) for text in texts)
    return {text: match.group("date") for text, match in matches if match}


def _fit_words(texts: Sequence[str]) -> Fit:
    """`fit` for texts with words; of numeric dates with a word for the half of the day, as `fit` of them without."""
    found = fit_words(texts)
    plain = list(found.spelled.values())
    parts = _fit_plain(Counter(plain)).formats
    if found.order:
        time = _time_part("".join(text.partition(" ")[1:]) for text in plain)
        parts = (found.order + time,)
    formats = tuple(tagged(part, languages) for languages in found.languages for part in parts)
    return Fit(formats, len(found.spelled), len(texts))


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
    for language in languages_of(format):
        if language not in LANGUAGES:
            known = did_you_mean(language, LANGUAGES)
            raise LadderError("Unknown language", f"No names of months are known for “{language}”.", known)
    directives = set(re.findall(r"%.?", bare(format)))
    unknown = sorted(directives - _PATTERNS.keys() - {"%z"})
    if unknown or not {"%d", "%m"} <= {_PLAIN.get(name, name) for name in directives}:
        raise LadderError(
            "The date format cannot be used",
            f"“{format}” has unknown parts: {', '.join(unknown)}."
            if unknown
            else f"“{format}” names no day.",
            "Write it as %Y-%m-%d, %d/%m/%Y %H:%M, %d %b %Y [de] or the like; or epoch, epoch ms, epoch us, excel.",
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
    return bare(format).endswith("%z") or format.startswith("epoch")


def read(text: str, format: str) -> datetime | None:
    """One value under one format, offset left out; None when it does not fit."""
    if format in NUMBERED:
        return _from_number(text.strip(), format)
    if languages_of(format):
        plain = spelled(text, format)
        return read(plain, plain_format(format)) if plain else None
    without = re.sub(f"(?i:{OFFSET})$", "", text.strip()) if has_offset(format) else text.strip()
    without = re.sub(r"(\.\d{6})\d{1,3}\b", r"\1", without)
    for variant in variants(format):
        try:
            return datetime.strptime(without, variant)
        except ValueError:
            continue
    return None


def _from_number(text: str, format: str) -> datetime | None:
    if not re.fullmatch(r"\d{1,17}(?:\.\d+)?", text, re.ASCII):
        return None
    number = float(text)
    try:
        if format == "excel":
            return datetime(1899, 12, 30) + timedelta(seconds=round(number * 86_400))
        return datetime.fromtimestamp(number / EPOCH_UNITS[format], UTC).replace(tzinfo=None)
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


def _time_part(rests: Iterable[str]) -> str:
    """The commonest time of day of what follows these dates, with %z when some carry an offset."""
    counts = dict.fromkeys(TIME_PARTS, 0)
    offset = False
    for rest in rests:
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
