"""Where a customer stands in the files of a workspace: rows of theirs, and words of others that name them."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.model.tables import TABLES
from ladder.workspace.records import ImportRecord

CONTACTS = ("name", "email", "phone")
ERASED = "[erased]"
# Shorter ids and numbers are words of other people's rows too, such as a quantity.
_TELLING = 6

_COUNTS = """
select filename, count(*) filter (where theirs), count(*) filter (where named and not theirs)
from (select filename, :theirs as theirs, :named as named from read_parquet($files, filename = true))
group by filename
"""


@dataclass(frozen=True)
class Person:
    """Whom to look for: the ids, and the names, e-mail addresses and telephone numbers stored with them."""

    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def pattern(self) -> str:
        """A regular expression (RE2 and Python) of what can mean nobody else; empty when there is nothing such."""
        telling = [text for text in (*self.ids, *self.emails, *self.phones) if len(text) >= _TELLING]
        return _any_of(telling)

    @property
    def wide_pattern(self) -> str:
        """The same with everything that might mean them, such as short ids and names."""
        return _any_of([*self.ids, *self.emails, *self.phones, *self.names])

    def is_named_in(self, text: str, plan: dict[str, Any]) -> bool:
        """Whether a rejected row is theirs; `plan` is the dialect and the mapping of the import."""
        if self.pattern and re.search(self.pattern, text, re.IGNORECASE | re.ASCII):
            return True
        cells = [cell.strip() for cell in _cells(text, plan["dialect"])]
        columns = list(plan["dialect"].get("columns", ()))
        if len(cells) != len(columns):
            return not {cell.casefold() for cell in cells}.isdisjoint(self._words)
        fields = plan["mapping"].get("fields", {})
        theirs = {fields.get(name) for name in ("customer_id", "referrer_id", "referred_id", *CONTACTS)}
        told = {cell.casefold() for cell, column in zip(cells, columns, strict=True) if column in theirs}
        return not told.isdisjoint(self._words)

    @property
    def _words(self) -> set[str]:
        return {text.casefold() for text in (*self.ids, *self.names, *self.emails, *self.phones)}


def id_columns(kind: str) -> tuple[str, ...]:
    """The columns of a Parquet file that name customers."""
    if kind in ("contacts", "attributes"):
        return ("customer_id",)
    return tuple(
        item.name for item in TABLES[kind].fields if item.kind == "id" and item.name != "transaction_id"
    )


def text_columns(kind: str) -> tuple[str, ...]:
    """The columns of a Parquet file in which people write words; contacts belong to their own customer."""
    if kind in ("contacts", "customers"):
        return ()
    if kind == "attributes":
        return ("value",)
    return tuple(item.name for item in TABLES[kind].fields if item.kind == "text")


def is_theirs(kind: str) -> exp.Expr:
    """Whether a row is of one of `$ids`, in any role."""
    return exp.or_(*[_filled("coalesce(list_contains($ids, :it), false)", name) for name in id_columns(kind)])


def names_them(kind: str) -> exp.Expr:
    """Whether a text of the row matches `$pattern`."""
    template = "coalesce(regexp_matches(:it, $pattern, 'i'), false)"
    return exp.or_(exp.false(), *[_filled(template, name) for name in text_columns(kind)])


def count_rows(
    engine: Engine, kind: str, files: Sequence[Path], person: Person
) -> dict[Path, tuple[int, int]]:
    """File -> (rows of theirs, rows of others that name them)."""
    if not files:
        return {}
    parameters: dict[str, Any] = {"files": [str(file) for file in files], "ids": list(person.ids)}
    named: exp.Expr = exp.false()
    if person.pattern and text_columns(kind):
        named, parameters["pattern"] = names_them(kind), person.pattern
    query = exp.replace_placeholders(
        parse_one(_COUNTS, dialect="duckdb"), theirs=is_theirs(kind), named=named
    )
    return {
        Path(name): (rows, words) for name, rows, words in engine.rows(f"look in {kind}", query, parameters)
    }


def rejected_rows(file: Path, record: ImportRecord, person: Person) -> list[str]:
    """The original text of the rejected rows that are theirs."""
    plan = {"dialect": record.dialect, "mapping": record.mapping}
    return [row[-1] for row in read_rejected(file)[1:] if row and person.is_named_in(row[-1], plan)]


def read_rejected(file: Path) -> list[list[str]]:
    """The rows of a file of rejected rows, header first."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.reader(source))


def count_words(value: Any, pattern: str) -> int:
    """How often the pattern stands in the texts of a record, a list or a mapping."""
    if isinstance(value, str):
        return len(re.findall(pattern, value, re.IGNORECASE | re.ASCII)) if pattern else 0
    if isinstance(value, dict):
        return sum(count_words(item, pattern) for pair in value.items() for item in pair)
    return sum(count_words(item, pattern) for item in value) if isinstance(value, list | tuple) else 0


def without_words(value: Any, pattern: str) -> Any:
    """The same value with every match of the pattern taken out of its texts."""
    if isinstance(value, str):
        return re.sub(pattern, ERASED, value, flags=re.IGNORECASE | re.ASCII) if pattern else value
    if isinstance(value, dict):
        return {without_words(key, pattern): without_words(item, pattern) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(without_words(item, pattern) for item in value)
    return value


def file_words(file: Path, pattern: str) -> int:
    """How often the pattern stands in a file of text, packed with gzip or plain."""
    content = file.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return count_words(content.decode("utf-8", "replace"), pattern)


def _cells(text: str, dialect: dict[str, Any]) -> list[str]:
    """The cells of an original line, as well as they can be told; a mark against formulas is not part of it."""
    delimiter = dialect.get("delimiter", ",") if dialect.get("kind", "csv") == "csv" else ","
    plain = text.removeprefix("'")
    if len(delimiter) != 1:
        return plain.split()
    return next(csv.reader([plain.replace("\n", " ").replace("\r", " ")], delimiter=delimiter), [])


def _any_of(texts: Iterable[str]) -> str:
    found = sorted({text for text in texts if text.strip()}, key=lambda text: (-len(text), text))
    return f"(?:{'|'.join(map(_word, found))})" if found else ""


def _word(text: str) -> str:
    """The text as whole words. `\\b` counts where the edge is an ASCII letter or digit, in RE2 and here alike."""
    before = r"\b" if re.match(r"\w", text, re.ASCII) else ""
    after = r"\b" if re.search(r"\w\Z", text, re.ASCII) else ""
    return before + re.escape(text) + after


def _filled(template: str, name: str) -> exp.Expr:
    return exp.replace_placeholders(parse_one(template, dialect="duckdb"), it=exp.column(name, quoted=True))
