"""What the manifest says: settings, the live imports with their accounts, and the ladder in use."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, ladder_from_dict, preset

FORMAT = 1


@dataclass(frozen=True)
class WorkspaceSettings:
    """What holds for every figure: one currency, one time zone, the as-of date, margin and discount.

    `as_of` None means the day of the latest event. `margin` None means not told yet: then no value is shown.
    `discount` is per year.
    """

    name: str = "My workspace"
    currency: str = "EUR"
    minor_digits: int = 2
    timezone: str = "UTC"
    as_of: date | None = None
    margin: float | None = None
    discount: float = 0.10
    horizon_months: int = 24

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
    since, for people who asked; each time the files moved to the folder of the next `revision`.
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


@dataclass(frozen=True)
class Manifest:
    """The whole state of a workspace; a new one replaces the old one in a single rename."""

    settings: WorkspaceSettings
    ladder: Ladder
    imports: tuple[ImportRecord, ...] = ()
    undone: tuple[ImportRecord, ...] = ()
    next_import: int = 1
    generation: int = 1

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "generation": self.generation,
            "next_import": self.next_import,
            "settings": self.settings.to_dict(),
            "ladder": self.ladder.to_dict(),
            "imports": [record.to_dict() for record in self.imports],
            "undone": [record.to_dict() for record in self.undone],
        }

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Manifest:
        if data.get("format") != FORMAT:
            raise LadderError(
                "This workspace cannot be opened",
                f"It has format {data.get('format')!r}; this version reads format {FORMAT}.",
                "Open it with the version that wrote it, or a newer one.",
            )
        return Manifest(
            settings=WorkspaceSettings.from_dict(data["settings"]),
            ladder=ladder_from_dict(data["ladder"], "manifest.json"),
            imports=tuple(ImportRecord.from_dict(item) for item in data["imports"]),
            undone=tuple(ImportRecord.from_dict(item) for item in data["undone"]),
            next_import=data["next_import"],
            generation=data["generation"],
        )


def empty_manifest(settings: WorkspaceSettings) -> Manifest:
    """A workspace with no data yet, on the classic ladder."""
    return Manifest(settings=settings, ladder=preset("classic"))


def _bad(name: str, value: object, hint: str) -> LadderError:
    return LadderError("The setting cannot be used", f"{name} is {value!r}.", hint)
