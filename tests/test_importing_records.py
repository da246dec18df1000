"""Records, the careful reader and the independent counter: they share no code and must agree."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import count_records, originals
from ladder.importing.plan import Dialect
from ladder.importing.records import records
from ladder.importing.rows import read_rows

COMMA = Dialect(skip=0)
PIECES = [
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "a",
    "é",
    "1",
    ",,",
    '",',
    ',"',
    '"\n',
    "\\",
    '\\"',
    "a,b,c\n",
]
dirty_text = st.lists(st.sampled_from(PIECES), max_size=80)
dialects = st.sampled_from(
    [
        COMMA,
        Dialect(skip=0, escape="\\"),
        *(Dialect(skip=0, columns=tuple("abcd"[:width]), header=False) for width in (1, 2, 3)),
        Dialect(skip=0, columns=("a", "b", "c"), header=False, escape="\\"),
        Dialect(skip=0, columns=("a", "b", "c"), header=False, quote=""),
        Dialect(skip=0, columns=("a", "b"), header=False, quote='"', delimiter=" "),
    ]
)


def read(text: str, dialect: Dialect = COMMA) -> list[list[str] | str]:
    found = records(io.StringIO(text, newline=""), dialect)
    return [record.problem or record.fields for record in found]


def counted(tmp_path: Path, text: str, dialect: Dialect = COMMA) -> int:
    file = tmp_path / "some.csv"
    file.write_bytes(text.encode())
    return count_records(file, dialect).records


def test_a_quoted_field_may_span_lines_and_hold_quotes() -> None:
    assert read('a,"b\nc ""d""",e\n1,2,3') == [["a", 'b\nc "d"', "e"], ["1", "2", "3"]]


def test_a_quote_that_never_closes_costs_its_own_line_only() -> None:
    assert read('a,"b\nc,d\ne,f\n') == ["quote never closed", ["c", "d"], ["e", "f"]]


def test_a_stray_quote_does_not_join_up_with_the_next_quoted_field() -> None:
    assert read('a,"b\nc,"d"\ne,f\n') == ["quote never closed", ["c", "d"], ["e", "f"]]


def test_a_quote_inside_plain_text_is_text() -> None:
    assert read('12" plate,4\n') == [['12" plate', "4"]]


def test_blanks_around_quotes_belong_to_no_field() -> None:
    assert read('a, "b,c" ,d\n') == [["a", "b,c", "d"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts(end: str, tmp_path: Path) -> None:
    text = end.join(["a,b", "", '"x' + end + 'y",2', "3,4"])
    assert len(read(text)) == counted(tmp_path, text) == 4


def test_blank_lines_are_counted_apart(tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(b"a,b\n\n1,2\n\n\n3,4\n\n")
    count = count_records(file, Dialect(skip=1))
    assert (count.records, count.blank) == (6, 4)


def test_original_rows_come_back_with_their_line_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(b'a,b\n\n"x\ny",2\n3,4\n')
    found = list(originals(file, Dialect(skip=1), [1, 2]))
    assert [(item.line, item.text) for item in found] == [(3, '"x\ny",2'), (5, "3,4")]


def test_runs_of_blanks_can_part_columns() -> None:
    assert read(" 00001 19970101  1   11.77\n", Dialect(delimiter="whitespace", quote="")) == [
        ["00001", "19970101", "1", "11.77"]
    ]


@settings(max_examples=400, deadline=None)
@given(parts=dirty_text, dialect=dialects)
def test_reader_and_counter_agree_on_any_text(
    parts: list[str], dialect: Dialect, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "".join(parts)
    assert counted(tmp_path_factory.mktemp("dirty"), text, dialect) == len(read(text, dialect))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=dirty_text, dialect=dialects.filter(lambda dialect: dialect.columns))
def test_the_engine_reads_what_the_careful_reader_reads(
    parts: list[str], dialect: Dialect, tmp_path_factory: pytest.TempPathFactory, engine: Engine
) -> None:
    agree_on("".join(parts), dialect, tmp_path_factory.mktemp("both"), engine)


@pytest.fixture(scope="module")
def small_limits() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ladder.importing.record_blocks.BLOCK", 7)
        patch.setattr("ladder.importing.record_blocks.SMALL", 5)
        patch.setattr("ladder.importing.record_blocks.LONGEST", 3)
        patch.setattr("ladder.importing.record_blocks.LONGEST_BYTES", 20)
        patch.setattr("ladder.importing.records.LONGEST_RECORD", 3)
        patch.setattr("ladder.importing.records.LONGEST_BYTES", 20)
        patch.setattr("ladder.importing.lines.LONGEST_BYTES", 20)
        patch.setattr("ladder.importing.mend.LONGEST_BYTES", 20)
        patch.setattr("ladder.importing.mend._BLOCK", 11)
        patch.setattr("ladder.importing.read.LONGEST_BYTES", 20)
        yield


@settings(max_examples=400, deadline=None)
@given(parts=dirty_text, dialect=dialects)
def test_reader_and_counter_agree_across_blocks_and_on_too_long_records(
    parts: list[str], dialect: Dialect, tmp_path_factory: pytest.TempPathFactory, small_limits: None
) -> None:
    text = "".join(parts)
    assert counted(tmp_path_factory.mktemp("dirty"), text, dialect) == len(read(text, dialect))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(parts=dirty_text, dialect=dialects.filter(lambda dialect: dialect.columns))
def test_the_engine_reads_what_the_careful_reader_reads_across_blocks(
    parts: list[str],
    dialect: Dialect,
    tmp_path_factory: pytest.TempPathFactory,
    engine: Engine,
    small_limits: None,
) -> None:
    agree_on("".join(parts), dialect, tmp_path_factory.mktemp("both"), engine)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as found:
        yield found


def agree_on(text: str, dialect: Dialect, folder: Path, engine: Engine) -> None:
    """Rows of the right width are kept as they are; of the others nothing is kept but what was repaired."""
    found = [
        record
        for record in records(io.StringIO(text, newline=""), dialect)
        if record.fields or record.problem
    ]
    file = folder / "some.csv"
    file.write_bytes(text.encode())
    if not found:
        with pytest.raises(LadderError, match="No rows"):
            read_rows(engine, file, dialect, folder)
        return
    rows = read_rows(engine, file, dialect, folder)
    assert sorted({**rows.kept, **rows.refused, **rows.ignored}) == list(range(1, len(found) + 1))
    for number, record in enumerate(found, 1):
        if record.problem is None and len(record.fields) == len(dialect.columns):
            cells = tuple(cell.strip(" \t\r\n") for cell in record.fields)
            assert rows.kept.get(number, ()) == cells or number in rows.ignored
        else:
            assert number in rows.refused or number in rows.ignored or rows.warnings
