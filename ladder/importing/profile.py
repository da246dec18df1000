"""Known exports: which file of which product this is, by its headers, and how it is read. See `profiles/`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ladder.errors import LadderError, did_you_mean
from ladder.importing.expression import joined
from ladder.importing.guessing import guess_table, plain

NO_PROFILE = "none"
_WEAKER_TABLES = (None, "customers", "interactions")


@dataclass(frozen=True)
class Profile:
    """An export of a known product.

    A file is one when it has all `marks` (of each group one name), and most of its columns are `known` or most of the
    known ones are there. `keys` are the columns that may be the customer's id, likeliest first; `fields` gives the
    candidates of each other field. `keep`, `fold`, `refunds`, `refund_customer`, `zone` and `attributes` are as in a
    mapping; `zone_column` names the zone row by row; `order` is `day first` or `month first` and only breaks a tie.
    `refunded` gives for an amount column the column of what was paid back since; `notes` are told with every
    proposal. A form (`is_form`) is weak: any other table wins.
    """

    name: str
    title: str
    table: str
    marks: tuple[tuple[str, ...], ...]
    known: tuple[str, ...]
    keys: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keep: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fold: str = ""
    refunds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refund_customer: str = ""
    zone: str = ""
    zone_column: str = ""
    order: str = ""
    attributes: tuple[str, ...] = ()
    refunded: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_form: bool = False

    def score(self, columns: Sequence[str]) -> float:
        """How sure it is that these are the columns of this export, 0 to 1."""
        have, known = {plain(name) for name in columns}, {plain(name) for name in self.known}
        if not all(any(plain(name) in have for name in group) for group in self.marks):
            return 0.0
        shared = len(have & known)
        likeness = 1.0 if self.is_form else max(shared / len(known), shared / len(have))
        return likeness if likeness >= 0.5 else 0.0


@cache
def profiles() -> dict[str, Profile]:
    """Every known export by name, such as `shopify-orders`."""
    folder = files("ladder.importing").joinpath("profiles")
    texts = {item.name: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".toml")}
    found = [_profile(name.removesuffix(".toml").replace("_", "-"), texts[name]) for name in sorted(texts)]
    return {profile.name: profile for profile in found}


def profile_named(name: str) -> Profile:
    """The profile of that name. LadderError when there is none."""
    known = profiles()
    if name.casefold() not in known:
        raise LadderError(
            "Unknown profile", f"There is no profile “{name}”.", did_you_mean(name, (NO_PROFILE, *known))
        )
    return known[name.casefold()]


def recognised(
    columns: Sequence[str], rows: Sequence[Sequence[str]], table: str | None = None
) -> Profile | None:
    """The known export that has these columns and fills `table`, if any; None when no profile fits."""
    fitting = [profile for profile in profiles().values() if table in (None, profile.table)]
    best = max(fitting, key=lambda profile: (profile.score(columns), not profile.is_form), default=None)
    if best is None or not best.score(columns):
        return None
    if best.is_form and table is None and guess_table(columns, rows) not in _WEAKER_TABLES:
        return None
    return best


def present(name: str, columns: Sequence[str]) -> str:
    """The column meant by a name of a profile, whatever its capitals; a literal as it is; else empty.

    Of columns joined by `&` those that are there.
    """
    if name.startswith("'"):
        return name
    by_name = {plain(column): column for column in reversed(columns)}
    found = [by_name[plain(part)] for part in re.split(r" & ", name) if plain(part) in by_name]
    return joined(found) if len(found) > 1 else (found or [""])[0]


def _profile(name: str, text: str) -> Profile:
    document: dict[str, Any] = tomllib.loads(text)
    marks = [tuple(mark) if isinstance(mark, list) else (mark,) for mark in document.pop("marks")]
    fixed = {key: _fixed(value) for key, value in document.items()}
    return Profile(name=name, marks=tuple(marks), **fixed)


def _fixed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _fixed(item) for key, item in value.items()}
    return tuple(value) if isinstance(value, list) else value
