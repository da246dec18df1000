"""What a manifest is made of: the settings of a workspace and the record of one import."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ladder.errors import LadderError

REJECTS = "rejects.csv"
"""The file of an import's rejected rows."""


@dataclass(frozen=True)
class WorkspaceSettings:
    """What holds for every figure: one currency, one time zone, the as-of date, margin and discount.

    `as_of` None means the day of the latest event. `margin` None means not told yet: then no value is shown.
    `discount` is per year. `retention_days` is how long the files of undone imports and of rejected rows are kept.
    """

    name: str = "My workspace"
    currency: str = "EUR"
    minor_digits: int = 2
    timezone: str = "UTC"
    as_of: date | None = None
    margin: float | None = None
    discount: float = 0.10
    horizon_months: int = 24
    retention_days: int = 30

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise _bad("timezone", self.timezone, "Use a name such as Europe/Copenhagen.") from None
        if not (len(self.currency) == 3 and self.currency.isalpha() and self.currency.isupper()):
            raise _bad("currency", self.currency, "Use a three-letter code such as EUR.")
        if self.margin is not None and not 0 < self.margin <= 1:
            raise _bad("margin", self.margin, "Use a share above 0 and at most 1, such as 0.4.")
        if not 0 <= self.discount <= 1:
            raise _bad("discount", self.discount, "Use a yearly rate from 0 to 1, such as 0.1.")
        if not 1 <= self.horizon_months <= 60:
            raise _bad("horizon_months", self.horizon_months, "Use 1 to 60 months.")
        if not 0 <= self.minor_digits <= 4:
            raise _bad("minor_digits", self.minor_digits, "Use 0 to 4 decimals.")
        if not 1 <= self.retention_days <= 3650:
            raise _bad("retention_days", self.retention_days, "Use 1 to 3650 days.")

    def to_dict(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "as_of": self.as_of.isoformat() if self.as_of else None}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> WorkspaceSettings:
        as_of = data.get("as_of")
        return WorkspaceSettings(**{**data, "as_of": date.fromisoformat(as_of) if as_of else None})


@dataclass(frozen=True)
class ImportRecord:
    """One import and the account of its rows: read = accepted + duplicate + rejected + ignored.

    `by` is who brought it; `size` and `sha256` are those of the file as it was brought. `erased` rows were taken out
    since, for people who asked; each time the files moved to the folder of the next `revision`. `undone_at` and
    `undone_by` tell of the undo, `removed` when the files of the undone import were deleted.
    """

    id: int
    table: str
    source: str
    imported_at: str
    rows_read: int
    accepted: int
    duplicate: int
    rejected: int
    ignored: int
    reasons: dict[str, int] = field(default_factory=dict)
    ignored_reasons: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    by: str = ""
    size: int = 0
    sha256: str = ""
    erased: int = 0
    revision: int = 0
    undone_at: str = ""
    undone_by: str = ""
    removed: str = ""
    dialect: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ended = self.accepted + self.duplicate + self.rejected + self.ignored
        if ended != self.rows_read:
            raise LadderError(
                "The import cannot be published",
                f"{self.rows_read:,} rows were read but {ended:,} are accounted for.",
                "Nothing was changed. Please report the file's dialect as a bug.",
            )

    @property
    def folder(self) -> str:
        return f"{self.id:04d}.{self.revision}" if self.revision else f"{self.id:04d}"

    def to_dict(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "warnings": list(self.warnings)}

    @staticmethod
    def from_dict(data: dict[str, Any]) -> ImportRecord:
        return ImportRecord(**{**data, "warnings": tuple(data.get("warnings", ()))})


def _bad(name: str, value: object, hint: str) -> LadderError:
    return LadderError("The setting cannot be used", f"{name} is {value!r}.", hint)
