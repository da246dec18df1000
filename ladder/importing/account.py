"""The account of an import: where every row ended, in numbers, sentences and a file of rejects."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import Count, originals
from ladder.importing.guessing import words
from ladder.importing.plan import Plan, Question
from ladder.workspace import WorkspaceSettings

REJECTS = "rejects.csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

_OUTCOMES = """
select
    (select count(*) from typed) as rows,
    (select count(*) from settled where not is_duplicate) as accepted,
    (select count(*) from settled where is_duplicate) as duplicate,
    (select count(*) from typed where reason is not null and reason <> 'blank') as rejected,
    (select count(*) from typed where reason = 'blank') as ignored
"""

_REASONS = """
select reason, count(*) from typed where reason is not null and reason <> 'blank' group by reason
order by count(*) desc, reason
"""

_REJECTED = """
select line, reason, bad_column from typed where reason is not null and reason <> 'blank' order by line
"""

_EQUAL_LINES = """
select count(*) - count(distinct fingerprint) from typed where reason is null
"""

_GUESTS = """
select count(*), coalesce(sum(amount), 0) from settled where customer_id is null and not is_duplicate
"""

_ODD_KINDS = """
select told_kind, count(*) from typed
where reason is null and told_kind is not null and not list_contains($known, lower(told_kind))
group by told_kind order by count(*) desc, told_kind limit 5
"""

_CURRENCIES = """
select distinct upper(currency) from typed where reason is null and currency is not null order by 1
"""


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do: rows_read = accepted + duplicate + rejected + ignored.

    `rejects_file` is the file of refused rows or None; `import_id` is None for a dry run and while `questions` are
    open, in which case nothing was read.
    """

    rows_read: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    ignored: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    ignored_reasons: dict[str, int] = field(default_factory=dict)
    rejects_file: Path | None = None
    questions: tuple[Question, ...] = ()
    import_id: int | None = None
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        found = asdict(self)
        found["rejects_file"] = str(self.rejects_file) if self.rejects_file else None
        found["questions"] = [question.to_dict() for question in self.questions]
        found["warnings"] = list(self.warnings)
        return found


def settle_account(engine: Engine, count: Count, header: bool, warnings: tuple[str, ...]) -> ImportResult:
    """Add up where the rows ended; rows above the header are ignored ones.

    LadderError unless the sum is the independent count.
    """
    rows, accepted, duplicate, rejected, ignored = engine.rows("account", _OUTCOMES)[0]
    ended = accepted + duplicate + rejected + ignored + count.blank
    if ended != count.records or rows + count.blank != count.records:
        raise LadderError(
            "The import cannot be published",
            f"The file has {count.records:,} rows, but {ended:,} are accounted for.",
            "Nothing was changed. Check delimiter and quote.",
        )
    reasons = {reason: number for reason, number in engine.rows("reasons", _REASONS)}
    above = max(0, count.skipped - header)
    return ImportResult(
        rows_read=count.records + above,
        accepted=accepted,
        duplicate=duplicate,
        rejected=rejected,
        ignored=ignored + count.blank + above,
        reasons=reasons,
        warnings=warnings,
    )


def write_rejects(engine: Engine, source: Path, plan: Plan, target: Path) -> Path | None:
    """Write the refused rows with line number, reason, column and original text; None when there is none."""
    found = engine.rows("rejects", _REJECTED)
    if not found:
        return None
    texts = originals(source, plan.dialect, [row[0] for row in found])
    file = target / REJECTS
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(["line", "reason", "column", "original"])
        for (_, reason, column), original in zip(found, texts, strict=True):
            writer.writerow([original.line, reason, inert(column or ""), inert(original.text)])
    return file


def inert(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return "'" + text if text.startswith(_FORMULA) else text


def row_warnings(engine: Engine, plan: Plan, settings: WorkspaceSettings) -> tuple[str, ...]:
    """Sentences on what was kept but deserves a look. LadderError for more than one currency."""
    found: list[str] = []
    if plan.table == "transactions":
        found += _currency(engine, settings) + _transactions(engine, settings)
    equal = engine.rows("equal lines", _EQUAL_LINES)[0][0]
    if equal and plan.table != "customers":
        found.append(f"{equal:,} {_rows(equal)} an earlier row of the file in every column; they are kept.")
    return tuple(found)


def _transactions(engine: Engine, settings: WorkspaceSettings) -> list[str]:
    found: list[str] = []
    guests, value = engine.rows("guests", _GUESTS)[0]
    if guests:
        money = f"{value / 10**settings.minor_digits:,.{settings.minor_digits}f} {settings.currency}"
        kept = "row names no customer and is kept as a guest sale"
        if guests > 1:
            kept = "rows name no customer and are kept as guest sales"
        found.append(f"{guests:,} {kept}, worth {money}.")
    odd = _listed(engine.rows("kinds", _ODD_KINDS, {"known": _known_kinds()}))
    if odd:
        found.append(
            f"kind holds words that mean neither purchase nor refund: {odd}. The sign of the amount decides."
        )
    return found


def _currency(engine: Engine, settings: WorkspaceSettings) -> list[str]:
    codes = [row[0] for row in engine.rows("currencies", _CURRENCIES)]
    if len(codes) > 1:
        raise LadderError(
            "More than one currency",
            f"The amounts are in {', '.join(codes[:10])}; a workspace has one currency.",
            "Bring one currency per workspace, or convert the amounts first.",
        )
    if codes and codes[0] != settings.currency:
        return [
            f"The amounts are in {codes[0]}, but the workspace shows {settings.currency}: change its currency."
        ]
    return []


def _known_kinds() -> list[str]:
    return words("refund") + words("purchase")


def _listed(rows: Iterable[tuple[Any, ...]]) -> str:
    return ", ".join(f"{word} ({number:,})" for word, number in rows)


def _rows(number: int) -> str:
    return "row repeats" if number == 1 else "rows repeat"
