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


def test_what_was_paid_back_is_told_with_the_expression_that_nets_it(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, export("shopify-orders").text())
    told = next(text for text in propose(file).warnings if "Refunded Amount" in text)
    assert "holds 4.00" in told
    assert "Total - `Refunded Amount`" in told
    netted = propose(file, fields={"amount": "Total - `Refunded Amount`"}).plan
    run_import(folder, file, netted)
    assert (
        sum(row[0] for row in stored(folder, "transactions", "amount"))
        == export("shopify-orders").cents - 400
    )


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
