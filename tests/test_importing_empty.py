"""Columns that hold nothing, and files of one column: asked before anything is stored, once per source."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from tests.cli_shop import Shop, orders_only
from tests.data_page import conversation, make_home, open_data, press, run, upload, words
from tests.importing_shop import empty_workspace, saved, stored

MAILS = "email\n" + "".join(f"c{at}@example.com\n" for at in range(20))


def orders(product: str = "tea", *, customer: str = "c", day: str = "2024-01-", amount: str = "5.50") -> str:
    """Twenty orders; customer and day get a number unless they are empty or a word for nothing."""
    lines = (f"{_numbered(customer, at)},{_numbered(day, at)},{amount},{product}\n" for at in range(1, 21))
    return "customer,date,amount,product\n" + "".join(lines)


def _numbered(text: str, at: int) -> str:
    return text if text in ("", "NULL") else f"{text}{at:02d}"


def asked(file: Path, **told: object) -> list[tuple[str, tuple[str, ...]]]:
    return [(question.id, question.options) for question in propose(file, **told).questions]  # type: ignore[arg-type]


@pytest.mark.parametrize(("cell", "said"), [("", "is empty"), ("N/A", "holds nothing but “N/A”")])
def test_a_column_without_a_value_is_asked_once_per_source(cell: str, said: str, tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, orders(cell))
    (question,) = propose(file, folder=folder).questions
    assert (question.id, question.options) == ("field:product", ("product", ""))
    assert f"“product”, which would fill product, {said} in all 20 rows looked at." in question.text
    run_import(folder, file, propose(file, folder=folder, fields={"product": "product"}).plan)
    again = propose(saved(tmp_path, orders(cell).replace("5.50", "6.50")), folder=folder)
    assert again.questions == () and again.plan.mapping.fields["product"] == "product"


def test_without_the_field_it_is_not_asked_for_again(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, orders(""))
    run_import(folder, file, propose(file, folder=folder, fields={"product": ""}).plan)
    again = propose(file, folder=folder)
    assert again.questions == () and "product" not in again.plan.mapping.fields


def test_a_column_that_was_filled_last_time_is_asked_about(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    run_import(folder, saved(tmp_path, orders()), propose(tmp_path / "file.csv", folder=folder).plan)
    file = saved(tmp_path, orders(""))
    assert asked(file, folder=folder) == [("field:product", ("product", ""))]
    assert [item.kind for item in propose(file, folder=folder).drift] == ["nulls"]


def test_a_column_that_is_filled_now_and_then_may_be_empty_in_a_short_file(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    text = orders("").replace("2024-01-07,5.50,", "2024-01-07,5.50,tea")
    run_import(folder, saved(tmp_path, text), propose(tmp_path / "file.csv", folder=folder).plan)
    assert asked(saved(tmp_path, orders("")), folder=folder) == []


@pytest.mark.parametrize("cell", ["", "NULL"])
@pytest.mark.parametrize("column", ["customer", "day", "amount"])
def test_what_is_needed_and_empty_is_asked_and_never_imported(column: str, cell: str, tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, orders(**{column: cell}))
    field = {"customer": "customer_id", "day": "ts"}.get(column, column)
    name = "date" if column == "day" else column
    assert asked(file, folder=folder) == [(f"field:{field}", (name,))]
    plan = propose(file, folder=folder).plan
    assert run_import(folder, file, plan).questions
    assert folder.imports() == ()


def test_an_amount_that_is_empty_throughout_is_refused_whatever_is_said(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, orders(amount=""))
    with pytest.raises(LadderError, match=r"no amount \(20\)"):
        run_import(folder, file, propose(file, folder=folder, fields={"amount": "amount"}).plan)


def test_one_column_is_a_list_of_customers_only_if_somebody_says_so(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    file = saved(tmp_path, MAILS)
    (question,) = propose(file, "customers", folder=folder).questions
    assert (question.id, question.options) == ("field:customer_id", ("email",))
    assert "name it as the delimiter" in question.text
    run_import(folder, file, propose(file, folder=folder, fields={"customer_id": "email"}).plan)
    assert len(stored(folder, "customers", "customer_id")) == 20
    assert asked(saved(tmp_path, MAILS.replace("c1", "d1")), folder=folder) == []


def test_one_column_of_parquet_is_asked_about_without_a_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"email": [f"c{at}@example.com" for at in range(20)]}), file)
    (question,) = propose(file, "customers").questions
    assert (question.id, "as the delimiter" in question.text) == ("field:customer_id", False)
    assert {item for item, _ in asked(file, table="transactions")} >= {"field:ts", "field:amount"}


def test_the_command_line_asks_and_takes_the_printed_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = orders_only(tmp_path, capsys)
    code, document, _ = shop.bring(orders(""), "--yes")
    assert (code, [item["id"] for item in document["questions"]]) == (3, ["field:product"])
    assert shop.bring(orders(""), "--yes", "--map", "product=")[0] == 0
    answer_shift(shop)


def answer_shift(shop: Shop) -> None:
    text = "customer,date,amount\n" + "".join(f"k{at}x,c{at},2024-01-{at:02d},7.00\n" for at in range(1, 21))
    code, document, _ = shop.bring(text, "--yes")
    assert (code, [item["id"] for item in document["questions"]]) == (3, ["names"])
    code, document, _ = shop.bring(text, "--yes", "--names", "right")
    assert (code, document["accepted"]) == (0, 20)


def test_the_page_asks_and_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(tmp_path, monkeypatch)
    app = upload(open_data(), orders("").encode())
    question = next(radio for radio in app.radio if "would fill product" in radio.label)
    assert [option.replace("\\", "") for option in question.options] == [
        "Product is product",
        "Not in this file",
    ]
    assert next(button for button in app.button if button.label == "Check every row").disabled
    question.set_value("")
    app = press(run(app), "Check every row")
    assert "20 rows" in "".join(button.label for button in app.button)
    assert (home / "first").is_dir() and conversation(app) is not None


def test_the_page_shows_where_names_may_belong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_home(tmp_path, monkeypatch)
    text = "customer,date,amount\n" + "".join(f"k{at}x,c{at},2024-01-{at:02d},7.00\n" for at in range(1, 21))
    app = upload(open_data(), text.encode())
    question = next(radio for radio in app.radio if "Where do the names belong?" in radio.label)
    assert question.options[1] == "The last name is that of the last column"
    question.set_value("right")
    app = press(run(app), "Check every row")
    assert any(button.label == "Import 20 rows" for button in app.button)


def test_the_page_asks_whether_one_column_is_customers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_home(tmp_path, monkeypatch)
    app = upload(open_data(), MAILS.encode(), "people.csv")
    question = next(radio for radio in app.radio if "Is each row a customer" in radio.label)
    assert next(button for button in app.button if button.label == "Check every row").disabled
    question.set_value("email")
    app = press(run(app), "Check every row")
    assert any(button.label == "Import 20 rows" for button in app.button)
    assert "Not stored" not in words(app)


def test_amounts_that_are_all_zero_are_asked_about(tmp_path: Path) -> None:
    (question,) = propose(saved(tmp_path, orders(amount="0.00"))).questions
    assert question.id == "field:amount"
    assert "holds nothing but “0.00” in all 20 rows" in question.text


@pytest.mark.parametrize(
    ("amount", "idents"), [("total - refunded?", []), ("total - refunded", ["field:amount"])]
)
def test_an_empty_part_of_an_amount_is_asked_about_unless_it_may_be_empty(
    amount: str, idents: list[str], tmp_path: Path
) -> None:
    folder = empty_workspace(tmp_path)
    rows = "".join(f"c{at},2024-01-{at:02d},{at}.50,1.00\n" for at in range(1, 21))
    text = "customer,date,total,refunded\n" + rows
    file = saved(tmp_path, text)
    run_import(folder, file, propose(file, folder=folder, fields={"amount": amount}).plan)
    file = saved(tmp_path, text.replace(",1.00", ","))
    assert [ident for ident, _ in asked(file, folder=folder)] == idents


def test_names_over_the_wrong_columns_are_asked_about(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    run_import(folder, saved(tmp_path, orders()), propose(tmp_path / "file.csv", folder=folder).plan)
    file = saved(tmp_path, orders().replace("customer,date,amount,product", "product,date,amount,customer"))
    assert asked(file, folder=folder) == [("field:customer_id", ("product", "customer"))]


def test_amounts_ten_times_as_large_as_last_time_are_told(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    run_import(folder, saved(tmp_path, orders()), propose(tmp_path / "file.csv", folder=folder).plan)
    found = propose(saved(tmp_path, orders(amount="55.00")), folder=folder)
    assert found.questions == ()
    assert [item.text for item in found.drift] == [
        "The middle amount of “amount” is about 10 times as large as last time (55, then 5.5)."
    ]


def test_full_names_in_one_column_are_not_cut_in_silence(tmp_path: Path) -> None:
    people = "".join(f"Ann {at}\n" for at in range(40))
    (question,) = (
        item for item in propose(saved(tmp_path, f"name\n{people}")).questions if item.id == "names"
    )
    assert "1 name (name), and the rows have 2 cells. Where does it belong?" in question.text
    assert [ident for ident, _ in asked(saved(tmp_path, people))] == ["table"]


def test_rows_in_one_column_of_a_workbook_are_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in orders().splitlines():
        book.worksheets[0].append([line.replace(",", ";")])
    book.save(tmp_path / "orders.xlsx")
    (question,) = propose(tmp_path / "orders.xlsx").questions
    assert question.text == (
        "The file has one column only, “customer;date;amount;product”. If something stands between columns inside "
        "its cells, save it as CSV and bring that. What does this file hold?"
    )
