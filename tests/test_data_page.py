"""The Data page without a browser: bringing a file is a conversation that loses nothing."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ladder.ui.bringing import Bringing
from ladder.ui.uploads import STALE_SECONDS, drop_own_uploads, keep_upload, safe_name, sweep_uploads
from ladder.workspace import Folder, WorkspaceSettings, workspaces
from tests.workspaces import make_workspace

SHELL = str(Path(__file__).resolve().parents[1] / "ladder" / "ui" / "shell.py")
ORDERS = b"""customer,date,amount
ann,2024-01-05,10.00
bob,2024-02-03,20.00
ann,2024-03-09,5.50
bob,not a date,7.00
"""
AMBIGUOUS = b"customer;date;amount\nann;02/01/2024;1,50\nbob;03/04/2024;20,00\nann;05/06/2024;7,25\n"

OpenData = Callable[..., AppTest]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose first workspace is empty."""
    Folder.create(tmp_path / "first", WorkspaceSettings(name="First"))
    monkeypatch.setenv("LADDER_WORKSPACE", str(tmp_path / "first"))
    monkeypatch.delenv("LADDER_HOME", raising=False)
    return tmp_path


@pytest.fixture
def data_page(home: Path) -> OpenData:
    def open_(**address: str) -> AppTest:
        app = AppTest.from_file(SHELL, default_timeout=20)
        for name, value in address.items():
            app.query_params[name] = value
        app.switch_page("../../pages/data.py")
        return run(app)

    return open_


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All text on the page, without the backslashes that keep it plain."""
    return "\n".join(item.value for item in (*app.markdown, *app.caption)).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return run(app)


def upload(app: AppTest, content: bytes, name: str = "orders.csv") -> AppTest:
    app.file_uploader[0].upload(name, content)
    return run(app)


def test_a_file_goes_from_upload_to_account(data_page: OpenData, home: Path):
    app = upload(data_page(), ORDERS)
    assert app.selectbox[0].value == "transactions"
    assert [box.value for box in app.selectbox[1:4]] == ["customer", "date", "amount"]
    app = press(app, "Check every row")
    assert "| not a date | 1 |" in words(app)
    assert Folder(home / "first").imports() == ()
    app = press(app, "Import 3 rows")
    (record,) = Folder(home / "first").imports()
    assert (record.source, record.rows_read, record.accepted, record.rejected) == ("orders.csv", 4, 3, 1)
    assert "3 rows of orders.csv are in, as import 1." in words(app)


def test_the_same_file_again_is_all_duplicate(data_page: OpenData, home: Path):
    app = press(press(upload(data_page(), ORDERS), "Check every row"), "Import 3 rows")
    app = press(upload(run(app), ORDERS, "renamed.csv"), "Check every row")
    assert "every usable row is here already" in words(app)
    assert not [button for button in app.button if button.label.startswith("Import")]
    assert len(Folder(home / "first").imports()) == 1


def test_dates_that_can_be_read_both_ways_are_asked_with_both_readings(data_page: OpenData, home: Path):
    app = upload(data_page(), AMBIGUOUS)
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


def test_amounts_that_can_be_read_both_ways_are_asked_with_both_readings(data_page: OpenData, home: Path):
    app = upload(data_page(), b"customer,date,amount\nann,2024-01-05,1.234\nbob,2024-02-03,2.500\n")
    (question,) = app.radio
    assert "1.234 is 1234" in question.captions[1].replace("\\", "")
    question.set_value(",")
    app = run(app)
    assert app.dataframe[0].value["Amount"].tolist() == ["1234", "2500"]
    press(press(app, "Check every row"), "Import 2 rows")
    (record,) = Folder(home / "first").imports()
    assert (record.dialect["decimal"], record.dialect["thousands"]) == (",", ".")


def test_a_file_whose_names_tell_nothing_asks_what_a_row_is(data_page: OpenData):
    app = upload(data_page(), b"mail,when\nann@x.dk,2024-03-01\nbob@x.dk,2024-03-02\n")
    assert app.selectbox[0].value is None
    assert "The names of its columns do not tell: mail, when." in words(app)


def test_another_delimiter_reads_the_file_anew(data_page: OpenData):
    app = upload(data_page(), b"customer|date|amount\nann|2024-01-05|1,5\nbob|2024-02-03|2,5\n")
    box = next(box for box in app.selectbox if box.label == "Between columns")
    assert box.value == "|"
    box.set_value(",")
    app = run(app)
    assert next(button for button in app.button if button.label == "Check every row").disabled
    assert "Which column is" in words(app)


def test_a_changed_answer_asks_for_a_new_check(data_page: OpenData):
    app = press(upload(data_page(), ORDERS), "Check every row")
    assert [button for button in app.button if button.label == "Import 3 rows"]
    app.selectbox[1].set_value("date")
    assert not [button for button in run(app).button if button.label.startswith("Import")]


def test_a_required_field_without_a_column_is_asked_for_in_a_sentence(data_page: OpenData):
    app = upload(data_page(), b"customer,date,points\nann,2024-01-05,10\nbob,2024-02-03,20\n")
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
    data_page: OpenData, home: Path, content: bytes, name: str, sentence: str
):
    app = upload(data_page(), content, name)
    assert sentence in words(app)
    assert app.file_uploader
    assert Folder(home / "first").history() == ()
    assert upload(app, ORDERS).selectbox[0].value == "transactions"


def test_the_uploaded_bytes_are_gone_after_import_and_after_another_file(data_page: OpenData, home: Path):
    app = upload(data_page(), ORDERS)
    state: Bringing = app.session_state[f"bringing {(home / 'first').resolve()}"]
    first = state.file
    assert first and first.parent.stat().st_mode & 0o077 == 0
    app = press(app, "Take another file")
    assert not first.parent.exists()
    app = upload(app, ORDERS)
    second = state.file
    assert second and second.exists()
    press(press(app, "Check every row"), "Import 3 rows")
    assert not second.parent.exists()


def test_a_file_left_behind_goes_with_the_session(home: Path):
    state = Bringing()
    state.take("orders.csv", ORDERS, "UTC")
    assert state.file is not None
    place = state.file.parent
    assert place.exists()
    del state
    assert not place.exists()


def test_what_a_process_keeps_goes_with_it_and_what_a_killed_one_left_within_a_day(home: Path):
    mine = keep_upload("orders.csv", ORDERS)
    assert mine.is_relative_to(home / ".uploads")
    old, new = home / ".uploads" / "1", home / ".uploads" / "2"
    for folder, age in ((old, STALE_SECONDS + 60), (new, 60)):
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    sweep_uploads()
    assert (old.exists(), new.exists(), mine.exists()) == (False, True, True)
    drop_own_uploads()
    assert (new.exists(), mine.exists()) == (True, False)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("orders.csv", "orders.csv"),
        ("../../etc/passwd", "passwd"),
        ("<img src=x onerror=alert(1)>.csv", "_img src_x onerror_alert(1)_.csv"),
        ("Bestellungen März.csv", "Bestellungen März.csv"),
        ("..", "upload.csv"),
        ("-rf.csv", "rf.csv"),
        ("a" * 300 + ".csv", "a" * 76 + ".csv"),
    ],
)
def test_a_name_from_the_browser_never_becomes_a_path(name: str, kept: str):
    assert safe_name(name) == kept


def test_undo_takes_an_import_out_after_a_second_question(data_page: OpenData, home: Path):
    press(press(upload(data_page(), ORDERS), "Check every row"), "Import 3 rows")
    app = data_page(part="imports", pick="1")
    assert app.dataframe[0].value["state"].tolist() == ["in the figures"]
    app = press(app, "Undo import 1")
    assert Folder(home / "first").imports() == ()
    assert app.dataframe[0].value["state"].tolist() == ["undone"]
    assert "bring the file again" in words(app)


def test_an_import_without_a_whole_month_can_still_be_undone(data_page: OpenData, home: Path):
    content = b"customer,date,amount\nann,2024-01-05,10.00\n"
    press(press(upload(data_page(), content), "Check every row"), "Import 1 row")
    app = data_page()
    assert "No month is complete" in words(app)
    press(data_page(part="imports", pick="1"), "Undo import 1")
    assert Folder(home / "first").imports() == ()


def test_an_unknown_workspace_is_a_sentence_and_a_way_back(data_page: OpenData, tmp_path: Path):
    for name in ("frist", "../first", str(tmp_path / "first")):
        app = data_page(workspace=name)
        assert "No such workspace" in words(app)
        assert [link.label for link in app.get("page_link")] == ["Open the first workspace"]
    assert "Did you mean first?" in words(data_page(workspace="frist"))


def test_the_address_chooses_the_workspace_and_links_carry_it(data_page: OpenData, home: Path):
    orders = [{"customer_id": "ann", "ts": datetime(2024, month, 5), "amount": 100} for month in (1, 2)]
    make_workspace(home / "second", {"transactions": orders}, name="Second")
    app = data_page(workspace="second")
    assert "**2 rows**" in words(app)
    picker = next(box for box in app.selectbox if box.label == "Workspace")
    assert (picker.value, picker.options) == ("second", ["First", "Second"])
    assert all("workspace=second" in link.proto.query_string for link in app.get("page_link"))
    picker.set_value("first")
    app = run(app)
    assert "workspace" not in app.query_params
    assert app.file_uploader


def test_a_new_workspace_is_made_and_shown(data_page: OpenData, home: Path):
    app = press(data_page(), "Bring your own data")
    app.text_input[0].set_value("Kaffe & Co")
    app.number_input[0].set_value(40.0)
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY")
    app = press(app, "Make the workspace")
    made = Folder(home / "kaffe-co").settings
    assert (made.name, made.currency, made.minor_digits, made.margin) == ("Kaffe & Co", "JPY", 0, 0.4)
    assert app.query_params["workspace"] == "kaffe-co"
    assert app.file_uploader


def test_a_workspace_without_a_name_is_refused_beside_the_form(data_page: OpenData, home: Path):
    app = press(data_page(part="new"), "Make the workspace")
    assert "The workspace needs a name" in words(app)
    assert list(workspaces(home)) == ["first"]


def test_settings_change_and_impossible_ones_are_refused(data_page: OpenData, home: Path):
    make_workspace(home / "shop", {"customers": [{"customer_id": "ann", "first_seen": datetime(2024, 1, 1)}]})
    app = data_page(workspace="shop", part="settings")
    app.number_input[0].set_value(35.0)
    press(app, "Save")
    assert Folder(home / "shop").settings.margin == 0.35
    app = data_page(workspace="shop", part="settings")
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY")
    app = press(app, "Save")
    assert "The currency cannot be changed here" in words(app)
    assert Folder(home / "shop").settings.currency == "EUR"
