"""Mutations of clean files, record by record, so that a test knows which rows nobody touched."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ladder.importing.plan import Dialect

Row = tuple[str, ...]
Mutation = Callable[[bytes, random.Random, Dialect], bytes]


@dataclass(frozen=True)
class Mutant:
    """A file of which `first` rows at the beginning and `last` at the end are as they were; what became of the rows
    between, nobody can say. `middle` are rows among them that were not touched either."""

    content: bytes
    first: tuple[Row, ...]
    last: tuple[Row, ...]
    middle: tuple[Row, ...]
    what: str


def dialects() -> list[tuple[Dialect, str]]:
    """Dialects to write clean files in, each with its line end."""
    columns = ("id", "day", "text", "sum")
    comma = Dialect(columns=columns)
    return [
        (comma, "\n"),
        (comma, "\r\n"),
        (comma, "\r"),
        (Dialect(delimiter=";", columns=columns), "\n"),
        (Dialect(delimiter="\t", columns=columns), "\r\n"),
        (Dialect(quote="'", columns=columns), "\n"),
        (Dialect(escape="\\", columns=columns), "\n"),
        (Dialect(quote="", columns=columns), "\n"),
    ]


def clean_rows(count: int, draw: random.Random, dialect: Dialect) -> list[Row]:
    texts = [
        "plain",
        "größer",
        "",
        'a "b" c',
        f"x{dialect.delimiter} y",
        "two\nlines",
        "it's",
        "1,5",
        "😀 ok",
    ]
    if not dialect.quote:
        texts = ["plain", "größer", "", 'a "b" c', "it's", "😀 ok"]
    return [
        (f"k{at:03d}", f"2024-01-{at % 28 + 1:02d}", draw.choice(texts), f"{draw.randint(1, 9999) / 100:.2f}")
        for at in range(count)
    ]


def record(row: Row, dialect: Dialect, end: str) -> bytes:
    quote, escape = dialect.quote, dialect.escape or dialect.quote

    def cell(text: str) -> str:
        special = [dialect.delimiter, "\n", "\r", *([quote] if quote else [])]
        if not quote or not any(mark in text for mark in special):
            return text
        return quote + text.replace(quote, escape + quote) + quote

    return (dialect.delimiter.join(map(cell, row)) + end).encode()


def _insert(mark: Callable[[Dialect], bytes]) -> Mutation:
    def mutation(data: bytes, draw: random.Random, dialect: Dialect) -> bytes:
        at = draw.randrange(len(data) + 1)
        return data[:at] + mark(dialect) + data[at:]

    return mutation


def _flip(data: bytes, draw: random.Random, _: Dialect) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + bytes((data[at] ^ (1 << draw.randrange(8)),)) + data[at + 1 :]


def _delete(data: bytes, draw: random.Random, _: Dialect) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + data[at + draw.randint(1, 4) :]


def _delete_mark(data: bytes, draw: random.Random, dialect: Dialect) -> bytes:
    marks = [at for at, byte in enumerate(data) if chr(byte) in dialect.quote + dialect.delimiter]
    at = draw.choice(marks)
    return data[:at] + data[at + 1 :]


def _truncate(data: bytes, draw: random.Random, _: Dialect) -> bytes:
    return data[: draw.randrange(len(data))] + b"\n"


def _duplicate(data: bytes, draw: random.Random, _: Dialect) -> bytes:
    start = draw.randrange(len(data))
    return data + data[start : start + draw.randint(1, 40)] + b"\n"


MUTATIONS: dict[str, Mutation] = {
    "a bit flipped": _flip,
    "bytes deleted": _delete,
    "a mark deleted": _delete_mark,
    "cut short": _truncate,
    "a piece twice": _duplicate,
    "a quote": _insert(lambda dialect: (dialect.quote or '"').encode()),
    "two quotes": _insert(lambda dialect: (dialect.quote or '"').encode() * 2),
    "a quote at an edge": lambda data, draw, dialect: data.replace(
        dialect.delimiter.encode(), (dialect.delimiter + dialect.quote).encode(), draw.randint(1, 2)
    ),
    "a delimiter": _insert(lambda dialect: dialect.delimiter.encode()),
    "a line end": _insert(lambda dialect: b"\n"),
    "a carriage return": _insert(lambda dialect: b"\r"),
    "an empty line": _insert(lambda dialect: b"\r\n\r\n"),
    "a NUL": _insert(lambda dialect: b"\0"),
    "a backslash": _insert(lambda dialect: b"\\"),
    "a byte of Latin-1": _insert(lambda dialect: b"\xe9"),
    "another line end": lambda data, draw, dialect: (
        data.rstrip(b"\r\n") + draw.choice([b"\n", b"\r", b"\r\n"])
    ),
    "a long text": _insert(lambda dialect: b"x" * 5000),
}


def mutant(draw: random.Random, dialect: Dialect, end: str) -> Mutant:
    """A clean file with one to three of its records mutated; sometimes its last line end is missing."""
    rows = clean_rows(draw.randint(1, 40), draw, dialect)
    parts = [record(row, dialect, end) for row in rows]
    touched = sorted({draw.randrange(len(rows)) for _ in range(draw.randint(1, 3))})
    names = [draw.choice(list(MUTATIONS)) for _ in touched]
    for at, name in zip(touched, names, strict=True):
        parts[at] = MUTATIONS[name](parts[at], draw, dialect)
    content = record(dialect.columns, dialect, end) + b"".join(parts)
    if draw.random() < 0.2:
        content = content.rstrip(b"\r\n")
    middle = [row for at, row in enumerate(rows) if touched[0] < at < touched[-1] and at not in touched]
    # A record that lost its line end takes in the next one.
    return Mutant(
        content, tuple(rows[: touched[0]]), tuple(rows[touched[-1] + 1 :]), tuple(middle), ", ".join(names)
    )
