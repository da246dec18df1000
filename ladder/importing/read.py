"""From the UTF-8 copy of a file to the table `source`: one row of text per record, nothing cast yet.

`source` has `line` (number of the record, empty lines not counted), `fingerprint` (hash of the whole row),
`is_blank`, `problem` (why the row could not be cut into columns) and, for the wanted columns, the text as c<place>
and, of those that are numbers, the number's plain spelling as n<place>.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine, EngineError
from ladder.errors import LadderError
from ladder.importing.counting import Count
from ladder.importing.dialect import columns_from
from ladder.importing.money import number_text
from ladder.importing.plan import WHITESPACE, Dialect
from ladder.importing.records import Record, records
from ladder.importing.sql import any_of, column, first_true, literal, named, replaced, sql

_BATCH = 50_000
_UNUSUAL = "\t\r\n\u00a0\u2007\u202f\ufeff"


@dataclass(frozen=True)
class Wanted:
    """Places in the file of the columns to keep as text, and of those also needed as numbers."""

    texts: tuple[int, ...]
    numbers: tuple[int, ...]


def read(engine: Engine, path: Path, dialect: Dialect, wanted: Wanted, count: Count) -> None:
    """Fill `source`. DuckDB's strict reader goes first; where it refuses or disagrees with the counter, the
    careful reader goes through the file record by record. LadderError when that disagrees too.
    """
    _check_header(path, dialect)
    full = count.records - count.blank
    # The engine lets one empty field too many pass, which hides columns shifted by a stray delimiter.
    even = count.separators == full * (len(dialect.columns) - 1)
    if even and _fast(engine, path, dialect, wanted, count) and _rows(engine) == full:
        return
    found = _careful(engine, path, dialect, wanted)
    if found != count.records or _rows(engine) != full:
        raise LadderError(
            "The import cannot be published",
            f"Two independent counts disagree: {found:,} rows read, {count.records:,} rows in the file.",
            "Nothing was changed. Check delimiter and quote.",
        )


def _rows(engine: Engine) -> int:
    return int(engine.rows("count rows read", "select count(*) from source")[0][0])


def _check_header(path: Path, dialect: Dialect) -> None:
    """The names in the file are still those of the plan."""
    if not dialect.header:
        return
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(islice(records(lines, dialect), max(dialect.skip - 1, 0), None), Record([]))
    found = columns_from(header, 0, True)
    if found == dialect.columns:
        return
    missing = [name for name in dialect.columns if name not in found]
    raise LadderError(
        "Other columns than planned",
        f"The file's columns are {', '.join(found[:30]) or 'none'}; "
        + (f"missing: {', '.join(missing[:30])}." if missing else "their order or number changed."),
        "Propose the mapping anew for this file.",
    )


def _fast(engine: Engine, path: Path, dialect: Dialect, wanted: Wanted, count: Count) -> bool:
    if dialect.delimiter == WHITESPACE or len(dialect.columns) == 1 or dialect.skip > 1:
        return False
    names = [f"c{place}" for place in range(len(dialect.columns))]
    types = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name), expression=literal("VARCHAR")) for name in names
        ]
    )
    reader = sql(
        "select row_number() over () as line, cast(null as varchar) as problem, * from read_csv("
        "$path, columns = :types, delim = $delimiter, quote = $quote, escape = $quote, skip = $skip, "
        "header = false, auto_detect = false, strict_mode = true, null_padding = false, ignore_errors = false, "
        "max_line_size = 16777216)",
        types=types,
    )
    query = _source_query(dialect, wanted, count.has_nul).with_("input", as_=reader)
    parameters = {
        "path": str(path),
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "skip": dialect.skip,
    }
    try:
        engine.run("keep file order", "set preserve_insertion_order = true")
        engine.run("read", replaced("source", query), parameters)
    except EngineError:
        return False
    return True


def _careful(engine: Engine, path: Path, dialect: Dialect, wanted: Wanted) -> int:
    """Read with Python; returns the records seen, empty lines included."""
    width = len(dialect.columns)
    names = ["line", "problem", *(f"c{place}" for place in range(width))]
    types = [pa.int64(), *([pa.string()] * (width + 1))]
    schema = pa.schema(list(zip(names, types, strict=True)))
    query = _source_query(dialect, wanted, True)
    engine.register("input", schema.empty_table())
    engine.run("prepare source", replaced("source", query))
    seen = 0
    with path.open(encoding="utf-8", newline="") as lines:
        data = islice(records(lines, dialect), dialect.skip, None)
        for taken, batch in _batches(data, width):
            seen += taken
            engine.register("input", pa.table(batch, schema=schema))
            engine.run("add rows", exp.insert(query, "source"))
    return seen


def _batches(data: Iterator[Record], width: int) -> Iterator[tuple[int, list[Sequence[object]]]]:
    """(records seen, arrays) of up to _BATCH records; empty lines are seen but give no row."""
    line = 0
    while taken := list(islice(data, _BATCH)):
        rows = [row for row in taken if row.fields or row.problem]
        numbers = range(line + 1, line + len(rows) + 1)
        line += len(rows)
        problems = [_problem(row, width) for row in rows]
        nothing: list[str | None] = [None] * width
        cells = [row.fields if len(row.fields) == width else nothing for row in rows]
        turned: list[Sequence[object]] = (
            list(zip(*cells, strict=True)) if rows else [[] for _ in range(width)]
        )
        yield len(taken), [list(numbers), problems, *turned]


def _problem(row: Record, width: int) -> str | None:
    if row.problem or len(row.fields) == width:
        return row.problem
    blank = not any(cell.strip() for cell in row.fields)
    return None if blank else "wrong number of columns"


def _source_query(dialect: Dialect, wanted: Wanted, has_nul: bool) -> exp.Select:
    """The same select over `input`, whichever reader filled it."""
    cells: list[exp.Expr] = [column(f"c{place}") for place in range(len(dialect.columns))]
    kept = {place: _filled(cells[place]) for place in wanted.texts}
    rest = [_filled(cell) for cell in cells]
    blank = sql(
        "problem is null and case when :kept is not null then false else :rest is null end",
        kept=exp.Coalesce(this=exp.Null(), expressions=list(kept.values())),
        rest=exp.Coalesce(this=exp.Null(), expressions=rest),
    )
    nul = any_of(sql("contains(:cell, chr(0))", cell=cells[place]) for place in wanted.texts if has_nul)
    problem = exp.Coalesce(
        this=column("problem"), expressions=[first_true([(nul, literal("NUL character"))])]
    )
    return exp.select(
        column("line"),
        named(exp.func("hash", *cells), "fingerprint"),
        named(blank, "is_blank"),
        named(problem, "problem"),
        *(named(text, f"c{place}") for place, text in kept.items()),
        *(named(number_text(kept[place], dialect), f"n{place}") for place in wanted.numbers),
    ).from_("input")


def _filled(cell: exp.Expr) -> exp.Expr:
    """The text without blanks around it, NULL when nothing is left.

    Trimming a set of characters is slow, and few cells begin or end outside the printable ones of ASCII.
    """
    return sql(
        "case when left(:cell, 1) between '!' and '~' and right(:cell, 1) between '!' and '~' then :cell"
        " else nullif(trim(:cell, :blanks), '') end",
        cell=cell,
        blanks=" " + _UNUSUAL,
    )
