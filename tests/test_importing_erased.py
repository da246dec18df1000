"""An erased customer in a file that comes later: nothing of theirs is stored, not even among the rejects."""

from __future__ import annotations

import csv
import shutil
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from ladder.importing import Dialect, ImportResult, Mapping, Plan, propose, run_import
from ladder.workspace import Folder, erase, possible_ids
from tests.canary import found_in
from tests.importing_shop import empty_workspace, saved, stored

COLUMNS = ("order", "customer", "at", "total", "note")
GOOD = "".join(f"{at},bob,2024-02-0{at},1,\n" for at in range(1, 7))


GONE = ("ann@x.dk", "C-17", "17", "7", "1700", "[Ann]", "Lee, Ann", "Ann Lee", 'O"Brien', "José")
# None of them can be cut into the five columns.
THEIRS = f"""2,ann@x.dk,2024-01-05,1
2,"ANN@x.dk,2024-01-05,1,
2;Ann@X.dk;2024-01-05
2,bob,2024-01-05,1,"write to <ann@x.dk>, please
2,C-17,2024-01-05
2,"C-17"x,2024-01-05,1,
2,"[Ann],2024-01-05,1,
2,'17',2024-01-05,1,,,,
2|17|2024-01-05
2,"17
2,1700.0,2024-01-05
2,"Lee, Ann",2024-01-05
2,Lee, Ann,2024-01-05,1,
2 Ann Lee 2024-01-05 1
2,"O""Brien",2024-01-05
2,{unicodedata.normalize("NFD", "José")},2024-01-05
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = empty_workspace(tmp_path_factory.mktemp("shop"))
    quoted = [ident.replace('"', '""') for ident in GONE]
    bring(folder, "".join(f'1,"{ident}",2024-01-05,1,\n' for ident in quoted) + GOOD)
    erase(folder, GONE[0], GONE[1:])
    return folder.path


@pytest.fixture
def folder(base: Path, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(base, tmp_path / "workspace"))


def bring(folder: Folder, rows: str) -> ImportResult:
    fields = {"customer_id": "customer", "ts": "at", "amount": "total", "transaction_id": "order"}
    dialect = Dialect(columns=COLUMNS)
    file = saved(folder.path.parent, ",".join(COLUMNS) + "\n" + rows)
    return run_import(
        folder, file, Plan("transactions", dialect, Mapping(fields, formats={"ts": "%Y-%m-%d"}))
    )


def rejected(result: ImportResult) -> str:
    return result.rejects_file.read_text("utf-8") if result.rejects_file else ""


def checked(result: ImportResult) -> tuple[int, int, int]:
    """New, rejected and erased rows of an account that adds up."""
    ended = result.accepted + result.duplicate + result.rejected + result.ignored
    assert ended == result.rows_read
    assert sum(result.reasons.values()) == result.rejected
    assert sum(result.ignored_reasons.values()) == result.ignored
    return result.accepted, result.rejected, result.ignored_reasons.get("erased customer", 0)


def test_a_line_that_cannot_be_cut_and_names_them_is_ignored(folder: Folder) -> None:
    control = "3,bob,2024-01-05\n"
    result = bring(folder, control + THEIRS + GOOD * 5)
    assert rejected(result).splitlines()[1:] == ['2,wrong number of columns,,"3,bob,2024-01-05"']
    assert checked(result)[1:] == (1, len(THEIRS.splitlines()))


def test_an_id_that_is_part_of_another_names_nobody(folder: Folder) -> None:
    lines = ["2,jo.ann@x.dk,2024-01-05", "2,C-17-B,2024-01-05", "2,71,2024-01-05", "2,two 17,2024-01-05"]
    result = bring(folder, "\n".join([*lines, GOOD]))
    assert checked(result) == (0, 4, 0)
    assert [row[3] for row in list(csv.reader(rejected(result).splitlines()))[1:]] == lines


def test_a_bad_row_of_theirs_is_ignored_by_its_id_and_by_its_other_cells(folder: Folder) -> None:
    rows = "2,Ann@x.dk,soon,1,\n3,bob,soon,1,see ann@x.dk\n4,7,soon,1,\n5,bob,soon,7,\n6,bob,soon,1,\n"
    result = bring(folder, rows + GOOD)
    assert checked(result) == (0, 2, 3)
    assert [row[3] for row in list(csv.reader(rejected(result).splitlines()))[1:]] == [
        "5,bob,soon,7,",
        "6,bob,soon,1,",
    ]


def test_without_other_rejects_there_is_no_file_of_them(folder: Folder) -> None:
    result = bring(folder, f"2,ann@x.dk,2024-01-05\n{GOOD}")
    assert checked(result) == (0, 0, 1)
    assert result.rejects_file is None


def test_a_sheet_and_broken_lines_of_json_keep_nothing_of_them_either(folder: Folder, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (COLUMNS, ("2", "Ann@X.dk", "#REF!", 1, ""), ("3", "bob", "2024-01-05", 1, "")):
        book.worksheets[0].append(row)
    book.worksheets[0]["C2"].data_type = "e"
    book.save(tmp_path / "sales.xlsx")
    sheet = run_import(folder, tmp_path / "sales.xlsx", propose(tmp_path / "sales.xlsx").plan)
    good = '{"customer_id": "cat", "ts": "2024-07-05", "amount": 1}\n'
    lines = saved(tmp_path, good * 6 + '{"customer_id": "ann@x.dk", "ts":\n["bob"]\n', "sales.jsonl")
    parsed = run_import(folder, lines, propose(lines).plan)
    assert (checked(sheet), checked(parsed)) == ((1, 0, 1), (6, 2, 0))
    assert "ann@x.dk" not in rejected(parsed)


def test_what_a_dry_run_says_is_what_the_import_does(folder: Folder) -> None:
    file = saved(folder.path.parent, ",".join(COLUMNS) + f"\n2,ann@x.dk,2024-01-05\n{GOOD}", "again.csv")
    plan = propose(file, folder=folder).plan
    assert checked(run_import(folder, file, plan, dry_run=True)) == checked(run_import(folder, file, plan))


def test_the_name_of_a_later_file_names_nobody(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,date,amount\ncat,2024-07-05,1\n"
    file = saved(tmp_path, text, "calls of Ann@x.dk, jo.ann@x.dk.csv")
    run_import(folder, file, propose(file).plan)
    assert folder.imports()[-1].source == "calls of [erased], jo.ann@x.dk.csv"


def test_short_words_count_as_cells_alone() -> None:
    assert {"17", "a17b", "two 17"} & possible_ids("two 17,a17b", ",") == {"two 17", "a17b"}
    assert "17" in possible_ids("two,17", ",")


def test_words_of_others_that_name_them_are_taken_out(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    text = (
        "customer_id,date,kind,detail,city\nCANARY-42,2024-01-05,visit,,\n"
        "bob,2024-01-05,call,CANARY-421 came,Rome\nbob,2024-01-06,call,asked for (CANARY-42).,CANARY-42\n"
    )
    file = saved(tmp_path, text, "calls.csv")
    plan = propose(file, "interactions", attributes=("city",)).plan
    run_import(folder, file, plan)
    erase(folder, "CANARY-42")
    again = run_import(folder, file, plan)
    assert (again.accepted, again.duplicate, again.ignored) == (0, 2, 1)
    for kind, name in (("interactions", "detail"), ("attributes", "value")):
        assert len({row for row in stored(folder, kind, name) if "[erased]" in str(row)}) == 1
    assert found_in(folder.path, ("CANARY-42,", "CANARY-42)", "CANARY-42'")) == []
