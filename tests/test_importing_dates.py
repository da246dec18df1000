"""Dates as shops in many countries write them are read as they are meant, or the import stops and asks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from sqlglot import exp

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.dates import checked_format, fit, has_offset, read
from ladder.importing.month_names import LANGUAGES, names
from ladder.importing.sql import column, named
from ladder.importing.times import offset_minutes, parsed
from ladder.ui.bringing_questions import option_in_words
from ladder.workspace import Folder
from tests.importing_shop import bring, empty_workspace, saved, stored

# A column of texts, what the first of them says, and minutes ahead of UTC where it says so.
READ = [
    ("5. März 2024|6. Dez. 2024", "2024-03-05", None),
    ("Mo., 5. Feb. 2024|Mi., 6. März 2024", "2024-02-05", None),
    ("5. Mrz 2024", "2024-03-05", None),
    ("Dienstag, den 5. März 2024 um 14:05 Uhr", "2024-03-05 14:05", None),
    ("05-janv.-2024", "2024-01-05", None),
    ("le 5 février 2024 à 14h05", "2024-02-05 14:05", None),
    ("5 fevrier 2024|6 AOÛT 2024", "2024-02-05", None),
    ("12 de mayo de 2023", "2023-05-12", None),
    ("1 sept. 2024", "2024-09-01", None),
    ("5 gennaio 2024", "2024-01-05", None),
    ("terça-feira, 5 de março de 2024 às 14:05", "2024-03-05 14:05", None),
    ("di 5 mrt. 2024 14:05", "2024-03-05 14:05", None),
    ("3. maj 2024 14:05", "2024-05-03 14:05", None),
    ("tirsdag den 5. marts 2024 kl. 14.05", "2024-03-05 14:05", None),
    ("5 okt. 2024 kl. 09:07:08", "2024-10-05 09:07:08", None),
    ("5. desember 2024", "2024-12-05", None),
    ("wtorek, 5 marca 2024 r.", "2024-03-05", None),
    ("5 paź 2024|6 lip 2024", "2024-10-05", None),
    ("5. maaliskuuta 2024 klo 14.05", "2024-03-05 14:05", None),
    ("5. května 2024", "2024-05-05", None),
    ("2024. március 5.", "2024-03-05", None),
    ("5 марта 2024 г.", "2024-03-05", None),
    ("15 Mai 2024", "2024-05-15", None),
    ("Tuesday, March 5, 2024", "2024-03-05", None),
    ("March 5th 2024", "2024-03-05", None),
    ("Mar 5, 2024, 2:05:06 PM", "2024-03-05 14:05:06", None),
    ("05-MAR-24 02.05.06.123456 PM", "2024-03-05 14:05:06.123456", None),
    ("05MAR2024", "2024-03-05", None),
    ("Tue, 05 Mar 2024 14:05:06 +0100", "2024-03-05 14:05:06", 60),
    ("5 août 2024 14:05 CEST", "2024-08-05 14:05", 120),
    ("13/03/2024 12:05:06 a. m.", "2024-03-13 00:05:06", None),
    ("13.3.2024 2:05 nachm.", "2024-03-13 14:05", None),
    ("3/15/2024, 2:05:06\u202fPM", "2024-03-15 14:05:06", None),
    ("15.3.2024, 14:05:06", "2024-03-15 14:05:06", None),
    ("15.3.2024 14.05", "2024-03-15 14:05", None),
    ("5. 3. 2024", "2024-03-05", None),
    ("2024/3/5", "2024-03-05", None),
    ("2024-03-05T14:05:06.123456Z", "2024-03-05 14:05:06.123456", 0),
    ("2024-03-05 14:05:06.1234567", "2024-03-05 14:05:06.123456", None),
    ("2024-03-05 14:05:06 +0100", "2024-03-05 14:05:06", 60),
    ("2024-03-05 14:05:06 GMT+0100", "2024-03-05 14:05:06", 60),
    ("2024-03-05 14:05:06 UTC", "2024-03-05 14:05:06", 0),
    ("2024-03-05 14:05:06 CET", "2024-03-05 14:05:06", 60),
    ("2024-03-05 14:05:06 EST", "2024-03-05 14:05:06", -300),
    ("20240305", "2024-03-05", None),
    ("05.03.24", "2024-03-05", None),
    ("05.03.69", "1969-03-05", None),
    ("05.03.68", "2068-03-05", None),
]

# Nobody's usual format fits: the import asks how they are written.
ASKED = [
    "2024-W10-2",
    "20240305T140506",
    "2024-03-05 24:00:00",
    "2024-03-05 14:05:06 CST",
    "before 5 March 2024",
    "5 Smarch 2024",
    "Mar 2024",
    "12 rue 75",
]


def by_engine(text: str, format: str) -> tuple[datetime | None, int | None]:
    with Engine() as engine:
        engine.register("cells", pa.table({"cell": [text]}))
        cell = column("cell")
        query = exp.select(
            named(parsed(cell, format), "at"), named(offset_minutes(cell, format), "offset")
        ).from_("cells")
        return engine.rows("a date", query)[0]


@pytest.mark.parametrize(("texts", "meant", "offset"), READ)
def test_a_date_is_read_as_its_author_meant(texts: str, meant: str, offset: int | None) -> None:
    (format,) = fit(texts.split("|")).formats
    for text in texts.split("|"):
        assert by_engine(text, format)[0] == read(text, format) is not None
    first = texts.split("|")[0]
    assert by_engine(first, format) == (datetime.fromisoformat(meant), offset)
    assert has_offset(format) == (offset is not None)
    assert checked_format(format) == format


@pytest.mark.parametrize("text", ASKED)
def test_what_fits_no_format_is_asked(text: str) -> None:
    assert fit([text] * 3).formats == ()


def test_a_format_that_a_person_writes_may_have_any_marks_and_languages() -> None:
    for format in ("%d. %B %Y [de]", "%d %b %Y [nl de]"):
        assert by_engine("5. März 2024", checked_format(format))[0] == datetime(2024, 3, 5)
    assert by_engine("20240305T140506", checked_format("%Y%m%dT%H%M%S"))[0] == datetime(2024, 3, 5, 14, 5, 6)
    with pytest.raises(LadderError, match="Unknown language"):
        checked_format("%d %b %Y [xx]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months_and_seven_days(language: str) -> None:
    found = names(language)
    assert set(found.months.values()) == set(range(1, 13))
    assert len(found.days) >= 7


def test_an_import_reads_month_names_and_refuses_days_that_are_none(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path, timezone="Europe/Berlin")
    days = ["5. März 2024 14:05", "29. Feb. 2024 9:00", "29. Febr. 2023 9:00", "31. Juni 2024", "5. Mai 2024"]
    text = "kunde,datum,betrag\n" + "".join(f"k{at},{day},1.50\n" for at, day in enumerate(days * 5))
    result = bring(folder, saved(tmp_path, text).parent, text, "transactions")
    assert result.reasons == {"not a date": 10}
    moments = {row[0] for row in stored(folder, "transactions", "ts")}
    assert moments == {datetime(2024, 3, 5, 14, 5), datetime(2024, 2, 29, 9), datetime(2024, 5, 5)}


def test_words_that_mean_two_months_are_asked_with_both_readings(tmp_path: Path) -> None:
    file = saved(tmp_path, "customer_id,ts,amount\nann,5 lip 2024,1.50\nbob,6 lip 2024,2.50\n")
    (question,) = propose(file).questions
    assert question.id == "date_format:ts"
    assert "month in one language" in question.text
    assert question.options == ("%d %b %Y [pl]", "%d %b %Y [hr]")
    assert question.examples[0] == ("5 lip 2024", "5 July 2024", "5 June 2024")
    assert [option_in_words(option, question.id) for option in question.options] == ["Polish", "Croatian"]
    folder = empty_workspace(tmp_path)
    run_import(folder, file, propose(file, date_format=question.options[1]).plan)
    assert [row[0].month for row in stored(folder, "transactions", "ts")] == [6, 6]


def test_the_language_is_remembered_and_a_new_one_is_asked(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    header = "customer_id,ts,amount\n"
    bring(folder, tmp_path, header + "ann,5. Mai 2024,1\nbob,6. März 2024,2\n")
    again = propose(saved(tmp_path, header + "ann,5. Okt. 2024,1\n"), folder=folder)
    assert not again.questions and again.plan.mapping.formats == {"ts": "%d %b %Y [de]"}
    other = propose(saved(tmp_path, header + "ann,5 août 2024,1\n"), folder=folder)
    assert [question.id for question in other.questions] == ["date_format:ts"]
    assert other.questions[0].options == ("%d %b %Y [fr]",)


def test_half_hours_of_a_clock_change_are_read_with_the_offset_before_it(tmp_path: Path) -> None:
    folder: Folder = empty_workspace(tmp_path, timezone="UTC")
    days = ("31.03.2024 02:30", "27.10.2024 02:30", "27.10.2024 12:00")
    text = "customer_id,ts,amount\n" + "".join(f"ann,{day},1\n" for day in days)
    bring(folder, tmp_path, text, timezone="Europe/Berlin")
    assert [row[0] for row in stored(folder, "transactions", "ts")] == [
        datetime(2024, 3, 31, 1, 30),
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 10, 27, 11, 0),
    ]
