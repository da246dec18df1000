"""Rows that are no rows of the table: empty ones, repeated headers, totals, the rows of another table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.shapes import Shapes
from ladder.importing.sql import any_of, column, first_true, literal, sql

EMPTY, HEADER, TOTAL, OTHER = "empty row", "repeated header", "total row", "another table"

_TOTAL = (
    r"(?i)(?:(?:grand|sub|net|overall)[ -]?)?totals?|sum|(?:gesamt|zwischen|end)?summe|gesamt|insgesamt|i alt|samlet"
    r"|summa|totalt|totaal|totale?n?|totaux|somme|suma|sumy|razem|łącznie|yhteensä|итого|всего|celkem|összesen|toplam"
)
_CAPTION = r"\s*[:=]?\s*"
_MOST_CELLS = 12
_LONGEST_NAME = 60
_MOST_CANDIDATES = 1000


def is_header_like(cells: Sequence[str], names: Sequence[str], shapes: Shapes) -> bool:
    """Whether cells are names of columns: mostly those of the table, or words where it has numbers and dates."""
    filled = [cell.strip().casefold() for cell in cells if cell.strip()]
    if len(filled) < 2 or 2 * len(filled) < len(cells) or len(set(filled)) < len(filled):
        return False
    if any(len(cell) > _LONGEST_NAME or not re.search(r"[^\W\d_]", cell) for cell in filled):
        return False
    known = {name.casefold() for name in names}
    return 2 * sum(cell in known for cell in filled) >= len(filled) or shapes.clash(cells)


def kind_of_row(
    cells: Sequence[exp.Expr], quick: Sequence[int], headers: Sequence[Sequence[str]], shapes: Shapes
) -> exp.Expr:
    """The reason why a row of `cells` (NULL where empty) is ignored, or NULL; each test begins with a glance at cells
    that settle it for nearly all rows. The cells at the places `quick` cost nothing."""
    usual = [place for place, shape in enumerate(shapes.columns) if shape.usual and place in quick]
    glance = usual or quick or range(len(cells))
    gap = any_of(sql(":cell is null", cell=cells[place]) for place in glance[:_MOST_CELLS])
    first = exp.Coalesce(this=exp.Null(), expressions=list(cells))
    total = sql(
        "regexp_full_match(:first, :words)", first=first, words=f"(?:{_TOTAL}){_CAPTION}(?:[(\\d].*)?"
    )
    within = first_true([(sql(":first is null", first=first), literal(EMPTY)), (total, literal(TOTAL))])
    equal = ((_equal(cells, quick, names), literal(HEADER)) for names in headers)
    return first_true([(gap, within), *equal])


def _equal(cells: Sequence[exp.Expr], quick: Sequence[int], names: Sequence[str]) -> exp.Expr:
    """Whether a row repeats the names of a header, looking at the second only where the first is equal."""
    named = sorted(
        (place for place in range(len(names)) if names[place].strip()), key=lambda at: at not in quick
    )
    found: exp.Expr = exp.true() if named else exp.false()
    for place in reversed(named[:_MOST_CELLS]):
        same = sql(":cell = :name", cell=cells[place], name=names[place].strip())
        found = sql("case when :same then :rest else false end", same=same, rest=found)
    return found


def mark_rows(
    engine: Engine, places: Sequence[int], names: Sequence[str], shapes: Shapes, another: int | None
) -> list[int]:
    """Mark what only a look at several rows of `cells` can tell; returns rows that are kept but read like a header.

    `places` are the columns that `cells` keeps, `another` is the row at which the reader saw another table begin.
    """
    if places and places[0] == 0:
        engine.run("total row", _LAST_TOTAL, {"reason": TOTAL, "words": f"(?:{_TOTAL}){_CAPTION}"})
    odd, header = _other_headers(engine, places, names, shapes)
    begins = [row for row in (another, header) if row]
    if begins:
        engine.run("another table", _OTHER_ROWS, {"reason": OTHER, "first": min(begins) - 1})
    for row in engine.rows("repeated headers", _HEADERS, {"reason": HEADER}):
        if engine.rows("same again", _SAME_AGAIN, {"row": row[0]})[0][0]:
            engine.run("same again", _OTHER_ROWS, {"reason": OTHER, "first": row[0]})
    return odd


def _other_headers(
    engine: Engine, places: Sequence[int], names: Sequence[str], shapes: Shapes
) -> tuple[list[int], int | None]:
    """Rows that read like names of columns, above rows like those before; and the first above rows unlike those.

    Such rows have words in a column of numbers or dates.
    """
    clear = [
        place for place in places if shapes.columns and _begins_with_digit(shapes.columns[place].patterns)
    ]
    if not clear:
        return [], None
    cells = [column(f"c{place}") for place in places]
    words = sql(
        "ignored is null and problem is null and (:cell < '0' or :cell >= ':')", cell=column(f"c{clear[0]}")
    )
    query = exp.select("line", *cells).from_("source").where(words).order_by("line").limit(_MOST_CANDIDATES)
    kept = Shapes(tuple(shapes.columns[place] for place in places))
    own = [names[place] for place in places]
    odd: list[int] = []
    for line, *found in engine.rows("rows of words", query):
        texts = [cell or "" for cell in found]
        if not is_header_like(texts, own, kept):
            continue
        known = {name.casefold() for name in own}
        same = sum(text.casefold() in known for text in texts)
        if same == len(texts):
            engine.run("repeated header", _ONE_ROW, {"reason": HEADER, "row": line - 1})
        elif 2 * same >= len(texts) or _unlike(engine, cells, kept, line):
            return odd, int(line)
        else:
            odd.append(line)
    return odd, None


def _begins_with_digit(patterns: frozenset[str]) -> bool:
    return bool(patterns) and all(pattern.startswith("9") for pattern in patterns)


def _unlike(engine: Engine, cells: Sequence[exp.Expr], shapes: Shapes, line: int) -> bool:
    """Whether the rows that follow do not look like those of the table."""
    query = (
        exp.select(*cells)
        .from_("source")
        .where(sql("line between :low and :high", low=line + 1, high=line + 3))
    )
    rows = engine.rows("rows below", query)
    return bool(rows) and not any(shapes.fit([cell or "" for cell in row]) for row in rows)


def told_kinds(engine: Engine, odd: list[int], most: int) -> list[tuple[str, int, list[int]]]:
    """Of every kind of row left out but empty ones, and of odd ones: a sentence, how many, and the first rows."""
    found = []
    if odd:
        have = "row reads" if len(odd) == 1 else "rows read"
        found.append(
            (f"{have} like the names of another table, and what follows is kept", len(odd), odd[:most])
        )
    for reason, number, rows in engine.rows("rows left out", _LEFT_OUT, {"most": most}):
        one, several = _SENTENCES.get(reason, ("", ""))
        if one:
            found.append((one if number == 1 else several, number, rows))
    return found


_SENTENCES = {
    HEADER: ("row repeats the header and is left out", "rows repeat the header and are left out"),
    TOTAL: ("row is a total and is left out", "rows are totals and are left out"),
    OTHER: ("row is of another table and is left out", "rows are of another table and are left out"),
}

_LEFT_OUT = """
select ignored, count(*), list_sort(min(line, $most)) from source where ignored is not null
group by ignored order by ignored
"""

_LAST_TOTAL = """
update cells set ignored = $reason
where rowid = (select max(rowid) from cells) and ignored is null and problem is null
    and regexp_full_match(c0, $words)
"""

_OTHER_ROWS = "update cells set ignored = $reason, problem = null where rowid >= $first"

_ONE_ROW = "update cells set ignored = $reason where rowid = $row"

_HEADERS = "select line from source where ignored = $reason order by line limit 2"

_SAME_AGAIN = """
select count(*) >= 5 and count(*) filter (seen) >= 0.9 * count(*) from (
    select fingerprint in (select fingerprint from cells where rowid < $row - 1) as seen
    from cells where rowid >= $row
)
"""
