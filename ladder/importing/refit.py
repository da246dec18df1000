"""One way to read a row of more or fewer fields than there are columns, when there is exactly one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from ladder.importing.plan import Dialect
from ladder.importing.records import cut
from ladder.importing.repair import other_delimiters
from ladder.importing.shapes import Shapes

_LONGEST_LINE = 100_000
_MOST_EXTRA = 3

Cells = tuple[str, ...]


def refitted(
    fields: Sequence[str], line: str, dialect: Dialect, shapes: Shapes, *, ragged: bool, cut_short: bool
) -> list[str] | None:
    """The fields of a line of another width than expected, or None where none or several readings fit.

    The first kind of explanation that fits at all must fit in one way; the cells must look like those of the other
    rows. `ragged` files leave out empty cells at the ends of rows; a line that was `cut_short` gets no empty cells.
    """
    width = len(dialect.columns)
    if len(line) > _LONGEST_LINE:
        return None
    kinds = [_other_marks(line, dialect, shapes)]
    if len(fields) > width:
        kinds += [_without_empty(fields, width, shapes), _joined(fields, dialect)]
    elif not cut_short:
        kinds += [_padded(fields, width, shapes, ragged)]
    for readings in kinds:
        found = {cells for cells in readings if len(cells) == width and shapes.fit(cells)}
        if found:
            return list(found.pop()) if len(found) == 1 else None
    return None


def is_ragged(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the rows of a file end with their last filled cell: many are short, and none ends with an empty one."""
    wide = [row for row in rows if len(row) > 1]
    short = [len(row) for row in wide if len(row) < width]
    return (
        len(short) > max(2, len(wide) // 10)
        and len(set(short)) > 1
        and all(len(row) <= width and row[-1].strip() for row in wide)
    )


def _other_marks(line: str, dialect: Dialect, shapes: Shapes) -> Iterator[Cells]:
    """The line cut at another delimiter, or between other quotes. Blanks are in every text: as a delimiter they
    explain a row only where a shifted one would not fit."""
    if shapes.columns:
        for cells in other_delimiters(line, dialect, blanks=shapes.telling):
            yield tuple(cells)
    if dialect.quote == '"' and "'" in line and '"' not in line:
        found = cut(line, replace(dialect, quote="'", escape=""))
        if found.fault is None:
            yield tuple(found.fields)


def _without_empty(fields: Sequence[str], width: int, shapes: Shapes) -> Iterator[Cells]:
    """The row without the empty fields it has too many; where no cell tells its column, those at its end,
    if the last column is never empty: a delimiter in a text would have shifted it there."""
    extra = len(fields) - width
    if not shapes.telling:
        is_full = bool(shapes.columns) and shapes.columns[-1].filled
        if is_full and all(map(str.strip, fields[:width])) and not any(map(str.strip, fields[width:])):
            yield tuple(fields[:width])
        return
    empty = [at for at, cell in enumerate(fields) if not cell.strip()]
    if extra <= _MOST_EXTRA and len(empty) <= 50:
        for spare in combinations(empty, extra):
            yield tuple(cell for at, cell in enumerate(fields) if at not in spare)
    elif not any(map(str.strip, fields[width:])):
        yield tuple(fields[:width])


def _joined(fields: Sequence[str], dialect: Dialect) -> Iterator[Cells]:
    """The row with a text put together that holds bare delimiters: a blank follows them, as nowhere else."""
    extra = len(fields) - len(dialect.columns)
    after_blank = [at for at, cell in enumerate(fields) if cell[:1] == " " and cell.strip()]
    if extra > _MOST_EXTRA or not after_blank or dialect.delimiter == " ":
        return
    first = after_blank[0] - 1
    if after_blank == list(range(first + 1, first + 1 + extra)) and re.search(r"[^\W\d_]", fields[first]):
        text = dialect.delimiter.join(fields[first : first + 1 + extra])
        yield (*fields[:first], text, *fields[first + 1 + extra :])


def _padded(fields: Sequence[str], width: int, shapes: Shapes, ragged: bool) -> Iterator[Cells]:
    """The row with the empty cells it lacks: at its end, or, where cells tell their columns, anywhere."""
    empty = ("",) * (width - len(fields))
    if ragged:
        yield (*fields, *empty)
    elif shapes.telling and len(fields) > 1:
        for at in range(1, len(fields) + 1):
            yield (*fields[:at], *empty, *fields[at:])
