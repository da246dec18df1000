"""Guesses by name and by content; where two columns fit equally, or a column may mean two things, it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.expression import joined, joined_columns, with_names
from ladder.importing.guessing import is_segment, is_to_date
from ladder.importing.told import kept_rows, null_words
from tests.importing_shop import empty_workspace, saved, stored

DAYS = [f"2024-01-{day:02d}" for day in range(1, 29)]


def test_two_amounts_that_differ_are_asked_with_both_on_the_same_rows(tmp_path: Path) -> None:
    text = "client,date,net amount,total\n" + "".join(
        f"c{day},{day},{at}.00,{at}.50\n" for at, day in enumerate(DAYS)
    )
    (question,) = propose(saved(tmp_path, text)).questions
    assert (question.id, question.options) == ("field:amount", ("total", "net amount"))
    assert question.examples[0] == ("0.50", "0.00")
    assert propose(tmp_path / "file.csv", fields={"amount": "total"}).questions == ()


def test_two_columns_that_hold_the_same_are_no_choice(tmp_path: Path) -> None:
    text = "client,date,net amount,total\n" + "".join(
        f"c{day},{day},{at}.50,{at}.50\n" for at, day in enumerate(DAYS)
    )
    assert propose(saved(tmp_path, text)).questions == ()


def test_two_times_that_differ_are_asked(tmp_path: Path) -> None:
    text = "client,order date,paid at,total\n" + "".join(f"c,{day},2024-02-{day[-2:]},5.00\n" for day in DAYS)
    assert [item.options for item in propose(saved(tmp_path, text)).questions] == [("order date", "paid at")]


def test_a_total_to_date_is_no_amount_without_asking(tmp_path: Path) -> None:
    text = "client,date,Total Spent\n" + "".join(f"c{day},{day},{at}.50\n" for at, day in enumerate(DAYS))
    assert [item.id for item in propose(saved(tmp_path, text), "transactions").questions] == ["field:amount"]


def test_the_total_of_an_order_on_every_line_is_asked(tmp_path: Path) -> None:
    text = "order id,client,date,total,qty,unit price\n" + "".join(
        f"o{at},c,{day},{at}.50,{line},2.00\n" for at, day in enumerate(DAYS) for line in (1, 2)
    )
    (question,) = propose(saved(tmp_path, text)).questions
    assert question.options == ("qty * `unit price`", "total")
    assert "28 of 28 orders" in question.text


def test_lines_that_leave_the_order_columns_empty_are_folded(tmp_path: Path) -> None:
    text = "order id,client,date,total,item\n" + "".join(
        f"o{at},c,{day},{at}.50,tea\no{at},,,,cup\n" for at, day in enumerate(DAYS)
    )
    folder = empty_workspace(tmp_path)
    proposal = propose(saved(tmp_path, text))
    assert (proposal.plan.mapping.fold, proposal.questions) == ("order id", ())
    result = run_import(folder, tmp_path / "file.csv", proposal.plan)
    assert (result.accepted, result.ignored_reasons) == (28, {"further line of the order": 28})
    assert propose(tmp_path / "file.csv", fold="").plan.mapping.fold == ""


def test_a_status_under_which_nothing_was_sold_is_told(tmp_path: Path) -> None:
    text = "client,date,total,status\n" + "".join(
        f"c,{day},5.00,{'Cancelled' if at % 7 == 0 else 'shipped'}\n" for at, day in enumerate(DAYS)
    )
    folder = empty_workspace(tmp_path)
    (told,) = propose(saved(tmp_path, text)).warnings
    assert "“status” also holds cancelled (4)" in told
    assert "status=shipped" in told
    result = run_import(
        folder, tmp_path / "file.csv", propose(tmp_path / "file.csv", keep="status=shipped").plan
    )
    assert (result.accepted, result.ignored_reasons) == (24, {"status: Cancelled": 4})


@pytest.mark.parametrize("name", ["Kunde-Nr.", "shopCustomerNo", "Member code", "buyer_ref"])
def test_a_word_for_a_person_and_one_for_a_key_name_the_customer(name: str, tmp_path: Path) -> None:
    text = f"{name},date,total\nc1,2024-01-05,5.00\n"
    assert propose(saved(tmp_path, text)).plan.mapping.fields["customer_id"] == name


def test_the_only_column_of_e_mails_is_the_customer_where_no_name_tells(tmp_path: Path) -> None:
    text = "Wer,date,total\n" + "".join(f"c{at}@x.dk,{day},5.00\n" for at, day in enumerate(DAYS))
    assert propose(saved(tmp_path, text)).plan.mapping.fields["customer_id"] == "Wer"


def test_addresses_cards_and_totals_to_date_are_no_attributes(tmp_path: Path) -> None:
    header = "customer id,Email,Street,Card Number,Birthday,Total Spent,Country,Plan\n"
    text = header + "c1,a@x.dk,S 1,4242,1990-01-01,5.00,DK,pro\n"
    assert propose(saved(tmp_path, text), "customers").plan.mapping.attributes == ("Country", "Plan")
    assert propose(tmp_path / "file.csv", "customers", attributes=["Street"]).plan.mapping.attributes == (
        "Street",
    )
    assert (is_to_date("Lifetime value"), is_segment("Zip code"), is_segment("channel")) == (
        True,
        False,
        True,
    )


def test_guessed_ids_that_join_nobody_are_asked_where_e_mails_do(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    orders = "email,ts,amount\n" + "".join(f"C{at}@x.dk,{day},5\n" for at, day in enumerate(DAYS))
    run_import(folder, saved(tmp_path, orders), propose(tmp_path / "file.csv").plan)
    people = "member id,email,city\n" + "".join(f"M{at},c{at}@X.dk,Kiel\n" for at in range(28))
    proposal = propose(saved(tmp_path, people), "customers", folder=folder)
    assert [(item.id, item.options) for item in proposal.questions] == [
        ("field:customer_id", ("email", "member id"))
    ]
    plan = propose(tmp_path / "file.csv", "customers", folder=folder, fields={"customer_id": "email"}).plan
    run_import(folder, tmp_path / "file.csv", plan)
    assert {row[0] for row in stored(folder, "customers", "customer_id")} == {
        f"c{at}@x.dk" for at in range(28)
    }


COLUMNS = ("Date", "Time", "A & B", "Gross", "Unit price")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("Date & Time", ("Date", "Time")),
        ("Date&Time", ("Date", "Time")),
        ("`A & B` & Time & Unit price", ("A & B", "Time", "Unit price")),
        ("A & B", None),
        ("Date", None),
        ("Date & Nothing", None),
        ("Date &", None),
        ("& Date", None),
        ("'a & b'", None),
    ],
)
def test_columns_joined_by_a_blank(source: str, parts: tuple[str, ...] | None) -> None:
    assert joined_columns(source, COLUMNS) == parts
    assert parts is None or joined_columns(joined(parts), COLUMNS) == parts


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("Gross", "Net amount"),
        ("(gross - `Unit price`) * 2", "(`Net amount` - each) * 2"),
        ("Date & Unit price", "Date & each"),
        ("'Gross'", "'Gross'"),
    ],
)
def test_what_a_field_is_filled_from_follows_new_names(source: str, written: str) -> None:
    assert with_names(source, {"Gross": "Net amount", "Unit price": "each"}, COLUMNS) == written


def test_which_rows_count_and_words_for_nothing_as_they_are_typed() -> None:
    assert kept_rows("Status=paid, sent") == {"Status": ("paid", "sent")}
    assert kept_rows(["Status=paid", "Mode=live"]) == {"Status": ("paid",), "Mode": ("live",)}
    assert kept_rows("") == {}
    with pytest.raises(LadderError, match="COLUMN=WORD"):
        kept_rows("paid")
    assert (null_words("NULL, N/A"), null_words(""), null_words(["-", ""])) == (("NULL", "N/A"), (), ("-",))


def test_rows_kept_by_a_column_that_is_not_there_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path, "client,date,total\nc,2024-01-05,5.00\n")
    for told in ({"keep": "Status=paid"}, {"fold": "Order"}):
        with pytest.raises(LadderError, match="No such column"):
            propose(file, "transactions", **told)  # type: ignore[arg-type]
