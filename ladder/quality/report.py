"""Can I trust it? Every finding about the data as they are, those after the as-of date included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ladder.engine import Engine
from ladder.placement import open_facts
from ladder.quality.amounts import amount_checks, amount_classes, gather_orders
from ladder.quality.check import UNKNOWN, Check, minded, names_of, worst
from ladder.quality.coverage import Coverage, coverage, coverage_of
from ladder.quality.dates import clock_checks, currency_check, date_checks, order_hours
from ladder.quality.days import rows_by_day
from ladder.quality.freshness import freshness_checks
from ladder.quality.gaps import gap_checks
from ladder.quality.identity import identity_checks
from ladder.workspace import Folder

COMPLETE, ONE_ID, PLAUSIBLE, FRESH = (
    "Complete?",
    "One person, one id?",
    "Amounts and dates plausible?",
    "Fresh?",
)


@dataclass(frozen=True)
class Quality:
    """The findings by question, and what the pictures are drawn from.

    `hours` (hour, rows) are order rows by the clock, without those at exactly 0:00; `amounts` (low, high, orders,
    unusual) are orders by size in currency units.
    """

    findings: dict[str, tuple[Check, ...]]
    coverage: Coverage
    hours: pd.DataFrame
    amounts: pd.DataFrame

    @property
    def checks(self) -> tuple[Check, ...]:
        """The findings of all questions."""
        return tuple(check for checks in self.findings.values() for check in checks)

    @property
    def light(self) -> str:
        """The worst light of all."""
        return worst(self.checks) or UNKNOWN

    @property
    def verdict(self) -> str:
        """One sentence that answers the question."""
        care, stop = (names_of(self.checks, light) for light in ("care", "stop"))
        if not self.checks:
            return "There are no data yet."
        if stop:
            return f"Not before you have looked at {minded(stop)}."
        return f"Yes, but mind {minded(care)}." if care else "Yes: nothing speaks against it."

    def to_dict(self) -> dict[str, Any]:
        """The findings without the rows behind them, which hold ids."""
        return {
            "light": self.light,
            "verdict": self.verdict,
            "checks": [
                {"question": question, **check.to_dict()}
                for question, checks in self.findings.items()
                for check in checks
            ],
        }


def quality(folder: Folder) -> Quality:
    """Look at everything that was brought; thresholds and their reasons: docs/methods.md."""
    now = folder.snapshot()
    if not now.imports():
        return Quality({}, coverage(now), pd.DataFrame({"hour": [], "rows": []}), pd.DataFrame())
    with open_facts(now, only_raw=True) as engine:
        gather_orders(engine)
        days = rows_by_day(engine)
        found, hours = coverage_of(days), order_hours(engine)
        findings = {
            COMPLETE: tuple(gap_checks(days, now.imports())),
            ONE_ID: tuple(identity_checks(engine, now)),
            PLAUSIBLE: tuple(_plausible(engine, now, days, hours)),
            FRESH: tuple(freshness_checks(now, found)),
        }
        return Quality(findings, found, hours, amount_classes(engine, 10**now.settings.minor_digits))


def _plausible(engine: Engine, folder: Folder, days: pd.DataFrame, hours: pd.DataFrame) -> Iterator[Check]:
    settings = folder.settings
    yield from amount_checks(engine, 10**settings.minor_digits)
    yield currency_check(engine, settings.currency)
    yield from date_checks(days, settings, folder.imports())
    yield from clock_checks(days, hours, settings.timezone)
