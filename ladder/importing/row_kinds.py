"""Rows that are no rows of the table: empty ones, repeated headers, totals, the rows of another table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from ladder.engine import Engine
from ladder.importing.shapes import Shape, Shapes
from ladder.importing.sql import any_of, column, enumeration, first_true, literal, sql

EMPTY, HEADER, TOTAL, OTHER = "empty row", "repeated header", "total row", "another table"
RULER, NOTE = "line under the header", "note below the table"
KIND = enumeration((EMPTY, HEADER, TOTAL, OTHER, RULER, NOTE))
"""The type of `ignored`: a column of texts takes long to write, even if it holds none."""

_TOTAL = (
    r"(?i)(?:(?:grand|sub|net|overall)[ -]?)?totals?|sum|(?:gesamt|zwischen|end)?summe|gesamt|insgesamt|i alt|samlet"
    r"|summa|totalt|totaal|totale?n?|totaux|somme|suma|sumy|razem|łącznie|yhteensä|итого|всего|celkem|összesen|toplam"
)
_CAPTION = r"\s*[:=]?\s*"
_WORD = r"\pL{4}"
_MOST_CELLS = 12
_LONGEST_NAME = 60
_MOST_CANDIDATES = 1000
_FEW_WORDS, _MOST_ROWS = 50, 200_000


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
    coded = bool(shapes.columns) and bool(shapes.columns[0].patterns)
    glance = usual or quick or range(len(cells))
    gap = any_of(sql(":cell is null", cell=cells[place]) for place in glance[:_MOST_CELLS])
    if len(cells) > 1 and usual == [0] and coded:
        # Rows of a table so empty lack nothing else; but they begin with a number, date or code.
        gap = exp.true()
    first = exp.Coalesce(this=exp.Null(), expressions=list(cells))
    total = sql(
        "regexp_full_match(:first, :words)", first=first, words=f"(?:{_TOTAL}){_CAPTION}(?:[(\\d].*)?"
    )
    alone = sql("list_count(:cells) = 1", cells=exp.Array(expressions=list(cells)))
    is_known = sum(shape.filled for shape in shapes.columns) > 1 or (coded and len(cells) > 1)
    note = [(alone, literal(NOTE))] if is_known else []
    within = first_true(
        [(sql(":first is null", first=first), literal(EMPTY)), (total, literal(TOTAL)), *note]
    )
    equal = ((_equal(cells, quick, names), literal(HEADER)) for names in headers)
    return first_true([*equal, (gap, within)])


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
    _mark_notes(engine, places, shapes)
    _mark_ends(engine, places, len(names))
    odd, header = _other_headers(engine, places, names, shapes)
    begins = [row for row in (another, header) if row]
    if begins:
        engine.run("another table", _OTHER_ROWS, {"reason": OTHER, "first": min(begins) - 1})
    for row in engine.rows("repeated headers", _HEADERS, {"reason": HEADER}):
        whole = exp.func("hash", column("fingerprint"), *(column(f"c{place}") for place in places))
        if engine.rows("same again", sql(_SAME_AGAIN, row=row[0], whole=whole))[0][0]:
            engine.run("same again", _OTHER_ROWS, {"reason": OTHER, "first": row[0]})
    return odd


def _mark_ends(engine: Engine, places: Sequence[int], width: int) -> None:
    """Mark dashes under the header, and a total in the last row unless it has the words of a row of the table."""
    if width < 2 or not places:
        return
    cells = [column(f"c{place}") for place in places]
    dashes = [sql("regexp_full_match(:cell, '[-=_]{2,}')", cell=cell) for cell in cells]
    first = exp.and_(sql("rowid = 0"), *dashes)
    engine.run("line under the header", exp.update("cells", {"ignored": literal(RULER)}, where=first))
    if places[0] == 0:
        words = [
            sql("regexp_matches(coalesce(:cell, ''), :four)", cell=cell, four=_WORD) for cell in cells[1:]
        ]
        row = engine.rows("last row", "select max(rowid) from cells")[0][0]
        total = sql(_LAST_TOTAL, row=row, words=f"(?:{_TOTAL}){_CAPTION}")
        last = exp.and_(total, exp.not_(any_of(words)))
        engine.run("total row", exp.update("cells", {"ignored": literal(TOTAL)}, where=last))


def _mark_notes(engine: Engine, places: Sequence[int], shapes: Shapes) -> None:
    """Of the rows with one filled cell, leave out those below all others that read like a sentence, or unlike the
    other cells of their column."""
    if not engine.rows("rows of one cell", _ANY_NOTE, {"reason": NOTE}):
        return
    cells = [column(f"c{place}") for place in places]
    below = sql(
        "line > (select coalesce(max(line), 0) from source where ignored is null and problem is null)"
    )
    query = exp.select("line", *cells).from_("source").where(sql("ignored = :reason", reason=NOTE), below)
    notes = []
    for line, *found in engine.rows("notes below the table", query.order_by("line").limit(_MOST_CANDIDATES)):
        told = [(place, cell) for place, cell in zip(places, found, strict=True) if cell]
        if all(_is_note(cell, shapes.columns[place]) for place, cell in told):
            notes.append(line - 1)
    parameters = {"reason": NOTE, "notes": notes}
    engine.run("other rows of one cell", _NO_NOTES, parameters)


def _is_note(cell: str, shape: Shape) -> bool:
    return not shape.fits(cell) or (not shape.patterns and len(cell.split()) > 2)


def _new_words(engine: Engine, places: Sequence[int]) -> list[int]:
    """The row, if any, at which columns of few words, used again and again, all change to others, as below names."""
    few: list[list[tuple[int, int]]] = []
    for place in places[:_MOST_CELLS]:
        found = engine.rows("words of a column", _spans(place))
        again = sum(first < last for first, last in found)
        if len(found) <= _FEW_WORDS and 1 < len(found) <= 4 * again:
            few.append([(first, last) for first, last in found])
    if len(few) < 2:
        return []
    lone = set.intersection(*({first for first, last in spans if first == last} for spans in few))
    parted = [
        line
        for line in sorted(lone)
        if all(first >= line or last < line for spans in few for first, last in spans)
        and all(any(last < line for _, last in spans) for spans in few)
        and all(any(first > line for first, _ in spans) for spans in few)
    ]
    return parted[:1]


def _spans(place: int) -> exp.Select:
    """First and last line of each word of a column, of a table that is small enough to be typed."""
    cell = column(f"c{place}")
    small = sql("(select count(*) from cells) <= :most", most=_MOST_ROWS)
    usable = sql("ignored is null and problem is null and :cell is not null", cell=cell)
    found = exp.select("min(line)", "max(line)").from_("source").where(usable, small)
    return found.group_by(cell).limit(_FEW_WORDS + 1)


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
        return _new_words(engine, places), None
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
    RULER: ("row of dashes is left out", "rows of dashes are left out"),
    NOTE: (
        "row is a note below the table and is left out",
        "rows are notes below the table and are left out",
    ),
    OTHER: ("row is of another table and is left out", "rows are of another table and are left out"),
}

_LEFT_OUT = """
select ignored, count(*), list_sort(min(line, $most)) from source where ignored is not null
group by ignored order by ignored
"""

_LAST_TOTAL = "rowid = :row and ignored is null and problem is null and regexp_full_match(c0, :words)"

_ANY_NOTE = "select line from source where ignored = $reason limit 1"

_NO_NOTES = "update cells set ignored = null where ignored = $reason and not list_contains($notes, rowid)"

_OTHER_ROWS = "update cells set ignored = $reason, problem = null where rowid >= $first"

_ONE_ROW = "update cells set ignored = $reason where rowid = $row"

_HEADERS = "select line from source where ignored = $reason order by line limit 2"

_SAME_AGAIN = """
select count(*) >= 5 and count(*) filter (seen) >= 0.9 * count(*) from (
    select :whole in (select :whole from cells where rowid < :row - 1) as seen
    from cells where rowid >= :row
)
"""
