"""Numbers, dates, ids and words for nothing are read as they are meant, or the import stops and asks."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from sqlglot import exp

from ladder.engine import Engine
from ladder.importing import propose, run_import
from ladder.importing.dates import fit, numbered
from ladder.importing.marks import Marks, marks_of
from ladder.importing.numbers import number, number_text
from ladder.importing.plan import Dialect
from ladder.importing.sql import column, named
from ladder.workspace import Folder
from tests.importing_shop import bring, empty_workspace, saved, stored

POINT, COMMA = Dialect(decimal=".", thousands=","), Dialect(decimal=",", thousands=".")
HEADER = "customer_id,ts,amount\n"

# Text, its number with a decimal point and commas between thousands, its number the other way round.
NUMBERS = [
    ("1234.5", "1234.5", None),
    ("1,234.50", "1234.50", None),
    ("1.234,50", None, "1234.50"),
    ("1 234 567", "1234567", "1234567"),
    ("1\u2009234,5", None, "1234.5"),
    ("1\u202f234", "1234", "1234"),
    ("1\u00a0234,50 kr", None, "1234.50"),
    ("1'234.50", "1234.50", None),
    ("1’234,50", None, "1234.50"),
    ("1,23,456.00", "123456.00", None),
    ("Rs. 1,23,456", "123456", None),
    ("EUR 5.00", "5.00", None),
    ("5,00 EUR", None, "5.00"),
    ("5 kr.", "5", "5"),
    ("kr 1.234,50", None, "1234.50"),
    ("kr. 5,-", "5", "5"),
    ("CHF 5.-", "5", "5"),
    ("US$5.00", "5.00", None),
    ("-€5.00", "-5.00", None),
    ("€ -5,00", None, "-5.00"),
    ("(5.00)", "-5.00", None),
    ("($5.00)", "-5.00", None),
    ("5.00-", "-5.00", None),
    ("5.00 USD-", "-5.00", None),
    ("−5", "-5", "-5"),
    ("– 5", "-5", "-5"),
    ("+7", "7", "7"),
    ("1e2", "100", "100"),
    ("5 zł", "5", "5"),
    ("1 23", None, None),
    ("5 10", None, None),
    ("12 pcs", None, None),
    ("5%", None, None),
    ("5-3", None, None),
    ("--5", None, None),
    ("NaN", None, None),
    ("-inf", None, None),
    ("EUR", None, None),
    ("1'23", None, None),
    ("12,34.50", None, None),
    ("٣", None, None),
    ("", None, None),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


@pytest.mark.parametrize("dialect", [POINT, COMMA], ids=["point", "comma"])
def test_spellings_of_numbers_mean_one_thing_in_both_languages(dialect: Dialect) -> None:
    """The engine reads the file and Python the rows looked at: they must not differ."""
    texts = [row[0] for row in NUMBERS]
    expected = [row[1] if dialect is POINT else row[2] for row in NUMBERS]
    with Engine() as engine:
        engine.register("given", pa.table({"line": list(range(len(texts))), "cell": texts}))
        query = (
            exp.select(named(number_text(column("cell"), dialect), "text")).from_("given").order_by("line")
        )
        found = [row[0] for row in engine.rows("numbers", query)]
    assert [None if text is None else Fraction(text) for text in found] == [
        None if text is None else Fraction(text) for text in expected
    ]
    assert [number(text, dialect) for text in texts] == [
        None if text is None else Fraction(text) for text in found
    ]


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["kr 1.234,50", "kr 7,00"], (",", ".")),
        (["5 kr.", "7 kr."], (".", "")),
        (["Rs. 1,23,456", "Rs. 2,000"], (".", ",")),
        (["1'234.50"], (".", "")),
        (["1 234,50"], (",", "")),
        (["(1,234.50)", "−3.25"], (".", ",")),
    ],
)
def test_signs_and_currencies_do_not_hide_the_marks(values: list[str], marks: tuple[str, str]) -> None:
    assert marks_of(values) == Marks(*marks)


DAYS = [f"{day:02d}/{month:02d}/2024" for day in range(1, 13) for month in range(1, 13)]


@pytest.mark.parametrize("written", ["{}", "{} 10:30", "{} 10:30:00"])
def test_of_all_pairs_of_day_and_month_only_equal_ones_are_read_without_asking(written: str) -> None:
    for day in DAYS:
        settled = day[:2] == day[3:5]
        assert (len(fit([written.format(day)]).formats) == 1) is settled, day


def test_all_pairs_together_are_asked_and_both_answers_are_right(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, HEADER + "".join(f"c{at},{day},1\n" for at, day in enumerate(DAYS)))
    (question,) = propose(file).questions
    assert question.options == ("%d/%m/%Y", "%m/%d/%Y")
    for nth, format in enumerate(question.options):
        assert run_import(folder, file, propose(file, date_format=format).plan).accepted == 144
        expected = [datetime(2024, *pair[:: -1 if nth == 0 else 1]) for pair in _pairs()]
        assert [row[0] for row in stored(folder, "transactions", "ts")] == expected
        folder.undo(nth + 1)


def _pairs() -> list[tuple[int, int]]:
    return [(int(day[:2]), int(day[3:5])) for day in DAYS]


def test_one_row_of_the_other_order_stops_the_file_wherever_it_stands(folder: Folder, tmp_path: Path) -> None:
    """The rows looked at settle the order; the row that contradicts it lies beyond them."""
    rows = [
        "ann,25/02/2024,1\n",
        *["ann,03/02/2024,1\n"] * 70_000,
        "bob,02/26/2024,1\n",
        *["ann,03/02/2024,1\n"] * 50_000,
    ]
    file = saved(tmp_path, HEADER + "".join(rows))
    plan = propose(file).plan
    assert plan.mapping.formats == {"ts": "%d/%m/%Y"}
    (question,) = run_import(folder, file, plan).questions
    assert (question.id, question.options) == ("date_format:ts", ("%d/%m/%Y", "%m/%d/%Y"))
    assert question.examples == (("02/26/2024", "no date", "26 February 2024"),)
    assert folder.imports() == ()
    result = run_import(folder, file, propose(file, date_format="%d/%m/%Y").plan, dry_run=True)
    assert result.reasons == {"not a date": 1}
    assert any("the file may mix two orders" in warning for warning in result.warnings)


def test_a_date_that_fits_no_order_is_only_refused(folder: Folder, tmp_path: Path) -> None:
    text = HEADER + "ann,25/02/2024,1\n" * 5 + "bob,30/02/2024,1\ncat,soon,1\n"
    assert bring(folder, tmp_path, text).reasons == {"not a date": 2}


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("31/01/24", "implausible date"),
        ("31/01/0024", "implausible date"),
        ("31/01/1900", "implausible date"),
        ("31/01/1969", "implausible date"),
        ("31/01/9999", "implausible date"),
        ("31/01/2124", "implausible date"),
        ("31/01/20240", "not a date"),
        ("2024-01-31", "not a date"),
        ("29/02/2023", "not a date"),
        ("31 janvier 2024", "not a date"),
    ],
)
def test_odd_years_and_days_are_refused_with_their_reason(
    day: str, reason: str, folder: Folder, tmp_path: Path
) -> None:
    text = HEADER + "ann,25/02/2024,1\n" * 5 + f"bob,{day},1\n"
    assert bring(folder, tmp_path, text).reasons == {reason: 1}


def test_two_digit_years_are_of_our_time(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, HEADER + "ann,25/02/24,1\nbob,25/02/99,1\n")
    assert [row[0].year for row in stored(folder, "transactions", "ts")] == [2024, 1999]


@pytest.mark.parametrize(
    ("cell", "options", "moment"),
    [
        ("1704448800", ("epoch",), datetime(2024, 1, 5, 11)),
        ("1704448800000", ("epoch ms",), datetime(2024, 1, 5, 11)),
        ("45296", ("excel",), datetime(2024, 1, 5)),
        ("45296.5", ("excel",), datetime(2024, 1, 5, 12)),
    ],
)
def test_times_written_as_numbers_are_asked(
    cell: str, options: tuple[str, ...], moment: datetime, tmp_path: Path
) -> None:
    """Seconds since 1970 are moments and move to the zone of the workspace; serial numbers are wall time."""
    folder = empty_workspace(tmp_path, timezone="Europe/Copenhagen")
    file = saved(tmp_path, HEADER + f"ann,{cell},1\n")
    (question,) = propose(file).questions
    assert (question.id, question.options, question.examples[0][0]) == ("date_format:ts", options, cell)
    run_import(folder, file, propose(file, date_format=options[0]).plan)
    assert stored(folder, "transactions", "ts") == [(moment,)]


def test_numbers_that_are_no_time_are_not_offered_as_one() -> None:
    assert numbered(["12", "17", "1234567"]) == ()


NULLS = ["NULL", "null", "N/A", "NA", "None", "-", "#N/A", "\\N"]


@pytest.mark.parametrize("word", NULLS)
def test_words_for_nothing_are_text_until_a_person_lists_them(
    word: str, folder: Folder, tmp_path: Path
) -> None:
    rows = "".join(
        f"{word if at % 3 == 0 else f'c{at}'},2024-01-0{at % 9 + 1},{word if at % 3 == 1 else '5.00'}\n"
        for at in range(30)
    )
    file = saved(tmp_path, HEADER + rows)
    (question,) = propose(file).questions
    assert (question.id, question.options) == ("nulls", (word, ""))
    as_text = run_import(folder, file, propose(file, nulls=()).plan)
    assert (as_text.accepted, as_text.reasons) == (20, {"not a number": 10})
    assert stored(folder, "transactions", "customer_id")[0] == (word,)
    folder.undo(1)
    listed = run_import(folder, file, propose(file, nulls=word).plan)
    assert (listed.accepted, listed.reasons) == (20, {"no amount": 10})
    assert stored(folder, "transactions", "customer_id")[0] == (None,)


def test_a_few_such_words_raise_no_question(tmp_path: Path) -> None:
    text = HEADER + "ann,2024-01-05,1.50\n" * 40 + "bob,2024-01-05,N/A\n"
    assert propose(saved(tmp_path, text)).questions == ()


IDS = [
    "00042",
    "9007199254740993",
    "10000000000000000000",
    "1E5",
    "12345678901234567890123",
    "0x1F",
    "1.50",
    "+45",
    "NA",
]


@pytest.mark.parametrize("ident", IDS)
def test_ids_stay_as_they_are_in_every_table(ident: str, folder: Folder, tmp_path: Path) -> None:
    bring(
        folder, tmp_path, f"customer_id,ts,amount,order_id\n{ident},2024-01-05,1,{ident}\nx,2024-01-05,1,y\n"
    )
    assert stored(folder, "transactions", "customer_id, transaction_id")[0] == (ident, ident)


def test_an_e_mail_as_id_is_one_mailbox_whatever_its_capitals(folder: Folder, tmp_path: Path) -> None:
    text = "email,ts,amount,order id\nAnn.Berg@Example.com,2024-01-05,1,A@1\nann.berg@example.com,2024-01-06,1,a@1\n"
    result = bring(folder, tmp_path, text)
    rows = stored(folder, "transactions", "customer_id, transaction_id")
    assert rows == [("ann.berg@example.com", "A@1"), ("ann.berg@example.com", "a@1")]
    assert any("1 e-mail address of “email” has capitals" in warning for warning in result.warnings)
