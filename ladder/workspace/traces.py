"""Where a customer stands in the files of a workspace: rows of theirs, and words of others that name them."""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.model.tables import TABLES
from ladder.workspace.raw_lines import cells_of, possible_ids, tells
from ladder.workspace.records import ImportRecord
from ladder.workspace.tombstones import Tombstones

CONTACTS = ("name", "email", "phone")
# What stands for a word that a pattern has found.
ERASED = r"\1[erased]"

# What RE2 means by it: only ASCII letters and digits have an edge.
_EDGE = r"(?a:\b)"
# An address that ends another one is somebody else's.
_BEFORE = r"(^|[^0-9A-Za-z_.+-]|^[_.+-]+|[^0-9A-Za-z][_.+-]+)"

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

    @cached_property
    def pattern(self) -> str:
        """A regular expression of what can mean nobody else; empty when there is nothing such."""
        return _any_of(self._telling, _EDGE)

    @cached_property
    def engine_pattern(self) -> str:
        """The same for the engine."""
        return _any_of(self._telling, r"\b")

    @cached_property
    def wide_pattern(self) -> str:
        """The same with everything that might mean them, such as short ids and names."""
        return _any_of([*self.ids, *self.emails, *self.phones, *self.names], _EDGE)

    def is_named_in(self, text: str, record: ImportRecord) -> bool:
        """Whether a rejected row of an import is theirs."""
        if count_raw(text, self.pattern):
            return True
        plain, delimiter = text.removeprefix("'"), delimiter_of(record)
        cells = [cell.strip() for cell in cells_of(plain, delimiter)]
        columns = list(record.dialect.get("columns", ()))
        if len(cells) != len(columns):
            return not set(map(_folded, possible_ids(plain, delimiter))).isdisjoint(self._words)
        fields = record.mapping.get("fields", {})
        theirs = {fields.get(name) for name in ("customer_id", "referrer_id", "referred_id", *CONTACTS)}
        told = {_folded(cell) for cell, column in zip(cells, columns, strict=True) if column in theirs}
        return not told.isdisjoint(self._words)

    @property
    def _telling(self) -> list[str]:
        return [text for text in (*self.ids, *self.emails, *self.phones) if tells(text)]

    @property
    def _words(self) -> set[str]:
        return {_folded(text) for text in (*self.ids, *self.names, *self.emails, *self.phones)}


def id_columns(kind: str) -> tuple[str, ...]:
    """The columns of a Parquet file that name customers."""
    if kind in ("contacts", "attributes", "withdrawn"):
        return ("customer_id",)
    return tuple(
        item.name for item in TABLES[kind].fields if item.kind == "id" and item.name != "transaction_id"
    )


def text_columns(kind: str) -> tuple[str, ...]:
    """The columns of a Parquet file in which people write words; contacts belong to their own customer."""
    if kind in ("contacts", "customers", "withdrawn"):
        return ()
    if kind == "attributes":
        return ("name", "value")
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
    if person.engine_pattern and text_columns(kind):
        named, parameters["pattern"] = names_them(kind), person.engine_pattern
    query = exp.replace_placeholders(
        parse_one(_COUNTS, dialect="duckdb"), theirs=is_theirs(kind), named=named
    )
    return {
        Path(name): (rows, words) for name, rows, words in engine.rows(f"look in {kind}", query, parameters)
    }


def rejected_rows(file: Path, record: ImportRecord, person: Person) -> list[str]:
    """The original text of the rejected rows that are theirs."""
    return [row[-1] for row in read_rejected(file)[1:] if row and person.is_named_in(row[-1], record)]


def read_rejected(file: Path) -> list[list[str]]:
    """The rows of a file of rejected rows, header first."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.reader(source))


def count_words(value: Any, pattern: str) -> int:
    """How often the pattern stands in the texts of a record, a list or a mapping."""
    if isinstance(value, str):
        return len(re.findall(pattern, value, re.IGNORECASE)) if pattern else 0
    if isinstance(value, dict):
        return sum(count_words(item, pattern) for pair in value.items() for item in pair)
    return sum(count_words(item, pattern) for item in value) if isinstance(value, list | tuple) else 0


def without_words(value: Any, pattern: str) -> Any:
    """The same value with every match of the pattern taken out of its texts."""
    if isinstance(value, str):
        return re.sub(pattern, ERASED, value, flags=re.IGNORECASE) if pattern else value
    if isinstance(value, dict):
        return _without_words(value, pattern)
    if isinstance(value, list | tuple):
        return type(value)(without_words(item, pattern) for item in value)
    return value


def file_name_without(name: str, tombstones: Tombstones) -> str:
    """The name of a file that comes later, without words that name erased customers."""
    parts = (
        {name, name.rpartition(".")[0], name.rpartition(".")[0].rpartition(".")[0]} if tombstones else set()
    )
    words = tombstones.among({word for part in parts for word in possible_ids(part) if tells(word)})
    return str(without_words(name, Person(tuple(words)).pattern))


def file_words(file: Path, pattern: str) -> int:
    """How often the pattern stands in a file of text, packed with gzip or plain."""
    content = file.read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    return count_raw(content.decode("utf-8", "replace"), pattern)


def count_raw(text: str, pattern: str) -> int:
    """How often the pattern stands in the text of a file, where quotes may be doubled or have a backslash before."""
    return max(count_words(spelt, pattern) for spelt in (text, text.replace('""', '"'), _plain_json(text)))


def _plain_json(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _without_words(record: dict[Any, Any], pattern: str) -> dict[Any, Any]:
    """A mapping without the words. Counts whose keys become the same are added up."""
    found: dict[Any, Any] = {}
    for key, item in record.items():
        bare = without_words(key, pattern)
        found[bare] = found[bare] + item if isinstance(found.get(bare), int) else without_words(item, pattern)
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def delimiter_of(record: ImportRecord) -> str:
    """What the cells of a rejected row are parted by."""
    told = record.dialect
    return str(told.get("delimiter", ",")) if told.get("kind", "csv") == "csv" else ","


def _any_of(texts: Iterable[str], edge: str) -> str:
    """A pattern of any of the texts as whole words. Its first group is what goes before and stays."""
    spelt = {unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD")} | set(texts)
    found = sorted((text for text in spelt if text.strip()), key=lambda text: (-len(text), text))
    mails = [text for text in found if re.match(r"[A-Za-z0-9]+[^@]*@", text)]
    words = [_word(text, edge) for text in found if text not in mails]
    parts = (
        [f"{_BEFORE}(?:{'|'.join(re.escape(text) + _after(text, edge) for text in mails)})"] if mails else []
    )
    parts += [f"{'' if mails else '()'}(?:{'|'.join(words)})"] if words else []
    return "|".join(parts)


def _word(text: str, edge: str) -> str:
    """The edge counts where it is an ASCII letter or digit, in RE2 and here alike."""
    return (edge if re.match(r"\w", text, re.ASCII) else "") + re.escape(text) + _after(text, edge)


def _after(text: str, edge: str) -> str:
    return edge if re.search(r"\w\Z", text, re.ASCII) else ""


def _filled(template: str, name: str) -> exp.Expr:
    return exp.replace_placeholders(parse_one(template, dialect="duckdb"), it=exp.column(name, quoted=True))
