"""Dirty files: each is read as its author meant, or not in silence."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.dirty_csv import OURS, Score, score
from benchmarks.polluted import orders, polluted, save, visits
from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.dialect import doubts, sniff, sniff_warnings
from ladder.importing.plan import Dialect
from ladder.importing.rows import Rows, read_rows
from tests.importing_shop import bring, empty_workspace

CONFIRMED, GUESSED, POLLUTED = 0.99, 0.95, 116
THREE = Dialect(columns=("id", "day", "sum"))
ROWS = [(f"c{at:03d}", f"2024-01-{at % 28 + 1:02d}", f"{at}.50") for at in range(1, 201)]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as found:
        yield found


def text_of(rows: Sequence[Sequence[str]], header: str = "id,day,sum") -> str:
    return "".join(line + "\n" for line in (header, *map(",".join, rows)))


def lines_of(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def read(engine: Engine, folder: Path, text: str, dialect: Dialect | None = THREE) -> Rows:
    file = folder / "file.csv"
    file.write_bytes(text.encode())
    return read_rows(engine, file, dialect or sniff(lines_of(text), Dialect()), folder)


@pytest.fixture(scope="module", params=OURS)
def scored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Score]]:
    """How we read every polluted file: with the true dialect confirmed, and by our own guess."""
    folder = tmp_path_factory.mktemp("polluted")
    files = [*polluted(orders(40), "orders", 13), *polluted(visits(30), "visits", 11)]
    save(folder, files)
    return request.param, [score(folder, file.name, request.param) for file in files]


def test_no_row_of_a_polluted_file_is_lost_or_added_in_silence(scored: tuple[str, list[Score]]) -> None:
    _, scores = scored
    assert [item.file for item in scores if item.lost or item.added or item.crashed] == []


def test_records_of_polluted_files_are_found(scored: tuple[str, list[Score]]) -> None:
    """F1 of records, the mean of the files: above 0.99 with the dialect confirmed, at least 0.95 by our own guess."""
    reader, scores = scored
    found = mean(item.f1 for item in scores)
    assert len(scores) == POLLUTED
    assert found > CONFIRMED if reader == OURS[0] else found >= GUESSED


def test_good_rows_beside_a_stray_quote_on_any_line_are_kept(engine: Engine, tmp_path: Path) -> None:
    for at, row in enumerate(ROWS):
        line = ",".join(row)
        place = at * 7 % (len(line) + 1)
        broken = [*ROWS[:at], [line[:place] + '"' + line[place:]], *ROWS[at + 1 :]]
        found = read(engine, tmp_path, text_of(broken))
        others = {number: cells for number, cells in found.kept.items() if number != at + 1}
        assert others == {number: cells for number, cells in enumerate(ROWS, 1) if number != at + 1}


def test_two_stray_quotes_that_would_pair_up_do_not_swallow_the_rows_between(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [list(row) for row in ROWS[:20]]
    rows[5][1] = '"' + rows[5][1]
    rows[9][1] += '"'
    found = read(engine, tmp_path, text_of(rows))
    assert [found.kept.get(at) for at in (6, 7, 8, 9)][1:] == ROWS[6:9]
    assert found.count == 20


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_over_several_lines_is_one_cell(end: str, engine: Engine, tmp_path: Path) -> None:
    text = end.join(["id,text", '1,"one', "two, three", 'four"', "2,five", ""])
    found = read(engine, tmp_path, text, Dialect(columns=("id", "text")))
    assert found.kept == {1: ("1", f"one{end}two, three{end}four"), 2: ("2", "five")}


@pytest.mark.parametrize("ends", [("\r",), ("\n", "\r\n"), ("\r\n", "\n", "\r")])
@pytest.mark.parametrize("last", [True, False])
def test_any_mixture_of_line_ends_is_read(
    ends: tuple[str, ...], last: bool, engine: Engine, tmp_path: Path
) -> None:
    lines = text_of(ROWS[:30]).splitlines()
    text = "".join(line + ends[at % len(ends)] for at, line in enumerate(lines))
    found = read(engine, tmp_path, text if last else text.rstrip("\r\n"))
    assert list(found.kept.values()) == ROWS[:30]


@pytest.mark.parametrize("text", ["\n", "\n\n\n", "\r\n\r\n", "id,day,sum\n", "id,day,sum"])
def test_a_file_without_rows_is_refused_in_a_sentence(text: str, engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="No rows"):
        read(engine, tmp_path, text)


@pytest.mark.parametrize("cell", ["x" * 3_000_000, '"' + "x\n" * 4_000_000 + '"', "é,;" * 3_000_000])
def test_a_row_too_long_is_refused_with_its_line_and_the_rest_is_read(
    cell: str, engine: Engine, tmp_path: Path
) -> None:
    long = ["c900", "2024-01-05", cell]
    found = read(engine, tmp_path, text_of([*ROWS[:50], long, *ROWS[50:100]]))
    assert set(ROWS[:100]) <= set(found.kept.values())
    assert found.refused[51] in ("row too long", "quote never closed")


def test_rows_that_grow_wider_half_way_are_refused_one_by_one(engine: Engine, tmp_path: Path) -> None:
    rows = [*ROWS[:100], *([*row, "new"] for row in ROWS[100:])]
    found = read(engine, tmp_path, text_of(rows))
    assert list(found.kept.values()) == ROWS[:100]
    assert list(found.refused.values()) == ["wrong number of columns"] * 100


def test_a_quote_before_the_last_field_is_its_text(engine: Engine, tmp_path: Path) -> None:
    rows = [(*row[:2], "a note, long") for row in ROWS[:20]]
    text = "".join(f'{row[0]},{row[1]},"{row[2]}"\n' for row in rows).replace('"a', '""a', 1)
    found = read(engine, tmp_path, "id,day,note\n" + text, Dialect(columns=("id", "day", "note")))
    assert list(found.kept.values()) == [(*rows[0][:2], '"a note, long'), *rows[1:]]
    assert found.warnings == (
        "1 row is not written like the others, and read in the one way that fits the columns: line 2.",
    )


def test_an_empty_field_too_many_is_left_out_where_only_one_place_fits(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [",".join(row) for row in ROWS[:30]]
    rows[4] = rows[4].replace(",", ",,", 1)
    found = read(engine, tmp_path, "\n".join(["id,day,sum", *rows]))
    assert list(found.kept.values()) == ROWS[:30]
    assert "line 6" in found.warnings[0]


def test_an_empty_field_too_many_is_refused_where_two_places_fit(engine: Engine, tmp_path: Path) -> None:
    rows = [f"{row[0]},,tall,{row[2]}" for row in ROWS[:30]]
    rows[4] = f"{ROWS[4][0]},,,tall,{ROWS[4][2]}"
    rows[5] = f"{ROWS[5][0]},,,,tall"
    found = read(engine, tmp_path, "\n".join(["a,b,c,d", *rows]), Dialect(columns=("a", "b", "c", "d")))
    assert found.kept[5] == (ROWS[4][0], "", "tall", ROWS[4][2])
    assert found.refused == {6: "wrong number of columns"}


def test_a_row_with_another_delimiter_is_read_where_its_cells_fit(engine: Engine, tmp_path: Path) -> None:
    rows = [",".join(row) for row in ROWS[:30]]
    rows[7], rows[8] = rows[7].replace(",", ";"), "some;other;words"
    found = read(engine, tmp_path, "\n".join(["id,day,sum", *rows]))
    assert found.kept[8] == ROWS[7]
    assert found.refused == {9: "wrong number of columns"}


def test_rows_that_are_none_of_the_table_are_ignored_with_a_reason(engine: Engine, tmp_path: Path) -> None:
    rows = [
        *ROWS[:10],
        ("", "", ""),
        (" ", "", " "),
        ("id", "day", "sum"),
        *ROWS[10:20],
        ("Total", "", "210.00"),
    ]
    found = read(engine, tmp_path, text_of(rows))
    assert list(found.kept.values()) == ROWS[:20]
    assert found.ignored == {11: "empty row", 12: "empty row", 13: "repeated header", 24: "total row"}
    assert found.warnings == (
        "1 row repeats the header and is left out: line 14.",
        "1 row is a total and is left out: line 25.",
    )


@pytest.mark.parametrize(
    "word", ["TOTAL", "Grand total", "Sum:", "I alt", "Gesamtsumme", "Итого", "Total (EUR)"]
)
def test_a_total_never_becomes_a_row(word: str, engine: Engine, tmp_path: Path) -> None:
    found = read(engine, tmp_path, text_of([*ROWS[:10], (word, "", "60.00")]))
    assert found.ignored == {11: "total row"}


def test_a_customer_whose_name_is_total_stays(engine: Engine, tmp_path: Path) -> None:
    rows = [*ROWS[:5], ("Total", "2024-01-05", "60.00"), *ROWS[5:10]]
    assert len(read(engine, tmp_path, text_of(rows)).kept) == 11


def test_a_row_that_begins_with_a_hash_is_a_row(engine: Engine, tmp_path: Path) -> None:
    rows = [*ROWS[:5], ("#900", "2024-01-05", "60.00")]
    assert list(read(engine, tmp_path, text_of(rows)).kept.values()) == rows


@pytest.mark.parametrize("header", ["refund,refunded,money", "refund,day,sum", "a,b,c,d"])
def test_the_rows_of_another_table_below_are_left_out_and_told(
    header: str, engine: Engine, tmp_path: Path
) -> None:
    width = header.count(",") + 1
    below = [f"R{at}," + ",".join("wxyz"[: width - 1]) for at in range(10)]
    text = text_of(ROWS[:30]) + "\n".join([header, *below])
    found = read(engine, tmp_path, text)
    assert list(found.kept.values()) == ROWS[:30]
    assert list(found.ignored.values()) == ["another table"] * 11
    assert found.warnings[-1].startswith("11 rows are of another table and are left out: lines 32, 33,")


def test_a_nul_costs_its_row(engine: Engine, tmp_path: Path) -> None:
    found = read(engine, tmp_path, text_of([*ROWS[:5], ("c\0", "2024-01-05", "1"), *ROWS[5:9]]))
    assert found.refused == {6: "NUL character"}


def test_a_stray_quote_makes_no_other_customer(tmp_path: Path) -> None:
    rows = [",".join(row) for row in ROWS[:20]]
    rows[3] = '"' + rows[3]
    text = "\n".join(["customer_id,ts,amount", *rows])
    result = bring(empty_workspace(tmp_path), tmp_path, text, "transactions")
    assert (result.accepted, result.reasons) == (19, {"quote never closed": 1})


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("a;b;c\n1;2,5;3,5\n4;5,5;6,0\n", {"delimiter": ";", "skip": 1}),
        ("sep=;\na;b\n1;2,5\n", {"delimiter": ";", "skip": 2}),
        ("id day text\n1 2024-01-05 'a b'\n2 2024-01-06 'c d'\n", {"delimiter": " ", "quote": "'"}),
        ("id^day\n1^2024-01-05\n2^2024-01-06\n", {"delimiter": "^"}),
        ('id,text\n1,"a \\"b\\", c"\n2,"d"\n', {"escape": "\\", "columns": ("id", "text")}),
        ("id,text\n1,'a, b'\n2,'it''s'\n3,'c'\n", {"quote": "'", "escape": ""}),
        ("Export of May\n\nid,day\n1,2024-05-01\n2,2024-05-02\n", {"skip": 3, "columns": ("id", "day")}),
        ("Export,,\n,,\nid,day,sum\n1,2024-05-01,3\n2,2024-05-02,4\n", {"skip": 3}),
        ("id,day,\n" + "1,2024-05-01,x\n" * 9, {"columns": ("id", "day", "column3")}),
        (",id,day\n" + "1,2024-05-01\n" * 9, {"columns": ("id", "day")}),
        ("id;day\n" + "1,2024-05-01\n" * 9, {"delimiter": ",", "columns": ("id", "day")}),
        ("1,2024-05-01\n2,2024-05-02\n", {"header": False, "skip": 0}),
        (
            "id,day\nkey,date\n" + "1,2024-05-01\n" * 9,
            {"header_rows": 2, "skip": 2, "columns": ("id key", "day date")},
        ),
    ],
)
def test_the_sniffer_proposes(text: str, settings: dict[str, object]) -> None:
    found = sniff(lines_of(text), Dialect())
    assert {name: getattr(found, name) for name in settings} == settings


def test_a_header_of_too_few_names_is_not_shifted_over_the_columns() -> None:
    lines = lines_of("dayid,sum\n" + "1,2024-05-01,4\n" * 9)
    found = sniff(lines, Dialect())
    assert (found.header, found.skip, found.columns) == (False, 1, ("column1", "column2", "column3"))
    assert sniff_warnings(lines, found) == (
        "The line above the rows does not name 3 columns: they are numbered instead.",
    )


def test_a_first_line_taken_for_a_row_is_told() -> None:
    lines = lines_of("1,2024-05-01\n2,2024-05-02\n")
    assert sniff_warnings(lines, sniff(lines, Dialect())) == (
        "The first line is taken for a row, not for the names of the columns.",
    )


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Ada,Berlin,red\nBob,Oslo,blue\n", ["header"]),
        ("customer,city,colour\nBob,Oslo,blue\n", []),
        ("who,when,what\n" + "Bob,2024-01-05,blue\n" * 9, []),
    ],
)
def test_whether_the_first_line_is_a_header_is_asked_where_nothing_tells(text: str, asked: list[str]) -> None:
    dialect = sniff(lines_of(text), Dialect())
    rows = [line.split(",") for line in text.splitlines()[1:]]
    assert [question.id for question in doubts(dialect, rows)] == asked
