"""Proposing a dialect: delimiter, quote, escape and header from the first part of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, islice

from ladder.errors import LadderError
from ladder.importing.dates import fit
from ladder.importing.guessing import known_names, plain
from ladder.importing.header import header_cells, names_of, with_index, with_text
from ladder.importing.plan import WHITESPACE, Dialect, Question
from ladder.importing.records import Record, records
from ladder.importing.refit import is_ragged
from ladder.importing.shapes import Shapes, learned

MOST_COLUMNS = 2000

_USUAL, _RARE = (",", ";", "\t", "|"), (" ", ":", "^", "~")
_JUDGED_ROWS, _JUDGED_LINES, _HEADER_ROWS = 300, 200, 500
_MOST_NAME_LINES, _LONG_RUN = 3, 10
_FEW_LINES = 20
_NUMBER = re.compile(r"[-+(]?\W{0,3}\d[\d.,\s']*\W{0,3}\)?-?")
_VALUE = re.compile(
    r"[-+(]?[^\w\s]?\d[\d.,' ]*\W{0,3}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?|\d{1,2}:\d\d(?::\d\d)?"
    r"|\S+@\S+|https?://\S+|"
)


def sniff(lines: Sequence[str], base: Dialect, fixed: Sequence[str] = ()) -> Dialect:
    """`base` with what the lines suggest; the settings named in `fixed` are the person's and stay."""
    found = base
    lines = _unwrapped(lines, found, fixed)
    if "delimiter" not in fixed:
        found = replace(found, delimiter=_delimiter(lines, found, fixed))
    found = _with_quotes(lines, found, fixed)
    rows = list(islice(with_text(lines, found), _HEADER_ROWS))
    return _with_header(found, rows, fixed)


def _unwrapped(lines: Sequence[str], dialect: Dialect, fixed: Sequence[str]) -> Sequence[str]:
    """The lines without the quotes around each whole line, where what stands between them is a row of a table."""
    quote = dialect.quote
    if not quote:
        return lines
    whole = re.compile(f"{quote}((?:[^{quote}]|{quote}{quote})+){quote}\\s*")
    filled = [line for line in lines[:_JUDGED_LINES] if line.strip()]
    found = [match[1].replace(quote * 2, quote) for line in filled if (match := whole.fullmatch(line))]
    if len(found) < 2 or 10 * len(found) < 9 * len(filled):
        return lines
    for mark in (dialect.delimiter,) if "delimiter" in fixed else _USUAL:
        rows = [record.fields for record in records(found, replace(dialect, delimiter=mark))]
        if len(rows[0]) > 2 and all(len(row) == len(rows[0]) for row in rows):
            return [
                match[1].replace(quote * 2, quote) + "\n" if (match := whole.fullmatch(line)) else line
                for line in lines
            ]
    return lines


def sniff_warnings(lines: Sequence[str], dialect: Dialect) -> tuple[str, ...]:
    """Sentences on a header that is not one line of as many names as there are columns."""
    width = len(dialect.columns)
    above = list(islice(with_text(lines, dialect), dialect.skip))
    if not dialect.header:
        last = next((record for record, text in reversed(above) if text.strip()), None)
        if last is None or len(last.fields) == 1:
            return ("The first line is taken for a row, not for the names of the columns.",)
        return (f"The line above the rows does not name {width} columns: they are numbered instead.",)
    found: list[str] = []
    if width == 1 and (mark := _unused_mark(lines)):
        found.append(f"There is one column, and as many {mark} in every line: do they part columns?")
    if dialect.header_rows > 1:
        found.append(f"The names of the columns stand on {dialect.header_rows} lines and are joined.")
    for record, _ in above[-dialect.header_rows :]:
        if record.problem or len(record.fields) != width:
            found.append("The line with the names is not written like the rows: look at the names closely.")
    return tuple(found)


def _unused_mark(lines: Sequence[str]) -> str:
    """A sign that every line holds equally often, more than once, or an empty text."""
    filled = [line for line in lines[:_JUDGED_LINES] if line.strip()]
    marks = set(filled[0]) & set("#!*%&$+=/\\§¦") if len(filled) > 1 else set()
    even = (mark for mark in marks if {line.count(mark) for line in filled} == {filled[0].count(mark)})
    return next((mark for mark in sorted(even) if filled[0].count(mark) > 1), "")


def doubts(dialect: Dialect, rows: Sequence[Sequence[str]]) -> tuple[Question, ...]:
    """Whether the first line is a header is asked where neither its words nor the rows below tell."""
    if dialect.kind != "csv" or not dialect.header or len(dialect.columns) < 2 or dialect.header_rows > 1:
        return ()
    if _known(dialect.columns) or any(
        shape.patterns for shape in learned(rows, len(dialect.columns)).columns
    ):
        return ()
    listed = ", ".join(f"“{name}”" for name in dialect.columns[:5])
    return (
        Question("header", f"Are {listed} the names of the columns, and not the first row?", ("yes", "no")),
    )


def _delimiter(lines: Sequence[str], dialect: Dialect, fixed: Sequence[str]) -> str:
    """The delimiter that cuts most records into one same number of fields, more than one, that look like values."""
    if lines and (told := re.fullmatch(r'"?sep=(.)"?\s*', lines[0])):
        return told.group(1)
    scores = {mark: _score(lines, replace(dialect, delimiter=mark), fixed) for mark in (*_USUAL, *_RARE)}
    usual = max(_USUAL, key=lambda mark: scores[mark])
    rare = max(_RARE, key=lambda mark: scores[mark])
    blanks = _score(lines, replace(dialect, delimiter=WHITESPACE, quote=""), ("quote", "escape"))
    if max(scores[rare], blanks) <= max(1.5 * scores[usual], 0.25):
        return usual if scores[usual] > 0 else ","
    runs = sum("  " in line.strip() for line in lines[:_JUDGED_LINES])
    parted_by_runs = blanks >= scores[rare] or (rare == " " and 5 * runs >= len(lines[:_JUDGED_LINES]))
    return WHITESPACE if parted_by_runs and not _quoted(lines, " ", '"') else rare


def _score(lines: Sequence[str], dialect: Dialect, fixed: Sequence[str]) -> float:
    """Share of records with the most common width, times the share of their cells that look like values or words."""
    trial = _with_quotes(lines, dialect, fixed)
    found = [item for item in islice(records(lines, trial), _JUDGED_ROWS) if item.fields or item.problem]
    widths = Counter(len(item.fields) for item in found if len(item.fields) > 1)
    if not widths:
        return 0.0
    width = max(widths, key=lambda size: widths[size] * (size - 1) / size)
    cells = [cell for item in found if len(item.fields) == width for cell in item.fields][:2000]
    likely = sum(_likely(cell.strip(), trial) for cell in cells) / len(cells)
    return widths[width] / len(found) * (width - 1) / width * likely**2


def _likely(cell: str, dialect: Dialect) -> float:
    """How much a cell looks like a whole one: 1 for a value or words, less where another delimiter is left in it."""
    if cell[:1] in _USUAL or cell[-1:] in _USUAL:
        return 0.3
    if _VALUE.fullmatch(cell):
        return 1.0
    if dialect.quote and (cell.startswith(dialect.quote) or cell.endswith(dialect.quote)):
        return 0.0
    return 0.3 if any(mark in cell for mark in _USUAL) else 0.9


def _with_quotes(lines: Sequence[str], dialect: Dialect, fixed: Sequence[str]) -> Dialect:
    if dialect.delimiter == WHITESPACE:
        return replace(dialect, quote="" if "quote" not in fixed else dialect.quote)
    found = dialect
    if "quote" not in fixed:
        single, double = (_quoted(lines, dialect.delimiter, mark) for mark in ("'", '"'))
        least = 0 if len(lines) < _FEW_LINES else 1
        found = replace(found, quote="'" if single > max(least, 3 * double) else '"')
    if "escape" not in fixed and found.quote:
        found = replace(found, escape=_escape(lines, found))
    return found


def _quoted(lines: Sequence[str], delimiter: str, quote: str) -> int:
    """Fields of the first lines that stand wholly between two of these quotes."""
    cut = re.escape(delimiter)
    text = "".join(lines[:_JUDGED_LINES])
    inner = f"(?:[^{quote}\r\n]|{quote}{quote})*"
    return len(re.findall(f"(?:^|{cut}) ?{quote}{inner}{quote}(?={cut}|\r|\n|$)", text, re.MULTILINE))


def _escape(lines: Sequence[str], dialect: Dialect) -> str:
    """A backslash where that makes more records well formed, or a double quote that is doubled everywhere."""
    text = "".join(lines)
    other = '"' if dialect.quote == "'" else ""
    if other and other in text and all(len(run) % 2 == 0 for run in re.findall(f"{other}+", text)):
        return other
    if "\\" + dialect.quote not in text:
        return ""
    broken = {
        sign: sum(bool(item.problem) for item in records(lines[:_HEADER_ROWS], replace(dialect, escape=sign)))
        for sign in ("", "\\")
    }
    return "\\" if broken["\\"] < broken[""] else ""


Rows = Sequence[tuple[Record, str]]


def _with_header(dialect: Dialect, rows: Rows, fixed: Sequence[str]) -> Dialect:
    """Find the header: in the first row as wide as the rest, if its cells are names, or just above it."""
    width = _width([record.fields for record, _ in rows])
    if width > MOST_COLUMNS:
        raise LadderError(
            "Too many columns", f"The file has {width:,} columns; {MOST_COLUMNS:,} are the most.", ""
        )
    first = dialect.skip if "skip" in fixed else _first_row([record.fields for record, _ in rows], width)
    trial = replace(dialect, columns=("",) * width)
    last, names = -1, list[list[str]]()
    if dialect.header or "header" not in fixed:
        last, names = _names(rows, first, trial, fixed)
    if not names:
        return replace(dialect, header=False, header_rows=1, skip=first, columns=names_of((), width))
    skip = first if "skip" in fixed else max(last + 1, first)
    return replace(dialect, header=True, header_rows=len(names), skip=skip, columns=names_of(names, width))


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Columns of the first long run of equally wide rows, else of most rows; of more than one where that can be."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    widths = [len(row) for row in filled]
    widest = max(widths, default=0)
    if widest > 2:
        at = widths.index(widest)
        names = {cell.strip() for cell in filled[at]} - {""}
        if len(names) == widest and max(widths[:at], default=0) < 3 and is_ragged(filled[at + 1 :], widest):
            return widest
    for width, run in groupby(widths):
        if width > 1 and len(list(run)) >= _LONG_RUN:
            return width
    counts = Counter(widths)
    several = {width: number for width, number in counts.items() if width > 1 and 5 * number >= len(widths)}
    return max(several or counts, key=lambda width: (counts[width], width), default=0)


def _first_row(rows: Sequence[Sequence[str]], width: int) -> int:
    """The first row of that width with as good as all cells filled; titles are padded to the width, but sparse."""
    filled = {
        place: sum(bool(cell.strip()) for cell in row) for place, row in enumerate(rows) if len(row) == width
    }
    usual = sorted(number for number in filled.values() if number)
    least = max(min(2, width), usual[len(usual) // 2] / 2) if usual else 0
    return next((place for place, number in filled.items() if number >= least), 0)


def _names(rows: Rows, first: int, trial: Dialect, fixed: Sequence[str]) -> tuple[int, list[list[str]]]:
    """The place of the last line with names, and the cells of all of them; none where nothing reads like names."""
    below = [record.fields for record, _ in rows[first if "skip" in fixed else first + 1 :]]
    told = rows[first][0].fields if first < len(rows) else []  # may be repeated below
    # The first of them may be further lines of names.
    shapes = learned([row for row in below[_MOST_NAME_LINES - 1 :] if row != told], len(trial.columns))
    certain = "header" in fixed
    for place in (first - 1,) if "skip" in fixed else (first, _above(rows, first)):
        cells = _header_cells(rows, place, trial)
        if not cells or not (certain or _are_names(cells, shapes)):
            continue
        if "skip" in fixed or "header_rows" in fixed:
            number = trial.header_rows if "header_rows" in fixed else 1
            places = range(place + 1 - number, place + 1) if "skip" in fixed else range(place, place + number)
        else:
            number = _lines_of_names(rows, place, cells, shapes) if place == first else 1
            places = range(place, place + number)
        return places[-1], [_header_cells(rows, at, trial) or [] for at in places]
    return -1, []


def _above(rows: Rows, first: int) -> int:
    """The last line above that is not empty, or -1."""
    return next((place for place in range(first - 1, -1, -1) if rows[place][1].strip()), -1)


def _header_cells(rows: Rows, place: int, trial: Dialect) -> list[str] | None:
    if not 0 <= place < len(rows):
        return None
    below = (record.fields for record, _ in rows[place + 1 :])
    return header_cells(*rows[place], trial) or with_index(rows[place][0].fields, below, len(trial.columns))


def _lines_of_names(rows: Rows, first: int, cells: list[str], shapes: Shapes) -> int:
    """How many lines name the columns: the next ones do, too, where they repeat them or have words for numbers."""
    number = 1
    while number < _MOST_NAME_LINES and first + number < len(rows):
        found = rows[first + number][0].fields
        if len(found) != len(cells) or not (found == cells or shapes.clash(found)):
            break
        number += 1
    return number


def _are_names(cells: Sequence[str], shapes: Shapes) -> bool:
    """Whether these cells are names rather than values; two known names outweigh a number, but not a date."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or shapes.clash(cells):
        return bool(filled)
    if _are_numbered(filled):
        return True
    if shapes.telling and shapes.fit(cells):
        return False
    dates = [cell for cell in filled if fit([cell]).formats]
    values = [cell for cell in filled if _NUMBER.fullmatch(cell) or "@" in cell]
    return not dates and (not values or _known(filled) > 1)


def _are_numbered(filled: Sequence[str]) -> bool:
    """Whether these are words and then numbers that count up by one, as years or weeks above columns do."""
    words = [cell for cell in filled if re.search(r"[^\W\d_]", cell)]
    numbers = [int(cell) for cell in filled if re.fullmatch(r"\d{1,4}", cell)]
    return (
        len(numbers) > 1
        and 0 < len(words) == len(filled) - len(numbers)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )


def _known(names: Sequence[str]) -> int:
    return sum(plain(name) in known_names() for name in names)
