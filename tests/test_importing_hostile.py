"""Hostile files are refused in seconds, in a sentence; caller and workspace are as they were."""

from __future__ import annotations

import gzip
import os
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.look import look
from ladder.workspace import Folder
from tests.importing_files import patched, workbook, zipped
from tests.importing_shop import empty_workspace, plan_of, saved

HEADER = "customer_id,ts,amount\n"
CSV = HEADER + "ann,2024-01-05,1.50\n" * 50
SECONDS, GROWTH = 5.0, 64 << 20
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ROWS = [["customer_id", "ts", "amount"], *([f"c{at}", date(2024, 1, 5), at] for at in range(50))]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


@contextmanager
def refused(match: str, folder: Folder | None = None) -> Iterator[None]:
    """A LadderError within seconds, with little memory of the caller, and nothing left in the workspace."""
    look_once()
    size, begun = _resident(), time.monotonic()
    with pytest.raises(LadderError, match=match):
        yield
    assert time.monotonic() - begun < SECONDS
    assert _resident() - size < GROWTH
    if folder is not None:
        assert [item.name for item in (folder.path / "imports").iterdir()] == []


def look_once() -> None:
    """Start the fork server, whose start is not what the tests measure."""
    look(Path(__file__).parents[1] / "data" / "sample" / "referrals.csv", {})


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Bombs


def _zeros(size: int) -> bytes:
    """A gzip archive of so many zeros, made without holding them."""
    packer, block = zlib.compressobj(9, wbits=31), bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(size >> 20)), packer.flush()])


def _zip_of_zeros(path: Path, size: int, member: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open(member, "w", force_zip64=True) as sink:
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


@pytest.mark.parametrize("size", [128 << 20, 1 << 30])
def test_a_gzip_bomb_is_stopped_long_before_its_end(size: int, tmp_path: Path) -> None:
    with refused("unpacks without end|binary data"):
        look(saved(tmp_path, _zeros(size), "bomb.csv.gz"), {})


def test_a_gzip_bomb_that_begins_like_a_table_is_stopped_in_the_import(
    folder: Folder, tmp_path: Path
) -> None:
    plan = plan_of(tmp_path, gzip.compress(CSV.encode()))
    bomb = gzip.compress(CSV.encode()) + gzip.compress(b"ann,2024-01-05,1.50\n" * 50) + _zeros(512 << 20)
    with refused("unpacks without end", folder):
        run_import(folder, saved(tmp_path, bomb), plan)


@pytest.mark.parametrize("lie", [False, True])
def test_a_zip_bomb_is_refused(lie: bool, tmp_path: Path) -> None:
    file = _zip_of_zeros(tmp_path / "bomb.zip", 512 << 20, "orders.csv")
    with refused("unpacks without end" if not lie else "damaged|unpacks without end|binary"):
        look(_lying(file) if lie else file, {})


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
    with zipfile.ZipFile(workbook(tmp_path, ROWS)) as archive:
        parts = {item.filename: archive.read(item) for item in archive.infolist()}
    parts[part] = parts.get(part, b"<sst>") + b" " * (200 << 20)
    with refused("unpacks without end"):
        look(zipped(tmp_path, parts, "bomb.xlsx"), {})


def test_one_long_text_shared_by_many_cells_ends_at_the_limit_of_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LADDER_MEMORY_LIMIT", "100MB")
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c><c r="B{at}" t="s"><v>0</v></c></row>'
        for at in range(1, 30_001)
    )
    with zipfile.ZipFile(workbook(tmp_path, [["x"]])) as archive:
        parts = {item.filename: archive.read(item).decode() for item in archive.infolist()}
    parts[SHEET] = parts[SHEET].replace("<sheetData>", f"<sheetData>{rows}")
    parts[STRINGS] = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 60_000}</t></si></sst>'
    )
    kind = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{kind}</Types>")
    link = '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = parts[name].replace("</Relationships>", f"{link}</Relationships>")
    with refused("memory"):
        look(zipped(tmp_path, parts, "bomb.xlsx"), {})


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
    for _ in range(25):
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


# What is no table, whatever it is called

NO_TABLES = {
    "a PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "a JPEG picture": b"\xff\xd8\xff\xe0" + bytes(500),
    "a PDF document": b"%PDF-1.7\n" + bytes(500),
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "protected by a password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + bytes(2000)
    + "EncryptedPackage".encode("utf-16-le"),
    "an SQLite database": b"SQLite format 3\0" + bytes(500),
    "a DuckDB database": bytes(8) + b"DUCK" + bytes(500),
    "a web page": b"\xef\xbb\xbf\n <!DOCTYPE html><html><body>Session expired, please log in</body></html>",
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(500),
    "a program": b"\x7fELF" + bytes(500),
}


@pytest.mark.parametrize("kind", NO_TABLES)
@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx"])
def test_what_is_no_table_is_refused_by_what_it_is(kind: str, name: str, tmp_path: Path) -> None:
    with refused(kind.replace("(", r"\(")):
        look(saved(tmp_path, NO_TABLES[kind], name), {})
    with refused(kind.replace("(", r"\(")):
        look(zipped(tmp_path, {"orders.csv": NO_TABLES[kind]}), {}) if not kind.startswith(
            ("an old", "prot")
        ) else look(saved(tmp_path, NO_TABLES[kind], name), {})


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/workbook.bin", "binary Excel"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument"),
    ],
)
def test_other_office_files_are_refused_by_what_they_are(member: str, kind: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(workbook(tmp_path, ROWS)) as archive:
        parts: dict[str, str | bytes] = {item.filename: archive.read(item) for item in archive.infolist()}
    with refused(kind):
        look(zipped(tmp_path, {**parts, member: "x"}), {})


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path, {"orders.csv": CSV}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with refused("password"):
        look(saved(tmp_path, bytes(content), "file.zip"), {})
