"""Guessing the table and the mapping, from the names of the columns first and their content second."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from ladder.importing.dates import fit
from ladder.importing.expression import ticked
from ladder.importing.numbers import digits_and_marks, number
from ladder.importing.plan import Dialect
from ladder.model.tables import TABLES

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LOOKED_AT = 200
_DIALECTS = (Dialect(decimal=".", thousands=","), Dialect(decimal=",", thousands="."))
_PERSON = r"customer|client|member|shopper|buyer|user|kunde|mitglied|medlem|клиент|покупател"
_KEY = r"id|no|nr|num|number|ref|reference|code|key|nummer|номер|код"
_SCORES = {
    "nps": (re.compile(r"recommend|\bnps\b|empfehl|anbefal|рекоменд", re.IGNORECASE), range(11)),
    "csat": (re.compile(r"satisf|\bcsat\b|zufrieden|tilfreds|доволь", re.IGNORECASE), range(1, 6)),
}


@cache
def synonyms() -> Dict[str, Dict[str, list[str]]]:
    """Per table and field the names seen in exports; under `words` words such as those for refund, yes and no."""
    text = files("ladder.importing").joinpath("synonyms.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def known_names() -> frozenset[str]:
    """Every name a column of any table may have, as `plain` writes it."""
    tables = [synonyms()[table] for table in TABLES]
    named = [name for fields in tables for field, names in fields.items() for name in (field, *names)]
    return frozenset(plain(name) for name in named)


def words(name: str) -> list[str]:
    """A list of `words` in synonyms.toml, in lower case: refund, purchase, yes, no, private, to_date, not_sold."""
    return list(synonyms()["words"][name])


def plain(name: str) -> str:
    """A column name without case, blanks and punctuation; punctuation alone stays."""
    return re.sub(r"[\W_]+", "", name.casefold()) or name.strip()


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


def rivals(table: str, field: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Columns that fit a field equally: more than one whose name and content both speak for it, and that differ.

    A column called exactly like the field has no rival, and two that hold the same are no choice.
    """
    kind = next((item.kind for item in TABLES[table].fields if item.name == field), "")
    names = {plain(name): place for place, name in reversed(list(enumerate(columns)))}
    if plain(field) in names or kind not in ("money", "time"):
        return ()
    found: dict[tuple[str, ...], str] = {}
    for name in synonyms()[table][field]:
        if plain(name) in names:
            place = names[plain(name)]
            values = tuple(row[place] for row in rows[:_LOOKED_AT])
            if _looks(kind, values):
                found.setdefault(values, columns[place])
    return tuple(found.values()) if len(found) > 1 else ()


def is_to_date(column: str) -> bool:
    """Whether a name tells of a total to date, such as Total Spent: no amount of one order, and of no one day."""
    name = plain(column)
    return any(plain(word) in name for word in words("to_date"))


def is_segment(column: str) -> bool:
    """Whether a spare column of customers may be kept without asking: no address, no card, no total to date."""
    name = plain(column)
    return not is_to_date(column) and not any(plain(word) in name for word in words("private"))


def email_columns(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of which at least four in five filled cells are e-mail addresses."""
    return [
        name
        for place, name in enumerate(columns)
        if _mostly(EMAIL, [row[place] for row in rows[:_LOOKED_AT] if place < len(row)])
    ]


def _score(table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    named = _by_name(table, columns)
    fields = guess_fields(table, columns, rows)
    required = TABLES[table].required
    if any(name not in fields for name in required):
        return 0.0
    if table == "feedback" and not {"nps", "csat", "review"} & fields.keys():
        return 0.0
    if table == "customers":
        if "customer_id" not in named and not email_columns(columns, rows):
            return 0.0  # Any first column would do.
        known = 0.5 if "customer_id" in named else 0.05
        return known + 0.6 * sum(
            name in named for name in ("name", "email", "phone", "consent", "first_seen")
        )
    by_name = sum(name in named or (name == "amount" and "unit_price" in named) for name in required)
    told = sum(name in named or (name in _SCORES and name in fields) for name in _telling(table))
    return by_name + 0.4 * told + (0.3 if by_name else 0.1)


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
    if "customer_id" in TABLES[table].required and "customer_id" not in found:
        keyed = [column for column in free.values() if _names_a_person(column)]
        if len(keyed) == 1:
            found["customer_id"] = keyed[0]
    return found


def _names_a_person(column: str) -> bool:
    """`Shop customer no.`, `kunde_nr`: a word for a customer and one for a key."""
    name = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)).casefold()
    return bool(re.search(rf"(?:{_PERSON})", name) and re.search(rf"(?:{_KEY})\b", name))


def _by_content(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[str]], fields: dict[str, str]
) -> dict[str, str]:
    """Fill required fields no name told: a date column, a column of decimals, e-mails as customer, scores."""
    used = set(fields.values()) | {name for name in columns if f"`{name}`" in fields.get("amount", "")}
    used |= set(re.findall(r"\w+", fields.get("amount", "")))
    free = {
        column: [row[place] for row in rows[:_LOOKED_AT] if place < len(row)]
        for place, column in enumerate(columns)
        if column not in used and rows
    }
    found: dict[str, str] = {}
    for field in TABLES[table].fields:
        if field.required and field.name not in fields and field.kind in ("time", "money"):
            matching = [
                name
                for name, values in free.items()
                if _looks(field.kind, values) and not (field.kind == "money" and is_to_date(name))
            ]
            if matching:
                found[field.name] = matching[-1] if field.kind == "money" else matching[0]
                free.pop(found[field.name])
    if table == "feedback":
        found |= _scores(free, fields)
    nameless = bool(columns) and all(re.fullmatch(r"column\d+", column) for column in columns)
    if "customer_id" in TABLES[table].required and "customer_id" not in fields and free:
        emails = [name for name, values in free.items() if _mostly(EMAIL, values)]
        if len(emails) == 1:
            found["customer_id"] = emails[0]
        elif nameless:
            found["customer_id"] = next(iter(free))
    return found


def _scores(free: dict[str, list[str]], fields: dict[str, str]) -> dict[str, str]:
    """Questions of a survey that ask for a score, by a word in them and by answers within its scale."""
    found: dict[str, str] = {}
    for field, (asks, scale) in _SCORES.items():
        allowed = re.compile("|".join(map(str, scale)))
        for name, values in free.items():
            if field not in fields and asks.search(name) and _mostly(allowed, values):
                found.setdefault(field, name)
    return found


def _mostly(pattern: re.Pattern[str], values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    return bool(filled) and sum(bool(pattern.fullmatch(value)) for value in filled) >= 0.8 * len(filled)


def _looks(kind: str, values: Sequence[str]) -> bool:
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return False
    if kind == "time":
        return bool(fit(filled).formats)
    return not fit(filled).formats and 2 * sum(map(_is_decimal, filled)) > len(filled)


def _is_decimal(text: str) -> bool:
    """A number with one or two decimals, whatever the marks."""
    written = re.fullmatch(r"\d[\d.,]*[.,]\d{1,2}", digits_and_marks(text))
    return bool(written) and any(number(text, dialect) is not None for dialect in _DIALECTS)
