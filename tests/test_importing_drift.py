"""A source that is brought again: read as last time, and every difference named column by column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ladder.importing import Mapping, Proposal, propose, run_import
from ladder.importing.drift import rows_drift
from ladder.importing.memory import recall
from ladder.workspace import Folder
from tests.importing_changes import CASES, TOLD, Rows, each, orders, renamed, text, without
from tests.importing_shop import empty_workspace, saved, stored


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A workspace that has seen the orders once, mapped by hand: none of the names is in the list of synonyms."""
    path = tmp_path_factory.mktemp("shop")
    folder = empty_workspace(path)
    file = saved(path, text(orders()))
    proposal = propose(file, "transactions", folder=folder, **TOLD)
    assert proposal.questions == ()
    assert run_import(folder, file, proposal.plan).accepted == 60
    return folder


def again(shop: Folder, tmp_path: Path, rows: Rows | str, **told: Any) -> Proposal:
    body = rows if isinstance(rows, str) else text(rows)
    return propose(saved(tmp_path, body), folder=shop, **told)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_drift_is_named_by_column(case: str, shop: Folder, tmp_path: Path) -> None:
    change, drift, questions = CASES[case]
    proposal = again(shop, tmp_path, change(orders()))
    assert proposal.remembered == 1
    assert [(item.kind, item.column) for item in proposal.drift] == drift
    assert all(f"“{item.column}”" in item.text for item in proposal.drift)
    assert [question.id for question in proposal.questions] == questions


def test_there_are_forty_cases() -> None:
    assert len(CASES) >= 40


def test_the_last_mapping_is_taken_over_whole(shop: Folder, tmp_path: Path) -> None:
    """The dates of this file can be read both ways, its names mean nothing: last time tells."""
    rows = [{**row, "Bought": f"0{1 + at % 9}/02/2024"} for at, row in enumerate(orders(30))]
    proposal = again(shop, tmp_path, text(rows, ";"))
    mapping = proposal.plan.mapping
    assert (proposal.questions, proposal.remembered, proposal.plan.table) == ((), 1, "transactions")
    assert (mapping.fields, mapping.attributes) == (TOLD["fields"], ("Shop",))
    assert mapping.formats == {"ts": "%d/%m/%Y"}
    assert proposal.plan.dialect.delimiter == ";"


def test_a_renamed_column_is_offered_first_and_the_answer_taken(shop: Folder, tmp_path: Path) -> None:
    rows = renamed(Paid="Sum")(orders())
    proposal = again(shop, tmp_path, rows)
    assert proposal.questions[0].options[0] == "Sum"
    assert "amount" not in proposal.plan.mapping.fields
    answered = again(shop, tmp_path, rows, fields={"amount": "Sum"})
    assert (answered.questions, answered.plan.mapping.fields["amount"]) == ((), "Sum")
    assert run_import(shop, tmp_path / "file.csv", answered.plan, dry_run=True).duplicate == 60


def test_a_renamed_column_that_is_optional_may_be_left_out(shop: Folder, tmp_path: Path) -> None:
    rows = renamed(Item="Article name")(orders())
    assert again(shop, tmp_path, rows).questions[0].options[-1] == ""
    left_out = again(shop, tmp_path, rows, fields={"product": ""})
    assert (left_out.questions, "product" in left_out.plan.mapping.fields) == ((), False)


def test_cents_are_offered_divided(shop: Folder, tmp_path: Path) -> None:
    rows = each("Paid", lambda cell: cell.replace(".", ""))(orders())
    (question,) = again(shop, tmp_path, rows).questions
    assert question.options == ("Paid / 100", "Paid")
    plan = again(shop, tmp_path, rows, fields={"amount": "Paid / 100"}).plan
    assert run_import(shop, tmp_path / "file.csv", plan, dry_run=True).duplicate == 60


def test_upper_case_headers_are_the_same_columns(shop: Folder, tmp_path: Path) -> None:
    rows = [{key.upper(): cell for key, cell in row.items()} for row in orders()]
    proposal = again(shop, tmp_path, rows)
    assert proposal.plan.mapping.fields["amount"] == "PAID"
    assert run_import(shop, tmp_path / "file.csv", proposal.plan, dry_run=True).duplicate == 60


def test_what_the_person_says_wins_over_memory(shop: Folder, tmp_path: Path) -> None:
    told: dict[str, Any] = {
        "fields": {"product": "Shop"},
        "attributes": [],
        "date_format": "%m/%d/%Y",
        "timezone": "Asia/Tokyo",
    }
    mapping = again(shop, tmp_path, orders(), **told).plan.mapping
    assert (mapping.fields["product"], mapping.attributes, mapping.zone) == ("Shop", (), "Asia/Tokyo")
    assert (mapping.formats, mapping.confirmed) == ({"ts": "%m/%d/%Y"}, ("ts",))


def test_fresh_forgets(shop: Folder, tmp_path: Path) -> None:
    proposal = again(shop, tmp_path, orders(), fresh=True)
    assert (proposal.remembered, proposal.drift) == (None, ())
    assert proposal.plan.mapping.attributes == ()


def test_an_undone_import_is_forgotten(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, text(orders()))
    run_import(folder, file, propose(file, "transactions", folder=folder, **TOLD).plan)
    folder.undo(1)
    assert propose(file, folder=folder).remembered is None


def test_null_words_and_rows_that_count_are_remembered(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    rows = [{**row, "State": "ok" if at % 2 else "void"} for at, row in enumerate(orders())]
    file = saved(tmp_path, text(rows))
    told = {**TOLD, "nulls": ["SPRING"], "keep": {"State": ("ok",)}}
    run_import(folder, file, propose(file, "transactions", folder=folder, **told).plan)
    plan = propose(file, folder=folder).plan
    assert (plan.dialect.nulls, plan.mapping.keep) == (("SPRING",), {"State": ("ok",)})
    declined = propose(file, folder=folder, nulls=(), keep={}).plan
    assert (declined.dialect.nulls, declined.mapping.keep) == ((), {})


def test_the_column_that_told_which_rows_count_may_not_just_go(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    rows = [{**row, "State": "ok" if at % 2 else "void"} for at, row in enumerate(orders())]
    file = saved(tmp_path, text(rows))
    run_import(
        folder, file, propose(file, "transactions", folder=folder, keep={"State": ("ok",)}, **TOLD).plan
    )
    gone = propose(saved(tmp_path, text(without("State")(rows))), folder=folder)
    assert [(question.id, question.options) for question in gone.questions] == [("keep", ("",))]
    assert propose(tmp_path / "file.csv", folder=folder, keep="").questions == ()
    other = propose(saved(tmp_path, text(renamed(State="Status now")(rows))), folder=folder)
    assert other.questions[0].options == ("Status now=ok", "")


def test_another_currency_sign_is_asked(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, text(each("Paid", lambda cell: f"€ {cell}")(orders())))
    run_import(folder, file, propose(file, "transactions", folder=folder, **TOLD).plan)
    dollars = propose(saved(tmp_path, text(each("Paid", lambda cell: f"$ {cell}")(orders()))), folder=folder)
    assert [(item.kind, item.column) for item in dollars.drift] == [("unit", "Paid")]
    assert [question.id for question in dollars.questions] == ["currency"]
    assert propose(tmp_path / "file.csv", folder=folder, currency="EUR").questions == ()


def test_half_the_rows_gone_is_told(shop: Folder) -> None:
    memory = recall(shop, tuple(orders()[0]), None, "")
    assert memory is not None
    plan = replace(memory.plan, mapping=Mapping())
    assert rows_drift(shop, plan, 30) == ()
    (told,) = rows_drift(shop, plan, 29)
    assert "29 rows, import 1 of the same source had 60" in told


def test_the_newest_import_of_a_source_is_the_one_remembered(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, text(orders()))
    run_import(folder, file, propose(file, "transactions", folder=folder, **TOLD).plan)
    second = propose(file, folder=folder, fields={"product": "Shop"}, attributes=[]).plan
    run_import(folder, file, second)
    proposal = propose(file, folder=folder)
    assert (proposal.remembered, proposal.plan.mapping.fields["product"]) == (2, "Shop")


def test_facts_hold_no_cell_of_the_file(shop: Folder) -> None:
    """The manifest keeps them, and whoever is erased must not stay there."""
    sheets = recall(shop, tuple(orders()[0]), None, "").plan.mapping.facts  # type: ignore[union-attr]
    cells = {cell for row in orders() for cell in row.values()}
    assert not cells & {str(value) for sheet in sheets.values() for value in sheet.values()}
    assert stored(shop, "transactions", "customer_id")[0] == ("00000",)
