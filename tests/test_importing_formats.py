"""Every format and encoding arrives as the same text, told from the bytes and not from the name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.formats import plain_text
from ladder.importing.look import Look, look_here
from ladder.workspace import Folder
from tests.importing_files import plain, workbook, zipped
from tests.importing_shop import empty_workspace, saved, stored

CSV = "customer_id,ts,amount\n00042,2024-01-05,1.50\nbob,2024-01-06,2.50\n"
ROWS = (("00042", "2024-01-05", "1.50"), ("bob", "2024-01-06", "2.50"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


@pytest.mark.parametrize("name", ["file.csv.gz", "file.csv", "file.xlsx", "no-ending"])
def test_gzip_is_seen_through_whatever_its_name(name: str, tmp_path: Path) -> None:
    seen = look_here(saved(tmp_path, gzip.compress(CSV.encode()), name), {})
    assert (seen.dialect.compression, seen.rows) == ("gzip", ROWS)
    assert any("gzip archive in fact" in told for told in seen.warnings) == (
        name in ("file.csv", "file.xlsx")
    )


def test_a_zip_with_one_table_is_read_and_clutter_is_left_out(folder: Folder, tmp_path: Path) -> None:
    members = {"__MACOSX/._orders.csv": "x", ".DS_Store": "x", "readme.md": "Hello", "../orders.csv": CSV}
    file = zipped(tmp_path, members)
    result = run_import(folder, file, propose(file).plan)
    assert result.accepted == 2
    assert folder.imports()[0].dialect["member"] == "../orders.csv"
    assert not (tmp_path.parent / "orders.csv").exists()


def test_a_zip_with_several_tables_asks_for_one(folder: Folder, tmp_path: Path) -> None:
    file = zipped(tmp_path, {"orders.csv": CSV, "more.csv": CSV + "cat,2024-01-07,3.50\n"})
    proposal = propose(file, "transactions")
    assert [(item.id, item.options) for item in proposal.questions] == [
        ("member", ("orders.csv", "more.csv"))
    ]
    assert proposal.sheets == ("orders.csv", "more.csv")
    assert run_import(folder, file, proposal.plan).questions == proposal.questions
    assert run_import(folder, file, propose(file, "transactions", member="more.csv").plan).accepted == 3


NAMES = {
    "western": ["Søren Kjærgård", "Zoë Müller", "José Peña", "Café Français", "Gößmann"],
    "central": ["Łukasz Wójcik", "Jiří Dvořák", "Szűcs Gergő", "Kovačević", "Gdańsk"],
    "russian": ["Иван Петров", "Мария Смирнова", "Ольга Кузнецова", "Москва"],
    "japanese": ["田中太郎", "鈴木花子", "東京都", "山本さくら"],
    "chinese": ["王伟", "李娜", "北京市", "上海市"],
}
ENCODINGS = {
    "utf-8": "russian",
    "utf-8-sig": "western",
    "utf-16": "japanese",
    "utf-16-le": "western",
    "utf-16-be": "russian",
    "latin-1": "western",
    "cp1252": "western",
    "cp1250": "central",
    "cp1251": "russian",
    "koi8-r": "russian",
    "shift_jis": "japanese",
    "gb18030": "chinese",
    "mac-roman": "western",
    "utf-32": "central",
}


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_comes_back_from_every_encoding(encoding: str, place: str, tmp_path: Path) -> None:
    """The first letter outside ASCII stands in the first row, beyond the first megabyte, or in the last rows."""
    names = NAMES[ENCODINGS[encoding]]
    row = "c{0:06},2024-01-05,1.50,plain name of a customer\n"
    plain_rows = [row.format(at) for at in range(30_000)]
    special = [f"d{at:03},2024-01-06,2.50,{names[at % len(names)]}\n" for at in range(40)]
    cut = {"first": 0, "middle": 28_000, "last": 30_000}[place]
    text = "customer_id,ts,amount,name\n" + "".join(plain_rows[:cut] + special + plain_rows[cut:])
    file = saved(tmp_path, text.encode(encoding))
    seen = look_here(file, {})
    found = plain_text(file, seen.dialect, tmp_path, lambda share: None)
    assert found.path.read_bytes() == text.encode("utf-8"), seen.dialect.encoding
    assert bool(seen.warnings) == (not encoding.startswith("utf")), "a guess is told"


def test_beginning_middle_and_end_of_a_large_file_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ladder.importing.formats.text._SEEN_WHOLE", 1 << 20)
    monkeypatch.setattr("ladder.importing.formats.text._WINDOW", 1 << 20)
    row = b"c1,2024-01-05,1.50,plain name of a customer\n"
    for before in (100_000, 199_990):
        rows = (
            [row] * before
            + ["c2,2024-01-05,2.50,Søren Müller\n".encode("cp1252")] * 9
            + [row] * (200_000 - before)
        )
        file = saved(tmp_path, b"customer_id,ts,amount,name\n" + b"".join(rows))
        assert look_here(file, {}).dialect.encoding == "cp1252"


def test_names_of_many_western_countries_in_one_file_are_western(tmp_path: Path) -> None:
    names = ("Zoë Müller", "Øystein Dahl", "Anna-Lena Groß", "Ana Sá", "François", "José Peña", "Åse")
    rows = "".join(f"{name},2024-01-05,1.00\n" for name in names)
    file = saved(tmp_path, f"customer,date,total\n{rows}".encode("cp1252"))
    assert [row[0] for row in look_here(file, {}).rows] == list(names)


def test_a_byte_that_does_not_fit_stops_with_its_line(folder: Folder, tmp_path: Path) -> None:
    text = CSV.encode() * 3 + "Søren,2024-01-05,1\n".encode("cp1252")
    file = saved(tmp_path, text)
    plan = propose(file, "transactions", encoding="utf-8").plan
    with pytest.raises(LadderError, match="breaks in line 10"):
        run_import(folder, file, plan)


def test_a_text_that_no_encoding_reads_well_is_asked_about(tmp_path: Path) -> None:
    text = CSV + "é€ñ,2024-01-07,1\n"
    file = saved(tmp_path, text.encode("utf-8") + b"M\xff\x81\x9d\x90r,2024-01-08,1\n" * 3)
    question = look_here(file, {}).questions[0]
    assert question.id == "encoding"
    assert len(question.examples[0]) == 1 + len(question.options)
    assert question.examples[0][0].startswith(("M\\xff", "\\xc3"))
    assert look_here(file, {"encoding": "cp437"}).questions == ()


def test_utf8_is_passed_through_uncopied(tmp_path: Path) -> None:
    file = saved(tmp_path, CSV)
    found = plain(file, tmp_path / "work")[0].path
    assert (found.is_symlink(), found.samefile(file)) == (True, True)


def _as_parquet(path: Path, rows: list[list[str]]) -> Path:
    pq.write_table(
        pa.table({name: list(cells) for name, *cells in zip(*rows, strict=True)}), path / "f.parquet"
    )
    return path / "f.parquet"


def _as_json_lines(rows: list[list[str]]) -> bytes:
    lines = [json.dumps(dict(zip(rows[0], row, strict=True))) for row in rows[1:]]
    return "\n".join(lines).encode()


FORMATS: dict[str, Callable[[Path, list[list[str]]], Path]] = {
    "csv": lambda path, rows: saved(path, "\n".join(map(",".join, rows))),
    "tsv": lambda path, rows: saved(path, "\n".join(map("\t".join, rows))),
    "gzip": lambda path, rows: saved(path, gzip.compress("\n".join(map(",".join, rows)).encode())),
    "zip": lambda path, rows: zipped(path, {"orders.csv": "\n".join(map(",".join, rows))}),
    "utf-16": lambda path, rows: saved(path, "\n".join(map(";".join, rows)).encode("utf-16")),
    "xlsx": lambda path, rows: workbook(path, rows),
    "parquet": _as_parquet,
    "jsonl": lambda path, rows: saved(path, _as_json_lines(rows)),
    "jsonl.gz": lambda path, rows: saved(path, gzip.compress(_as_json_lines(rows))),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_rows(kind: str, folder: Folder, tmp_path: Path) -> None:
    rows = [
        ["customer_id", "ts", "amount"],
        *([f"00{at}", f"2024-01-{at:02}", f"{at}.50"] for at in range(1, 20)),
    ]
    file = FORMATS[kind](tmp_path, rows)
    plan = propose(file, "transactions").plan
    result = run_import(folder, file, plan, by="ann")
    assert (result.rows_read, result.accepted) == (19, 19)
    assert stored(folder, "transactions", "customer_id, amount")[0] == ("001", 150)
    record = folder.imports()[0]
    assert (record.by, record.size, len(record.sha256)) == ("ann", file.stat().st_size, 64)
    again = saved(tmp_path, CSV, "again.csv")
    if kind not in ("csv", "tsv", "utf-16"):
        with pytest.raises(LadderError, match="Another kind of file"):
            run_import(folder, again, plan)


def test_a_look_survives_json(tmp_path: Path) -> None:
    seen = look_here(zipped(tmp_path, {"a.csv": CSV, "b.csv": CSV}), {})
    assert Look.from_dict(json.loads(json.dumps(seen.to_dict()))) == seen
