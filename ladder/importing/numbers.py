"""Numbers as people write them: `€ 1.234,50`, `kr. 5,-`, `(5.00)`, `5.00-`, `−3`, `1'234`, `1 234`, `Rs. 1,23,456`.

One meaning in two languages: `number_text` for the engine, `number` for the rows looked at.
"""

from __future__ import annotations

import re
from fractions import Fraction

from sqlglot import exp

from ladder.importing.plan import Dialect
from ladder.importing.sql import sql

_CODES = (
    "AED|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|KZT|MAD|MXN|MYR|NGN"
    r"|NOK|NZD|PEN|PHP|PKR|PLN|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
    r"|kr\.?|Rs\.?|zł|Kč|Ft|lei|лв\.?|руб\.?|грн\.?"
)
_BLANKS = r"[\s\x{00A0}\x{2007}\x{2009}\x{202F}]"
_MINUS = "−–－"
_SYMBOL = r"(?i)(?:US|CA|AU|NZ|HK|MX|NT|[ACRS])?\p{Sc}"
_BEFORE = rf"(?i)^([-+(]?) ?(?:{_CODES}) ?([-+(]? ?[.,]?\d.*)$"
_AFTER = rf"(?i)^(.*[\d.,)-]) ?(?:{_CODES}) ?([)-]*)$"
_WHOLE = r"^(.*\d)[.,](?:-|--|—)$"
_NEGATIVE = r"\(.*\)|.*[^eE(]-"
_PLAIN = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_SIGNS = "$€£¥₹₽₩₪₺₴₫₦฿₱₡₲₵₸₭₮"
_SYMBOL_PYTHON = _SYMBOL.replace(r"\p{Sc}", f"[{_SIGNS}]")
_BLANKS_PYTHON = r"[\s\u00A0\u2007\u2009\u202F]"
_CODE = rf"(?i)(?:{_CODES})"


def _grouped(dialect: Dialect) -> str:
    """Groups of three, or of two before the last three as in India, by a mark that parts thousands."""
    marks = "".join(f"|{re.escape(mark)}" for mark in dialect.thousands if mark not in " '")
    groups = [
        rf"\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}}"
        for mark in (" ", "'", *filter(None, marks.split("|")))
    ]
    return rf"[+-]?(?:{'|'.join(groups)})(?:{re.escape(dialect.decimal or '.')}\d*)?"


def number_text(cell: exp.Expr, dialect: Dialect) -> exp.Expr:
    """A number as `-1234.5` from the spelling of the dialect, or NULL when it is none.

    Currency signs and codes fall away; `(5.00)` and `5.00-` are negative, `5,-` is whole; blanks and apostrophes
    part thousands in every dialect, but only in groups.
    """
    dotted = sql(
        "case when regexp_full_match(:text, :pattern) then translate(:text, :marks, '') else :text end",
        text=_signed_text(cell),
        pattern=_grouped(dialect),
        marks=" '" + dialect.thousands,
    )
    if dialect.decimal != ".":
        dotted = sql(
            "case when contains(:text, '.') then null else replace(:text, :mark, '.') end",
            text=dotted,
            mark=dialect.decimal,
        )
    checked = sql("case when regexp_full_match(:text, :plain) then :text end", text=dotted, plain=_PLAIN)
    quick = r"[+-]?\d+(?:\.\d+)?" if dialect.decimal == "." else r"[+-]?\d+"
    return sql(
        "case when regexp_full_match(:cell, :quick) then :cell else :checked end",
        cell=cell,
        quick=quick,
        checked=checked,
    )


def _signed_text(cell: exp.Expr) -> exp.Expr:
    """`_signed` for the engine."""
    blank = sql(
        "trim(regexp_replace(translate(:cell, :minus, '---'), :blanks, ' ', 'g'))",
        cell=cell,
        minus=_MINUS,
        blanks=_BLANKS,
    )
    bare = sql("trim(regexp_replace(replace(:cell, '’', chr(39)), :symbol, ''))", cell=blank, symbol=_SYMBOL)
    for pattern in (_BEFORE, _AFTER):
        bare = sql(r"regexp_replace(:bare, :pattern, '\1\2')", bare=bare, pattern=pattern)
    bare = sql(r"regexp_replace(trim(:bare), :whole, '\1')", bare=bare, whole=_WHOLE)
    return sql(
        "case when regexp_full_match(:bare, :negative) "
        "then '-' || trim(regexp_replace(:bare, '[()]|-$', '', 'g')) "
        r"else regexp_replace(:bare, '^([-+]) ', '\1') end",
        bare=bare,
        negative=_NEGATIVE,
    )


LONGEST = 1_000
"""Characters of a number that is still worth computing with; Python itself refuses some thousands of digits."""


def number(text: str, dialect: Dialect) -> Fraction | None:
    """The number written in `text`, exact; None when it is none."""
    signed = _signed(text)
    if re.fullmatch(_grouped(dialect), signed):
        signed = re.sub(f"[ '{re.escape(dialect.thousands)}]", "", signed)
    if dialect.decimal != ".":
        signed = "" if "." in signed or not dialect.decimal else signed.replace(dialect.decimal, ".")
    return Fraction(signed) if len(signed) <= LONGEST and re.fullmatch(_PLAIN, signed, re.ASCII) else None


def digits_and_marks(text: str) -> str:
    """What is left of a number's text without sign, currency and blanks: what its marks can be judged by."""
    return re.sub(r"[^\d.,]", "", _signed(text))


def currency_of(text: str) -> str:
    """The currency code or sign written in a cell that is a number, in lower case and without a point, or nothing."""
    found = re.search(_CODE, text) or re.search(_SYMBOL_PYTHON, text)
    return found.group().strip(".").lower() if found else ""


def currency_text(cell: exp.Expr) -> exp.Expr:
    """`currency_of` for the engine, as it is written; an empty text for none."""
    code, sign = (
        sql("regexp_extract(:cell, :pattern)", cell=cell, pattern=each) for each in (_CODE, _SYMBOL)
    )
    return sql("coalesce(nullif(:code, ''), :sign)", code=code, sign=sign)


def _signed(text: str) -> str:
    """The text without currency and outer blanks, its sign in front."""
    bare = re.sub(_BLANKS_PYTHON, " ", text.translate(str.maketrans(_MINUS, "---"))).replace("’", "'")
    bare = re.sub(_SYMBOL_PYTHON, "", bare.strip(), count=1).strip()
    for pattern in (_BEFORE, _AFTER):
        bare = re.sub(pattern, r"\1\2", bare)
    bare = re.sub(_WHOLE, r"\1", bare.strip())
    if re.fullmatch(_NEGATIVE, bare):
        return "-" + re.sub(r"[()]|-$", "", bare).strip()
    return re.sub(r"^([-+]) ", r"\1", bare)
