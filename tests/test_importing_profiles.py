"""Exports of known products are recognised by their headers and read as they are meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.expression import joined_columns
from ladder.importing.guessing import guess_table
from ladder.importing.profile import profile_named, profiles, recognised
from ladder.importing.zones import zones_of
from ladder.model.tables import TABLES
from ladder.workspace import Folder
from tests.importing_exports import EXPORTS, Export, email
from tests.importing_shop import empty_workspace, saved, stored

NAMES = [export.profile for export in EXPORTS]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def export(name: str) -> Export:
    return EXPORTS[NAMES.index(name)]


@pytest.mark.parametrize("export", EXPORTS, ids=NAMES)
def test_an_export_is_known_by_its_header_and_needs_no_question(export: Export, tmp_path: Path) -> None:
    proposal = propose(saved(tmp_path, export.text()))
    mapping = proposal.plan.mapping
    assert (mapping.profile, proposal.plan.table) == (export.profile, export.table)
    assert mapping.fields == export.fields
    assert (mapping.fold, mapping.zone, mapping.attributes) == (export.fold, export.zone, export.attributes)
    assert proposal.questions == ()


@pytest.mark.parametrize("export", EXPORTS, ids=NAMES)
def test_an_export_is_imported_with_the_account_and_the_money_it_should_have(
    export: Export, folder: Folder, tmp_path: Path
) -> None:
    file = saved(tmp_path, export.text())
    result = run_import(folder, file, propose(file, folder=folder).plan)
    assert (result.rows_read, result.accepted, result.rejected) == (30, export.accepted, 0)
    assert result.ignored_reasons == export.ignored
    rows = stored(folder, export.table, "customer_id" + (", amount" if export.cents else ""))
    assert len({row[0] for row in rows}) == export.customers
    assert sum(row[1] for row in rows) == export.cents if export.cents else True


@pytest.mark.parametrize("export", EXPORTS, ids=NAMES)
def test_optional_columns_may_be_missing_and_capitals_differ(export: Export, tmp_path: Path) -> None:
    needed = {
        part for name in export.fields.values() for part in (joined_columns(name, export.header) or (name,))
    }
    known = profile_named(export.profile)
    marks = {name for group in known.marks for name in group}
    needed |= marks | set(known.keep) | {known.zone_column}
    kept = tuple(name for at, name in enumerate(export.header) if at % 4 or name in needed)
    header, _, body = export.text(kept).partition("\n")
    proposal = propose(saved(tmp_path, f"{header.upper()}\n{body}"))
    assert (proposal.plan.mapping.profile, proposal.questions) == (export.profile, ())


def test_every_profile_names_tables_fields_and_columns_that_exist() -> None:
    assert set(profiles()) == set(NAMES)
    for known in profiles().values():
        fields = {field.name for field in TABLES[known.table].fields}
        assert {*known.fields, "customer_id"} <= fields
        assert {*TABLES[known.table].required} <= {*known.fields, "customer_id"}
        assert known.order in ("", "day first", "month first")
        assert known.keys or known.is_form
        assert all(words for words in known.keep.values())
        assert all(name in known.fields["amount"] for name in known.refunded)


@pytest.mark.parametrize("table", TABLES)
def test_our_own_headers_are_no_known_export(table: str) -> None:
    columns = [field.name for field in TABLES[table].fields]
    assert recognised(columns, []) is None
    assert guess_table(columns, []) == table


def test_a_profile_can_be_refused_named_or_unknown(tmp_path: Path) -> None:
    file = saved(tmp_path, export("stripe-payments").text())
    plain = propose(file, profile="none")
    assert (plain.plan.mapping.profile, plain.plan.mapping.keep) == ("", {})
    assert propose(file, profile="Stripe-Payments").plan.mapping.profile == "stripe-payments"
    with pytest.raises(LadderError, match="no profile “stripe”"):
        propose(file, profile="stripe")
    with pytest.raises(LadderError, match="holds transactions, not customers"):
        propose(file, "customers", profile="stripe-payments")


def test_a_file_told_to_be_another_table_is_read_by_its_own_names(tmp_path: Path) -> None:
    proposal = propose(saved(tmp_path, export("gocardless-payments").text()), "customers")
    assert proposal.plan.mapping.profile == ""


def test_a_survey_with_scores_is_feedback_and_no_plain_form(tmp_path: Path) -> None:
    text = "Timestamp,Email Address,How likely are you to recommend us?\n" + "".join(
        f"1/{day}/2024 9:05:12,{email(day)},{day % 11}\n" for day in range(13, 30)
    )
    plan = propose(saved(tmp_path, text)).plan
    assert (plan.table, plan.mapping.profile) == ("feedback", "")
    assert plan.mapping.fields["nps"] == "How likely are you to recommend us?"


def test_a_tie_of_day_and_month_is_broken_by_the_export_and_shown(tmp_path: Path) -> None:
    known = export("stripe-payments")
    text = replace(
        known, row=lambda n: {**known.row(n), "Created (UTC)": f"0{n % 9 + 1}/04/2024 10:00"}
    ).text()
    proposal = propose(saved(tmp_path, text))
    assert proposal.plan.mapping.formats == {"ts": "%d/%m/%Y %H:%M"}
    assert any("01/04/2024 10:00 is 1 April 2024" in warning for warning in proposal.warnings)
    american = text.replace("09/04/2024", "04/19/2024")
    assert propose(saved(tmp_path, american)).plan.mapping.formats == {"ts": "%m/%d/%Y %H:%M"}


def test_what_was_paid_back_is_taken_off_and_told_or_told_with_the_expression_that_nets_it(
    folder: Folder, tmp_path: Path
) -> None:
    file = saved(tmp_path, export("shopify-orders").text())
    told = next(text for text in propose(file).warnings if "Refunded Amount" in text)
    assert "holds 4.00" in told
    assert "taken off the amount, on the day of the order" in told
    as_sold = propose(file, fields={"amount": "Total"})
    told = next(text for text in as_sold.warnings if "Refunded Amount" in text)
    assert "to net them, map amount to Total - `Refunded Amount`?" in told
    run_import(folder, file, as_sold.plan)
    assert (
        sum(row[0] for row in stored(folder, "transactions", "amount"))
        == export("shopify-orders").cents + 400
    )


def test_what_was_paid_back_may_be_written_as_negative(tmp_path: Path) -> None:
    file = saved(tmp_path, export("woocommerce-orders").text().replace(",3.00,", ",-3.00,"))
    net = propose(file).plan.mapping.fields["amount"]
    assert net == "`Order Total Amount` + `Order Refund Amount`?"


PAYPAL_COLUMNS = (
    "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID,"
    "Reference Txn ID,Balance Impact"
)
PAYPAL = """
03/02/2024|Ann|Express Checkout Payment|Partially Refunded|"1,250.00"|ann@a.dk|shop@s.dk|T1||Credit
04/02/2024|Bo|Website Payment|Completed|80.00|bo@b.dk|shop@s.dk|T2||Credit
05/02/2024|Host|PreApproved Payment Bill User Payment|Completed|-29.00|shop@s.dk|bill@h.com|T3||Debit
13/02/2024|Ann|Payment Refund|Completed|-250.00|shop@s.dk|Ann@a.dk|T4|T1|Debit
14/02/2024||Hold on Balance for Dispute Investigation|Completed|-80.00|||T5|T2|Debit
15/02/2024|Bo|Chargeback|Completed|-80.00|shop@s.dk|bo@b.dk|T6|T2|Debit
15/02/2024||Chargeback Fee|Completed|-16.00|shop@s.dk||T7|T2|Debit
16/02/2024|Host|Payment Refund|Completed|29.00|bill@h.com|shop@s.dk|T8|T3|Credit
17/02/2024||General Currency Conversion|Completed|-5.00|||T9||Debit
18/02/2024|Cleo|Express Checkout Payment|Denied|60.00|cleo@c.dk|shop@s.dk|TA||Credit
19/02/2024||General Withdrawal|Completed|-900.00|shop@s.dk||TB||Debit
"""


def paypal() -> str:
    """The eleven rows as PayPal writes them, with a time, a zone, a currency, a fee and the rest net of it."""
    rows = [line.split("|") for line in PAYPAL.strip().splitlines()]
    full = [
        ",".join([row[0], "10:00:00,CET", *row[1:4], "EUR", row[4], "-1.00,0.00", *row[5:]]) for row in rows
    ]
    return "\n".join([PAYPAL_COLUMNS, *full]) + "\n"


@pytest.mark.parametrize("tells_impact", [True, False])
def test_refunds_of_paypal_are_those_of_the_customer_and_nothing_else_is_sold(
    tells_impact: bool, folder: Folder, tmp_path: Path
) -> None:
    """Without the column that tells the impact on the balance, the sign does: both come to the same."""
    text = paypal() if tells_impact else paypal().replace("Balance Impact", "Buyer Wallet")
    file = saved(tmp_path, text)
    proposal = propose(file, folder=folder)
    assert (proposal.plan.mapping.profile, proposal.questions) == ("paypal-activity", ())
    run_import(folder, file, proposal.plan)
    assert stored(folder, "transactions", "customer_id, amount, kind, cast(ts as date) || ''") == [
        ("ann@a.dk", 125_000, "purchase", "2024-02-03"),
        ("bo@b.dk", 8_000, "purchase", "2024-02-04"),
        ("ann@a.dk", -25_000, "refund", "2024-02-13"),
        ("bo@b.dk", -8_000, "refund", "2024-02-15"),
    ]
    again = propose(file, folder=folder)
    assert (again.remembered, again.plan.mapping.refunds) == (1, proposal.plan.mapping.refunds)
    assert run_import(folder, file, again.plan).duplicate == 4


def test_a_total_on_every_line_counts_once_and_values_of_lines_all_count(
    folder: Folder, tmp_path: Path
) -> None:
    """Two products at one price: their lines are alike in all that counts, and still both were sold."""
    file = saved(tmp_path, export("woocommerce-orders").text())
    plan = propose(file, fields={"amount": "Item Cost"}).plan
    assert propose(file).plan.mapping.totals
    assert not plan.mapping.totals
    assert run_import(folder, file, plan).accepted == 27


def test_orders_and_customers_of_one_shop_meet_by_e_mail(folder: Folder, tmp_path: Path) -> None:
    for name in ("shopify-orders", "shopify-customers"):
        file = saved(tmp_path, replace(export(name), row=_same_people(export(name))).text())
        run_import(folder, file, propose(file, folder=folder).plan)
    buyers = {row[0] for row in stored(folder, "transactions", "customer_id")}
    assert buyers <= {row[0] for row in stored(folder, "customers", "customer_id")}


def test_the_id_is_the_one_that_the_workspace_knows(folder: Folder, tmp_path: Path) -> None:
    """Orders of another system carry the shop's own customer number: then that is the id of the customers too."""
    orders = "customer_id,ts,amount\n" + "".join(f"{40 + n},2024-01-{n + 1:02d},5\n" for n in range(20))
    run_import(folder, saved(tmp_path, orders), propose(tmp_path / "file.csv").plan)
    proposal = propose(saved(tmp_path, export("woocommerce-customers").text()), folder=folder)
    assert proposal.plan.mapping.fields["customer_id"] == "Customer ID"
    assert any("known by “Customer ID”" in warning for warning in proposal.warnings)


def test_ids_that_meet_nobody_are_told(folder: Folder, tmp_path: Path) -> None:
    orders = "customer_id,ts,amount\n" + "".join(f"X{n},2024-01-{n + 1:02d},5\n" for n in range(20))
    run_import(folder, saved(tmp_path, orders), propose(tmp_path / "file.csv").plan)
    proposal = propose(saved(tmp_path, export("klaviyo-profiles").text()), folder=folder)
    assert any("None of the customers looked at is known" in warning for warning in proposal.warnings)


def test_zones_that_a_file_names_are_one_or_asked(tmp_path: Path) -> None:
    known = export("paypal-activity")
    text = replace(known, row=lambda n: {**known.row(n), "Time zone": "PST" if n % 2 else "CET"}).text()
    (question,) = propose(saved(tmp_path, text)).questions
    assert (question.id, question.options) == ("timezone", ("America/Los_Angeles", "Europe/Berlin"))
    answered = propose(tmp_path / "file.csv", timezone="Europe/Berlin")
    assert (answered.questions, answered.plan.mapping.zone) == ((), "Europe/Berlin")


@pytest.mark.parametrize(
    ("names", "zones"),
    [
        (["CET", "CEST"], ("Europe/Berlin",)),
        (["PST", "PDT", ""], ("America/Los_Angeles",)),
        (["Europe/Copenhagen"], ("Europe/Copenhagen",)),
        (["GMT", "BST"], ("Europe/London",)),
        (["GMT+01:00"], ("Etc/GMT-1",)),
        (["UTC"], ("UTC",)),
        (["Middle-earth"], ("",)),
        (["../../etc/passwd"], ("",)),
    ],
)
def test_names_of_zones(names: list[str], zones: tuple[str, ...]) -> None:
    assert zones_of(names) == zones


def _same_people(known: Export):  # type: ignore[no-untyped-def]
    return lambda n: {**known.row(n), **({"Email": email(n)} if known.row(n).get("Email") else {})}
