"""A scenario as a value: one incentive on one rung and the terms on which it is judged; read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, TypeVar

from ladder.errors import LadderError, did_you_mean

MOVES = ("climb",)
EVIDENCE = ("tested", "matched", "assumed")
MAX_HORIZON = 24

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Incentive:
    """A push on one rung.

    The effect is absolute and per period of the ladder, among those reached: either `climb_to`, the new
    share who climb (0.088), or `lift`, the points added to today's share (0.008). Climbing from `lapsed` is
    coming back. `contact_cost` is paid per customer reached and period, `reward_cost` per reward redeemed:
    `redeem_already` is the share redeeming among those who would have climbed anyway, `redeem_moved` among
    those who climb because of the push. `stickiness_half_life` is the number of months after which half of
    the advantage of a promoted customer is gone (`inf`: they behave like everybody on their new rung).
    """

    rung: str
    climb_to: float | None = None
    lift: float | None = None
    move: str = "climb"
    reach: float = 1.0
    months: int = 3
    contact_cost: float = 0.0
    reward_cost: float = 0.0
    redeem_already: float = 1.0
    redeem_moved: float = 1.0
    stickiness_half_life: float = 6.0
    evidence: str = "assumed"

    def __post_init__(self) -> None:
        if (self.climb_to is None) == (self.lift is None):
            raise _bad(
                "The effect is not said once.", "Give either climb_to (a share) or lift (points added)."
            )
        if self.climb_to is not None and not 0 < self.climb_to < 1:
            raise _bad(
                f"climb_to is {self.climb_to:g}.", "Use a share between 0 and 1, such as 0.088 for 8.8%."
            )
        if self.lift is not None and not -1 < self.lift < 1:
            raise _bad(f"lift is {self.lift:g}.", "Use points as a share, such as 0.008 for 0.8 points.")
        for key in ("reach", "redeem_already", "redeem_moved"):
            _within(key, getattr(self, key), 0, 1)
        for key in ("contact_cost", "reward_cost"):
            _within(key, getattr(self, key), 0, 1e12)
        _within("months", self.months, 1, MAX_HORIZON)
        if not self.stickiness_half_life > 0:
            raise _bad(
                f"stickiness_half_life is {self.stickiness_half_life:g}.", "Use months above 0, or inf."
            )
        _one_of("move", self.move, MOVES)
        _one_of("evidence", self.evidence, EVIDENCE)


@dataclass(frozen=True)
class Scenario:
    """An incentive judged over `horizon` months with a contribution `margin` and a yearly `discount` rate."""

    incentive: Incentive
    margin: float
    title: str = "What if"
    horizon: int = 12
    discount: float = 0.10

    def __post_init__(self) -> None:
        if not 0 < self.margin <= 1:
            raise _bad(
                f"margin is {self.margin:g}.", "Use the share of revenue you keep, such as 0.3 for 30%."
            )
        _within("horizon", self.horizon, 1, MAX_HORIZON)
        _within("discount", self.discount, 0, 1)

    def to_dict(self) -> dict[str, Any]:
        """The scenario as TOML-ready plain data; `scenario_from_dict` reads it back."""
        head = {key: value for key, value in asdict(self).items() if key != "incentive"}
        push = {key: value for key, value in asdict(self.incentive).items() if value is not None}
        return {**head, "incentive": push}


def scenario_from_toml(text: str, place: str) -> Scenario:
    """Read a scenario; `place` (a file name) is named in every error."""
    try:
        return scenario_from_dict(tomllib.loads(text), place)
    except tomllib.TOMLDecodeError as error:
        hint = 'Write lines such as margin = 0.3, then [incentive] with rung = "client".'
        raise _at(place, f"It is not valid TOML: {error}.", hint) from None


def scenario_from_dict(data: dict[str, Any], place: str) -> Scenario:
    """Read a scenario from plain data, refusing unknown keys, wrong types and values out of range."""
    push = data.get("incentive")
    if not isinstance(push, dict):
        raise _at(
            place, "It has no [incentive] block.", "Write one [incentive] with its rung and its effect."
        )
    inside = f"{place}, incentive"
    incentive = _build(Incentive, _read(Incentive, push, inside), inside)
    return _build(Scenario, {**_read(Scenario, data, place), "incentive": incentive}, place)


_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "text in quotes"),
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "float | None": ((int, float), "a number"),
    "Incentive": ((dict,), "an [incentive] block"),
}


def _read(kind: type[Any], data: dict[str, Any], place: str) -> dict[str, Any]:
    known = {field.name: field for field in fields(kind)}
    for key in data:
        if key not in known:
            raise _at(place, f"It has the unknown key “{key}”.", did_you_mean(key, known))
    for name, field in known.items():
        if name not in data and field.default is MISSING:
            raise _at(place, f"It has no “{name}”.", f"Add {name} = …")
    return {key: _typed(key, value, str(known[key].type), place) for key, value in data.items()}


def _typed(key: str, value: Any, annotation: str, place: str) -> Any:
    types, words = _TYPES[annotation]
    if type(value) not in types:
        raise _at(place, f"“{key}” is {value!r}.", f"Write {key} as {words}.")
    return float(value) if float in types else value


def _build(kind: type[_Value], values: dict[str, Any], place: str) -> _Value:
    try:
        return kind(**values)
    except LadderError as error:
        raise _at(place, error.message, error.hint) from None


def _within(key: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise _bad(f"{key} is {value:g}.", f"Use {low:g} to {high:g}.")


def _one_of(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise _bad(f"{key} is “{value}”.", did_you_mean(value, known))


def _bad(message: str, hint: str) -> LadderError:
    return LadderError("The scenario cannot be used", message, hint)


def _at(place: str, message: str, hint: str) -> LadderError:
    return LadderError(f"The scenario {place} cannot be used", message, hint)
