"""A look into a large sheet reads its beginning only, and sees what a look into all of it would."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ladder.importing.formats import plain_text, sheet_head
from ladder.importing.formats.sheet_head import head_of_sheet, is_read_alike, letters
from ladder.importing.formats.sheets import sheets_of
from ladder.importing.look import Look, look_here
from tests.importing_files import patched, workbook, zipped

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
OFFICE = "http://schemas.openxmlformats.org"
ROWS = 1_000
HEADER = ["customer_id", "ts", "amount", "note"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of more than some 150 rows are large."""
    monkeypatch.setattr(sheet_head, "_ENOUGH", 1 << 15)


@cache
def content() -> bytes:
    rows: list[list[Any]] = [[f"c{at % 9}", date(2024, 1, 1), at + 0.5, "x"] for at in range(ROWS)]
    with TemporaryDirectory() as place:
        return workbook(Path(place), [HEADER, *rows]).read_bytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content())
    return path


def whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The look that reads everything."""
    with monkeypatch.context() as patch:
        patch.setattr(sheet_head, "_ENOUGH", 1 << 40)
        return look_here(path, {})


def test_the_beginning_alone_is_read_and_looks_like_the_whole(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = whole(file, monkeypatch)
    later = patched(file, SHEET, r'(<c r="C)900("[^>]*><v>)[^<]*', r"\g<1>900\g<2>x")
    for path in (file, later):
        seen = look_here(path, {})
        assert seen.dialect == everything.dialect
        assert 100 < len(seen.rows) < ROWS
        assert seen.rows == everything.rows[: len(seen.rows)]


@pytest.mark.parametrize(
    ("pattern", "replacement", "column"),
    [
        (r'<c r="D900".*?</c>', '<c r="D900"/><c r="F900"><v>1</v></c>', 6),
        (r'<c r="D900".*?</c>', '<c r="D900"/><c r="AA900" t="inlineStr"><is><t>late</t></is></c>', 27),
        (r'<c r="D900".*?</c>', '<c r="D900"/><c r="E900"><f>A1</f></c>', 5),
        (r'(<c r="B900"[^>]*><v>\d+)', r"\1.5", 4),
        (r'(<c r="B900"[^>]*>)<v>(\d+)', r"\1<f>A1</f><v>\2.5", 4),
    ],
)
def test_what_later_rows_change_is_seen(
    pattern: str, replacement: str, column: int, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = patched(file, SHEET, pattern, replacement)
    seen = look_here(changed, {})
    assert seen == whole(changed, monkeypatch)
    assert len(seen.dialect.columns) == column
    found = plain_text(changed, seen.dialect, tmp_path, lambda share: None)
    with found.path.open(encoding="utf-8", newline="") as lines:
        records = list(csv.reader(lines))
    assert {len(record) for record in records} == {column}
    assert [record[1] for record in records[1:]] == [row[1] for row in seen.rows], (
        "dates as the look has seen them"
    )


def test_empty_cells_with_a_format_change_nothing(file: Path) -> None:
    (sheet,) = sheets_of(file)
    for cell in ('<c r="F900" s="1"/>', '<c r="F900" s="1"></c>'):
        assert is_read_alike(patched(file, SHEET, r'(<c r="D900".*?</c>)', rf"\1{cell}"), sheet, 4, {1})


def test_shared_texts_are_read_as_far_as_the_beginning_needs_them(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"customer &amp; {at}" for at in range(5_000)]
    link = f'<Relationship Id="s" Type="{OFFICE}/officeDocument/2006/relationships/sharedStrings"'
    path = patched(
        file,
        "xl/_rels/workbook.xml.rels",
        "</Relationships>",
        f'{link} Target="sharedStrings.xml"/></Relationships>',
    )
    place = iter(range(10_000))
    path = _rewritten(
        path, r'(<c r="A\d+")[^>]*>.*?</c>', lambda cell: f'{cell[1]} t="s"><v>{next(place)}</v></c>'
    )
    items = "<si/>" + "".join(f"<si><t>{text}</t></si>" for text in texts)
    path = _added(path, STRINGS, f'<sst xmlns="{OFFICE}/spreadsheetml/2006/main">{items}</sst>')
    (sheet,) = sheets_of(path)
    head = head_of_sheet(path, sheet)
    assert head is not None
    assert 150 < head.content.count(b"<si>") < 3_000
    seen = look_here(path, {})
    assert seen.rows[0][0] == "customer & 0"
    assert seen.rows == whole(path, monkeypatch).rows[: len(seen.rows)]


def test_sheets_that_do_not_number_their_cells_are_read_whole(file: Path) -> None:
    path = _rewritten(file, r'(<c) r="[A-Z]+\d+"', lambda cell: cell[1])
    (sheet,) = sheets_of(path)
    assert head_of_sheet(path, sheet) is None
    assert len(look_here(path, {}).rows) == ROWS


def test_days_before_the_first_time_of_a_column_are_written_alike(file: Path, tmp_path: Path) -> None:
    path = patched(file, SHEET, r'(<c r="B900"[^>]*><v>\d+)', r"\1.5")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ladder.importing.formats.workbook._CHUNK", 100)
        found = plain_text(path, look_here(path, {}).dialect, tmp_path, lambda share: None)
    lines = found.path.read_text("utf-8").splitlines()
    assert lines[1].split(",")[1] == "2024-01-01 00:00:00"
    assert lines[899].split(",")[1] == "2024-01-01 12:00:00"


def test_letters_of_columns_are_those_of_spreadsheets() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702, 16_383)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [1, 25, 26, 27, 52, 700, 702, 703])
def test_the_first_column_beyond_is_found_at_every_width(width: int, file: Path) -> None:
    (sheet,) = sheets_of(file)
    row = '<row r="900"><c r="{}900"><v>1</v></c></row>'
    for column, is_alike in ((width - 1, True), (width, False), (width + 25, False)):
        path = _rewritten(file, "<sheetData>.*</sheetData>", lambda _, at=column: row.format(letters(at)))
        assert is_read_alike(path, sheet, width, ()) is is_alike


def _rewritten(path: Path, pattern: str, change: Any) -> Path:
    parts = _parts(path)
    text = re.sub(pattern, change, parts[SHEET].decode("utf-8"), flags=re.DOTALL)
    return zipped(path.parent, {**parts, SHEET: text}, "rewritten.xlsx")


def _added(path: Path, part: str, text: str) -> Path:
    return zipped(path.parent, {**_parts(path), part: text}, "added.xlsx")


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}
