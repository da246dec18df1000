"""Bringing data by the command line: look, answer what is asked, take it, see what was refused, take it back."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.cli_shop import ORDERS, Shop, orders_only
from tests.importing_exports import EXPORTS

ACCOUNT = ("rows_read", "accepted", "duplicate", "rejected", "ignored")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return orders_only(tmp_path, capsys)


def account(document: dict[str, Any]) -> tuple[int, ...]:
    return tuple(document[name] for name in ACCOUNT)


def test_yes_takes_what_is_proposed(shop: Shop) -> None:
    code, document, said = shop.bring(ORDERS, "--yes")
    assert (code, account(document), document["import_id"]) == (0, (3, 3, 0, 0, 0), 1)
    assert "Import 1 is live." in said
    assert shop.totals() == [
        ("new", 1, 5.5), ("repeat", 1, 30.0), ("regular", 0, 0.0), ("loyal", 0, 0.0), ("lapsed", 0, 0.0),
    ]  # fmt: skip


def test_without_yes_the_proposal_comes_back_as_a_question(shop: Shop) -> None:
    before = shop.manifest()
    code, document, said = shop.bring(ORDERS)
    assert (code, document["import_id"], account(document)) == (3, None, (0, 0, 0, 0, 0))
    assert [question["id"] for question in document["questions"]] == ["confirm"]
    assert document["proposal"]["mapping"]["fields"]["transaction_id"] == "order_id"
    assert "amount = total" in said
    assert shop.manifest() == before


def test_a_dry_run_counts_and_changes_nothing(shop: Shop) -> None:
    before = shop.manifest()
    code, document, said = shop.bring(ORDERS, "--dry-run")
    assert (code, account(document), document["import_id"]) == (0, (3, 3, 0, 0, 0), None)
    assert "A dry run: nothing was changed." in said
    assert shop.manifest() == before
    assert not list((shop.workspace / "imports").iterdir())


def test_dates_that_read_two_ways_are_asked_even_with_yes(shop: Shop) -> None:
    text = ORDERS.replace("2024-01-05", "05/01/2024").replace("2024-01-31", "03/02/2024")
    before = shop.manifest()
    code, document, _ = shop.bring(text, "--yes")
    (question,) = document["questions"]
    assert (code, question["id"], question["options"]) == (3, "date_format:ts", ["%d/%m/%Y", "%m/%d/%Y"])
    assert question["examples"][0] == ["05/01/2024", "5 January 2024", "1 May 2024"]
    assert shop.manifest() == before
    code, document, _ = shop.bring(text, "--yes", "--date-format", "%d/%m/%Y")
    assert (code, account(document)) == (0, (3, 3, 0, 0, 0))
    assert shop.run("settings", "as_of=2024-02-29")[0] == 0
    assert shop.run("history", "bob")[1] == [{"period_end": "2024-02-29", "rung": "new"}]


def test_a_file_without_customers_asks_and_can_be_answered(shop: Shop) -> None:
    text = ORDERS.replace("customer_id", "colour")
    code, document, _ = shop.bring(text, "--yes")
    assert (code, [question["id"] for question in document["questions"]]) == (3, ["field:customer_id"])
    assert "colour" in document["questions"][0]["options"]
    assert shop.bring(text, "--yes", "--map", "customer_id=colour")[1]["accepted"] == 3


def test_a_product_of_two_columns_is_an_amount(shop: Shop) -> None:
    text = "customer_id,ts,pieces,each\nann,2024-01-31,3,1.50\nann,2024-01-31,-1,1.50\n"
    code, document, _ = shop.bring(text, "--yes", "--map", "amount=pieces*each")
    assert (code, account(document)) == (0, (2, 2, 0, 0, 0))
    assert shop.totals()[0] == ("new", 1, 3.0)


def test_refused_rows_stand_in_a_file_with_line_reason_and_text(shop: Shop) -> None:
    text = ORDERS + "t4,cat,2024-02-31,1.00\nt5,cat,2024-01-31,much\n\nt6,cat,2024-01-31,2.00\n"
    code, document, said = shop.bring(text, "--yes")
    assert (code, account(document)) == (0, (7, 4, 0, 2, 1))
    assert sum(document["reasons"].values()) == 2
    rejects = Path(document["rejects_file"])
    assert str(rejects) in said
    with rejects.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["original"]) for row in rows] == [
        ("5", "order_date", "t4,cat,2024-02-31,1.00"),
        ("6", "total", "t5,cat,2024-01-31,much"),
    ]


def test_the_same_file_twice_is_all_duplicate_and_changes_no_figure(shop: Shop) -> None:
    shop.bring(ORDERS, "--yes")
    before = shop.totals()
    code, document, _ = shop.bring(ORDERS, "--yes")
    assert (code, account(document)) == (0, (3, 0, 3, 0, 0))
    assert shop.totals() == before


def test_undo_takes_it_out_again(shop: Shop) -> None:
    shop.bring(ORDERS, "--yes")
    before = shop.totals()
    shop.bring("order_id,customer_id,order_date,total\nt9,zoe,2024-01-31,99.00\n", "--yes")
    assert shop.totals() != before
    code, document, said = shop.run("undo", "2")
    assert (code, document[0]["id"], document[0]["live"]) == (0, 2, False)
    assert "Import 2 is out of the figures." in said
    assert shop.totals() == before
    assert [(row["id"], row["live"]) for row in shop.run("imports")[1]] == [(1, True), (2, False)]


def test_a_first_import_makes_the_workspace(shop: Shop) -> None:
    shop.workspace = shop.path / "other"
    code, document, said = shop.bring(ORDERS, "--yes")
    assert (code, document["import_id"]) == (0, 1)
    assert "Made a workspace in “other”." in said


HEADER = "order_id,customer_id,order_date,total\n"
BAD = [
    ("an empty file", b"", 1, "Empty file. orders.csv holds nothing."),
    ("only blank lines", b"\n\n\n", 1, "No rows."),
    ("only a header", HEADER.encode(), 1, "orders.csv holds a header and no rows."),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 1, "orders.csv is a PNG picture."),
    ("a damaged workbook", b"PK\x03\x04" + bytes(200), 1, "orders.csv is cut short or damaged"),
    ("noise", bytes(range(256)) * 20, 1, "orders.csv holds binary data."),
    ("no customer", b"order_date,total\n2024-01-05,1.00\n", 3, "field:customer_id"),
    ("no date", b"customer_id,total\nann,1.00\n", 3, "field:ts"),
    ("no amount", b"customer_id,order_date,colour\nann,2024-01-05,red\n", 3, "field:amount"),
    ("half an archive", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc", 1, "orders.csv is cut short or damaged."),
    ("two currencies", b"customer_id,ts,amount,currency\nann,2024-01-05,1,EUR\nbob,2024-01-05,1,DKK\n", 1,
     "More than one currency"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code", "told"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    content: bytes, code: int, told: str, shop: Shop
) -> None:
    shop.bring(ORDERS, "--yes")
    before, files = shop.manifest(), sorted(shop.workspace.rglob("*.parquet"))
    found, document, said = shop.bring(content, "--yes")
    assert found == code
    assert told in (said if code == 1 else " ".join(item["id"] for item in document["questions"]))
    assert shop.manifest() == before
    assert sorted(shop.workspace.rglob("*.parquet")) == files
    assert shop.totals()[1] == ("repeat", 1, 30.0)


@pytest.mark.parametrize("content", [b"", HEADER.encode(), b"\x89PNG\r\n\x1a\n123"])
def test_a_failure_in_json_keeps_title_message_and_hint(content: bytes, shop: Shop) -> None:
    _, document, _ = shop.bring(content, "--yes")
    assert set(document["error"]) == {"title", "message", "hint"}
    assert document["error"]["hint"]


def test_dates_in_another_order_than_told_stop_and_change_nothing(shop: Shop) -> None:
    rows = "".join(f"t{day},ann,{day}/01/2024,1.00\n" for day in range(10, 29))
    before = shop.manifest()
    code, document, _ = shop.bring(HEADER + rows, "--yes", "--date-format", "%m/%d/%Y")
    assert (code, document["questions"][0]["id"]) == (3, "date_format:ts")
    assert shop.manifest() == before


def test_the_second_file_of_a_source_is_read_as_the_first_and_differences_are_told(shop: Shop) -> None:
    shop.bring(ORDERS, "--yes", "--attribute", "total")
    text = (
        ORDERS.replace("total", "total,shop").replace(".00\n", ".00,Kiel\n").replace("5.50\n", "5.50,Kiel\n")
    )
    code, document, said = shop.run("import", shop.file(text), "--yes")
    assert (code, document["remembered"], account(document)) == (0, 1, (3, 0, 3, 0, 0))
    assert document["drift"] == [
        {"kind": "new", "column": "shop", "text": "“shop” is new and is not stored unless you choose it."}
    ]
    assert "“shop” is new" in said
    assert "As import 1 was read" in said
    assert shop.run("import", shop.file(text), "--yes", "--fresh")[1]["remembered"] is None


def test_a_known_export_is_named_and_can_be_refused(shop: Shop) -> None:
    text = EXPORTS[0].text()
    code, document, said = shop.run("import", shop.file(text), "--dry-run")
    assert (code, document["profile"], document["accepted"]) == (0, "shopify-orders", 17)
    assert document["ignored_reasons"]["Financial Status: voided"] == 1
    assert "Taken for the export “Shopify orders”; --profile none" in said
    assert "Rows count where Financial Status is paid" in said
    assert "Lines with the same “Name” are one order." in said
    code, document, _ = shop.run("import", shop.file(text), "--dry-run", "--profile", "none")
    assert (document["profile"], document["remembered"], document["drift"]) == ("", None, [])
    assert shop.run("import", shop.file(text), "--profile", "shopify")[0] == 1


def test_rows_words_and_fields_can_be_left_out(shop: Shop) -> None:
    text = "order_id,customer_id,order_date,total,status\nt1,NULL,2024-01-31,1.00,paid\nt2,ann,2024-01-31,2.00,void\n"
    code, document, _ = shop.bring(
        text, "--yes", "--keep", "status=paid", "--null", "NULL", "--map", "transaction_id="
    )
    assert (code, account(document)) == (0, (2, 1, 0, 0, 1))
    assert document["ignored_reasons"] == {"status: void": 1}
    code, document, _ = shop.bring(text, "--yes", "--dry-run", "--keep", "", "--null", "")
    assert account(document) == (2, 2, 0, 0, 0)
    assert shop.bring(text, "--keep", "paid")[0] == 1


def test_times_as_numbers_are_asked_and_answered(shop: Shop) -> None:
    text = "customer_id,ts,amount\nann,1706700000,1.00\nbob,1706700060,2.00\n"
    code, document, _ = shop.bring(text, "--yes")
    assert (code, document["questions"][0]["options"]) == (3, ["epoch"])
    assert shop.bring(text, "--yes", "--date-format", "epoch")[1]["accepted"] == 2
