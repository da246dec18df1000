"""Dates with words in them: `5. März 2024`, `12 de mayo de 2023`, `Tue, Mar 5, 2024, 2:05 PM`, `5/3/24 2:05 p. m.`

Such a format names the languages of its words behind it: `%d %b %Y %H:%M [da nb sv]`. `%b` stands for names and
abbreviations alike, what stands between day, month and year does not matter, and weekdays are left out. A word on
which the languages do not agree is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from ladder.importing.month_names import LANGUAGES, Names, bare_half, joined, language_name, names
from ladder.importing.zones import OFFSET

_ORDERS = ("%d %b %Y", "%b %d %Y", "%Y %b %d", "%d %b %y", "%b %d %y")
_NUMERIC = ""
_TAG = re.compile(r"(.*) \[([a-z]{2}(?: [a-z]{2})*)\]")
_BLANK = "[ \t\u00a0\u2009\u202f]"
_WORD = r"[^\W\d_]+(?:-[^\W\d_]+)?"
_GAP = f"(?:{_BLANK}|[-/.,'’])"
_LINK = rf"(?:(?:del?|of){_BLANK}+)?"
_ARTICLE = "den|der|le|el|the|dnia"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|°|ª)?"
_YEARS = {"%Y": r"(?P<year>\d{4})", "%y": r"(?P<year>\d{2})"}
# After the year: the word for it that Polish, Russian and Bulgarian add.
_TAIL = rf"\.?(?:{_BLANK}*[rгp]\.?)?"
_BEFORE_TIME = "at|um|kl|klo|a las|a les|à|às|as|alle|alle ore|ore|om|o|godz|la|ob|u|v|ve|в"
_TIME = (
    rf"(?:(?:(?:{_BLANK}|,)+(?:(?:{_BEFORE_TIME})\.?{_BLANK}+)?|t|:)"
    rf"(?P<hour>[01]?\d|2[0-3])(?:[:.]|{_BLANK}?h{_BLANK}?)(?P<minute>[0-5]\d)"
    r"(?:[:.](?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,6})\d{0,3})?)?"
    rf"(?:{_BLANK}*(?P<half>@HALF))?(?:{_BLANK}*uhr)?(?:{_BLANK}*(?P<offset>(?i:{OFFSET})))?)?"
)
_LONGEST = 60


@dataclass(frozen=True)
class Fitting:
    """Texts that are dates with words: their order of day, month and year, the languages that read them, or several
    groups that read them differently, and text → what it says in numbers, by the first group.
    """

    order: str
    languages: tuple[tuple[str, ...], ...]
    spelled: dict[str, str]


def languages_of(format: str) -> tuple[str, ...]:
    """The languages that a format names; none for a format without words."""
    found = _TAG.fullmatch(format)
    return tuple(found.group(2).split()) if found else ()


def tagged(format: str, languages: Sequence[str]) -> str:
    return f"{format} [{' '.join(languages)}]"


def in_words(format: str) -> str:
    """`Danish or Swedish`; nothing for a format without words."""
    return " or ".join(language_name(language) for language in languages_of(format))


def bare(format: str) -> str:
    """The format without its languages."""
    found = _TAG.fullmatch(format)
    return found.group(1) if found else format


def plain_format(format: str) -> str:
    """The strptime format of what `spelled` makes of a text."""
    order = _order(format)
    if order == _NUMERIC:
        return bare(format)
    year = "%y" if "%y" in order else "%Y"
    return f"{year}-%m-%d %H:%M:%S{'%z' if bare(format).endswith('%z') else ''}"


def pattern(format: str) -> str:
    """What a lower-case text of this format matches as a whole: a regular expression for Python and the engine.

    Its groups are day, month, year, hour, minute, second, fraction, half and offset; a numeric date is its `day`.
    """
    known = names_of(format)
    months, days = (_any_of(found) for found in (known.months, known.days))
    return _pattern(_order(format), months, days, _halves(known))


@cache
def names_of(format: str) -> Names:
    return joined(languages_of(format))


def spelled(text: str, format: str) -> str | None:
    """A text with its words turned into numbers, in `plain_format`; None when it does not fit."""
    found = _compiled(format).fullmatch(unicodedata.normalize("NFC", text.lower()).strip())
    return _numbers(found, names_of(format)) if found else None


def fit_words(texts: Sequence[str]) -> Fitting:
    """The order and the languages that explain most of these texts; none where no text is a date with words.

    Several groups of languages where those that explain equally many give a word different months.
    """
    found: dict[str, dict[str, dict[str, int]]] = {order: {} for order in (*_ORDERS, _NUMERIC)}
    for text in texts:
        written = unicodedata.normalize("NFC", text.lower())
        for order in found if len(text) <= _LONGEST and re.search(r"\d", text) else ():
            match = _general(order).fullmatch(written)
            if match and (months := _by_language(match)):
                found[order][text] = months
                break
    order = max(found, key=lambda order: len(found[order]))
    if not found[order]:
        return Fitting("", (), {})
    groups = _settled(list(found[order].values()), order)
    numbers = {text: spelled(text, tagged(order, groups[0])) for text in found[order]}
    return Fitting(order, tuple(groups), {text: plain for text, plain in numbers.items() if plain})


def _by_language(match: re.Match[str]) -> dict[str, int]:
    """Language → month, of the languages that know all words; 0 where there is no month among them."""
    parts = match.groupdict()
    month, day, half = parts.get("month"), parts.get("weekday"), bare_half(parts["half"] or "")
    if month is None and not half:
        return {}
    return {
        language: known.months[month] if month else 0
        for language, known in ((language, names(language)) for language in LANGUAGES)
        if (not month or month in known.months) and (not day or day in known.days) and _has(known, half)
    }


def _has(known: Names, half: str) -> bool:
    # Computers write AM and PM in every language.
    return not half or half in known.halves or half in ("am", "pm")


def _settled(readings: list[dict[str, int]], order: str) -> list[tuple[str, ...]]:
    """The languages that read most, with those that read the rest where nobody disagrees.

    Several groups where they mean different months.
    """
    hits = Counter(language for months in readings for language in months)
    most = max(hits.values())
    best = [language for language in LANGUAGES if hits[language] == most]
    by_meaning: dict[tuple[int | None, ...], list[str]] = {}
    for language in best:
        by_meaning.setdefault(tuple(months.get(language) for months in readings), []).append(language)
    if order == _NUMERIC:
        return [(best[0],)]
    if any(len({months[language] for language in best if language in months}) > 1 for months in readings):
        return [tuple(group) for group in by_meaning.values()]
    chosen = set(best)
    for months in readings:
        if not chosen & months.keys() and len(set(months.values())) == 1:
            chosen.add(max(months, key=lambda language: hits[language]))
    return [tuple(language for language in LANGUAGES if language in chosen)]


def _numbers(match: re.Match[str], known: Names) -> str | None:
    parts = {name: text or "" for name, text in match.groupdict().items()}
    date = parts["day"]
    if "month" in parts:
        if parts["month"] not in known.months:
            return None
        date = f"{parts['year']}-{known.months[parts['month']]:02}-{date}"
    if not parts["hour"]:
        return date
    fraction = f".{parts['fraction']}" if parts["fraction"] else ""
    half = half_of(known).get(bare_half(parts["half"]), "")
    time = f"{parts['hour']}:{parts['minute']}:{parts['second'] or '00'}{fraction}"
    return f"{date} {time}{' ' * bool(half)}{half}{parts['offset'].upper()}"


def half_of(known: Names) -> dict[str, str]:
    return {"am": "AM", "pm": "PM", **known.halves}


def _order(format: str) -> str:
    """Year, month and day in their order; empty where the month is a number."""
    found = re.findall("%[dbBYy]", bare(format))
    return " ".join(found).replace("%B", "%b") if {"%b", "%B"} & set(found) else _NUMERIC


@cache
def _compiled(format: str) -> re.Pattern[str]:
    return re.compile(pattern(format))


@cache
def _general(order: str) -> re.Pattern[str]:
    """Any word where a name is meant, so that no names need be read for the texts of other columns."""
    half = rf"(?!(?i:{OFFSET}|uhr)$)[^\W\d_](?:[^\W\d_]|[. \u00a0\u202f]){{0,12}}"
    weekday = rf"(?P<weekday>(?!(?:{_ARTICLE}){_BLANK}){_WORD})"
    return re.compile(_pattern(order, _WORD, weekday, half))


def _pattern(order: str, months: str, days: str, halves: str) -> str:
    weekday = rf"(?:{days}\.?,?{_BLANK}+)?(?:(?:{_ARTICLE}){_BLANK}+)?"
    month = rf"(?P<month>{months})\.?"
    year = _YEARS["%y" if "%y" in order else "%Y"]
    if order == _NUMERIC:
        date = r"(?P<day>\d[\d./-]*\d)"
    elif order.startswith("%d"):
        date = rf"{weekday}{_DAY}{_GAP}*{_LINK}{month}{_GAP}*{_LINK}{year}{_TAIL}"
    elif order.startswith("%b"):
        date = rf"{weekday}{month}{_GAP}*{_DAY}{_GAP}+{year}"
    else:
        date = rf"{year}{_GAP}*{month}{_GAP}*{_DAY}\.?"
    return date + _TIME.replace("@HALF", halves)


def _halves(known: Names) -> str:
    spaced = ("[. \u00a0\u202f]*".join(map(re.escape, half)) for half in half_of(known))
    return f"(?:{'|'.join(sorted(spaced))})\\.?"


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
