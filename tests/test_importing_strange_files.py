"""Whatever is brought, and whatever it is called: read, or refused by what it is."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from ladder.importing import propose, run_import
from ladder.importing.formats import shown_name
from ladder.importing.look import look
from ladder.workspace import Folder
from tests.importing_files import refused, workbook, zipped
from tests.importing_shop import empty_workspace, saved

CSV = "customer_id,ts,amount\n" + "ann,2024-01-05,1.50\n" * 50
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


NO_TABLES = {
    "a PNG picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "a JPEG picture": b"\xff\xd8\xff\xe0" + bytes(500),
    "a PDF document": b"%PDF-1.7\n" + bytes(500),
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "protected by a password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + ENCRYPTED,
    "an SQLite database": b"SQLite format 3\0" + bytes(500),
    "a DuckDB database": bytes(8) + b"DUCK" + bytes(500),
    "a web page": b"\xef\xbb\xbf\n <!DOCTYPE html><html><body>Session expired, please log in</body></html>",
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(500),
    "a program": b"\x7fELF" + bytes(500),
    "an old Excel workbook ": b"\x09\x08\x08\0\0\x05" + bytes(500),
    "an old Word document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + bytes(2000)
    + "WordDocument".encode("utf-16-le"),
    "a bzip2 archive": bz2.compress(CSV.encode()),
    "an xz archive": lzma.compress(CSV.encode()),
    "an LZMA archive": lzma.compress(CSV.encode(), format=lzma.FORMAT_ALONE),
    "a Zstandard archive": pa.compress(CSV.encode(), codec="zstd", asbytes=True),
    "an LZ4 archive": pa.compress(CSV.encode(), codec="lz4", asbytes=True),
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_what_is_no_table_is_refused_by_what_it_is(kind: str, tmp_path: Path) -> None:
    for name in ("orders.csv", "orders.xlsx"):
        with refused(kind):
            look(saved(tmp_path, NO_TABLES[kind], name), {})
    packed = zipped(tmp_path, {"orders.csv": NO_TABLES[kind]})
    with refused("Not a table"):
        look(packed, {})
    if kind.endswith("archive"):
        with refused("Unpack it and bring what is inside"):
            look(packed, {})


@pytest.mark.parametrize("name", ["PARENT_customer_id", "ORCID customer", "BZh customer_id", "LZIP customer"])
def test_a_column_may_be_called_like_a_kind_of_file(name: str, tmp_path: Path) -> None:
    file = saved(tmp_path, CSV.replace("customer_id", name, 1))
    assert look(file, {}).dialect.columns == (name, "ts", "amount")


@pytest.mark.parametrize("member", ["/etc/orders.csv", "../../orders.csv", "..\\..\\orders.csv"])
def test_where_a_member_wants_to_go_does_not_matter(member: str, folder: Folder, tmp_path: Path) -> None:
    file = zipped(tmp_path, {member: CSV})
    assert run_import(folder, file, propose(file, "transactions").plan).accepted == 50
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file.zip", "workspace"]


def test_a_link_in_an_archive_is_no_table(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with refused("holds no file"):
        look(tmp_path / "links.zip", {})
    with zipfile.ZipFile(tmp_path / "links.zip", "a") as archive:
        archive.writestr("orders.csv", CSV)
    assert look(tmp_path / "links.zip", {}).dialect.member == "orders.csv"


@pytest.mark.parametrize(
    "other", ["Exported by the shop on 5 January.\n", '{"made": [{"by": "shop"}]}', "\0\1\2" * 99]
)
def test_a_first_member_that_is_no_table_does_not_hide_the_others(other: str, tmp_path: Path) -> None:
    file = zipped(tmp_path, {"about.txt": other, "orders.csv": CSV})
    seen = look(file, {})
    assert [(item.id, item.options) for item in seen.questions] == [("member", ("about.txt", "orders.csv"))]
    assert look(file, {"member": "orders.csv"}).dialect.columns == ("customer_id", "ts", "amount")


def test_a_number_of_thousands_of_digits_is_refused_with_its_row_only(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, CSV + f"bob,2024-01-06,{'9' * 9000}\n")
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.accepted, result.rejected) == (50, 1)


def test_members_of_a_gzip_archive_are_read_one_after_the_other(folder: Folder, tmp_path: Path) -> None:
    rows = CSV.split("\n", 1)[1]
    parts = gzip.compress(CSV.encode()) + gzip.compress(rows.encode())
    file = saved(tmp_path, parts, "orders.csv.gz")
    plan = propose(file, "transactions").plan
    assert run_import(folder, file, plan, dry_run=True).rows_read == 100
    assert run_import(folder, saved(tmp_path, parts + bytes(512)), plan, dry_run=True).rows_read == 100
    with refused("[Dd]amaged", folder):
        run_import(folder, saved(tmp_path, parts + b"garbage"), plan)


@pytest.mark.parametrize(
    ("member", "kind"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/workbook.bin", "binary Excel"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument"),
        ("Index/Document.iwa", "Numbers"),
    ],
)
def test_other_office_files_are_refused_by_what_they_are(member: str, kind: str, tmp_path: Path) -> None:
    file = added(workbook(tmp_path, [["a", "b"], [1, 2]]), member)
    with refused(kind):
        look(file, {})


def test_an_archive_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path, {"orders.csv": CSV}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with refused("password"):
        look(saved(tmp_path, bytes(content), "file.zip"), {})


def added(path: Path, member: str) -> Path:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "x")
    return path


def test_text_that_calls_itself_a_workbook_is_read_and_told(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, CSV, "orders.xlsx")
    proposal = propose(file)
    assert any("plain text in fact" in told for told in proposal.warnings)
    assert run_import(folder, file, proposal.plan).accepted == 50


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "loop", "nothing"])
def test_what_is_no_file_is_refused_at_once(kind: str, folder: Folder, tmp_path: Path) -> None:
    plan = propose(saved(tmp_path, CSV)).plan
    place = tmp_path / "place"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "device":
        place = Path("/dev/zero")
    elif kind == "loop":
        place.symlink_to(place)
    told = "No such file" if kind in ("loop", "nothing") else "Not a file"
    with refused(told, folder):
        look(place, {})
    with refused(told, folder):
        run_import(folder, place, plan)


NAMES = [
    "..csv", "a\\..\\..\\b.csv", "C:orders.csv", "CON.csv", "new\nline.csv", "\u202egpj.vsc", "-rf.csv",
    "x" * 250 + ".csv", "~$orders.csv", "%s%n.csv", "' or 1=1 --.csv", "?*[a].csv", "{0}.csv", "Søren 田中.csv",
    os.fsdecode(b"\xff\xfe.csv"),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(name: str, folder: Folder, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    before = sorted(item.name for item in tmp_path.iterdir())
    file = saved(inside, CSV, name)
    assert run_import(folder, file, propose(file).plan).accepted == 50
    assert folder.imports()[0].source == shown_name(file)
    assert sorted(item.name for item in tmp_path.iterdir()) == before
    assert [item.name for item in inside.iterdir()] == [name]


@pytest.mark.parametrize("name", ["nul\0.csv", "x" * 300, "../../etc/nothing"])
def test_an_impossible_name_is_no_such_file(name: str, tmp_path: Path) -> None:
    with refused("No such file"):
        look(tmp_path / name, {})


def test_a_shown_name_is_inert_and_short() -> None:
    shown = shown_name(Path("a\u202e\u200b\n\udcff" + "x" * 300))
    assert shown.startswith("a����x")
    assert len(shown) <= 100


def test_ten_thousand_columns_are_refused_with_their_number_in_every_format(tmp_path: Path) -> None:
    cells = [str(at) for at in range(10_000)]
    text = f"{','.join(cells)}\n" * 3
    files = [saved(tmp_path, text), workbook(tmp_path, [cells, cells])]
    for file in files:
        with refused("10,000 columns"):
            look(file, {})


def test_a_line_of_a_million_columns_is_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, b"a," * 1_000_000 + b"a\n" + b"1," * 1_000_000 + b"1\n")
    with refused("columns"):
        look(file, {})


def test_a_cell_of_a_hundred_megabytes_costs_its_row_only(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as sink:
        sink.write(
            b"customer_id,ts,amount,note\n" + b"ann,2024-01-05,1.50,x\n" * 50_000 + b"bob,2024-01-06,2.50,"
        )
        for _ in range(100):
            sink.write(b"y" * (1 << 20))
        sink.write(b"\ncat,2024-01-07,3.50,z\n")
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.rows_read, result.accepted, result.rejected) == (50_002, 50_001, 1)
    assert result.rejects_file is not None
    assert result.rejects_file.stat().st_size < 1 << 20


def test_a_disk_without_room_is_refused_before_the_start(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, CSV)
    plan = propose(file).plan
    with file.open("r+b") as sparse:
        sparse.truncate(1 << 43)
    with refused("Not enough room on the disk", folder):
        run_import(folder, file, plan)
