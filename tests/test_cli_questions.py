"""Questions on the command line: each is printed with the option that answers it."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.cli.arguments import parser
from ladder.cli.importing import answering, options_told
from ladder.importing import Question, options_for
from ladder.importing.told import told_by
from tests.cli_shop import ORDERS, Shop, orders_only


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return orders_only(tmp_path, capsys)


# Every kind of question, with an option that it may have.
KINDS = {
    "table": "transactions", "delimiter": "\t", "decimal": ",", "date_format:ts": "%d/%m/%Y", "nulls": "N/A, --",
    "field:amount": "Total - `Refunded Amount`?", "header": "no", "names": "right", "sheet": "Sheet 1",
    "member": "a b.csv", "encoding": "cp1252", "timezone": "Europe/Paris", "keep": "Status=paid,sent",
    "currency": "GBP", "confirm": "--yes",
}  # fmt: skip


def kinds_in_the_code() -> set[str]:
    calls = (
        node
        for path in (Path(__file__).parents[1] / "ladder").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Question"
    )
    first = (
        call.args[0].values[0] if isinstance(call.args[0], ast.JoinedStr) else call.args[0] for call in calls
    )
    return {ast.literal_eval(part).partition(":")[0] for part in first}


def test_every_kind_of_question_is_known_here() -> None:
    assert {ident.partition(":")[0] for ident in KINDS} == kinds_in_the_code()


@pytest.mark.parametrize(("ident", "option"), KINDS.items(), ids=KINDS)
def test_the_option_that_is_printed_answers_its_question(ident: str, option: str) -> None:
    printed = answering(Question(ident, "?", (option,)))
    options = parser().parse_args(["import", "orders.csv", *shlex.split(printed)])
    told = options_told(options)
    kind, _, name = ident.partition(":")
    if kind in ("table", "confirm"):
        assert (options.table, options.yes) == (("transactions", False) if kind == "table" else (None, True))
    elif name:
        assert told[{"field": "fields"}.get(kind, kind)][name] == option
    else:
        answer = options_for({ident: option})
        assert told_by(**{"fields": {}, "fresh": None} | told) == told_by(**{"fresh": False} | answer)


def test_a_question_without_options_shows_how_an_answer_is_written() -> None:
    assert answering(Question("date_format:ts", "?")) == "--date-format ts=%d.%m.%Y"
    assert answering(Question("field:ts", "?")) == "--map ts=COLUMN"


def test_the_table_of_questions_names_the_option(shop: Shop) -> None:
    text = ORDERS.replace("2024-01-05", "05/01/2024").replace("2024-01-31", "03/02/2024")
    words = ["--workspace", str(shop.workspace), "import", shop.file(text), "--as", "transactions"]
    assert main(words) == 3
    printed = shop.capsys.readouterr().out
    assert "answer_with" in printed
    assert "--date-format ts=%d/%m/%Y" in printed
    assert main([*words, "--yes", "--date-format", "ts=%m/%d/%Y"]) == 0
    shop.capsys.readouterr()


def test_the_decimals_of_a_currency_cannot_change_under_the_amounts(shop: Shop) -> None:
    shop.bring(ORDERS, "--yes")
    before = shop.manifest()
    code, _, said = shop.run("settings", "currency=JPY")
    assert code == 1
    assert "stored with the decimals of EUR, and JPY has others" in said
    assert shop.run("settings", "currency=JPY", "minor_digits=2")[0] == 1
    assert shop.manifest() == before
    assert shop.run("settings", "currency=USD")[1]["minor_digits"] == 2
    shop.run("undo", "1")
    assert shop.run("settings", "currency=JPY")[1]["minor_digits"] == 0


def test_a_first_file_of_another_currency_is_asked_and_answered(shop: Shop) -> None:
    text = ORDERS.replace("10.00", "£10.00").replace("20.00", "£20.00").replace("5.50", "£5.50")
    code, document, _ = shop.bring(text, "--yes")
    assert (code, [question["id"] for question in document["questions"]]) == (3, ["currency"])
    assert shop.bring(text, "--yes", "--currency", "GBP")[0] == 0
    assert shop.run("settings")[1]["currency"] == "GBP"
