"""Which currencies a file writes, in a column of their own and beside its amounts, and what is asked about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.counting import originals
from ladder.importing.facts import source_columns, texts
from ladder.importing.look import Sample
from ladder.importing.numbers import currency_of, currency_text, number
from ladder.importing.plan import Dialect, Plan, Question
from ladder.importing.rejects import place_in_file
from ladder.importing.sentences import counted
from ladder.importing.sql import column, named
from ladder.model.tables import TABLES
from ladder.workspace import Folder

_DOLLARS = ("USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD", "TWD", "CLP", "COP", "ARS", "BRL")
_CODES = {
    "$": _DOLLARS, "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "₹": ("INR",), "₽": ("RUB",),
    "₩": ("KRW",), "₪": ("ILS",), "₺": ("TRY",), "₴": ("UAH",), "₫": ("VND",), "₦": ("NGN",), "฿": ("THB",),
    "₱": ("PHP",), "₡": ("CRC",), "₲": ("PYG",), "₵": ("GHS",), "₸": ("KZT",), "₭": ("LAK",), "₮": ("MNT",),
    "us$": ("USD",), "ca$": ("CAD",), "c$": ("CAD",), "au$": ("AUD",), "a$": ("AUD",), "nz$": ("NZD",),
    "hk$": ("HKD",), "mx$": ("MXN",), "nt$": ("TWD",), "r$": ("BRL",), "s$": ("SGD",),
    "kr": ("DKK", "SEK", "NOK", "ISK"), "rs": ("INR", "PKR", "LKR", "NPR"), "zł": ("PLN",), "kč": ("CZK",),
    "ft": ("HUF",), "lei": ("RON", "MDL"), "лв": ("BGN",), "руб": ("RUB",), "грн": ("UAH",),
}  # fmt: skip
"""Sign or word → the currencies that it may stand for."""
_MOST_OPTIONS = 5
_MOST_NAMED = 10

_ARE_ODD = "select count(*) > 0 from duckdb_tables() where table_name = 'odd_numbers'"
_TOLD = (
    "select distinct currency from typed where reason is null and ignored is null and currency is not null"
)
_TOLD_WHERE = """
select currency, count(*), min(line) from typed
where reason is null and ignored is null and currency is not null
group by currency
"""
_ODD = exp.select("text").from_("odd_numbers").where("number is not null")
_GOOD = exp.select("line").from_("typed").where("reason is null and ignored is null")


@dataclass(frozen=True)
class Written:
    """A sign, code or word for a currency as the file writes it; in how many rows that count, and the first line."""

    word: str
    rows: int = 0
    line: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        return codes_of(self.word)


def codes_of(word: str) -> tuple[str, ...]:
    """The currencies that a sign, code or word may stand for."""
    return _CODES.get(word.strip().rstrip(".").casefold(), (word.strip().upper(),))


def ask_sample(plan: Plan, sample: Sample, folder: Folder | None) -> tuple[Question, ...]:
    """A question when the rows looked at agree on a currency that the workspace does not show."""
    if folder is None or not plan.table:
        return ()
    cells = [
        word
        for name in _money_columns(plan)
        for cell in sample.values(name)
        if (word := currency_of(cell)) and number(cell, plan.dialect) is not None
    ]
    told = texts(sample, plan.mapping.fields["currency"]) if "currency" in plan.mapping.fields else []
    found = [Written(word) for word in dict.fromkeys((*told, *cells)) if word]
    return _asked(found, plan, folder) if _common(found) else ()


def check_currency(
    engine: Engine, plan: Plan, folder: Folder, source: Path, dialect: Dialect
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """A question when the rows that count are in a currency that the workspace does not show, and a sentence when a
    person said that they count in it all the same.

    LadderError for more than one currency. `source` and its dialect are the text that was read.
    """
    shown = folder.settings_in(plan.mapping.currency).currency
    if {shown, ""} & set(_common(_written(engine, plan))):
        return (), ()
    found = _written_where(engine, plan)
    if not _common(found):
        raise _several(found, plan, source, dialect)
    if plan.mapping.currency and not {shown, ""} & set(_common(found)):
        return (), (f"The amounts are in {_name(found)} and count as {shown}, as was said.",)
    return _asked(found, plan, folder), ()


def _several(found: Sequence[Written], plan: Plan, source: Path, dialect: Dialect) -> LadderError:
    named_ = found[:_MOST_NAMED]
    lines = sorted({item.line for item in named_})
    places = {
        line: place_in_file(original, plan.dialect.kind, dialect.skip)
        for line, original in zip(lines, originals(source, dialect, lines), strict=True)
    }
    told = ", ".join(
        f"{item.word} ({counted(item.rows, 'row', 'rows')}, first in line {places[item.line]:,})"
        for item in named_
    )
    return LadderError(
        "More than one currency",
        f"The amounts are in {told}; a workspace has one currency.",
        "Bring one currency per workspace, or convert the amounts first.",
    )


def _asked(found: Sequence[Written], plan: Plan, folder: Folder) -> tuple[Question, ...]:
    settings = folder.settings
    common = _common(found)
    if not found or settings.currency in common or plan.mapping.currency:
        return ()
    text = f"The amounts are in {_name(found)}, but the workspace shows {settings.currency}. "
    if folder.has_amounts:
        text += "Nothing is converted. Import them as they are, as if they were in its currency?"
        return (Question("currency", text, (settings.currency,)),)
    text += "Which currency is it to show? Nothing is converted."
    return (Question("currency", text, (*common[: _MOST_OPTIONS - 1], settings.currency)),)


def _common(found: Iterable[Written]) -> tuple[str, ...]:
    """The currencies that all of these may stand for; of none, any: a tuple of one empty code."""
    codes = [item.codes for item in found]
    return tuple(code for code in codes[0] if all(code in other for other in codes)) if codes else ("",)


def _name(found: Sequence[Written]) -> str:
    common = _common(found)
    return common[0] if len(common) == 1 else found[0].word


def _money_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of the file that amounts are made of."""
    told = plan.mapping.fields
    names = [
        name
        for field in TABLES[plan.table].fields
        if field.kind == "money" and field.name in told
        for name in source_columns(plan.table, field.name, told[field.name], plan.dialect.columns)
    ]
    return tuple(dict.fromkeys(names))


def _written(engine: Engine, plan: Plan) -> list[Written]:
    """What the file writes; of signs also those in rows that do not count."""
    found = []
    if "currency" in plan.mapping.fields:
        found += [Written(word) for (word,) in engine.rows("currencies", _TOLD)]
    if _some_odd(engine, plan):
        signs = exp.select(named(currency_text(column("text")), "word")).distinct().from_("odd_numbers")
        words = engine.rows("signs of currencies", signs.where("number is not null"))
        found += [Written(word) for (word,) in words if word]
    return found


def _written_where(engine: Engine, plan: Plan) -> list[Written]:
    """What the rows that count write, in how many and where first; the commonest first."""
    rows = []
    if "currency" in plan.mapping.fields:
        rows += engine.rows("currencies", _TOLD_WHERE)
    for name in _money_columns(plan) if _some_odd(engine, plan) else ():
        cell = column(f"c{plan.dialect.columns.index(name)}")
        signed = exp.select("line", named(currency_text(cell), "word")).from_("source").where(
            cell.isin(query=_ODD), exp.column("line").isin(query=_GOOD)
        )  # fmt: skip
        query = exp.select("word", "count(*)", "min(line)").from_(signed.subquery("signed"))
        rows += engine.rows("rows of currencies", query.where("word <> ''").group_by("word"))
    lines: dict[str, Written] = {}
    for word, some, line in rows:
        before = lines.get(word.upper(), Written(word, 0, line))
        lines[word.upper()] = Written(before.word, before.rows + some, min(before.line, line))
    return sorted(lines.values(), key=lambda item: (-item.rows, item.line))


def _some_odd(engine: Engine, plan: Plan) -> bool:
    return bool(_money_columns(plan) and engine.rows("odd amounts", _ARE_ODD)[0][0])
