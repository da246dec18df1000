"""Time zones as exports write them in a column: `Europe/Berlin`, `CET`, `PDT`, `GMT+01:00`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

# Summer and winter names of one zone stand together, as a file of a whole year holds both.
_NAMES = {
    "UTC": ("UTC", "GMT", "Z"),
    "America/Los_Angeles": ("PST", "PDT"),
    "America/Denver": ("MST", "MDT"),
    "America/Chicago": ("CST", "CDT"),
    "America/New_York": ("EST", "EDT"),
    "America/Sao_Paulo": ("BRT",),
    "Europe/London": ("BST",),
    "Europe/Berlin": ("CET", "CEST", "MEZ", "MESZ"),
    "Europe/Helsinki": ("EET", "EEST"),
    "Europe/Moscow": ("MSK",),
    "Asia/Kolkata": ("IST",),
    "Asia/Tokyo": ("JST",),
    "Asia/Hong_Kong": ("HKT",),
    "Asia/Singapore": ("SGT",),
    "Australia/Sydney": ("AEST", "AEDT"),
    "Pacific/Auckland": ("NZST", "NZDT"),
}
OFFSETS = {
    **{name: 0 for name in ("Z", "UTC", "GMT", "WET")},
    **{name: 60 for name in ("CET", "MEZ", "WEST")},
    **{name: 120 for name in ("CEST", "MESZ", "EET")},
    **{"EEST": 180, "MSK": 180, "JST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780},
    **{"EDT": -240, "EST": -300, "CDT": -300, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480},
}
"""Minutes ahead of UTC by the name behind a time. CST, BST and IST mean several things and are not among them."""
OFFSET = rf"\s*(?:{'|'.join(OFFSETS)}|(?:UTC|GMT)?[+-]\d{{2}}(?::?\d{{2}})?)"
"""A regular expression for what stands behind a time that knows its distance from UTC; in capitals."""
_ZONES = {name: zone for zone, names in _NAMES.items() for name in names}
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{1,2})(?::?(\d{2}))?")


def zones_of(values: Sequence[str]) -> tuple[str, ...]:
    """The zones named in a column, each once; "" for a name that is not known."""
    names = {value.strip() for value in values if value.strip()}
    found = {_zone(name) for name in names}
    if {"UTC", "Europe/London"} <= found and names <= {"GMT", "BST"}:
        found.discard("UTC")
    return tuple(sorted(found))


def _zone(name: str) -> str:
    if name.upper() in _ZONES:
        return _ZONES[name.upper()]
    offset = _OFFSET.fullmatch(name.upper())
    if offset:
        sign, hours, minutes = offset.groups()
        # Zones of the Etc area count westward.
        return f"Etc/GMT{'-' if sign == '+' else '+'}{int(hours)}" if int(minutes or 0) == 0 else ""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        return ""
