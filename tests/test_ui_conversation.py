"""What the Bring page tells and asks about a file: where the guess comes from, what differs, which rows count."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from ladder.workspace import Folder
from tests.data_page import ROOT, conversation, make_home, open_data, press, run, upload, words

SHOP = b"customer,date,amount\n" + b"".join(
    b"c%02d,2024-%02d-%02d,%d.50\n" % (n % 9, n % 12 + 1, n % 28 + 1, n % 40 + 10) for n in range(60)
)
SHOPIFY = (
    b"Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
    b"Lineitem quantity,Lineitem name,Lineitem price\n"
    + b"".join(
        b"#%d,c%d@example.com,%s,,EUR,5.00,0,0,%d.50,2024-%02d-05 10:00:00 +0000,1,Tea,5.00\n"
        b"#%d,c%d@example.com,,,,,,,,2024-%02d-05 10:00:00 +0000,2,Cup,1.00\n"
        % (n, n % 7, b"voided" if n % 5 == 0 else b"paid", n, n % 12 + 1, n, n % 7, n % 12 + 1)
        for n in range(1, 21)
    )
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_home(tmp_path, monkeypatch)


def brought(content: bytes, name: str = "orders.csv") -> AppTest:
    """The page after a file was imported as proposed."""
    app = press(upload(open_data(), content, name), "Check every row")
    return press(app, next(button.label for button in app.button if button.label.startswith("Import ")))


def select(app: AppTest, label: str) -> object:
    return next(box for box in app.selectbox if box.label == label)


def test_the_same_columns_are_read_as_last_time_and_can_be_guessed_afresh(home: Path):
    brought(SHOP.replace(b"amount", b"points").replace(b"date", b"day"))
    app = run(open_data(part="bring"))
    state = conversation(app)
    assert state is not None
    app = upload(
        app, SHOP.replace(b"amount", b"points").replace(b"date", b"day").replace(b"c01", b"c11"), "next.csv"
    )
    assert "Read as import 1 (orders.csv) was, from the same columns." in words(app)
    app = press(app, "Guess afresh")
    assert "Read as import 1" not in words(app)


def test_the_very_same_file_is_recognised(home: Path):
    brought(SHOP)
    app = upload(open_data(part="bring"), SHOP, "renamed.csv")
    assert "This very file was brought before, as import 1." in words(app)


def test_a_renamed_column_is_named_and_asked_for(home: Path):
    brought(SHOP)
    app = upload(open_data(part="bring"), SHOP.replace(b"amount", b"amount paid"), "next.csv")
    assert "Read as import 1 (orders.csv) was, with these differences:" in words(app)
    assert "“amount paid” looks like what was “amount”" in words(app)
    question = next(radio for radio in app.radio if "“amount paid” looks like it" in radio.label)
    assert question.options[0].replace("\\", "") == "Amount is amount paid"
    assert next(button for button in app.button if button.label == "Check every row").disabled
    question.set_value("amount paid")
    app = press(run(app), "Check every row")
    assert "**There is nothing to import:** every usable row is here already." in words(app)


def test_of_many_columns_the_likely_one_is_offered_first(home: Path):
    wide = b"\n".join(
        line + b"".join(b",%s%d" % (b"note", n) for n in range(8)) for line in SHOP.splitlines()
    )
    brought(wide)
    app = upload(open_data(part="bring"), wide.replace(b"amount", b"amount paid", 1), "next.csv")
    question = next(radio for radio in app.radio if "“amount paid” looks like it" in radio.label)
    assert question.options == ["Amount is amount paid", "Another column"]
    question.set_value("\0")
    app = run(app)
    (other,) = (box for box in app.selectbox if "“amount paid” looks like it" in box.label)
    assert "amount paid" not in other.options
    assert next(button for button in app.button if button.label == "Check every row").disabled


def test_a_known_export_is_named_and_its_rules_are_told_and_can_be_changed(home: Path):
    app = upload(open_data(), SHOPIFY)
    told = words(app)
    assert "Looks like an export of Shopify orders." in told
    assert (
        "Rows count where “Financial Status” is paid, partially_paid or partially_refunded; others are ignored."
        in told
    )
    assert "Of an order on several lines, by “Name”, the first line counts." in told
    app = press(app, "Check every row")
    assert [button.label for button in app.button if button.label.startswith("Import")] == ["Import 16 rows"]
    statuses = next(box for box in app.multiselect if "Financial Status" in box.label)
    statuses.set_value(["paid", "voided"])
    app = run(app)
    assert "Rows count where “Financial Status” is paid or voided; others are ignored." in words(app)
    app = press(press(app, "Check every row"), "Import 20 rows")
    (record,) = Folder(home / "first").imports()
    assert record.mapping["keep"] == {"Financial Status": ["paid", "voided"]}
    assert (record.rows_read, record.ignored) == (40, 20)
    assert "| Ignored because | Rows |" in words(app)


def test_words_that_may_stand_for_nothing_are_asked_about(home: Path):
    app = upload(
        open_data(), SHOP.replace(b",12.50", b",N/A").replace(b",13.50", b",N/A").replace(b",14.50", b",N/A")
    )
    (question,) = app.radio
    assert question.options == ["Yes, such cells are empty", "No, they are words like any other"]
    question.set_value("N/A")
    app = press(run(app), "Check every row")
    assert "N/A" not in "".join(app.dataframe[0].value["Amount"])


def test_one_of_several_sheets_is_chosen(home: Path, tmp_path: Path):
    book = openpyxl.Workbook()
    for title, column in (("Orders", "amount"), ("Visits", "kind")):
        sheet = book.create_sheet(title)
        sheet.append(["customer", "date", column])
        for day in range(1, 9):
            sheet.append(["ann", f"2024-01-{day:02d}", day if column == "amount" else "visit"])
    del book["Sheet"]
    book.save(tmp_path / "shop.xlsx")
    app = upload(open_data(), (tmp_path / "shop.xlsx").read_bytes(), "shop.xlsx")
    (question,) = app.radio
    assert (question.options, question.value) == (["Orders", "Visits"], None)
    assert not [button for button in app.button if button.label == "Check every row"]
    question.set_value("Visits")
    app = run(app)
    assert select(app, "This file holds").value == "interactions"
    app = press(press(app, "Check every row"), "Import 8 rows")
    assert Folder(home / "first").imports()[0].dialect["sheet"] == "Visits"


def test_answers_stay_while_another_page_is_looked_at(home: Path):
    app = upload(open_data(), SHOP)
    select(app, "Time (required)").set_value("customer")
    app = run(app)
    app.switch_page(str(ROOT / "pages" / "rungs.py"))
    app = run(app)
    app.switch_page(str(ROOT / "pages" / "data.py"))
    app = run(app)
    assert select(app, "Time (required)").value == "customer"


def test_a_reload_finds_the_conversation_and_its_answers(home: Path):
    app = upload(open_data(), SHOP)
    select(app, "Time (required)").set_value("customer")
    app = run(app)
    again = AppTest.from_file(str(ROOT / "ladder" / "ui" / "shell.py"), default_timeout=20)
    again.session_state["visitor"] = app.session_state["visitor"]
    again.switch_page(str(ROOT / "pages" / "data.py"))
    again = run(again)
    assert conversation(again) is conversation(app)
    assert select(again, "Time (required)").value == "customer"
    assert conversation(open_data()) is not conversation(app)


def test_an_import_that_waits_can_be_cancelled_and_changes_nothing(home: Path):
    app = press(upload(open_data(), SHOP), "Check every row")
    folder = Folder(home / "first", by="bob")
    with folder.lock("an import"):
        next(button for button in app.button if button.label == "Import 60 rows").click()
        app = run(app)
        job = conversation(app).job
        assert job is not None
        assert "Waiting for bob (an import, for less than a minute)" in job.words
        next(button for button in app.button if button.label == "Cancel").click()
        assert job.wait(2) or run(app)
        assert job.wait(2)
        app = run(app)
    assert "Cancelled. Nothing was changed." in words(app)
    assert folder.imports() == ()
    assert press(app, "Import 60 rows")
    assert len(folder.imports()) == 1


def test_an_import_that_a_restart_cut_off_is_told_of(home: Path):
    (home / "first" / "imports" / ".stage-0001").mkdir()
    assert "Import 1 did not finish. Nothing was changed; bring its file again." in words(open_data())
    assert "Import 1 did not finish." in words(open_data(part="imports"))


def test_the_history_says_who_brought_what(home: Path):
    brought(SHOP)
    app = open_data(part="imports", pick="1")
    (record,) = Folder(home / "first").imports()
    assert record.by
    assert app.dataframe[0].value["by"].tolist() == [record.by]
    assert f"The file had {len(SHOP) / 1000:.1f} kB; its SHA-256 begins with {record.sha256[:12]}." in words(
        app
    )
    assert "Read as UTF-8, comma between columns, names in the first row." in words(app)
