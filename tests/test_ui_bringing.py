"""Bringing a file without a browser: a conversation that loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ladder.ui.bringing import Bringing
from ladder.ui.formats import day
from ladder.workspace import Folder
from tests.data_page import (
    ORDERS,
    conversation,
    drop_zone,
    keep,
    make_home,
    open_data,
    press,
    run,
    upload,
    words,
)

AMBIGUOUS = b"customer;date;amount\nann;02/01/2024;1,50\nbob;03/04/2024;20,00\nann;05/06/2024;7,25\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_home(tmp_path, monkeypatch)


def test_a_file_goes_from_upload_to_account(home: Path):
    app = upload(open_data(), ORDERS)
    assert app.selectbox[0].value == "transactions"
    assert [box.value for box in app.selectbox[1:4]] == ["customer", "date", "amount"]
    app = press(app, "Check every row")
    assert "| not a date | 1 |" in words(app)
    assert Folder(home / "first").imports() == ()
    app = press(app, "Import 3 rows")
    (record,) = Folder(home / "first").imports()
    assert (record.source, record.rows_read, record.accepted, record.rejected) == ("orders.csv", 4, 3, 1)
    assert "3 rows of orders.csv are in, as import 1." in words(app)


def test_the_same_file_again_is_all_duplicate(home: Path):
    app = press(press(upload(open_data(), ORDERS), "Check every row"), "Import 3 rows")
    app = press(upload(app, ORDERS, "renamed.csv"), "Check every row")
    assert "every usable row is here already" in words(app)
    assert not [button for button in app.button if button.label.startswith("Import")]
    assert len(Folder(home / "first").imports()) == 1


def test_dates_that_can_be_read_both_ways_are_asked_with_both_readings(home: Path):
    app = upload(open_data(), AMBIGUOUS)
    (question,) = app.radio
    assert question.options == ["Day first", "Month first"]
    assert "03/04/2024 is 3 April 2024" in question.captions[0].replace("\\", "")
    assert "03/04/2024 is 4 March 2024" in question.captions[1].replace("\\", "")
    check = next(button for button in app.button if button.label == "Check every row")
    assert question.value is None
    assert check.disabled
    question.set_value("%m/%d/%Y")
    app = press(press(run(app), "Check every row"), "Import 3 rows")
    (record,) = Folder(home / "first").imports()
    assert record.mapping["formats"] == {"ts": "%m/%d/%Y"}
    assert record.dialect["decimal"] == ","


def test_amounts_that_can_be_read_both_ways_are_asked_with_both_readings(home: Path):
    app = upload(open_data(), b"customer,date,amount\nann,2024-01-05,1.234\nbob,2024-02-03,2.500\n")
    (question,) = app.radio
    assert "1.234 is 1234" in question.captions[1].replace("\\", "")
    question.set_value(",")
    app = run(app)
    assert app.dataframe[0].value["Amount"].tolist() == ["1234.00", "2500.00"]
    press(press(app, "Check every row"), "Import 2 rows")
    (record,) = Folder(home / "first").imports()
    assert (record.dialect["decimal"], record.dialect["thousands"]) == (",", ".")


def test_a_file_whose_names_tell_nothing_asks_what_a_row_is(home: Path):
    app = upload(open_data(), b"mail,when\nann@x.dk,2024-03-01\nbob@x.dk,2024-03-02\n")
    assert app.selectbox[0].value is None
    assert "The names of its columns do not tell: mail, when." in words(app)


def test_another_delimiter_reads_the_file_anew(home: Path):
    app = upload(open_data(), b"customer|date|amount\nann|2024-01-05|1,5\nbob|2024-02-03|2,5\n")
    box = next(box for box in app.selectbox if box.label == "Between columns")
    assert box.value == "|"
    box.set_value(",")
    app = run(app)
    assert next(button for button in app.button if button.label == "Check every row").disabled
    assert "Which column is" in words(app)


def test_a_changed_answer_asks_for_a_new_check(home: Path):
    app = press(upload(open_data(), ORDERS), "Check every row")
    assert [button for button in app.button if button.label == "Import 3 rows"]
    app.selectbox[1].set_value("date")
    assert not [button for button in run(app).button if button.label.startswith("Import")]


def test_a_required_field_without_a_column_is_asked_for_in_a_sentence(home: Path):
    app = upload(open_data(), b"customer,date,points\nann,2024-01-05,10\nbob,2024-02-03,20\n")
    app.selectbox[0].set_value("transactions")
    app = run(app)
    assert "Which column is amount" in words(app)
    assert next(button for button in app.button if button.label == "Check every row").disabled
    app.selectbox[3].set_value("points")
    assert "| Rejected" not in words(press(run(app), "Check every row"))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "empty.csv", "empty.csv holds nothing."),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "orders.csv", "orders.csv is a PNG picture."),
        (b"customer,date,amount\n", "head.csv", "head.csv holds a header and no rows."),
    ],
)
def test_what_is_no_table_is_refused_where_the_person_is_looking(
    home: Path, content: bytes, name: str, sentence: str
):
    app = upload(open_data(), content, name)
    assert sentence in words(app)
    assert drop_zone(app)
    assert Folder(home / "first").history() == ()
    assert upload(app, ORDERS).selectbox[0].value == "transactions"


def test_the_uploaded_bytes_are_gone_after_import_and_after_another_file(home: Path):
    app = upload(open_data(), ORDERS)
    state = conversation(app)
    assert state
    first = state.file
    assert first.parent.stat().st_mode & 0o077 == 0
    app = press(app, "Take another file")
    assert not first.parent.exists()
    app = upload(app, ORDERS)
    second = state.file
    assert second.exists()
    press(press(app, "Check every row"), "Import 3 rows")
    assert not second.parent.exists()


def test_a_file_left_behind_goes_with_the_session(home: Path):
    state = Bringing()
    assert state.arrive(keep("orders.csv", ORDERS))
    state.take(Folder(home / "first"))
    place = state.file.parent
    assert place.exists()
    del state
    assert not place.exists()


def test_undo_takes_an_import_out_after_a_second_question(home: Path):
    press(press(upload(open_data(), ORDERS), "Check every row"), "Import 3 rows")
    app = open_data(part="imports", pick="1")
    assert app.dataframe[0].value["state"].tolist() == ["in the figures"]
    until = datetime.now(UTC).date() + timedelta(days=30)
    assert app.dataframe[0].value["until"].tolist() == [until]
    told = f"go with the first change on or after {day(until)}, 30 days after the"
    assert f"Its rejected rows {told} import." in words(app)
    app = press(app, "Undo import 1")
    assert f"Its files {told} undo." in words(app)
    assert Folder(home / "first").imports() == ()
    assert app.dataframe[0].value["state"].tolist() == ["undone"]
    assert "bring the file again" in words(app)


def test_an_import_without_a_whole_month_can_still_be_undone(home: Path):
    content = b"customer,date,amount\nann,2024-01-05,10.00\n"
    press(press(upload(open_data(), content), "Check every row"), "Import 1 row")
    app = open_data()
    assert "No month is complete" in words(app)
    press(open_data(part="imports", pick="1"), "Undo import 1")
    assert Folder(home / "first").imports() == ()
