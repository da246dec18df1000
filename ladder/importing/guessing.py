"""Guessing the table and the mapping, from the names of the columns first and their content second."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from ladder.importing.dates import fit
from ladder.model.tables import TABLES

_PARTS = ("quantity", "unit_price")


@cache
def synonyms() -> Dict[str, Dict[str, list[str]]]:
    """Per table and field the names seen in exports; under `words` the words for refund, yes and no."""
    text = files("ladder.importing").joinpath("synonyms.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def known_names() -> frozenset[str]:
    """Every name a column of any table may have, as `plain` writes it."""
    tables = [synonyms()[table] for table in TABLES]
    named = [name for fields in tables for field, names in fields.items() for name in (field, *names)]
    return frozenset(plain(name) for name in named)


def words(name: str) -> list[str]:
    """The list `refund`, `purchase`, `yes` or `no`, in lower case."""
    return list(synonyms()["words"][name])


def plain(name: str) -> str:
    """A column name without case, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def guess_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str | None:
    """The table whose required fields are best found; None when no column has a known name or content."""
    scores = {name: _score(name, columns, rows) for name in TABLES}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def guess_fields(table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Field -> column (or the expression quantity * unit price) for one table."""
    fields = _by_name(table, columns)
    quantity, price = fields.pop("quantity", None), fields.pop("unit_price", None)
    if "amount" not in fields and quantity and price:
        fields["amount"] = f"{ticked(quantity)} * {ticked(price)}"
    if "amount" not in fields and price:
        fields["amount"] = price
    if table == "customers" and plain(fields.get("customer_id", "")) in ("email", "emailaddress"):
        fields["email"] = fields["customer_id"]
    return {**_by_content(table, columns, rows, fields), **fields}


def ticked(column: str) -> str:
    """A column's name as an amount expression writes it."""
    return column if re.fullmatch(r"[^\W\d]\w*", column) else f"`{column}`"


def _score(table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    named = _by_name(table, columns)
    fields = guess_fields(table, columns, rows)
    required = TABLES[table].required
    if any(name not in fields for name in required):
        return 0.0
    if table == "feedback" and not {"nps", "csat", "review"} & named.keys():
        return 0.0
    if table == "customers":
        known = 0.5 if "customer_id" in named else 0.05
        return known + 0.6 * sum(
            name in named for name in ("name", "email", "phone", "consent", "first_seen")
        )
    by_name = sum(name in named or (name == "amount" and "unit_price" in named) for name in required)
    return by_name + 0.4 * sum(name in named for name in _telling(table)) + (0.3 if by_name else 0.1)


def _telling(table: str) -> list[str]:
    """Optional fields whose presence speaks for a table."""
    return [field.name for field in TABLES[table].fields if not field.required and field.name != "kind"]


def _by_name(table: str, columns: Sequence[str]) -> dict[str, str]:
    free = {plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field, names in synonyms()[table].items():
        for name in (field, *names):
            if plain(name) in free:
                found[field] = free.pop(plain(name))
                break
    return found


def _by_content(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[str]], fields: dict[str, str]
) -> dict[str, str]:
    """Fill required fields no name told: a date column, a column of decimals, the first column as customer."""
    used = " ".join(fields.values())
    free = {
        column: [row[place] for row in rows[:200] if place < len(row)]
        for place, column in enumerate(columns)
        if column not in used and rows
    }
    found: dict[str, str] = {}
    for field in TABLES[table].fields:
        if field.required and field.name not in fields and field.kind in ("time", "money"):
            matching = [name for name, values in free.items() if _looks(field.kind, values)]
            if matching:
                found[field.name] = matching[-1] if field.kind == "money" else matching[0]
                free.pop(found[field.name])
    nameless = bool(columns) and all(re.fullmatch(r"column\d+", column) for column in columns)
    if nameless and "customer_id" in TABLES[table].required and "customer_id" not in fields and free:
        found["customer_id"] = next(iter(free))
    return found


def _looks(kind: str, values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return False
    if kind == "time":
        return bool(fit(filled).formats)
    decimals = [value for value in filled if re.fullmatch(r"[-+]?\W?\d[\d.,]*[.,]\d{1,2}", value)]
    return 2 * len(decimals) > len(filled)
