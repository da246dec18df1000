"""A source that is brought again: read as last time, and every difference named column by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ladder.importing import Mapping, Proposal, propose, run_import
from ladder.importing.drift import rows_drift
from ladder.importing.memory import recall
from ladder.workspace import Folder
from tests.importing_shop import empty_workspace, saved, stored

Rows = list[dict[str, str]]

ITEMS = ("green tea", "black tea", "kettle", "cup", "scale")


def orders(count: int = 60) -> Rows:
    """Orders of 20 customers: ids with leading zeros, dates that show their order, amounts around 40."""
    return [
        {
            "Order": f"A-{1000 + n}",
            "Client": f"{n % 20:05d}",
            "Bought": (date(2024, 1, 13) + timedelta(days=n)).strftime("%d/%m/%Y"),
            "Paid": f"{20 + n * 7 % 41}.{n % 10}5",
            "Item": ITEMS[n % 5],
            "Coupon": "SPRING" if n % 3 == 0 else "",
            "Shop": "Aarhus" if n % 2 else "Kiel",
        }
        for n in range(count)
    ]


def text(rows: Rows, delimiter: str = ",") -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0], delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


TOLD: dict[str, Any] = {
    "fields": {
        "customer_id": "Client", "ts": "Bought", "amount": "Paid", "transaction_id": "Order", "product": "Item",
        "incentive": "Coupon",
    },
    "attributes": ["Shop"],
}  # fmt: skip


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


def renamed(**names: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{names.get(key, key): cell for key, cell in row.items()} for row in rows]


def without(*names: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{key: cell for key, cell in row.items() if key not in names} for row in rows]


def each(name: str, change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, name: change(row[name])} for row in rows]


def added(name: str, cell: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, name: cell} for row in rows]


def emptied(name: str, every: int) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, name: "" if at % every else row[name]} for at, row in enumerate(rows)]


def both(*changes: Callable[[Rows], Rows]) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        for item in changes:
            rows = item(rows)
        return rows

    return change


def us_date(cell: str) -> str:
    day, month, year = cell.split("/")
    return f"{month}/{day}/{year}"


def iso_date(cell: str) -> str:
    return "-".join(reversed(cell.split("/")))


def epoch(cell: str) -> str:
    return str((date.fromisoformat(iso_date(cell)) - date(1970, 1, 1)).days * 86_400)


def serial(cell: str) -> str:
    return str((date.fromisoformat(iso_date(cell)) - date(1899, 12, 30)).days)


def filled_coupon(rows: Rows) -> Rows:
    return [{**row, "Coupon": "SPRING"} for row in rows]


# What changed, the drift that is named, and the questions it raises.
CASES: dict[str, tuple[Callable[[Rows], Rows], list[tuple[str, str]], list[str]]] = {
    "amount renamed": (renamed(Paid="Paid amount"), [("renamed", "Paid amount")], ["field:amount"]),
    "amount renamed beyond recognition": (renamed(Paid="Wert"), [("renamed", "Wert")], ["field:amount"]),
    "customer renamed": (renamed(Client="Client no"), [("renamed", "Client no")], ["field:customer_id"]),
    "customer renamed, other language": (renamed(Client="Kundenkennung"), [("renamed", "Kundenkennung")], ["field:customer_id"]),
    "date renamed": (renamed(Bought="Bought on"), [("renamed", "Bought on")], ["field:ts"]),
    "order renamed": (renamed(Order="Order ref"), [("renamed", "Order ref")], ["field:transaction_id"]),
    "product renamed": (renamed(Item="Article name"), [("renamed", "Article name")], ["field:product"]),
    "coupon renamed": (renamed(Coupon="Coupon used"), [("renamed", "Coupon used")], ["field:incentive"]),
    "attribute renamed": (renamed(Shop="Shop name"), [("renamed", "Shop name")], []),
    "two renamed": (
        renamed(Paid="Paid sum", Item="Item sold"), [("renamed", "Paid sum"), ("renamed", "Item sold")],
        ["field:amount", "field:product"],
    ),
    "amount missing": (without("Paid"), [("missing", "Paid")], ["field:amount"]),
    "customer missing": (without("Client"), [("missing", "Client")], ["field:customer_id"]),
    "date missing": (without("Bought"), [("missing", "Bought")], ["field:ts"]),
    "order missing": (without("Order"), [("missing", "Order")], []),
    "product missing": (without("Item"), [("missing", "Item")], []),
    "coupon missing": (without("Coupon"), [("missing", "Coupon")], []),
    "attribute missing": (without("Shop"), [("missing", "Shop")], []),
    "two missing": (without("Item", "Shop"), [("missing", "Item"), ("missing", "Shop")], []),
    "a new column": (added("Gift", "no"), [("new", "Gift")], []),
    "a new column of amounts": (added("Tip", "1.50"), [("new", "Tip")], []),
    "a new column of dates": (added("Shipped", "2024-05-05"), [("new", "Shipped")], []),
    "one new and one missing, unlike": (
        both(without("Item"), added("Weight", "12.5")), [("missing", "Item"), ("new", "Weight")], [],
    ),
    "month first": (each("Bought", us_date), [("retyped", "Bought")], ["date_format:ts"]),
    "ISO dates": (each("Bought", iso_date), [("retyped", "Bought")], ["date_format:ts"]),
    "dates with points": (each("Bought", lambda cell: cell.replace("/", ".")), [("retyped", "Bought")], ["date_format:ts"]),
    "dates as seconds": (each("Bought", epoch), [("retyped", "Bought")], ["date_format:ts"]),
    "dates as serial numbers": (each("Bought", serial), [("retyped", "Bought")], ["date_format:ts"]),
    "dates as words": (each("Bought", lambda _: "last week"), [("retyped", "Bought")], ["date_format:ts"]),
    "decimal comma": (each("Paid", lambda cell: cell.replace(".", ",")), [("retyped", "Paid")], []),
    "amounts as words": (each("Paid", lambda _: "paid in full"), [("retyped", "Paid")], ["field:amount"]),
    "ids lose their zeros": (each("Client", lambda cell: str(int(cell))), [("retyped", "Client")], ["field:customer_id"]),
    "ids become e-mails": (each("Client", lambda cell: f"c{cell}@x.dk"), [("retyped", "Client")], ["field:customer_id"]),
    "ids get a prefix": (each("Client", lambda cell: f"C-{cell}"), [("retyped", "Client")], ["field:customer_id"]),
    "order ids of another shape": (each("Order", lambda cell: cell + "/2024"), [("retyped", "Order")], []),
    "cents": (each("Paid", lambda cell: cell.replace(".", "")), [("unit", "Paid")], ["field:amount"]),
    "thousands": (each("Paid", lambda cell: f"0.0{cell.replace('.', '')}"), [("unit", "Paid")], ["field:amount"]),
    "a sign before the amounts": (each("Paid", lambda cell: f"$ {cell}"), [], []),
    "coupons thin out": (filled_coupon, [("nulls", "Coupon")], []),
    "amounts go missing": (emptied("Paid", 2), [("nulls", "Paid")], []),
    "customers go missing": (emptied("Client", 3), [("nulls", "Client")], []),
    "upper case headers": (lambda rows: [{key.upper(): cell for key, cell in row.items()} for row in rows], [], []),
    "other order of columns": (lambda rows: [dict(reversed(row.items())) for row in rows], [], []),
}  # fmt: skip


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
    assert [question.id for question in dollars.questions] == ["field:amount"]
    assert propose(tmp_path / "file.csv", folder=folder, fields={"amount": "Paid"}).questions == ()


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
