"""Decimals of currencies, and which settings can still be changed: what the imports have stored is fixed."""

from __future__ import annotations

import dataclasses
from typing import Any

from ladder.errors import LadderError
from ladder.workspace.manifest import Manifest
from ladder.workspace.records import WorkspaceSettings

# ISO 4217: currencies whose minor unit is not a hundredth.
_MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_digits_of(currency: str) -> int:
    """Decimals of a currency by its three-letter code."""
    return _MINOR_DIGITS.get(currency, 2)


def settings_after(manifest: Manifest, changes: dict[str, Any]) -> WorkspaceSettings:
    """The settings with some replaced; the decimals follow the currency unless they are among the changes.

    LadderError for unknown names, impossible values, and what the imports have stored: times in the zone, amounts in
    the minor units they were imported with.
    """
    known = manifest.settings
    currency = changes.get("currency", known.currency)
    if currency != known.currency:
        changes = {"minor_digits": minor_digits_of(currency), **changes}
    try:
        settings = dataclasses.replace(known, **changes)
    except TypeError:
        names = ", ".join(item.name for item in dataclasses.fields(WorkspaceSettings))
        raise LadderError("Unknown setting", f"{', '.join(changes)}.", f"Known: {names}.") from None
    if manifest.imports:
        _check_fixed(known, settings)
    return settings


def _check_fixed(known: WorkspaceSettings, settings: WorkspaceSettings) -> None:
    digits = minor_digits_of(settings.currency)
    if settings.currency != known.currency and digits != known.minor_digits:
        raise LadderError(
            "The currency cannot be changed here",
            f"The amounts are stored with the decimals of {known.currency}, and {settings.currency} has others.",
            "Make a new workspace and bring the files there.",
        )
    names = ("timezone", "minor_digits")
    changed = [name for name in names if getattr(settings, name) != getattr(known, name)]
    if changed:
        raise LadderError(
            "The setting cannot be changed any more",
            f"{' and '.join(changed)} is part of what the imports have stored.",
            "Undo the imports first, change it, and bring the files again.",
        )
