"""Rows that are not written like the others: read where one reading fits, refused or left out aloud elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ladder.engine import Engine
from ladder.importing.dialect import sniff, sniff_warnings
from ladder.importing.plan import Dialect
from ladder.importing.rows import Rows, read_rows

HEADER = "sku,item,bin,stock,price"
COLUMNS = tuple(HEADER.split(","))
GOODS = [
    (
        f"A-{1000 + at}",
        ["Nut", "Pan, large", "O-ring"][at % 3],
        f"{at % 4}-C",
        str(at % 7),
        f"${at + 5}.50" if at % 2 else "",
    )
    for at in range(40)
]
BOOKS = [
    (f"{['Red', 'Last', 'Cold'][at % 3]} {['River', 'Season'][at % 2]}", ["Osei", "Chen Yu"][at % 2], "Crime")
    for at in range(24)
]
BOOK_COLUMNS = ("title", "author", "genre")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as found:
        yield found


def line_of(row: Sequence[str]) -> str:
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in row)


def written(rows: Sequence[Sequence[str]], header: str = HEADER) -> list[str]:
    return [header, *map(line_of, rows)]


def read(
    engine: Engine, folder: Path, lines: Sequence[str], columns: tuple[str, ...] = (), end: str = "\n"
) -> Rows:
    text = "\n".join(lines) + end
    file = folder / "file.csv"
    file.write_bytes(text.encode())
    dialect = Dialect(columns=columns) if columns else sniff(list(io.StringIO(text, newline="")), Dialect())
    return read_rows(engine, file, dialect, folder)


def read_one(engine: Engine, folder: Path, line: str, at: int = 6) -> Rows:
    """The goods with one line of them written as told; a text stands for a row as it should be read."""
    lines = written(GOODS)
    lines[at + 1] = line
    return read(engine, folder, lines, COLUMNS)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("A-1006,Nut,2-C,6", ("A-1006", "Nut", "2-C", "6", "")),
        ("A-1006,Nut,2-C,6,,,", ("A-1006", "Nut", "2-C", "6", "")),
        ("A-1006,,Nut,2-C,,6,$11.50", ("A-1006", "Nut", "2-C", "6", "$11.50")),
        ("A-1006,Nut, hex, M8,2-C,6,$11.50", ("A-1006", "Nut, hex, M8", "2-C", "6", "$11.50")),
        ("A-1006,'Nut, hex',2-C,6,$11.50", ("A-1006", "Nut, hex", "2-C", "6", "$11.50")),
        ('A-1006,"a \\"big, red\\" nut",2-C,6,$11.50', ("A-1006", 'a "big, red" nut', "2-C", "6", "$11.50")),
        ('"A-1006,""Nut, hex"",2-C,6,$11.50"', ("A-1006", "Nut, hex", "2-C", "6", "$11.50")),
        ('A-1006,"12"" pan",2-C,6,"1"2"', ("A-1006", '12" pan', "2-C", "6", '1"2')),
    ],
)
def test_a_row_written_otherwise_is_read_where_one_reading_fits(
    line: str, row: tuple[str, ...], engine: Engine, tmp_path: Path
) -> None:
    found = read_one(engine, tmp_path, line)
    assert found.kept == {**dict(enumerate(GOODS, 1)), 7: row}
    assert not found.refused


@pytest.mark.parametrize(
    "line",
    [
        "A-1006,2-C,6,$11.50",  # the item is never empty
        "A-1006,Nut,2-C,6,$11.50,see mail",
        "A-1006,Nut,hex,2-C,6,$11.50",
        "A-1006,Nut2-C,6,$11.50",
        "A-1006,Nut,2-C,6,$11,50",
    ],
)
def test_a_row_that_fits_in_no_way_or_in_several_is_refused(
    line: str, engine: Engine, tmp_path: Path
) -> None:
    found = read_one(engine, tmp_path, line)
    assert found.refused == {7: "wrong number of columns"}
    assert len(found.kept) == len(GOODS) - 1


def test_an_empty_field_at_the_end_may_be_one_that_a_text_has_shifted(engine: Engine, tmp_path: Path) -> None:
    books = [(*row, "") for row in BOOKS]
    lines = [
        *written(books, "title,author,genre,note"),
        "Red River, The,Osei,Crime,",
        "Red,River,Osei,Crime,",
    ]
    found = read(engine, tmp_path, lines, (*BOOK_COLUMNS, "note"))
    assert found.kept[25] == ("Red River, The", "Osei", "Crime", "")
    assert found.refused == {26: "wrong number of columns"}


def test_a_last_line_without_end_is_not_taken_for_a_short_row(engine: Engine, tmp_path: Path) -> None:
    lines = [*written(GOODS), "A-1040,Nut,2-C,1"]
    assert len(read(engine, tmp_path, lines, COLUMNS).kept) == 41
    assert read(engine, tmp_path, lines, COLUMNS, end="").refused == {41: "wrong number of columns"}


def test_empty_cells_that_a_file_leaves_out_at_the_ends_of_rows_are_empty(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [(*row[:3], "", "") if at % 3 == 0 else row for at, row in enumerate(GOODS)]
    found = read(engine, tmp_path, [line.rstrip(",") for line in written(rows)])
    assert list(found.kept.values()) == rows


def test_a_delimiter_at_the_end_of_every_line_makes_no_column(engine: Engine, tmp_path: Path) -> None:
    found = read(engine, tmp_path, [line + "," for line in written(GOODS)])
    assert list(found.kept.values()) == GOODS


def test_a_header_with_two_names_run_together_is_not_shifted_over_an_empty_last_column() -> None:
    lines = ["dayhour,name,note\n", *["2024-05-01,10:00,Ada,\n"] * 12]
    found = sniff(lines, Dialect())
    assert found.columns == ("column1", "column2", "column3", "column4")
    assert sniff_warnings(lines, found)


def test_rows_that_stand_whole_between_quotes_are_rows(engine: Engine, tmp_path: Path) -> None:
    lines = ['"' + line.replace('"', '""') + '"' for line in written(GOODS)]
    assert list(read(engine, tmp_path, lines).kept.values()) == GOODS


def test_texts_of_one_column_between_quotes_are_not_cut(engine: Engine, tmp_path: Path) -> None:
    names = [("name",), *((f"Osei, Ada {'x' * at}",) for at in range(1, 12))]
    found = read(engine, tmp_path, [f'"{row[0]}"' for row in names])
    assert list(found.kept.values()) == names[1:]


def test_cells_padded_with_blanks_are_still_parted_by_commas(engine: Engine, tmp_path: Path) -> None:
    rows = [(f"2024-05-{at % 28 + 1:02d}T10:00:00Z", f"{at}.5") for at in range(40)]
    found = read(engine, tmp_path, ["time        ,celsius", *(f"{a}  ,{b}   " for a, b in rows)])
    assert list(found.kept.values()) == rows


def test_a_sign_that_seems_to_part_columns_is_told() -> None:
    lines = ["day#orders#note\n", *["2024-05-01#7#\n"] * 5]
    assert sniff_warnings(lines, sniff(lines, Dialect())) == (
        "There is one column, and as many # in every line: do they part columns?",
    )
    plain = ["path\n", "a/b/c\n", "a/b\n"]
    assert sniff_warnings(plain, sniff(plain, Dialect())) == ()


@pytest.mark.parametrize(
    ("header", "row", "is_header"),
    [("region,2021,2022,2023", "North,5,6,7", True), ("North,17,3,90", "South,5,6,7", False)],
)
def test_numbers_that_count_up_beside_words_are_names(header: str, row: str, is_header: bool) -> None:
    assert sniff([line + "\n" for line in (header, *[row] * 12)], Dialect()).header == is_header


def test_a_header_repeated_on_every_page_is_a_header_though_its_numbers_are_values_below(
    engine: Engine, tmp_path: Path
) -> None:
    names = ("who", "would you come again (0-10)")
    rows = [(f"Guest {at}", str(at % 10)) for at in range(30)]
    pages = [names, *rows[:10], names, *rows[10:20], names, *rows[20:]]
    found = read(engine, tmp_path, list(map(line_of, pages)))
    assert list(found.kept.values()) == rows
    assert list(found.ignored.values()) == ["repeated header"] * 2


def test_dashes_under_the_header_and_notes_below_the_table_are_left_out(
    engine: Engine, tmp_path: Path
) -> None:
    lines = written(GOODS)
    lines = [
        lines[0],
        "---,-----,---,-----,-----",
        *lines[1:],
        ",,,,",
        "Note: counted by hand,,,,",
        ",,stale,,",
    ]
    found = read(engine, tmp_path, lines, COLUMNS)
    assert list(found.kept.values()) == GOODS
    assert sorted(found.ignored.values()) == [
        "empty row",
        "line under the header",
        "note below the table",
        "note below the table",
    ]
    assert "2 rows are notes below the table and are left out: lines 44, 45." in found.warnings


def test_a_row_of_one_cell_that_looks_like_its_column_or_stands_between_rows_is_kept(
    engine: Engine, tmp_path: Path
) -> None:
    lines = written(
        [*GOODS[:20], ("Counted by hand so far", "", "", "", ""), *GOODS[20:], ("A-1040", "", "", "", "")]
    )
    found = read(engine, tmp_path, lines, COLUMNS)
    assert len(found.kept) == len(GOODS) + 2


@pytest.mark.parametrize(
    ("last", "ignored"),
    [(("Total", "Chen Yu", "Crime"), {}), (("Total", "24", "7.50"), {25: "total row"})],
)
def test_a_last_row_named_total_with_words_of_the_table_is_a_row(
    last: tuple[str, ...], ignored: dict[int, str], engine: Engine, tmp_path: Path
) -> None:
    found = read(engine, tmp_path, written([*BOOKS, last], "title,author,genre"), BOOK_COLUMNS)
    assert found.ignored == ignored


def test_totals_of_a_table_that_is_mostly_empty_are_left_out(engine: Engine, tmp_path: Path) -> None:
    rows = [
        (f"C-{at:03d}", "yes" if at % 5 == 0 else "", "", "2" if at % 7 == 0 else "", "") for at in range(40)
    ]
    subtotal = ("Subtotal", "", "", "", "9")
    found = read(engine, tmp_path, written([*rows[:20], subtotal, *rows[20:], COLUMNS, subtotal]), COLUMNS)
    assert found.ignored == {21: "total row", 42: "repeated header", 43: "total row"}
    assert list(found.kept.values()) == rows


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ([("office", "manager", "town"), ("Main", "Ada Lee", "Rome"), ("Depot", "Cy Dahl", "Oslo")], True),
        ([("Far Shore", "Osei", "Poetry"), ("Red River", "Chen Yu", "Crime")], False),
    ],
)
def test_another_table_of_nothing_but_words_is_told(
    below: list[tuple[str, ...]], told: bool, engine: Engine, tmp_path: Path
) -> None:
    rows = [*((*row[:2], ["Crime", "Novel"][at % 2]) for at, row in enumerate(BOOKS)), *below]
    found = read(engine, tmp_path, written(rows, "title,author,genre"), BOOK_COLUMNS)
    assert len(found.kept) == len(rows)
    assert any("names of another table" in warning for warning in found.warnings) == told
