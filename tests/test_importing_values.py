"""Amounts are exact, expressions are checked, date formats are told apart, guesses are sensible."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing import money, propose
from ladder.importing.dates import fit, read
from ladder.importing.expression import evaluate, parse, with_names
from ladder.importing.marks import Marks, marks_of
from ladder.importing.plan import Dialect
from ladder.importing.sql import replaced
from tests.importing_shop import bring, empty_workspace, saved, stored

NAMES = ("quantity", "unit_price", "Unit price")


PLAIN = Dialect()


def minor_units(
    formula: str, *rows: tuple[str, ...], dialect: Dialect = PLAIN, digits: int = 2
) -> list[int | str]:
    """Minor units, or the reason against, of rows holding the texts of quantity and unit_price."""
    width = len(rows[0])
    table = {f"c{place}": [row[place] or None for row in rows] for place in range(width)}
    with Engine() as engine:
        engine.register("rows_given", pa.table({"line": list(range(len(rows))), **table}))
        engine.run("source", replaced("source", exp.select("*").from_("rows_given")))
        places = {name: place for place, name in enumerate(NAMES[:width])}
        priced = money.priced(engine, parse(formula, NAMES), dialect, places, digits)
        query = exp.select(priced.minor, money.bad_amount(priced.wrong, priced.minor)).from_("source")
        found = engine.rows("price", money.joined(query, priced.joins).order_by("line"))
        return [bad or minor for minor, bad in found]


def test_quantity_times_price_is_exact_to_the_cent() -> None:
    assert minor_units("quantity*unit_price", ("3", "2.55"), ("-1", "0.1")) == [765, -10]


def test_half_a_cent_is_rounded_away_from_zero() -> None:
    assert minor_units("quantity", ("1.005",), ("-1.005",), ("1.0049",)) == [101, -101, 100]


def test_a_division_without_end_is_still_exact() -> None:
    assert minor_units("quantity / 3", ("1",), ("2",), ("-2",)) == [33, 67, -67]


def test_dividing_by_zero_is_no_number() -> None:
    assert minor_units("quantity / unit_price", ("1", "0"), ("1", "4")) == ["amount too large", 25]


def test_cents_become_currency_units() -> None:
    assert minor_units("quantity / 100", ("1999",)) == [1999]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("$1.50", 150),
        ("€ 1.50", 150),
        ("(5.00)", -500),
        ("5.00-", -500),
        ("+7", 700),
        (".5", 50),
        ("1e2", 10000),
        ("1,234.50", 123450),
        ("12,34.50", "not a number"),
        ("1,5", "not a number"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        ("1_000", "not a number"),
        ("0x10", "not a number"),
        ("1e309", "amount too large"),
        ("1e-300", 0),
        ("10000000000000.00", "amount too large"),
        ("9" * 60, "amount too large"),
        ("0.30000000000000004", 30),
        ("", "no amount"),
    ],
)
def test_spellings_of_numbers(text: str, minor: int | str) -> None:
    found = minor_units("quantity", (text,), ("1",), dialect=Dialect(thousands=","))
    assert found == [minor, 100]


@pytest.mark.parametrize(
    ("text", "minor"), [("1.234,5", 123450), ("3,5", 350), ("3.50", "not a number"), ("7", 700)]
)
def test_decimal_comma(text: str, minor: int | str) -> None:
    assert minor_units("quantity", (text,), dialect=Dialect(decimal=",", thousands=".")) == [minor]


def test_a_currency_without_cents_is_kept_whole() -> None:
    assert minor_units("quantity", ("1500",), ("2.5",), digits=0) == [1500, 3]


decimals = st.decimals(min_value=-99999, max_value=99999, places=4).map(str)


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(st.tuples(decimals, decimals), min_size=1, max_size=5))
def test_both_ways_of_computing_give_the_same(rows: list[tuple[str, str]]) -> None:
    expected = [
        int((Decimal(one) * Decimal(two) * 100).quantize(Decimal(1), ROUND_HALF_UP)) for one, two in rows
    ]
    assert minor_units("quantity*unit_price", *rows) == expected
    assert minor_units("quantity*unit_price*3/3/1.0", *rows) == expected
    assert minor_units("(quantity*unit_price*7)/(6+1)", *rows) == expected


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("paid - back?", [950, 1000, 760, 1000, None]),
        ("(paid - back?) / 3", [317, 333, 253, 333, None]),  # Division is done with fractions.
    ],
)
def test_an_empty_cell_is_nothing_where_the_expression_says_so(
    amount: str, cents: list[int | None], tmp_path: Path
) -> None:
    """Plain, empty, spelt oddly, blank; and a word, which is no amount whatever stands behind the column."""
    rows = ("10,0.50", "10,", "10,€ 2.40", "10, ", "10,none")
    text = "id,ts,paid,back\n" + "".join(f"c{n},2024-01-1{n},{row}\n" for n, row in enumerate(rows))
    folder, told = empty_workspace(tmp_path), {"customer_id": "id", "ts": "ts", "amount": amount}
    result = bring(folder, tmp_path, text, "transactions", fields=told)
    assert [row[0] for row in stored(folder, "transactions", "amount")] == [n for n in cents if n is not None]
    assert result.reasons == {"not a number": 1}
    assert parse(amount, ("paid", "back")) != parse(amount.replace("?", ""), ("paid", "back"))
    assert with_names(amount, {"back": "given back"}, ("paid", "back")) == amount.replace(
        "back", "`given back`"
    )


def test_an_expression_follows_the_usual_precedence() -> None:
    tree = parse("quantity * (`Unit price` - 1) / -2", NAMES)
    assert evaluate(tree, {"quantity": Fraction(3), "Unit price": Fraction(5)}) == -6


@pytest.mark.parametrize(
    "text",
    [
        "quantity *",
        "quantity unit_price",
        "(quantity",
        "quantity ** 2",
        "__import__('os')",
        "price",
        "",
        "1;2",
        "`nothing`",
    ],
)
def test_anything_but_arithmetic_of_columns_is_refused(text: str) -> None:
    with pytest.raises(LadderError, match="Cannot read the amount"):
        parse(text, NAMES)


def test_deep_nesting_is_refused_in_a_sentence() -> None:
    with pytest.raises(LadderError, match="too long"):
        parse("(" * 5000 + "1" + ")" * 5000, NAMES)


@pytest.mark.parametrize(
    ("value", "format"),
    [
        ("2024-01-31", "%Y-%m-%d"),
        ("2024-01-31 10:00", "%Y-%m-%d %H:%M"),
        ("2024-01-31T10:00:00Z", "%Y-%m-%dT%H:%M:%S%z"),
        ("2024-01-31T10:00:00.123+02:00", "%Y-%m-%dT%H:%M:%S.%f%z"),
        ("2024-01-31 10:00:00 UTC", "%Y-%m-%d %H:%M:%S%z"),
        ("19970131", "%Y%m%d"),
        ("31/01/2024 9:05", "%d/%m/%Y %H:%M"),
        ("1/31/2024 9:05 PM", "%m/%d/%Y %I:%M %p"),
        ("31.1.2024", "%d.%m.%Y"),
        ("05.01.2024", "%d.%m.%Y"),
        ("31-01-2024", "%d-%m-%Y"),
        ("31 Jan 2024", "%d %b %Y"),
        ("January 31, 2024", "%B %d, %Y"),
    ],
)
def test_usual_date_formats_are_known(value: str, format: str) -> None:
    assert fit([value]).formats == (format,)
    moment = read(value, format)
    assert moment is not None
    assert moment.month == 1


@pytest.mark.parametrize("value", ["12345", "2024-13-01", "next week", "31/31/2024", "1.5"])
def test_other_texts_are_no_dates(value: str) -> None:
    assert fit([value]).formats == ()


@pytest.mark.parametrize("day", range(1, 13))
def test_only_equal_day_and_month_need_no_question(day: int) -> None:
    for month in range(1, 13):
        expected = 1 if day == month else 2
        assert len(fit([f"{day:02d}/{month:02d}/2024"]).formats) == expected


@pytest.mark.parametrize(
    ("header", "row", "table", "fields"),
    [
        ("user_id,event,timestamp", "u1,visit,2024-01-05 10:00:00", "interactions", {"kind": "event"}),
        ("Customer ID,Email,First Name", "c1,a@x.dk,Ann", "customers", {"email": "Email"}),
        ("customer,score_date,nps", "c1,2024-01-05,9", "feedback", {"ts": "score_date", "nps": "nps"}),
        ("referrer,referred,date", "c1,c2,2024-01-05", "referrals", {"referred_id": "referred"}),
        ("customer_id,offer,sent at,arm", "c1,SPRING,2024-01-05,treated", "incentives", {"ts": "sent at"}),
        (
            "Order ID,Customer,Order date,Qty,Unit price",
            "1,c1,2024-01-05,2,1.5",
            "transactions",
            {"amount": "Qty * `Unit price`"},
        ),
    ],
)
def test_table_and_mapping_are_guessed(
    header: str, row: str, table: str, fields: dict[str, str], tmp_path: Path
) -> None:
    plan = propose(saved(tmp_path, f"{header}\n{row}\n")).plan
    assert plan.table == table
    assert {name: plan.mapping.fields.get(name) for name in fields} == fields


def test_a_file_without_header_is_read_by_content(tmp_path: Path) -> None:
    plan = propose(saved(tmp_path, " 00001 19970101  1   11.77\n 00002 19970112  5   77.00\n")).plan
    assert (plan.dialect.header, plan.dialect.delimiter, plan.dialect.skip) == (False, "whitespace", 0)
    assert plan.mapping.fields == {"customer_id": "column1", "ts": "column2", "amount": "column4"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_apart(delimiter: str, tmp_path: Path) -> None:
    text = "customer_id,ts,amount,product\nann,2024-01-05,1.5,tea\n".replace(",", delimiter)
    assert propose(saved(tmp_path, text)).plan.dialect.delimiter == delimiter


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["1.50", "2.25"], (".", "")),
        (["1,5", "3"], (",", "")),
        (["1,234.50", "7"], (".", ",")),
        (["1.234,50", "7"], (",", ".")),
        (["1,234,567"], (".", ",")),
        (["0.125", "1.500"], (".", "")),
        (["12345.678"], (".", "")),
        (["10", "20"], (".", "")),
        (["1.234", "5.678"], ("", "")),
        (["1.50", "2,50"], ("", "")),
        (["$1,999.00"], (".", ",")),
    ],
)
def test_numbers_tell_their_marks(values: list[str], marks: tuple[str, str]) -> None:
    assert marks_of(values) == Marks(*marks)


def test_a_mark_that_can_be_read_both_ways_is_asked(tmp_path: Path) -> None:
    file = saved(tmp_path, "customer_id;ts;amount\nann;2024-01-05;1.234\n")
    question = propose(file).questions[0]
    assert (question.id, question.examples) == ("decimal", (("1.234", "1.234", "1234"),))
    dialect = propose(file, decimal=",").plan.dialect
    assert (dialect.decimal, dialect.thousands) == (",", ".")
