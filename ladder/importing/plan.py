"""What an import is told: dialect, mapping, plan; and what it asks. All are values that turn to JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

WHITESPACE = "whitespace"
"""Delimiter of files whose columns stand apart by runs of blanks and tabs."""


class Document:
    """JSON there and back for the frozen dataclasses of this package."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """Unknown keys are ignored, so that a newer file still opens; lists become tuples."""
        known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
        values = {key: _frozen(value) for key, value in document.items() if key in known}
        return cls(**values)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Dialect(Document):
    """How the bytes of a file become rows of text.

    `skip` records stand before the first data row (titles, blank lines, the header); with `header` the last of
    them holds the names. `columns` are those names, or column1, column2 ... of a file without any.
    """

    compression: str = "none"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    skip: int = 1
    decimal: str = "."
    thousands: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping(Document):
    """Which column fills which field.

    `fields` gives a column's name, a literal in single quotes (`'visit'`), or for money an expression of
    columns (`quantity * unit_price`; names with blanks in backticks). `formats` holds one strptime format per time
    field, `zone` the time zone of times without an offset ("" = the workspace's), `whole_ids` the id fields whose
    values lose a trailing `.0`, `attributes` the columns kept as attributes of the customer.
    """

    fields: dict[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    formats: dict[str, str] = field(default_factory=dict)
    whole_ids: tuple[str, ...] = ()
    zone: str = ""


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
class Proposal(Document):
    """A guess at a plan, with what must still be asked and the first rows to judge it by."""

    plan: Plan
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        return cls(
            plan=Plan.from_dict(document["plan"]),
            questions=tuple(Question.from_dict(item) for item in document["questions"]),
            warnings=_frozen(document["warnings"]),
            rows=_frozen(document["rows"]),
        )
