"""Names of months, weekdays and halves of the day as people write them, by language, out of Unicode's CLDR."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

# The first one that reads a text stands for others that read it alike.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "da", "sv", "nb", "pl", "fi", "cs", "sk", "sl", "hr"),
    *("hu", "ro", "et", "lv", "lt", "bg", "el", "ru", "uk", "tr"),
)
_REGIONS = {
    "en": ("en_GB",),
    "de": ("de_AT",),
    "fr": ("fr_CA",),
    "es": ("es_MX",),
    "pt": ("pt_PT",),
    "nb": ("nn",),
}
# Spellings of spreadsheets and of older systems that CLDR has not or has no longer.
_MORE_MONTHS = {"en": {"sept": 9}, "de": {"mrz": 3, "maerz": 3}, "es": {"sep": 9}, "sv": {"mar": 3}}
_MORE_HALVES = {"de": {"vorm": "AM", "nachm": "PM"}}


@dataclass(frozen=True)
class Names:
    """Words in lower case without a point at the end: months by number, weekdays, halves of the day as AM or PM."""

    months: dict[str, int]
    days: frozenset[str]
    halves: dict[str, str]


@cache
def names(language: str) -> Names:
    """What one of `LANGUAGES` calls things, with accents and without."""
    # A third of a second for all languages: only the dates that need it pay.
    from babel import Locale

    places = [Locale.parse(place) for place in (language, *_REGIONS.get(language, ()))]
    months = dict(_MORE_MONTHS.get(language, {}))
    days: set[str] = set()
    halves = dict(_MORE_HALVES.get(language, {}))
    for place in places:
        for number, name in _written(place, "months"):
            months |= dict.fromkeys(_spellings(name), int(number))
        for _, name in _written(place, "days"):
            days.update(_spellings(name))
        for half, name in _written(place, "day_periods"):
            if half in ("am", "pm"):
                halves[bare_half(name)] = half.upper()
    return Names(months, frozenset(days), halves)


def joined(languages: tuple[str, ...]) -> Names:
    """The names of several languages; without the months that they do not agree on."""
    found = [names(language) for language in languages]
    words = {word for item in found for word in item.months}
    meant = {word: {item.months[word] for item in found if word in item.months} for word in words}
    return Names(
        {word: months.pop() for word, months in sorted(meant.items()) if len(months) == 1},
        frozenset().union(*(item.days for item in found)),
        {word: half for item in found for word, half in item.halves.items()},
    )


def language_name(language: str) -> str:
    """`Polish` for `pl`."""
    from babel import Locale

    return Locale.parse(language).english_name or language


def bare_half(text: str) -> str:
    """`pm` for `p. m.`: lower case without points and blanks."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _written(place: Locale, what: str) -> Iterator[tuple[str, str]]:
    """Wide and abbreviated names within a date and alone; one letter says too little."""
    for use in getattr(place, what).values():
        for width, found in use.items():
            if width != "narrow":
                yield from ((str(key), str(name)) for key, name in found.items())


def _spellings(name: str) -> set[str]:
    word = unicodedata.normalize("NFC", name.lower()).rstrip(".")
    parts = unicodedata.normalize("NFD", word)
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return {word, unicodedata.normalize("NFC", plain)}
