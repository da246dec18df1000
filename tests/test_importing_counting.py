"""What the independent counter says of the bytes of a file, held against a slow look at its records."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder.importing.counting import Count, count_records
from ladder.importing.plan import Dialect
from ladder.importing.records import Record, records

DIALECTS = (
    Dialect(skip=0, columns=("a", "b")),
    Dialect(skip=1, columns=("a", "b")),
    Dialect(skip=0, columns=("a", "b"), delimiter=";", quote="'"),
    Dialect(skip=0, columns=("a", "b"), delimiter="\t"),
    Dialect(skip=0, columns=("a", "b"), delimiter=" "),
    Dialect(skip=0, columns=("a", "b"), quote=""),
)
CELLS = ("x", "12.5", "", "größe", "é", " x", "x ", "x@y.dk", "a b", "q", "NUL\0", "\u00a0", "d,e;f", 'g"h')
TIDY = [("x", "12.5"), ("abc", ""), ("zz", "1")]
ENDS = ("\n", "\n", "\n", "\r\n", "\r")


@st.composite
def texts(draw: st.DrawFn, dialect: Dialect) -> str:
    """Tidy lines with a few others between them, so that blocks are told by both ways and change within a file."""
    lines = []
    for _ in range(draw(st.integers(0, 25))):
        if draw(st.integers(0, 9)):
            cells = draw(st.sampled_from(TIDY))
        else:
            cells = draw(st.tuples(st.sampled_from(CELLS), st.sampled_from((*CELLS, "two\nlines", "\n"))))
        quoted = draw(st.booleans())
        lines.append(dialect.delimiter.join(_cell(cell, dialect, quoted) for cell in cells))
        lines.append(draw(st.sampled_from(ENDS)) if not draw(st.integers(0, 9)) else "\n")
        lines.append(draw(st.sampled_from(("", "\n", dialect.quote))) if not draw(st.integers(0, 19)) else "")
    return "".join(lines).rstrip("\n" if draw(st.booleans()) else "")


def _cell(text: str, dialect: Dialect, quoted: bool) -> str:
    if not dialect.quote:
        return text.replace(dialect.delimiter, "_")
    special = (dialect.delimiter, dialect.quote, "\n")
    if quoted or any(mark in text for mark in special):
        return dialect.quote + text.replace(dialect.quote, 2 * dialect.quote) + dialect.quote
    return text


@pytest.fixture(scope="module", params=[13, 60])
def block(request: pytest.FixtureRequest) -> Iterator[int]:
    """Blocks so short that every text has many borders."""
    size = int(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ladder.importing.counting.BLOCK", size)
        patch.setattr("ladder.importing.counting._UNTIDY", 2 * size)
        patch.setattr("ladder.importing.record_blocks.BLOCK", size)
        patch.setattr("ladder.importing.record_blocks.SMALL", max(5, size // 4))
        yield size


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), dialect=st.sampled_from(DIALECTS))
def test_what_the_counter_says_is_so_at_any_border(
    data: st.DataObject, dialect: Dialect, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = data.draw(texts(dialect))
    file = tmp_path_factory.mktemp("counted") / "some.csv"
    file.write_bytes(text.encode())
    agree(count_records(file, dialect), text, dialect)


ODD = ("\n", '"', '""', '"two\nlines"', "\r", "\r\n", " ", "é", "\0", "@", ',"', '\n"')


@pytest.mark.parametrize("mark", ODD)
def test_what_stands_at_the_border_of_a_block_is_seen(
    mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 900
    for module in ("counting", "record_blocks"):
        monkeypatch.setattr(f"ladder.importing.{module}.BLOCK", size)
    dialect, file = DIALECTS[0], tmp_path / "some.csv"
    tidy = 'abc,12.5\n"ab",1.25\n' * 110
    for place in (at + near for at in (size, 2 * size) for near in range(-2, 3)):
        text = tidy[:place] + mark + tidy[place:]
        file.write_bytes(text.encode())
        agree(count_records(file, dialect), text, dialect)


def agree(count: Count, text: str, dialect: Dialect) -> None:
    """What decides how a file is read may be said of it only where it is so."""
    whole = list(records(io.StringIO(text, newline=""), dialect))
    found = whole[dialect.skip :]
    lines = list(io.StringIO(text, newline=""))
    below = "".join(lines[sum(record.lines for record in whole[: dialect.skip]) :])
    assert count.skipped == len(whole) - len(found)
    assert count.records == len(found)
    assert count.blank == sum(not (record.fields or record.problem) for record in found)
    assert (count.has_at, count.has_nul) == ("@" in below, "\0" in below)
    if count.separators is not None:
        assert count.separators == _separators(below, dialect)
        assert not any(record.problem for record in found)
        assert not count.bare or all(map(_is_bare, found))


def _separators(text: str, dialect: Dialect) -> int:
    """Delimiters outside quotes: those in every other part between the quotes."""
    parts = text.split(dialect.quote)[::2] if dialect.quote else [text]
    return sum(part.count(dialect.delimiter) for part in parts)


def _is_bare(record: Record) -> bool:
    return all(
        "!" <= min(cell[0], cell[-1]) <= max(cell[0], cell[-1]) <= "~" for cell in record.fields if cell
    )
