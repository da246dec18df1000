"""A source of orders, and forty ways in which its next file differs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

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
    "customer renamed, other language": (
        renamed(Client="Kundenkennung"), [("renamed", "Kundenkennung")], ["field:customer_id"],
    ),
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
    "dates with points": (
        each("Bought", lambda cell: cell.replace("/", ".")), [("retyped", "Bought")], ["date_format:ts"],
    ),
    "dates as seconds": (each("Bought", epoch), [("retyped", "Bought")], ["date_format:ts"]),
    "dates as serial numbers": (each("Bought", serial), [("retyped", "Bought")], ["date_format:ts"]),
    "dates as words": (each("Bought", lambda _: "last week"), [("retyped", "Bought")], ["date_format:ts"]),
    "decimal comma": (each("Paid", lambda cell: cell.replace(".", ",")), [("retyped", "Paid")], []),
    "amounts as words": (each("Paid", lambda _: "paid in full"), [("retyped", "Paid")], ["field:amount"]),
    "ids lose their zeros": (
        each("Client", lambda cell: str(int(cell))), [("retyped", "Client")], ["field:customer_id"],
    ),
    "ids become e-mails": (
        each("Client", lambda cell: f"c{cell}@x.dk"), [("retyped", "Client")], ["field:customer_id"],
    ),
    "ids get a prefix": (each("Client", lambda cell: f"C-{cell}"), [("retyped", "Client")], ["field:customer_id"]),
    "order ids of another shape": (each("Order", lambda cell: cell + "/2024"), [("retyped", "Order")], []),
    "cents": (each("Paid", lambda cell: cell.replace(".", "")), [("unit", "Paid")], ["field:amount"]),
    "thousands": (each("Paid", lambda cell: f"0.0{cell.replace('.', '')}"), [("unit", "Paid")], ["field:amount"]),
    "a sign before the amounts": (each("Paid", lambda cell: f"€ {cell}"), [], []),
    "a sign of another currency": (each("Paid", lambda cell: f"$ {cell}"), [], ["currency"]),
    "a column of another currency": (added("Currency", "GBP"), [("unit", "Currency")], ["currency"]),
    "coupons thin out": (filled_coupon, [("nulls", "Coupon")], []),
    "amounts go missing": (emptied("Paid", 2), [("nulls", "Paid")], ["field:amount"]),
    "customers go missing": (emptied("Client", 3), [("nulls", "Client")], ["field:customer_id"]),
    "upper case headers": (lambda rows: [{key.upper(): cell for key, cell in row.items()} for row in rows], [], []),
    "other order of columns": (lambda rows: [dict(reversed(row.items())) for row in rows], [], []),
}  # fmt: skip
