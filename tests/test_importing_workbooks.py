"""What a person sees in an Excel workbook is what arrives; what cannot be used is never silently blank."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.formats.workbook import number_text
from ladder.importing.look import look_here
from ladder.workspace import Folder
from tests.importing_files import patched, plain, workbook
from tests.importing_shop import empty_workspace

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def test_cells_of_a_workbook_come_as_a_person_sees_them(tmp_path: Path) -> None:
    rows = [
        ["id", "when", "day", "amount", "ok", "zip", "length", "at"],
        [17850, datetime(2024, 1, 5, 13, 30, 15), date(2024, 1, 5), 0.1 + 0.2, True, "00042", timedelta(hours=30),
         time(9, 30)],
        [1e-7, datetime(2024, 1, 6), None, -1234567.5, False, "a\nb", None, None],
        [],
        ["=", None, None, None, None, "_x000D_", None, None],
    ]  # fmt: skip
    found, records = plain(workbook(tmp_path, rows), tmp_path / "work")
    assert records == [
        ["id", "when", "day", "amount", "ok", "zip", "length", "at"],
        ["17850", "2024-01-05 13:30:15", "2024-01-05", "0.3", "TRUE", "00042", "30:00:00", "09:30:00"],
        ["0.0000001", "2024-01-06 00:00:00", "", "-1234567.5", "FALSE", "a\nb", "", ""],
        [""] * 8,
        ["=", "", "", "", "", "\r", "", ""],
    ]
    assert (found.rows, found.spoiled) == (5, ())


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (["id", "ts"], ["a", datetime(2024, 1, 5, 12)], ["b", datetime(2024, 1, 6, 12)]):
        book.active.append(row)
    book.save(tmp_path / "file.xlsx")
    with zipfile.ZipFile(tmp_path / "file.xlsx") as archive:
        assert b"<v>43834.5</v>" in archive.read(SHEET)
    assert look_here(tmp_path / "file.xlsx", {}).rows == (
        ("a", "2024-01-05 12:00:00"),
        ("b", "2024-01-06 12:00:00"),
    )


def test_times_are_rounded_to_the_second(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["id", "ts"], ["a", datetime(2024, 1, 5, 12, 30)]])
    file = patched(file, SHEET, "45296.52083333334", "45296.5208333330")
    assert look_here(file, {}).rows == (("a", "2024-01-05 12:30:00"),)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<c r="C3" t="e"><v>#REF!</v></c>', "formula error"),
        ('<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "formula error"),
        ('<c r="C3" t="e"><v>#N/A</v></c>', "formula error"),
        ('<c r="C3"><f>A3*2</f></c>', "formula without a result"),
        ('<c r="C3"><f>A3*2</f><v></v></c>', "formula without a result"),
        ('<c r="C3"><f t="shared" si="0"/><v/></c>', "formula without a result"),
    ],
)
def test_a_cell_without_a_usable_value_rejects_its_row(
    cell: str, reason: str, folder: Folder, tmp_path: Path
) -> None:
    rows = [
        ["customer_id", "ts", "amount", "note"],
        *([f"c{at}", date(2024, 1, 5), at, "x"] for at in range(6)),
    ]
    file = patched(workbook(tmp_path, rows), SHEET, '<c r="C3"[^>]*>.*?</c>', cell)
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.accepted, result.rejected, result.reasons) == (5, 1, {reason: 1})
    assert result.rejects_file is not None
    assert result.rejects_file.read_text("utf-8").splitlines()[1].startswith("3,")


def test_a_workbook_of_formulas_without_results_is_refused_for_that(folder: Folder, tmp_path: Path) -> None:
    rows = [["customer_id", "ts", "amount"], *([f"c{at}", date(2024, 1, 5), at] for at in range(6))]
    plan = propose(workbook(tmp_path, rows), "transactions").plan
    file = workbook(tmp_path, [*rows[:1], *([*row[:2], "=1+1"] for row in rows[1:])])
    with pytest.raises(LadderError, match=r"formula without a result \(6\)"):
        run_import(folder, file, plan)


def test_an_error_in_a_column_that_nobody_needs_costs_no_row(folder: Folder, tmp_path: Path) -> None:
    rows = [
        ["customer_id", "ts", "amount", "note"],
        *([f"c{at}", date(2024, 1, 5), at, "x"] for at in range(6)),
    ]
    file = patched(
        workbook(tmp_path, rows),
        SHEET,
        '<c r="D3"[^>]*>.*?</c>',
        '<c r="D3" t="e"><v>#N/A</v></c>',
    )
    assert run_import(folder, file, propose(file, "transactions").plan).accepted == 6


def test_a_formula_with_an_empty_text_as_result_is_empty(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["a", "b"], ["x", 1], ["y", 2]])
    file = patched(file, SHEET, '<c r="B2"[^>]*>.*?</c>', '<c r="B2" t="str"><f>""</f><v></v></c>')
    found, records = plain(file, tmp_path / "work")
    assert (records[1], found.spoiled) == (["x", ""], ())


def test_integers_of_more_than_fifteen_digits_keep_them(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["id", "n"], [1, 1], [2, 2]])
    file = patched(file, SHEET, r"<v>1</v>", "<v>1234567890123456789</v>")
    assert plain(file, tmp_path / "work")[1][1] == ["1234567890123456789", "1"]


def test_cells_under_a_merged_range_are_no_empty_cells(folder: Folder, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["customer_id", "ts", "amount"], *(["ann", date(2024, 1, 5), at] for at in range(1, 7))):
        book.active.append(row)
    book.active.merge_cells("A3:A5")
    book.save(tmp_path / "file.xlsx")
    result = run_import(folder, tmp_path / "file.xlsx", propose(tmp_path / "file.xlsx", "transactions").plan)
    assert (result.accepted, result.reasons) == (4, {"merged cell": 2})
    assert any("1 merged range" in told for told in result.warnings)


def test_several_sheets_are_asked_about_and_hidden_ones_told(folder: Folder, tmp_path: Path) -> None:
    orders = [["customer_id", "ts", "amount"], ["ann", date(2024, 1, 5), 1.5]]
    book = openpyxl.load_workbook(
        workbook(tmp_path, orders, March=[*orders, orders[1]], Empty=[], Lists=orders)
    )
    book["Lists"].sheet_state = "veryHidden"
    book.save(tmp_path / "file.xlsx")
    proposal = propose(tmp_path / "file.xlsx", "transactions")
    assert [(item.id, item.options) for item in proposal.questions] == [("sheet", ("Orders", "March"))]
    assert proposal.sheets == ("Orders", "March", "Empty", "Lists")
    assert any("Lists" in told for told in proposal.warnings)
    assert run_import(folder, tmp_path / "file.xlsx", proposal.plan).questions
    plan = propose(tmp_path / "file.xlsx", "transactions", sheet="March").plan
    assert run_import(folder, tmp_path / "file.xlsx", plan).accepted == 2
    with pytest.raises(LadderError, match="Sheets: Orders, March"):
        look_here(tmp_path / "file.xlsx", {"sheet": "April"})


def test_title_rows_of_a_sheet_are_left_out_as_in_text(folder: Folder, tmp_path: Path) -> None:
    rows = [
        ["Sales of March"],
        [],
        ["customer_id", "ts", "amount"],
        *(["ann", date(2024, 3, at), at] for at in range(1, 9)),
    ]
    file = workbook(tmp_path, rows)
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.rows_read, result.accepted, result.ignored) == (10, 8, 2)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (17850.0, "17850"),
        (36.900000000000006, "36.9"),
        (1e20, "100000000000000000000"),
        (-0.5, "-0.5"),
        (2.5e-9, "0.0000000025"),
    ],
)
def test_numbers_have_fifteen_digits_and_no_exponent(number: float, text: str) -> None:
    assert number_text(number) == text


def test_a_cover_sheet_does_not_hide_the_table(tmp_path: Path) -> None:
    rows = [["customer_id", "ts", "amount"], *(["ann", date(2024, 1, at), at] for at in range(1, 9))]
    file = workbook(tmp_path, [["Report"]], Data=rows)
    assert [(item.id, item.options) for item in look_here(file, {}).questions] == [
        ("sheet", ("Orders", "Data"))
    ]
    assert look_here(file, {"sheet": "Data"}).dialect.columns == ("customer_id", "ts", "amount")


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["a", "b"], [1, 2]], Other=[["a", "b"], [3, 4]])
    with pytest.raises(LadderError, match="two sheets of one name"):
        look_here(patched(file, "xl/workbook.xml", 'name="Other"', 'name="Orders"'), {})
