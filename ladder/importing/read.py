"""From a file of UTF-8 text to `source`: one row of text per record, nothing cast yet.

`source` has `line` (number of the record, empty lines not counted), `fingerprint` (hash of some columns), `ignored`
(why the row is none of the table's), `problem` (why the row could not be cut into columns) and, for the wanted
columns, the text as c<place>.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from sqlglot import exp

from ladder.engine import Engine, EngineError
from ladder.errors import LadderError
from ladder.importing.counting import Count, originals
from ladder.importing.header import Head, head_of, headers_in
from ladder.importing.mend import PROBLEMS, Mended, mend, parted_by_tabs
from ladder.importing.plan import WHITESPACE, Dialect
from ladder.importing.records import LONGEST_BYTES
from ladder.importing.row_kinds import KIND, kind_of_row, mark_rows, told_kinds
from ladder.importing.shapes import Shapes, learned
from ladder.importing.sql import any_of, column, literal, named, replaced, sql

_UNUSUAL = "\t\r\n\u00a0\u2007\u202f\ufeff"
_USUAL_LINE = 2 << 20
_TOLD_LINES = 5
_FEW_ROWS = 8  # of a short sample the later half may be another table already

# The number of a row is its place in the table, which keeps the order of the file: row_number() would have one thread
# read it.
_SOURCE = "create or replace view source as select rowid + 1 as line, * from cells"

_FILE = (
    "select * from read_csv($path, columns = :types, delim = $delimiter, quote = $quote, escape = $quote,"
    " skip = $skip, header = false, auto_detect = false, strict_mode = true, null_padding = false,"
    " ignore_errors = false, max_line_size = $longest)"
)
_COPY = _FILE[:-1] + r", new_line = '\n')"

# A column of texts takes long to write, even if it holds none.
_ROOM_FOR_PROBLEMS = "alter table cells add column if not exists problem varchar"

_PROBLEMS = """
update cells set problem = list_extract($problems, found.reason + 1), ignored = null
from found where cells.rowid = found.line - 1
"""


_NO_HASH = sql("cast(0 as ubigint)")
_ODD_IDS = "update cells set problem = odd_ids.reason from odd_ids where cells.rowid = odd_ids.line - 1"


Along = Callable[[exp.Select], exp.Select]
"""From a query of cells to one with more columns."""


def as_it_is(cells: exp.Select) -> exp.Select:
    """The cells and nothing more."""
    return cells


@dataclass(frozen=True)
class Wanted:
    """Places in the file of the columns to keep, of those among them that hold ids, and of those in `fingerprint`."""

    texts: tuple[int, ...]
    ids: tuple[int, ...] = ()
    rest: tuple[int, ...] = ()


def read(
    engine: Engine,
    path: Path,
    dialect: Dialect,
    wanted: Wanted,
    counting: Future[Count],
    work: Path,
    along: Along = as_it_is,
) -> tuple[str, ...]:
    """Fill `source`; returns sentences on rows that were repaired or left out. `along` adds to what is read.

    The engine's strict reader takes the file as it is, or, where the counter saw something amiss or the engine
    refuses, a mended copy in the folder `work`. While the count is still being made a file with a tidy beginning is
    read as a tidy one, and again if the count says otherwise. LadderError when the rows read are not those counted.
    """
    head = head_of(path, dialect)
    headers = headers_in(head, dialect)
    shapes = learned(head.rows[: max(_FEW_ROWS, len(head.rows) // 2)], len(dialect.columns))
    mended = Mended(path, head.lines)

    def rows_read(count: Count) -> int | None:
        query = along(_cells_query(dialect, wanted, count, headers, shapes))
        return _strict(engine, mended, dialect, count, query)

    engine.run("keep file order", "set preserve_insertion_order = true")
    found = _tidy_rows(rows_read, counting, dialect, head)
    count = counting.result()
    full = count.records - count.blank
    if found != full:
        mended = _mended(path, dialect, head, shapes, work)
        if mended.records != full or rows_read(count) != full:
            raise LadderError(
                "The import cannot be published",
                f"Two independent counts disagree: {mended.records:,} rows read, {full:,} rows in the file.",
                "Nothing was changed. Check delimiter and quote.",
            )
    engine.run("file order kept", "set preserve_insertion_order = false")
    engine.run("source", _SOURCE)
    _note_problems(engine, mended)
    _refuse_odd_ids(engine, mended, dialect, wanted)
    odd = mark_rows(engine, wanted.texts, dialect.columns, shapes, mended.another)
    return (*_told_repairs(mended), *_told_rows(engine, path, dialect, odd))


def _tidy_rows(
    rows_read: Callable[[Count], int | None], counting: Future[Count], dialect: Dialect, head: Head
) -> int | None:
    """Read the file as it is; how many rows there are, None where it is not even or the engine refuses it."""
    guess = counting.result() if counting.done() else _expected(head, dialect)
    found = rows_read(guess) if guess and _is_even(dialect, guess, head) else None
    count = counting.result()
    if not _is_even(dialect, count, head):
        return None
    return found if guess and _ways(guess) == _ways(count) else rows_read(count)


def _expected(head: Head, dialect: Dialect) -> Count | None:
    """What may be counted in a file that goes on as its first rows do; None where these are not tidy."""
    if any(len(row) != len(dialect.columns) for row in head.rows):
        return None
    return Count(
        bare=all(
            not cell or "!" <= min(cell[0], cell[-1]) <= max(cell[0], cell[-1]) <= "~"
            for row in head.rows
            for cell in row
        )
    )


def _ways(count: Count) -> tuple[bool, bool, int]:
    """What of a count decides how the engine reads."""
    return count.bare, count.has_nul, _room(count)


def _room(count: Count) -> int:
    return _USUAL_LINE if 4 * count.longest < _USUAL_LINE else 4 * LONGEST_BYTES


def _is_even(dialect: Dialect, count: Count, head: Head) -> bool:
    """Whether the strict reader will do by what the counter saw: quotes well formed, as many delimiters as columns
    need. (The engine lets empty fields too many pass, which hides columns shifted by a stray delimiter.)"""
    width = len(dialect.columns)
    return (
        count.separators == (count.records - count.blank) * (width - 1)
        and count.longest <= LONGEST_BYTES
        and dialect.delimiter != WHITESPACE
        and not dialect.escape
        and (width > 1 or not count.blank)
        and head.plain
    )


def _mended(path: Path, dialect: Dialect, head: Head, shapes: Shapes, work: Path) -> Mended:
    if dialect.delimiter != WHITESPACE:
        return mend(path, dialect, head, shapes, work / "mended.txt")
    parted = parted_by_tabs(path, head.size, work / "parted.txt")
    return mend(parted, _tabs(dialect), Head((), 0, 0, head.rows), shapes, work / "mended.txt")


def _tabs(dialect: Dialect) -> Dialect:
    if dialect.delimiter != WHITESPACE:
        return dialect
    return Dialect(delimiter="\t", quote="", columns=dialect.columns)


def _strict(engine: Engine, mended: Mended, dialect: Dialect, count: Count, query: exp.Select) -> int | None:
    """Make `cells` by the engine's strict reader; how many rows it found, None where it could not."""
    plain = _tabs(dialect)
    types = exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(f"c{place}"), expression=literal("VARCHAR"))
            for place in range(len(dialect.columns))
        ]
    )
    reader = sql(_COPY if mended.copied else _FILE, types=types)
    parameters = {
        "path": str(mended.path),
        "delimiter": plain.delimiter,
        "quote": plain.quote,
        "skip": mended.skip,
        "longest": _room(count),
    }
    try:
        engine.run("read", replaced("cells", _over(query, reader)), parameters)
    except EngineError:
        return None
    engine.run("room for problems", _ROOM_FOR_PROBLEMS)
    return int(engine.rows("count rows read", "select count(*) from cells")[0][0])


def _over(query: exp.Select, reader: exp.Expr) -> exp.Select:
    """The query with `input` told first."""
    told = query.copy()
    first = told.find(exp.With)
    assert first is not None  # noqa: S101 - of the cells
    first.expressions.insert(0, exp.CTE(this=reader, alias=exp.to_table("input")))
    return told


def _note_problems(engine: Engine, mended: Mended) -> None:
    if mended.problems:
        lines, reasons = np.asarray(mended.problems), np.asarray(mended.reasons)
        engine.register("found", pa.table({"line": lines, "reason": reasons}))
        engine.run("problems", _PROBLEMS, {"problems": list(PROBLEMS)})


def _refuse_odd_ids(engine: Engine, mended: Mended, dialect: Dialect, wanted: Wanted) -> None:
    """A stray quote may be text of a name, but would make another customer of an id."""
    if mended.repaired and wanted.ids and dialect.quote:
        lines, _, problems = zip(*mended.repaired, strict=True)
        engine.register("found", pa.table({"line": lines, "problem": problems}))
        cells = (column(f"c{place}") for place in wanted.ids)
        odd = any_of(sql("contains(:cell, :quote)", cell=cell, quote=dialect.quote) for cell in cells)
        joined = exp.select("found.line", named(exp.column("problem", "found"), "reason")).from_("found")
        joined = joined.join("cells", on="cells.rowid = found.line - 1").where(odd)
        engine.run("odd ids", replaced("odd_ids", joined))
        engine.run("refuse odd ids", _ODD_IDS)


def _cells_query(
    dialect: Dialect, wanted: Wanted, count: Count, headers: Sequence[Sequence[str]], shapes: Shapes
) -> exp.Select:
    """What is kept of each record of `input`."""
    raw = [column(f"c{place}") for place in range(len(dialect.columns))]
    bare = {place: _bare(cell, dialect, count) for place, cell in enumerate(raw)}
    nul = any_of(sql("contains(:cell, chr(0))", cell=raw[at]) for at in wanted.texts if count.has_nul)
    first = exp.select(
        named(
            exp.func("hash", *(raw[place] for place in wanted.rest)) if wanted.rest else _NO_HASH,
            "fingerprint",
        ),
        named(nul, "has_nul"),
        *(named(bare[at] if at in wanted.texts else cell, cell.name) for at, cell in enumerate(raw)),
    ).from_("input")
    cells = [cell if at in wanted.texts else bare[at] for at, cell in enumerate(raw)]
    return (
        exp.select(
            "fingerprint",
            named(exp.cast(kind_of_row(cells, wanted.texts, headers, shapes), KIND), "ignored"),
            *([named(sql("case when has_nul then 'NUL character' end"), "problem")] if count.has_nul else []),
            *(raw[place] for place in wanted.texts),
        )
        .from_("bare")
        .with_("bare", as_=first)
    )


def _bare(cell: exp.Expr, dialect: Dialect, count: Count) -> exp.Expr:
    """The text without blanks around it, NULL when nothing is left or it is a word for nothing."""
    text = cell
    if not count.bare:  # trimming is slow, and most cells of most files need none
        text = sql(
            "case when :cell >= '!' and :cell < chr(127) and :cell[-1] between '!' and '~' then :cell"
            " else nullif(trim(:cell, :blanks), '') end",
            cell=cell,
            blanks=" " + _UNUSUAL,
        )
    if not dialect.nulls:
        return text
    return sql(
        "case when list_contains(:words, :cell) then null else :cell end", words=dialect.nulls, cell=text
    )


def _told_repairs(mended: Mended) -> list[str]:
    if not mended.repaired:
        return []
    number = len(mended.repaired)
    are = "row is" if number == 1 else "rows are"
    lines = _listed([row[1] for row in mended.repaired[:_TOLD_LINES]], number)
    return [
        f"{number:,} {are} not written like the others, and read in the one way that fits the columns: {lines}."
    ]


def _told_rows(engine: Engine, path: Path, dialect: Dialect, odd: list[int]) -> list[str]:
    """Sentences on the rows that are none of the table's, empty ones aside, and on kept ones that may be none."""
    found = []
    for sentence, number, rows in told_kinds(engine, odd, _TOLD_LINES):
        lines = [original.line for original in originals(path, dialect, rows)]
        found.append(f"{number:,} {sentence}: {_listed(lines, number)}.")
    return found


def _listed(lines: Sequence[int], number: int) -> str:
    word = "line" if number == 1 else "lines"
    return f"{word} {', '.join(f'{line:,}' for line in lines)}" + (" …" if number > len(lines) else "")
