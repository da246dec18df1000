"""The account of an import: where every row ended, in numbers, sentences and a file of rejects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import Count
from ladder.importing.guessing import words
from ladder.importing.plan import Plan, Question
from ladder.importing.repeated_lines import repeated_lines
from ladder.workspace import WorkspaceSettings

_MOST_REASONS = 20

_OUTCOMES = """
select ignored, reason, count(*) from typed group by ignored, reason order by count(*) desc, reason, ignored
"""

_REFUSED = """
create or replace table refused as
select line, reason, bad_column, bad_columns from typed where $is_any and reason is not null
"""

_DUPLICATES = "select count(*) from settled where is_duplicate"

_GUESTS = """
select count(*), coalesce(sum(amount), 0) from settled where customer_id is null and not is_duplicate
"""

_ODD_KINDS = """
select told_kind, count(*) from typed
where reason is null and ignored is null and told_kind is not null and not list_contains($known, lower(told_kind))
group by told_kind order by count(*) desc, told_kind limit 5
"""


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do: rows_read = accepted + duplicate + rejected + ignored.

    `reasons` tell why rows were rejected, `ignored_reasons` why others do not count; each adds up to its part.
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

    @staticmethod
    def from_dict(data: dict[str, Any]) -> ImportResult:
        file = data["rejects_file"]
        questions = tuple(Question.from_dict(item) for item in data["questions"])
        told = {"rejects_file": Path(file) if file else None, "questions": questions}
        return ImportResult(**{**data, **told, "warnings": tuple(data["warnings"])})


@dataclass(frozen=True)
class Outcomes:
    """(why ignored, why refused, number of rows), the good ones without a reason."""

    rows: tuple[tuple[str | None, str | None, int], ...]

    @property
    def is_any_refused(self) -> bool:
        return any(reason is not None for _, reason, _ in self.rows)


def outcomes(engine: Engine) -> Outcomes:
    """Where the rows of `typed` ended; makes `refused`, those that are, with their reasons."""
    found = Outcomes(tuple(engine.rows("account", _OUTCOMES)))
    engine.run("refused rows", _REFUSED, {"is_any": found.is_any_refused})
    return found


def settle_account(
    engine: Engine, ended: Outcomes, count: Count, plan: Plan, warnings: tuple[str, ...]
) -> ImportResult:
    """Add up where the rows ended; empty lines and what stands above the header are ignored ones.

    LadderError unless the sum is the independent count.
    """
    rejected = {
        reason: number for ignored, reason, number in ended.rows if ignored is None and reason is not None
    }
    ignored = _few({ignored: number for ignored, _, number in ended.rows if ignored is not None}, plan)
    above = max(0, count.skipped - (plan.dialect.header_rows if plan.dialect.header else 0))
    ignored |= {"blank line": count.blank} if count.blank else {}
    ignored |= {"above the header": above} if above else {}
    good = sum(number for ignored, reason, number in ended.rows if ignored is None and reason is None)
    (duplicate,) = engine.rows("duplicates", _DUPLICATES)[0]
    total = good + sum(rejected.values()) + sum(ignored.values())
    if total != count.records + above or not 0 <= duplicate <= good:
        raise LadderError(
            "The import cannot be published",
            f"The file has {count.records + above:,} rows, but {total:,} are accounted for.",
            "Nothing was changed. Check delimiter and quote.",
        )
    return ImportResult(
        rows_read=count.records + above,
        accepted=good - duplicate,
        duplicate=duplicate,
        rejected=sum(rejected.values()),
        ignored=sum(ignored.values()),
        reasons=rejected,
        ignored_reasons=ignored,
        warnings=warnings,
    )


def _few(reasons: dict[str, int], plan: Plan) -> dict[str, int]:
    """The commonest reasons; the words of a column that decides what counts may be any number."""
    found: dict[str, int] = {}
    for reason, number in reasons.items():
        name = next((name for name in plan.mapping.keep if reason.startswith(f"{name}: ")), None)
        told = f"{name}: other" if name is not None and len(found) >= _MOST_REASONS else reason
        found[told] = found.get(told, 0) + number
    return found


def row_warnings(engine: Engine, plan: Plan, settings: WorkspaceSettings) -> tuple[str, ...]:
    """Sentences on what was kept but deserves a look."""
    found: list[str] = []
    if plan.table == "transactions":
        found += _transactions(engine, settings)
    equal = repeated_lines(engine, plan) if plan.table != "customers" else 0
    if equal:
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


def _known_kinds() -> list[str]:
    return words("refund") + words("purchase")


def _listed(rows: Iterable[tuple[Any, ...]]) -> str:
    return ", ".join(f"{word} ({number:,})" for word, number in rows)


def _rows(number: int) -> str:
    return "row repeats" if number == 1 else "rows repeat"
