"""A ladder as a value: its rungs from bottom to top, read from TOML."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ladder.errors import LadderError, did_you_mean

LAPSED = "lapsed"
NOT_YET = "not yet known"
LAPSED_CODE = 0
NOT_YET_CODE = 255
PERIODS = ("month", "week", "quarter")
MAX_RUNGS = 12


@dataclass(frozen=True)
class Rung:
    """One rung. `enter` puts a customer on it, `keep` (default: `enter`) lets them stay."""

    name: str
    enter: str
    keep: str = ""
    title: str = ""
    about: str = ""

    @property
    def label(self) -> str:
        """What people read: the title, or the name with a capital."""
        return self.title or self.name.capitalize()

    @property
    def stay(self) -> str:
        return self.keep or self.enter


@dataclass(frozen=True)
class Ladder:
    """Rungs from bottom to top. `grace` is the number of periods a rule may fail before the fall."""

    id: str
    title: str
    rungs: tuple[Rung, ...]
    grace: int = 0
    period: str = "month"
    version: int = 1
    about: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", self.id):
            raise _bad(self.id, "Its id is not a short name.", "Use lower-case letters, digits and hyphens.")
        names = [rung.name for rung in self.rungs]
        if not 1 <= len(names) <= MAX_RUNGS:
            raise _bad(self.id, f"It has {len(names)} rungs.", f"Give it 1 to {MAX_RUNGS}.")
        for name in names:
            if not name or name in (LAPSED, NOT_YET):
                raise _bad(self.id, f"A rung is named “{name}”.", "Choose another name; that one is taken.")
            if names.count(name) > 1:
                raise _bad(self.id, f"Two rungs are named “{name}”.", "Give each rung its own name.")
        if self.period not in PERIODS:
            raise _bad(self.id, f"Its period is “{self.period}”.", did_you_mean(self.period, PERIODS))
        if not 0 <= self.grace <= 12:
            raise _bad(self.id, f"Its grace is {self.grace}.", "Use 0 to 12 periods.")

    @property
    def names(self) -> tuple[str, ...]:
        """Rung names from bottom to top."""
        return tuple(rung.name for rung in self.rungs)

    def state(self, code: int) -> str:
        """The name of a placement code: 0 lapsed, 1..R the rungs from bottom to top, 255 not yet known."""
        if code == LAPSED_CODE:
            return LAPSED
        return NOT_YET if code == NOT_YET_CODE else self.rungs[code - 1].name

    def code(self, name: str) -> int:
        """The placement code of a rung name (or `lapsed`); refuses an unknown name with the nearest one."""
        if name == LAPSED:
            return LAPSED_CODE
        if name not in self.names:
            raise LadderError(
                "Unknown rung",
                f"“{name}” is not a rung of {self.id}.",
                did_you_mean(name, (*self.names, LAPSED)),
            )
        return self.names.index(name) + 1

    def to_dict(self) -> dict[str, Any]:
        """The ladder as TOML-ready plain data; `ladder_from_dict` reads it back."""
        rungs = [{key: value for key, value in vars(rung).items() if value} for rung in self.rungs]
        head = {key: value for key, value in vars(self).items() if key != "rungs" and value != ""}
        return {**head, "rung": rungs}


_LADDER_KEYS = {"id", "title", "about", "grace", "period", "version", "rung"}
_RUNG_KEYS = {"name", "title", "about", "enter", "keep"}


def ladder_from_toml(text: str, place: str) -> Ladder:
    """Read a ladder; `place` (a file name) is named in every error."""
    try:
        return ladder_from_dict(tomllib.loads(text), place)
    except tomllib.TOMLDecodeError as error:
        raise _bad(place, f"It is not valid TOML: {error}.", "See docs/ladders.md for an example.") from None


def ladder_from_dict(data: dict[str, Any], place: str) -> Ladder:
    """Read a ladder from plain data, refusing unknown keys and wrong types with their place."""
    _check_keys(data, _LADDER_KEYS, place)
    rungs = data.get("rung")
    if not isinstance(rungs, list) or not all(isinstance(rung, dict) for rung in rungs):
        raise _bad(place, "It has no [[rung]] blocks.", "Write one [[rung]] per rung, bottom first.")
    ident = _text(data, "id", place, required=True)
    return Ladder(
        id=ident,
        title=_text(data, "title", place) or ident,
        about=_text(data, "about", place),
        grace=_whole(data, "grace", place, 0),
        period=_text(data, "period", place) or "month",
        version=_whole(data, "version", place, 1),
        rungs=tuple(_rung(rung, f"{place}, rung {number}") for number, rung in enumerate(rungs, 1)),
    )


def preset_ids() -> tuple[str, ...]:
    """Ids of the ladders that come with the product."""
    folder = resources.files("ladder.model") / "presets"
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
    )


def ladder_name(ladder: Ladder) -> str:
    """What names one version of a ladder: `mine@2`."""
    return f"{ladder.id}@{ladder.version}"


def fingerprint(ladder: Ladder) -> str:
    """Tells one version of a ladder from every other without saying anything about it."""
    text = json.dumps(ladder.to_dict(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def preset(ident: str) -> Ladder:
    """One of the ladders that come with the product."""
    if ident not in preset_ids():
        raise LadderError(
            "Unknown ladder", f"There is no ladder “{ident}”.", did_you_mean(ident, preset_ids())
        )
    text = (resources.files("ladder.model") / "presets" / f"{ident}.toml").read_text("utf-8")
    return ladder_from_toml(text, f"{ident}.toml")


def _rung(data: dict[str, Any], place: str) -> Rung:
    _check_keys(data, _RUNG_KEYS, place)
    return Rung(
        name=_text(data, "name", place, required=True),
        enter=_text(data, "enter", place, required=True),
        keep=_text(data, "keep", place),
        title=_text(data, "title", place),
        about=_text(data, "about", place),
    )


def _check_keys(data: dict[str, Any], known: set[str], place: str) -> None:
    for key in data:
        if key not in known:
            raise _bad(place, f"It has the unknown key “{key}”.", did_you_mean(key, known))


def _text(data: dict[str, Any], key: str, place: str, required: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise _bad(place, f"“{key}” is {value!r}.", f"Write {key} as text in quotes.")
    if required and not value.strip():
        raise _bad(place, f"It has no “{key}”.", f'Add {key} = "…".')
    return value.strip()


def _whole(data: dict[str, Any], key: str, place: str, default: int) -> int:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _bad(place, f"“{key}” is {value!r}.", f"Write {key} as a whole number.")
    return value


def _bad(place: str, message: str, hint: str) -> LadderError:
    return LadderError(f"The ladder {place} cannot be used", message, hint)
