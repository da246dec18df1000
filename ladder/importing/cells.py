"""What is kept of each record that the engine reads: cells without blanks around them, a fingerprint, the kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from ladder.importing.counting import Count
from ladder.importing.plan import Dialect
from ladder.importing.row_kinds import KIND, kind_of_row
from ladder.importing.shapes import Shapes
from ladder.importing.sql import any_of, column, named, sql

_UNUSUAL = "\t\r\n\u00a0\u2007\u202f\ufeff"
_NO_HASH = sql("cast(0 as ubigint)")


@dataclass(frozen=True)
class Wanted:
    """Places in the file of the columns to keep, of those among them that hold ids, and of those in `fingerprint`."""

    texts: tuple[int, ...]
    ids: tuple[int, ...] = ()
    rest: tuple[int, ...] = ()


def cells_query(
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
