"""Hostile files are refused in seconds, in a sentence; caller and workspace are as they were."""

from __future__ import annotations

import gzip
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import Dialect, Mapping, Plan, propose, run_import
from ladder.importing.look import look
from ladder.workspace import Folder
from tests.importing_files import patched, refused, workbook, zipped
from tests.importing_shop import empty_workspace, plan_of, saved

HEADER = "customer_id,ts,amount\n"
CSV = HEADER + "ann,2024-01-05,1.50\n" * 50
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ROWS = [["customer_id", "ts", "amount"], *([f"c{at}", date(2024, 1, 5), at] for at in range(50))]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


# Bombs


def _zeros(size: int) -> bytes:
    """A gzip archive of so many zeros, made without holding them."""
    packer, block = zlib.compressobj(wbits=31), bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(size >> 20)), packer.flush()])


def _zip_of_zeros(path: Path, size: int, member: str) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(member, "w", force_zip64=True) as sink,
    ):
        for _ in range(size >> 20):
            sink.write(bytes(1 << 20))
    return path


def _lying(path: Path) -> Path:
    """The archive with every size in its directory and headers made small."""
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.find(mark)
        while start >= 0:
            content[start + place : start + place + 4] = struct.pack("<I", 100)
            start = content.find(mark, start + 4)
    path.write_bytes(bytes(content))
    return path


def test_a_gzip_bomb_is_stopped_long_before_its_end(tmp_path: Path) -> None:
    for begin in (b"", CSV.encode()):
        file = saved(tmp_path, gzip.compress(begin) + _zeros(256 << 20), "bomb.csv.gz")
        with refused("unpacks without end|binary data"):
            look(file, {})


def test_a_gzip_bomb_that_begins_like_a_table_is_stopped_in_the_import(
    folder: Folder, tmp_path: Path
) -> None:
    plan = plan_of(tmp_path, gzip.compress(CSV.encode()))
    bomb = saved(tmp_path, gzip.compress(CSV.encode() * 2000) + _zeros(256 << 20))
    with refused("unpacks without end", folder):
        run_import(folder, bomb, plan)


@pytest.mark.parametrize("lie", [False, True])
def test_a_zip_bomb_is_refused(lie: bool, tmp_path: Path) -> None:
    file = _zip_of_zeros(tmp_path / "bomb.zip", 256 << 20, "orders.csv")
    file = _lying(file) if lie else file
    with refused("damaged|binary" if lie else "unpacks without end"):
        look(file, {})


def test_too_many_files_in_an_archive_are_refused_with_their_number(tmp_path: Path) -> None:
    file = zipped(tmp_path, {f"{at}.csv": "" for at in range(10_001)})
    with refused("10,001 files"):
        look(file, {})


@pytest.mark.parametrize("inner", ["zip", "gzip", "xlsx", "parquet"])
def test_an_archive_in_an_archive_is_refused(inner: str, tmp_path: Path) -> None:
    if inner == "gzip":
        content = gzip.compress(CSV.encode())
    elif inner == "zip":
        content = zipped(tmp_path, {"orders.csv": CSV}, "inner.zip").read_bytes()
    elif inner == "xlsx":
        content = workbook(tmp_path, ROWS).read_bytes()
    else:
        pq.write_table(pa.table({"a": [1]}), tmp_path / "inner.parquet")
        content = (tmp_path / "inner.parquet").read_bytes()
    for file in (
        zipped(tmp_path, {"orders.csv": content}),
        saved(tmp_path, gzip.compress(content), "orders.csv.gz"),
    ):
        with refused("Unpack it"):
            look(file, {})


def test_a_workbook_with_one_cell_far_away_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, ROWS)
    far = r'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    with refused("16,384 columns"):
        look(patched(file, SHEET, "</sheetData>", far), {})
    far = r'<row r="1048576"><c r="ZZ1048576" t="n"><v>1</v></c></row></sheetData>'
    with refused("1,048,576 rows and 702 columns"):
        look(patched(file, SHEET, "</sheetData>", far), {})


def test_a_cell_in_the_last_row_makes_a_long_but_good_table(folder: Folder, tmp_path: Path) -> None:
    far = r'<row r="200000"><c r="A200000" t="n"><v>1</v></c></row></sheetData>'
    file = patched(workbook(tmp_path, ROWS), SHEET, "</sheetData>", far)
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.accepted, result.rows_read) == (50, 199_999)


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/styles.xml"])
def test_a_part_of_a_workbook_that_unpacks_without_end_is_refused(part: str, tmp_path: Path) -> None:
    parts = _parts(workbook(tmp_path, ROWS))
    file = zipped(tmp_path, {**parts, part: parts.get(part, b"<sst>") + bytes(100 << 20)}, "bomb.xlsx")
    with refused("unpacks without end"):
        look(file, {})


def test_one_long_text_shared_by_many_cells_ends_at_the_limit_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LADDER_MEMORY_LIMIT", "1MB")
    office = "http://schemas.openxmlformats.org"
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>' for at in range(1, 40_001))
    strings = f'<sst xmlns="{office}/spreadsheetml/2006/main"><si><t>{"x" * 60_000}</t></si></sst>'
    link = f'<Relationship Id="s" Type="{office}/officeDocument/2006/relationships/sharedStrings"'
    link += ' Target="sharedStrings.xml"/>'
    file = patched(
        workbook(tmp_path, []), SHEET, "<sheetData ?/>|</sheetData>", f"<sheetData>{cells}</sheetData>"
    )
    file = patched(file, "xl/_rels/workbook.xml.rels", "</Relationships>", f"{link}</Relationships>")
    file = zipped(tmp_path, {**_parts(file), STRINGS: strings}, "bomb.xlsx")
    with refused("memory"):
        look(file, {})


def test_a_parquet_file_of_few_bytes_and_many_rows_is_stopped(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "bomb.parquet"
    names = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, dtype=np.int8)), ["c" * 100])
    table = pa.table({"customer_id": names, "ts": names, "amount": names})
    pq.write_table(table, file)
    assert file.stat().st_size < 100_000
    plan = Plan("transactions", Dialect(kind="parquet", columns=("customer_id", "ts", "amount")), Mapping())
    with refused("unpacks without end", folder):
        run_import(folder, file, plan)


@pytest.mark.parametrize("piece", ["<c><f>", "<c ", "row ", "<c><v>#", "<t ", '<row r="1"><c r="A1"><v>#'])
def test_xml_made_to_mislead_a_search_costs_no_more_than_other_xml(piece: str, tmp_path: Path) -> None:
    file = patched(workbook(tmp_path, ROWS), SHEET, "<sheetData>", "<sheetData>" + piece * 200_000)
    with refused("[Dd]amaged|does not say where|no sheet with a value"):
        look(file, {})


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {item.filename: archive.read(item) for item in archive.infolist()}


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_xml_with_entities_is_refused(part: str, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    file = patched(workbook(tmp_path, ROWS), part, r"^(<\?xml[^>]*>)?", r"\1" + bomb.replace("\\", ""))
    with refused("declarations that no workbook has"):
        look(file, {})


# Damage


def _cuts(content: bytes) -> list[bytes]:
    return [content[: len(content) * at // 20] for at in range(1, 20)] + [content[:-1]]


def _parquet(path: Path) -> Path:
    numbers = random.Random(1)
    rows = 2000
    table = pa.table(
        {
            "customer_id": [f"c{numbers.randrange(10**6)}" for _ in range(rows)],
            "ts": [f"2024-01-{at % 28 + 1:02}" for at in range(rows)],
            "amount": [f"{at}.50" for at in range(rows)],
        }
    )
    pq.write_table(table, path / "file.parquet")
    return path / "file.parquet"


def _gzip(path: Path) -> Path:
    numbers = random.Random(1)
    lines = "".join(f"c{numbers.randrange(10**6)},2024-01-05,{at}.50\n" for at in range(5000))
    return saved(path, gzip.compress((HEADER + lines).encode()), "file.csv.gz")


WHOLE: dict[str, Callable[[Path], Path]] = {
    "gzip": _gzip,
    "zip": lambda path: zipped(path, {"orders.csv": gzip.decompress(_gzip(path).read_bytes())}),
    "xlsx": lambda path: workbook(path, ROWS * 20),
    "parquet": _parquet,
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_short_gives_no_rows(kind: str, folder: Folder, tmp_path: Path) -> None:
    file = WHOLE[kind](tmp_path)
    plan = propose(file, "transactions").plan
    assert run_import(folder, file, plan, dry_run=True).accepted > 0
    for cut in _cuts(file.read_bytes()):
        with refused("[Dd]amaged", folder):
            run_import(folder, saved(tmp_path, cut, "cut"), plan)


@pytest.mark.parametrize("kind", WHOLE)
def test_changed_bytes_crash_nothing(kind: str, folder: Folder, tmp_path: Path) -> None:
    """Every outcome is an account or a sentence; archives, which have checksums, never give other rows."""
    file = WHOLE[kind](tmp_path)
    plan, content, numbers = propose(file, "transactions").plan, file.read_bytes(), random.Random(7)
    whole = run_import(folder, file, plan, dry_run=True)
    for _ in range(15):
        changed = bytearray(content)
        for _ in range(numbers.choice((1, 1, 20))):
            changed[numbers.randrange(len(changed))] = numbers.randrange(256)
        try:
            result = run_import(folder, saved(tmp_path, bytes(changed), "changed"), plan, dry_run=True)
        except LadderError:
            continue
        if kind != "parquet" and not result.questions:
            assert (result.accepted, result.reasons) == (whole.accepted, whole.reasons)
    assert run_import(folder, file, plan).accepted == whole.accepted
