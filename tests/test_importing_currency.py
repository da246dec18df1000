"""Currencies that a file writes: several stop the import, another one than the workspace's is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.importing import ImportResult, propose, run_import
from ladder.importing.currency import codes_of
from ladder.importing.numbers import currency_of
from ladder.workspace import Folder
from tests.importing_changes import TOLD, added, orders, text
from tests.importing_shop import bring, empty_workspace, plan_of, saved, stored


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def priced(*amounts: str) -> str:
    rows = (f"c{at};2024-01-05;{amount}\n" for at, amount in enumerate(amounts))
    return "customer_id;ts;amount\n" + "".join(rows)


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        (("€5", "£6", "USD 8", "€7"),
         "€ (2 rows, first in line 2), £ (1 row, first in line 3), USD (1 row, first in line 4)"),
        (("$1", "€2", "$3", "€4"), "$ (2 rows, first in line 2), € (2 rows, first in line 3)"),
        (("1", "-€2", "kr. 3"), "€ (1 row, first in line 3), kr. (1 row, first in line 4)"),
        (("US$ 1", "CA$ 2"), "US$ (1 row, first in line 2), CA$ (1 row, first in line 3)"),
        ((*["1"] * 6000, "€2", "£3"), "€ (1 row, first in line 6,002), £ (1 row, first in line 6,003)"),
    ],
    ids=["three", "two in turn", "beside plain ones", "two dollars", "far below the rows looked at"],
)  # fmt: skip
def test_signs_of_several_currencies_stop_the_import(
    amounts: tuple[str, ...], told: str, folder: Folder, tmp_path: Path
) -> None:
    with pytest.raises(LadderError, match="More than one currency") as caught:
        bring(folder, tmp_path, priced(*amounts), decimal=".")
    assert told in caught.value.message
    assert folder.imports() == ()


def test_signs_and_the_column_are_held_against_each_other(folder: Folder, tmp_path: Path) -> None:
    head = "customer_id;ts;amount;currency\n"
    with pytest.raises(LadderError, match="More than one currency"):
        bring(folder, tmp_path, head + "ann;2024-01-05;€5;USD\n", decimal=".")
    assert bring(folder, tmp_path, head + "ann;2024-01-05;€5;eur\n", decimal=".").accepted == 1


def test_rows_that_do_not_count_have_no_currency(folder: Folder, tmp_path: Path) -> None:
    body = "customer_id;ts;amount;status\nann;2024-01-05;€5;paid\nbob;2024-01-05;$6;open\ncat;never;£7;paid\n"
    result = bring(folder, tmp_path, body, decimal=".", keep="status=paid")
    assert (result.accepted, result.ignored, result.rejected, result.questions) == (1, 1, 1, ())


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("EUR", "€ 5"), ("EUR", "5 eur"), ("DKK", "5 kr."), ("SEK", "kr 5"), ("USD", "$5"), ("CAD", "$5")],
)
def test_a_sign_of_the_workspace_is_not_asked(currency: str, amount: str, tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path, currency=currency)
    result = bring(folder, tmp_path, priced(amount), decimal=".")
    assert (result.accepted, result.warnings) == (1, ())


@pytest.mark.parametrize("amounts", [("$5",), (*["1"] * 6000, "$5")], ids=["first rows", "far below"])
def test_a_sign_of_another_currency_is_asked(
    amounts: tuple[str, ...], folder: Folder, tmp_path: Path
) -> None:
    result = bring(folder, tmp_path, priced(*amounts), decimal=".")
    (question,) = result.questions
    assert (question.id, question.options) == ("currency", ("USD", "CAD", "AUD", "NZD", "EUR"))
    assert "in $, but the workspace shows EUR" in question.text
    assert folder.imports() == ()


def test_an_empty_workspace_takes_the_currency_of_its_first_file(folder: Folder, tmp_path: Path) -> None:
    body = "customer_id,ts,amount,currency\nann,2024-01-05,500,JPY\n"
    file = saved(tmp_path, body)
    (question,) = propose(file, folder=folder).questions
    assert question.options == ("JPY", "EUR")
    plan = propose(file, folder=folder, currency="JPY").plan
    assert run_import(folder, file, plan, dry_run=True).accepted == 1
    assert folder.settings.currency == "EUR"
    assert run_import(folder, file, plan).warnings == ()
    assert (folder.settings.currency, folder.settings.minor_digits) == ("JPY", 0)
    assert stored(folder, "transactions", "amount") == [(500,)]


def test_a_workspace_with_amounts_keeps_its_currency(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, priced("5"), decimal=".")
    file = saved(tmp_path, priced("£6"))
    (question,) = propose(file, folder=folder, decimal=".").questions
    assert question.options == ("EUR",)
    plan = propose(file, folder=folder, decimal=".", currency="EUR").plan
    result = run_import(folder, file, plan)
    assert (result.accepted, result.warnings) == (
        1,
        ("The amounts are in GBP and count as EUR, as was said.",),
    )
    with pytest.raises(LadderError, match="The amounts of the workspace are in EUR"):
        run_import(folder, file, propose(file, folder=folder, decimal=".", currency="GBP").plan)
    assert folder.settings.currency == "EUR"


def test_a_new_column_of_another_currency_is_a_change_of_unit(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, text(orders()))
    run_import(folder, file, propose(file, "transactions", folder=folder, **TOLD).plan)
    again = saved(tmp_path, text(added("Currency", "GBP")(orders())))
    proposal = propose(again, folder=folder)
    assert [(item.kind, item.column) for item in proposal.drift] == [("unit", "Currency")]
    assert "GBP" in proposal.drift[0].text
    assert [question.id for question in proposal.questions] == ["currency"]
    same = propose(saved(tmp_path, text(added("Currency", "EUR")(orders()))), folder=folder)
    assert [(item.kind, item.column) for item in same.drift] == [("new", "Currency")]
    assert (same.questions, same.plan.mapping.fields["currency"]) == ((), "Currency")


def test_the_currency_of_a_cell() -> None:
    found = [
        currency_of(cell) for cell in ("US$ 5", "5 kr.", "EUR 5", "€5", "5", "$5 CAD", "R$ 1,00", "5 Kč")
    ]
    assert found == ["us$", "kr", "eur", "€", "", "cad", "r$", "kč"]
    assert [codes_of(word)[0] for word in ("Kr.", "eur", "Taler")] == ["DKK", "EUR", "TALER"]


def warnings_of(folder: Folder, tmp_path: Path, body: str, *fields: str) -> tuple[str, ...]:
    told = {field: field for field in fields}
    result: ImportResult = run_import(folder, tmp_path / "file.csv", plan_of(tmp_path, body, fields=told))
    return result.warnings


def test_empty_columns_that_fill_a_field_are_told(folder: Folder, tmp_path: Path) -> None:
    body = "customer_id,ts,amount,product,incentive\nann,2024-01-05,1,,N/A\nbob,2024-01-06,2,,n/a\n"
    told = warnings_of(folder, tmp_path, body, "product", "incentive")
    assert "“product”, which is to fill product, is empty in all 2 rows." in told
    assert "“incentive”, which is to fill incentive, holds words for nothing only in all 2 rows." in told
    body = "customer_id,ts,amount,product\n" + "ann,2024-01-05,1,\n" * 6000 + "bob,2024-01-06,2,tea\n"
    assert not [text for text in warnings_of(folder, tmp_path, body, "product") if "is to fill" in text]
