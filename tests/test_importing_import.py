"""Importing: every row ends somewhere, and what is stored is what was meant."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import Plan, run_import
from ladder.importing.rejects import inert
from ladder.workspace import Folder
from tests.importing_shop import bring, empty_workspace, plan_of, saved, stored

ORDERS = "customer_id,ts,amount\n007,2024-01-05,10.50\nann,2024-01-06 14:30:00,3\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def test_a_plain_file_is_accepted_whole(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, ORDERS)
    assert (result.rows_read, result.accepted, result.import_id) == (2, 2, 1)
    assert stored(folder, "transactions", "line, customer_id, ts, amount, kind") == [
        (1, "007", datetime(2024, 1, 5), 1050, "purchase"),
        (2, "ann", datetime(2024, 1, 6, 14, 30), 300, "purchase"),
    ]


def test_every_bad_row_has_a_reason_and_the_rest_is_stored(folder: Folder, tmp_path: Path) -> None:
    text = (
        "customer_id,ts,amount\nann,2024-01-05,1\nann,soon,1\nann,2024-01-05,much\nann,1066-10-14,1\n"
        "ann,2999-01-01,1\nann,2024-01-05,1e309\nann,2024-01-05,NaN\nann,2024-01-05,inf\nann,2024-01-05,\n"
        "ann,,1\nann,2024-01-05\nann,2024-01-05,1,2\n,,\n\nbob,2024-01-06,2\nbob,2024-01-07,3\n"
        "bob,2024-01-08,3\n"
    )
    result = bring(folder, tmp_path, text)
    assert result.reasons == {
        "not a number": 3,
        "implausible date": 2,
        "wrong number of columns": 2,
        "amount too large": 1,
        "no amount": 1,
        "no date": 1,
        "not a date": 1,
    }
    assert (result.rows_read, result.accepted, result.rejected, result.ignored) == (17, 4, 11, 2)


def test_rejects_come_back_with_line_reason_column_and_text(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, ORDERS + "=cmd(),soon,1\n")
    assert result.rejects_file is not None
    with result.rejects_file.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "reason", "column", "original"],
            ["4", "not a date", "ts", "'=cmd(),soon,1"],
        ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(text: str) -> None:
    assert inert(text) == "'" + text


def test_an_unclosed_quote_is_rejected_and_its_neighbours_are_kept(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, ORDERS + '"bob,2024-01-07,1\ncat,2024-01-08,2\n')
    assert result.reasons == {"quote never closed": 1}
    assert [row[0] for row in stored(folder, "transactions", "customer_id")] == ["007", "ann", "cat"]


def test_the_same_file_again_is_all_duplicate(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, ORDERS)
    again = bring(folder, tmp_path, ORDERS)
    assert (again.accepted, again.duplicate, again.import_id) == (0, 2, 2)


def test_the_same_file_after_undo_is_new(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, ORDERS)
    folder.undo(1)
    assert bring(folder, tmp_path, ORDERS).accepted == 2


def test_a_third_equal_row_is_new_when_two_are_stored(folder: Folder, tmp_path: Path) -> None:
    row = "ann,2024-01-05,1\n"
    bring(folder, tmp_path, "customer_id,ts,amount\n" + row * 2)
    again = bring(folder, tmp_path, "customer_id,ts,amount\n" + row * 3)
    assert (again.accepted, again.duplicate) == (1, 2)


def test_equal_rows_of_one_file_are_kept_and_told(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, "customer_id,ts,amount\n" + "ann,2024-01-05,1\n" * 3)
    assert result.accepted == 3
    assert result.warnings == ("2 rows repeat an earlier row of the file in every column; they are kept.",)


def test_a_sale_without_customer_is_a_guest_sale(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, ORDERS + ",2024-01-07,99.99\n")
    assert result.accepted == 3
    assert "1 row names no customer and is kept as a guest sale, worth 99.99 EUR." in result.warnings
    assert stored(folder, "transactions", "customer_id")[-1] == (None,)


def test_an_interaction_without_customer_is_rejected(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, "user_id,timestamp,event\nann,2024-01-05,visit\n,2024-01-06,visit\n")
    assert (result.accepted, result.reasons) == (1, {"no customer": 1})


def test_refund_words_make_a_positive_amount_negative(folder: Folder, tmp_path: Path) -> None:
    text = (
        "customer_id,ts,amount,kind\nann,2024-01-05,5,Refund\nann,2024-01-06,-4,sale\nann,2024-01-07,3,gift\n"
    )
    result = bring(folder, tmp_path, text)
    assert stored(folder, "transactions", "amount, kind") == [
        (-500, "refund"),
        (-400, "refund"),
        (300, "purchase"),
    ]
    assert any("gift (1)" in warning for warning in result.warnings)


def test_ids_written_as_decimals_lose_the_decimals(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, "customer_id,ts,amount\n17850.0,2024-01-05,1\n,2024-01-06,1\n")
    assert stored(folder, "transactions", "customer_id") == [("17850",), (None,)]
    assert "17850.0 is 17850" in result.warnings[0]


@pytest.mark.parametrize("ident", ["00042", "12345678901234567890", "1E5", "NA", "null", "Ann ☃"])
def test_ids_are_text_exactly(ident: str, folder: Folder, tmp_path: Path) -> None:
    text = f"customer_id,ts,amount\n {ident} ,2024-01-05,1\n"
    bring(folder, tmp_path, text, fields={"customer_id": "customer_id"})
    assert stored(folder, "transactions", "customer_id") == [(ident,)]


def test_a_later_row_of_a_customer_supersedes_the_earlier(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,email,country\nann,old@x.dk,SE\nbob,b@x.dk,DK\nann,new@x.dk,DK\n"
    result = bring(folder, tmp_path, text)
    assert (result.accepted, result.duplicate) == (2, 1)
    assert stored(folder, "contacts", "customer_id, email") == [("ann", "new@x.dk"), ("bob", "b@x.dk")]
    assert sorted(stored(folder, "attributes", "customer_id, name, value")) == [
        ("ann", "country", "DK"),
        ("bob", "country", "DK"),
    ]


def test_a_customer_with_a_new_address_is_not_a_duplicate(folder: Folder, tmp_path: Path) -> None:
    first = "customer_id,email,country\nann,a@x.dk,DK\nbob,b@x.dk,DK\ncat,c@x.dk,DK\n"
    bring(folder, tmp_path, first)
    again = bring(folder, tmp_path, first.replace("a@x.dk", "ann@x.dk").replace("b@x.dk,DK", "b@x.dk,SE"))
    assert (again.accepted, again.duplicate) == (2, 1)


def test_an_attribute_of_orders_is_the_latest_value(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,amount,city\nann,2024-03-05,1,Aarhus\nann,2024-01-06,1,Odense\nann,2024-04-01,1,\n"
    bring(folder, tmp_path, text, attributes=["city"])
    assert stored(folder, "attributes", "customer_id, name, value") == [("ann", "city", "Aarhus")]


def test_scores_outside_their_scale_are_rejected(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,nps\nann,2024-01-05,10\nbob,2024-01-05,11\ncat,2024-01-05,7.5\ndan,2024-01-05,\n"
    result = bring(folder, tmp_path, text)
    assert result.reasons == {"score out of range": 1, "not a whole number": 1, "no score": 1}


def test_a_dry_run_counts_and_changes_nothing(folder: Folder, tmp_path: Path) -> None:
    result = run_import(folder, saved(tmp_path, ORDERS), plan_of(tmp_path, ORDERS), dry_run=True)
    assert (result.accepted, result.import_id, folder.imports()) == (2, None, ())
    assert list((folder.path / "imports").iterdir()) == []


def test_the_plan_is_kept_with_the_import_and_reads_the_file_again(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, ORDERS)
    record = folder.imports()[0]
    plan = Plan.from_dict({"table": record.table, "dialect": record.dialect, "mapping": record.mapping})
    assert run_import(folder, tmp_path / "file.csv", plan).duplicate == 2


def test_a_literal_fills_a_field(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts\nann,2024-01-05\n"
    bring(folder, tmp_path, text, table="interactions", fields={"kind": "'visit'"})
    assert stored(folder, "interactions", "kind") == [("visit",)]


def test_gzip_is_known_by_its_bytes(folder: Folder, tmp_path: Path) -> None:
    assert bring(folder, tmp_path, gzip.compress(ORDERS.encode())).accepted == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_arrives_whole_in_every_encoding(encoding: str, folder: Folder, tmp_path: Path) -> None:
    text = "customer_id;ts;amount;product\r\nSøren;05.01.2024;1.234,50;Æblegrød på café\r\n"
    bring(folder, tmp_path, text.encode(encoding))
    assert stored(folder, "transactions", "customer_id, amount, product") == [
        ("Søren", 123450, "Æblegrød på café")
    ]


def test_two_currencies_stop_the_import(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,amount,currency\nann,2024-01-05,1,EUR\nann,2024-01-05,1,USD\n"
    with pytest.raises(LadderError, match="More than one currency"):
        bring(folder, tmp_path, text)
    assert folder.imports() == ()


def test_times_move_to_the_zone_of_the_workspace(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path, timezone="Europe/Copenhagen")
    times = ["2024-01-05T23:30:00Z", "2024-07-05T23:30:00+05:30", "2024-07-05T08:00:00"]
    text = "customer_id,ts,amount\n" + "".join(f"ann,{time},1\n" for time in times)
    bring(folder, tmp_path, text)
    assert [row[0] for row in stored(folder, "transactions", "ts")] == [
        datetime(2024, 1, 6, 0, 30),
        datetime(2024, 7, 5, 20, 0),
        datetime(2024, 7, 5, 8, 0),
    ]


def test_skipped_and_repeated_wall_times_have_one_reading(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path, timezone="UTC")
    text = "customer_id,ts,amount\nann,2024-03-31 02:30:00,1\nann,2024-10-27 02:30:00,1\nann,2024-12-01 02:30:00,1\n"
    bring(folder, tmp_path, text, timezone="Europe/Copenhagen")
    assert [row[0] for row in stored(folder, "transactions", "ts")] == [
        datetime(2024, 3, 31, 1, 30),
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 12, 1, 1, 30),
    ]


def test_a_stray_delimiter_before_an_empty_last_field_is_noticed(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,product,amount,note\nann,2024-01-05,tea,1.50,\nbob,2024-01-05,te,a,1.50,\n"
    assert bring(folder, tmp_path, text).reasons == {"wrong number of columns": 1}


def test_two_ways_through_the_file_store_the_same(folder: Folder, tmp_path: Path) -> None:
    clean = "customer_id,ts,amount,product\n" + "".join(
        f'c{at},2024-01-{at % 28 + 1:02d},{at}.{at % 100:02d},"a ""{at}"", b"\n' for at in range(1, 300)
    )
    bring(folder, tmp_path, clean)
    bring(folder, tmp_path, clean + "one,two\n")
    first, second = folder.imports()
    assert (first.accepted, second.accepted, second.duplicate, second.rejected) == (299, 0, 299, 1)


def test_lines_above_the_header_are_ignored_and_told(folder: Folder, tmp_path: Path) -> None:
    result = bring(folder, tmp_path, "Sales of January\n\n" + ORDERS)
    assert (result.rows_read, result.accepted, result.ignored) == (4, 2, 2)
    assert "The first 2 lines are no table rows and are left out." in result.warnings


def test_a_rejected_date_of_the_other_order_is_told(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,amount\n" + "ann,25/02/2024,1\n" * 3 + "bob,02/25/2024,1\n"
    result = bring(folder, tmp_path, text, date_format="%d/%m/%Y")
    assert result.reasons == {"not a date": 1}
    assert "1 rejected date of “ts” fits %m/%d/%Y: the file may mix two orders." in result.warnings


def test_literals_fill_times_and_amounts_too(folder: Folder, tmp_path: Path) -> None:
    told = {"ts": "'2024-02-01'", "incentive": "'SPRING'", "cost": "1.5"}
    bring(folder, tmp_path, "customer_id,city\nann,Aarhus\n", table="incentives", fields=told)
    assert stored(folder, "incentives", "ts, incentive, cost") == [(datetime(2024, 2, 1), "SPRING", 150)]


def test_an_id_without_the_usual_ending_stays_and_is_told(folder: Folder, tmp_path: Path) -> None:
    text = "customer_id,ts,amount\n17850.0,2024-01-05,1\nC12,2024-01-06,1\n"
    file = saved(tmp_path, text)
    plan = plan_of(tmp_path, text)
    whole = replace(plan, mapping=replace(plan.mapping, whole_ids=("customer_id",)))
    result = run_import(folder, file, whole)
    assert stored(folder, "transactions", "customer_id") == [("17850",), ("C12",)]
    assert "1 value of “customer_id” does not end in .0 and stays as it is." in result.warnings


def test_a_header_may_hold_a_number(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "customer_id,ts,amount,2024\nann,2024-01-05,1.50,7\n")
    assert (plan.dialect.header, plan.dialect.columns[3]) == (True, "2024")
