"""A plan in sentences: how the bytes were read, which rows count, which column fills which field."""

from __future__ import annotations

from collections.abc import Sequence

from ladder.importing import Dialect, Mapping
from ladder.importing.plan import WHITESPACE

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar", WHITESPACE: "Blanks"}
KINDS = {"xlsx": "an Excel workbook", "parquet": "Parquet", "jsonl": "JSON lines"}
COMPRESSIONS = {"gzip": "compressed", "zip": "zipped"}
MOST_WORDS = 5
TITLES = {
    "ts": "Time",
    "nps": "NPS",
    "csat": "Satisfaction",
    "redeemed_ts": "Redeemed",
    "transaction_id": "Order id",
}


def title(field: str) -> str:
    """What people read for a field."""
    return TITLES.get(field, field.replace("_", " ").capitalize())


def dialect_in_words(dialect: Dialect, rows: Sequence[Sequence[str]] = ()) -> str:
    """`UTF-8 (“Müller”), comma between columns, names in the first row`; a cell of `rows` shows the letters."""
    parts = [KINDS[dialect.kind]] if dialect.kind in KINDS else _text_in_words(dialect, rows)
    parts += [f"sheet “{dialect.sheet}”"] if dialect.sheet else []
    parts += [f"file “{dialect.member}”"] if dialect.member else []
    if dialect.kind in ("csv", "xlsx"):
        parts.append("names in the first row" if dialect.header else "no names of columns")
    if dialect.compression in COMPRESSIONS:
        parts.append(COMPRESSIONS[dialect.compression])
    if dialect.nulls:
        parts.append(f"{in_a_row(dialect.nulls)} {'is' if len(dialect.nulls) == 1 else 'are'} empty")
    return ", ".join(parts)


def _text_in_words(dialect: Dialect, rows: Sequence[Sequence[str]]) -> list[str]:
    telling = next((cell for row in rows for cell in row if not cell.isascii()), "")
    letters = f" (“{telling[:24]}”)" if telling else ""
    between = DELIMITERS.get(dialect.delimiter, f"“{dialect.delimiter}”").lower()
    return [dialect.encoding.upper() + letters, f"{between} between columns"]


def rules_in_words(mapping: Mapping) -> list[str]:
    """A sentence for each rule that lets rows count or not; none where every row counts."""
    told = [
        f"Rows count where “{column}” is {in_a_row(words, 'or')}; others are ignored."
        for column, words in mapping.keep.items()
    ]
    if mapping.fold:
        told.append(f"Of an order on several lines, by “{mapping.fold}”, the first line counts.")
    if mapping.refund_customer:
        told.append(f"Refunds count too, and are those of the customer in “{mapping.refund_customer}”.")
    return told


def fields_in_words(mapping: Mapping) -> str:
    """`Customer id from Email, Time from Created at. Attributes: country.`"""
    fields = ", ".join(f"{title(name)} from {source}" for name, source in mapping.fields.items())
    kept = f" Attributes: {', '.join(mapping.attributes)}." if mapping.attributes else ""
    return f"{fields or 'No field is known'}.{kept}"


def in_a_row(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`, at most five of them."""
    shown = [*words[:MOST_WORDS], *([f"{len(words) - MOST_WORDS} more"] if len(words) > MOST_WORDS else [])]
    return f" {last} ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)
