"""What an import is told: dialect, mapping, plan; and what it asks. All are values that turn to JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

WHITESPACE = "whitespace"
"""Delimiter of files whose columns stand apart by runs of blanks and tabs."""


@dataclass(frozen=True)
class Document:
    """JSON there and back for the frozen dataclasses of this package."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """Unknown keys are ignored, so that a newer file still opens; lists become tuples."""
        known = {item.name for item in fields(cls)}
        values = {key: _frozen(value) for key, value in document.items() if key in known}
        return cls(**values)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Dialect(Document):
    """How the bytes of a file become rows of text.

    `kind` is csv, xlsx, parquet or jsonl; `compression` none, gzip or zip; `member` the file inside a zip archive and
    `sheet` the sheet of a workbook. `escape` is what stands before a quote inside quotes: "" where quotes are
    doubled, or a backslash. `skip` records stand before the first data row (titles, blank lines, the header); with
    `header` the last `header_rows` of them hold the names, joined column by column. `columns` are those names, or
    column1, column2 ... of a file without any. `names` tells where a line of too few or too many names belongs:
    `left` where its first name is that of the first column, `right` where its last is that of the last one, `none`
    where it names nothing. Cells equal to one of `nulls` count as empty; no other word does.
    """

    kind: str = "csv"
    compression: str = "none"
    member: str = ""
    sheet: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    header: bool = True
    header_rows: int = 1
    names: str = ""
    skip: int = 1
    decimal: str = "."
    thousands: str = ""
    nulls: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping(Document):
    """Which column fills which field.

    `fields` gives a column's name, a literal in single quotes (`'visit'`), for money an expression of columns
    (`quantity * unit_price`; names with blanks in backticks), or for texts and times two or more columns joined by a
    blank (`Date & Time`). `formats` holds one strptime format per time field
    (with languages behind it where dates have words, see `worded.py`), `zone` the time zone of times without
    an offset ("" = the workspace's), `whole_ids` the id fields whose values lose a trailing `.0`, `attributes` the
    columns kept as attributes of the customer. `keep` names columns and the words that let a row count (`Status`:
    `paid`), compared without case; other rows are ignored. `fold` is the column of the order id in files that
    write an order on several lines and its customer, time and total on the first only: later lines that lack
    one of the required fields are ignored as further lines of the order, and with `totals`, where the amount is the
    order's total, also those that repeat the first. `refunds`
    names columns and words like `keep`: rows that they fit count too where they are negative, and other negative
    rows do not. `refund_customer` is the column of the customer on negative rows. `profile` is the known export that
    the file was taken for, or empty. `confirmed` are the time fields whose format a person chose: their dates of the
    other order are refused, where a guessed format stops and asks. `undecided` are those whose cells so far mean the
    same day in either order of day and month: the first one that does not is asked. `currency` is the currency in
    which a person said that the amounts count, whatever the file writes. `facts` tell what the mapped columns looked
    like when the plan was made (see `facts.py`), to hold the next file of the same source against.
    """

    fields: dict[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    formats: dict[str, str] = field(default_factory=dict)
    whole_ids: tuple[str, ...] = ()
    zone: str = ""
    keep: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fold: str = ""
    totals: bool = False
    refunds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refund_customer: str = ""
    profile: str = ""
    confirmed: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    currency: str = ""
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan(Document):
    """Everything needed to read a file the same way again; stored with the import."""

    table: str
    dialect: Dialect
    mapping: Mapping

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        return cls(
            table=document["table"],
            dialect=Dialect.from_dict(document["dialect"]),
            mapping=Mapping.from_dict(document["mapping"]),
        )


@dataclass(frozen=True)
class Question(Document):
    """Something only a person can answer.

    `id` names it (`date_format:ts`, `table`, `field:customer_id`), `options` are the possible answers, and each
    example shows a value of the file followed by its reading under every option.
    """

    id: str
    text: str
    options: tuple[str, ...] = ()
    examples: tuple[tuple[str, ...], ...] = ()


def options_for(answers: dict[str, str]) -> dict[str, Any]:
    """The options of `propose` that answers (question id -> option) amount to."""
    options: dict[str, Any] = {}
    for ident, answer in answers.items():
        kind, _, field_name = ident.partition(":")
        if kind in ("field", "date_format"):
            options.setdefault("fields" if kind == "field" else kind, {})[field_name] = answer
        else:
            options[kind] = answer
    return options


@dataclass(frozen=True)
class Drift(Document):
    """One difference from an earlier import of the same source.

    `kind` is renamed, missing, new, retyped, unit, nulls or rows; `column` the column's name now (as it was, where it
    is missing; empty for rows); `text` the sentence for a person.
    """

    kind: str
    column: str
    text: str


@dataclass(frozen=True)
class Proposal(Document):
    """A guess at a plan, with what must still be asked and the first rows to judge it by.

    `remembered` is the import whose plan was taken over, or None; `drift` names column by column what differs from
    it. `sheets` are the sheets of the workbook, or the files of the archive, to choose from.
    """

    plan: Plan
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    remembered: int | None = None
    drift: tuple[Drift, ...] = ()
    sheets: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        return cls(
            plan=Plan.from_dict(document["plan"]),
            questions=tuple(Question.from_dict(item) for item in document["questions"]),
            warnings=_frozen(document["warnings"]),
            rows=_frozen(document["rows"]),
            remembered=document.get("remembered"),
            drift=tuple(Drift.from_dict(item) for item in document.get("drift", ())),
            sheets=_frozen(document.get("sheets", ())),
        )
