"""Casting: which rows count, why others do not, and both ways of reading amounts and dates agree."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing import Dialect, ImportResult, Mapping, Plan, propose, run_import
from ladder.importing.cast import cast
from ladder.importing.dates import variants
from ladder.importing.numbers import number_text
from ladder.importing.sql import column, sql
from ladder.importing.times import parsed
from ladder.workspace import Folder, WorkspaceSettings, erase
from tests.importing_shop import empty_workspace, saved, stored

FIELDS = {"customer_id": "customer", "ts": "at", "amount": "total", "transaction_id": "order"}
COLUMNS = ("order", "customer", "at", "total", "status")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def bring(folder: Folder, rows: str, columns: tuple[str, ...] = COLUMNS, **mapped: Any) -> ImportResult:
    mapping = replace(Mapping(FIELDS, formats={"ts": "%Y-%m-%d"}), **mapped)
    file = saved(folder.path.parent, ",".join(columns) + "\n" + rows)
    return run_import(folder, file, Plan("transactions", Dialect(columns=columns), mapping))


def rejects(result: ImportResult) -> list[list[str]]:
    assert result.rejects_file is not None
    with result.rejects_file.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_rows_of_another_status_are_ignored_with_the_word(folder: Folder) -> None:
    rows = "1,ann,2024-01-05,1, PAID \n2,bob,2024-01-05,1,cancelled\n3,bob,soon,1,cancelled\n4,cat,2024-01-05,1,\n"
    result = bring(folder, rows, keep={"status": ("paid", "Shipped")})
    assert (result.rows_read, result.accepted, result.rejected, result.ignored) == (4, 1, 0, 3)
    assert result.ignored_reasons == {"status: cancelled": 2, "status: (empty)": 1}


def test_the_words_that_count_may_hold_none(folder: Folder) -> None:
    result = bring(folder, "1,ann,2024-01-05,1,\n2,bob,2024-01-05,1,void\n", keep={"status": ("paid", "")})
    assert (result.accepted, result.ignored_reasons) == (1, {"status: void": 1})


def test_many_words_are_told_as_others(folder: Folder) -> None:
    rows = "".join(f"{at},ann,2024-01-05,1,word{at}\n" for at in range(30)) + "99,ann,2024-01-05,1,paid\n"
    result = bring(folder, rows, keep={"status": ("paid",)})
    assert len(result.ignored_reasons) == 21
    assert (result.ignored_reasons["status: other"], result.ignored) == (10, 30)


def test_a_plan_for_a_column_that_is_not_there_is_refused(folder: Folder) -> None:
    with pytest.raises(LadderError, match="No such column"):
        bring(folder, "1,ann,2024-01-05,1,paid\n", keep={"Status": ("paid",)})


def test_further_lines_of_an_order_are_ignored_where_they_lack_a_required_field(folder: Folder) -> None:
    rows = (
        "1,ann,2024-01-05,10,paid\n1,,,,\n1,ann,2024-01-05,,\n"  # Two further lines, one with some of the fields.
        "2,bob,2024-01-05,3,paid\n2,bob,2024-01-05,4,\n"  # An order of two ordinary lines.
        ",,2024-01-06,5,paid\n3,,2024-01-06,,paid\n"  # A guest without an order, and a first line without a total.
    )
    result = bring(folder, rows, fold="order", keep={"status": ("paid", "")})
    assert result.ignored_reasons == {"further line of the order": 2}
    assert (result.accepted, result.reasons) == (4, {"no amount": 1})


def test_the_first_line_of_an_order_decides_not_its_place_in_the_file(folder: Folder) -> None:
    result = bring(folder, "1,ann,2024-01-05,10,\n2,bob,2024-01-05,3,\n1,,,,\n", fold="order")
    assert (result.accepted, result.ignored_reasons) == (2, {"further line of the order": 1})


def test_date_and_time_of_two_columns_are_one_time(folder: Folder) -> None:
    rows = "2024-01-05,14:30:00,1,ann\n2024-01-06,,2,ann\n,15:00:00,3,ann\n"
    columns = ("Date", "Time & zone", "total", "customer")
    told = {"customer_id": "customer", "ts": "Date & `Time & zone`", "amount": "total"}
    result = bring(folder, rows, columns, fields=told)
    assert [row[0] for row in stored(folder, "transactions", "ts")] == [
        datetime(2024, 1, 5, 14, 30),
        datetime(2024, 1, 6),
    ]
    assert rejects(result) == [["4", "not a date", "Date & `Time & zone`", ",15:00:00,3,ann"]]


def test_names_of_two_columns_are_one_text(folder: Folder) -> None:
    columns = ("id", "first", "last")
    mapping = Mapping({"customer_id": "id", "name": "first & last"})
    file = saved(folder.path.parent, "id,first,last\n1,Ann,Lee\n2,,Ray\n3,,\n")
    run_import(folder, file, Plan("customers", Dialect(columns=columns), mapping))
    assert stored(folder, "contacts", "name") == [("Ann Lee",), ("Ray",)]


def test_rows_of_an_erased_customer_are_ignored_and_leave_no_reject(folder: Folder) -> None:
    bring(folder, "1,ann@x.dk,2024-01-05,1,\n2,bob,2024-01-05,1,\n")
    erase(folder, "ann@x.dk")
    result = bring(
        folder, "1,Ann@x.dk,2024-01-05,1,\n3,ann@x.dk,soon,1,\n4,cat,soon,1,\n5,cat,2024-01-05,1,\n"
    )
    assert result.ignored_reasons == {"erased customer": 2}
    assert (result.accepted, [row[3] for row in rejects(result)]) == (1, ["4,cat,soon,1,"])


def test_a_rejected_row_names_the_columns_of_all_its_bad_cells(folder: Folder) -> None:
    result = bring(
        folder, "1,ann,soon,much,\n2,ann,2024-01-05,much,\n3,ann,2024-01-05,1,\n4,ann,2024-01-05\n"
    )
    assert rejects(result) == [
        ["2", "not a date", "at; total", "1,ann,soon,much,"],
        ["3", "not a number", "total", "2,ann,2024-01-05,much,"],
        ["5", "wrong number of columns", "", "4,ann,2024-01-05"],
    ]
    assert result.reasons == {"not a date": 1, "not a number": 1, "wrong number of columns": 1}


def test_the_line_of_a_rejected_row_is_its_row_in_the_sheet(folder: Folder, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Sales"],
        [],
        ["customer_id", "ts", "amount"],
        ["ann\nlee", "2024-01-05", 1],
        ["bob", "soon", "1,x"],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "sales.xlsx")
    result = run_import(folder, tmp_path / "sales.xlsx", propose(tmp_path / "sales.xlsx").plan)
    assert rejects(result) == [["5", "not a date", "ts; amount", 'bob,soon,"1,x"']]


def test_the_line_of_a_rejected_json_row_is_its_number(folder: Folder, tmp_path: Path) -> None:
    lines = ['{"customer_id": "ann", "ts": "2024-01-05", "amount": 1}'] * 2
    file = saved(tmp_path, "\n".join([*lines, lines[0].replace("2024-01-05", "soon")]), "sales.jsonl")
    assert [row[:3] for row in rejects(run_import(folder, file, propose(file).plan))] == [
        ["3", "not a date", "ts"]
    ]


def test_the_ids_of_people_count_without_case_where_they_are_mailboxes(folder: Folder) -> None:
    bring(folder, "A1,Ann@X.dk,2024-01-05,1,\nA2,ANN,2024-01-05,1,\n")
    assert stored(folder, "transactions", "customer_id, transaction_id") == [
        ("ann@x.dk", "A1"),
        ("ANN", "A2"),
    ]


def test_rows_are_stored_in_the_order_of_the_file(folder: Folder) -> None:
    bring(folder, "".join(f"{at},c{-at % 7},2024-01-{at % 28 + 1:02d},1,\n" for at in range(1, 500)))
    with Engine() as engine:
        file = str(folder.parquet("transactions")[0][1])
        query = "select line from read_parquet($file, file_row_number = true) order by file_row_number"
        assert [row[0] for row in engine.rows("lines", query, {"file": file})] == list(range(1, 500))


def test_more_equal_rows_than_are_stored_are_new(folder: Folder) -> None:
    line, other = "1,ann,2024-01-05,1,\n", "2,bob,2024-01-05,1,\n"
    bring(folder, line * 2 + other)
    again = bring(folder, line * 3 + other * 1 + "3,cat,2024-01-05,1,\n")
    assert (again.accepted, again.duplicate) == (2, 3)


numbers = st.one_of(
    st.decimals(min_value=-(10**9), max_value=10**9, places=3).map(str),
    st.from_regex(r"[-+(]?[$€ ]?[0-9]{1,3}([,.' ][0-9]{1,3}){0,2}[)-]?", fullmatch=True),
    st.sampled_from(
        ["1e3", "1E-2", "9" * 25, "0." + "3" * 25, "NaN", "12,", ".5", "5.", "+7", "-", "1__0", "٣"]
    ),
)


@settings(max_examples=20, deadline=None)
@given(
    texts=st.lists(numbers, min_size=1, max_size=20),
    marks=st.sampled_from([(".", ""), (".", ","), (",", ".")]),
)
def test_cells_spelt_plainly_are_read_as_the_rules_of_spelling_read_them(
    texts: list[str], marks: tuple[str, str]
) -> None:
    dialect = Dialect(columns=("who", "when", "sum"), decimal=marks[0], thousands=marks[1])
    plan = Plan(
        "transactions",
        dialect,
        Mapping({"amount": "sum", "ts": "when", "customer_id": "who"}, formats={"ts": "%Y"}),
    )
    with Engine() as engine:
        engine.register("given", pa.table({"place": range(len(texts)), "text": texts}))
        engine.run("source", _SOURCE)
        cast(engine, plan, WorkspaceSettings(), date(2024, 1, 1))
        found = engine.rows("typed", "select amount, reason from typed order by line")
        exact = exp.select(number_text(column("text"), dialect)).from_("given").order_by("place")
        spelt = [row[0] for row in engine.rows("exact", exact)]
    assert [_cents(text) for text in spelt] == [reason or amount for amount, reason in found]


_SOURCE = """
create or replace table source as
select place as line, place as fingerprint, cast(null as varchar) as ignored, cast(null as varchar) as problem,
    'ann' as c0, '2024' as c1, text as c2
from given
"""


def _cents(text: str | None) -> int | str:
    if text is None:
        return "not a number"
    size = int(abs(Fraction(text)) * 100 + Fraction(1, 2))
    return "amount too large" if size >= 10**15 else size if Fraction(text) >= 0 else -size


dates = st.from_regex(
    r"[+-]?[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?)?", fullmatch=True
)


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(dates, min_size=1, max_size=20))
def test_a_year_has_four_digits_whatever_the_parser_takes(texts: list[str]) -> None:
    bare = sql("try_strptime(text, :formats)", formats=variants("%Y-%m-%d"))
    strict = sql(r"case when regexp_full_match(text, '\d{4}-.*') then :value end", value=bare)
    with Engine() as engine:
        engine.register("given", pa.table({"text": texts}))
        query = exp.select(parsed(column("text"), "%Y-%m-%d"), strict).from_("given")
        assert all(found == meant for found, meant in engine.rows("dates", query))
