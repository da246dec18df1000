"""Bringing a file in a real browser: drop, progress, cancel, questions, work that goes on, cells that do nothing."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from ladder.workspace import Folder
from tests.browser.conftest import OpenPage, press, settled, upload

pytestmark = pytest.mark.browser
ORDERS = "customer,date,amount\n" + "".join(
    f"c{number % 7},{number % 28 + 1:02d}/{number % 12 + 1:02d}/2024,{number}.50\n" for number in range(60)
)
SLOW = 100_000
PAYLOADS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[link](http://evil.example/)",
    "![image](http://evil.example/x.png)",
    "**bold** _slanted_ `code`",
    ":red[red] :material/bug_report: $x^2$",
    "| a | b |",
    '=HYPERLINK("http://evil.example/","x")',
    "javascript:alert(1) www.evil.example",
    "ann@evil.example {{7*7}} ${7*7} %s",
)


def bring(open_page: OpenPage, own: Folder) -> Page:
    return open_page(f"/data?part=bring&workspace={own.path.name}")


def slow_down(page: Page, bytes_a_second: int) -> None:
    """Let the browser send no faster than this; -1 for as fast as it can."""
    speed = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", speed)


def test_own_data_come_in_from_an_empty_workspace_to_a_ladder(open_page: OpenPage, workspace: Path):
    page = open_page("/data")
    press(page, "New workspace")
    page.get_by_label("Name").fill("Kaffe & Co")
    press(page, "Make the workspace")
    expect(page).to_have_url(re.compile(r"workspace=kaffe-co"))
    upload(page, ORDERS)
    press(page, "Check every row")
    press(page, "Import 60 rows")
    expect(page.get_by_text("60 rows of orders.csv are in, as import 1.")).to_be_visible()
    (record,) = Folder(workspace.parent / "kaffe-co").imports()
    assert record.mapping["formats"] == {"ts": "%d/%m/%Y"}
    press(page, "See the ladder")
    expect(page.get_by_text("7 customers known · movement")).to_be_visible()
    expect(page).to_have_url(re.compile(r"workspace=kaffe-co"))


def test_a_file_can_be_dropped_and_chosen_by_key(open_page: OpenPage, own: Folder):
    page = bring(open_page, own)
    with page.expect_file_chooser():
        page.locator('input[type="file"]').press("Enter")
    dropped = page.evaluate_handle(
        """text => {
          const dropped = new DataTransfer()
          dropped.items.add(new File([text], "dropped.csv"))
          return dropped
        }""",
        ORDERS,
    )
    page.locator(".dropzone").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.get_by_text("dropped.csv")).to_be_visible()
    expect(page.get_by_role("button", name="Check every row")).to_be_enabled()


def test_an_upload_moves_can_be_left_cancelled_and_tried_again(
    open_page: OpenPage, own: Folder, workspace: Path
):
    page = bring(open_page, own)
    slow_down(page, SLOW)
    upload(page, ORDERS + ORDERS.partition("\n")[2] * 400)
    bar = page.get_by_role("progressbar", name="Uploaded")
    page.wait_for_function("bar => bar.value > 0.05 && bar.value < 0.9", arg=bar.element_handle())
    page.get_by_role("link", name="Rungs", exact=True).click()
    expect(page.get_by_role("heading", name="What makes a customer a client?")).to_be_visible()
    page.go_back()
    expect(bar).to_be_visible()
    press(page, "Cancel")
    expect(page.get_by_role("alert")).to_have_text("The upload was cancelled. Nothing was kept.")
    slow_down(page, -1)
    press(page, "Try again")
    press(page, "Check every row")
    expect(page.get_by_role("button", name="Import 24,060 rows")).to_be_visible()
    assert len(list((workspace.parent / ".uploads").rglob("orders.csv"))) == 1


def test_what_cannot_be_taken_is_refused_where_the_person_looks(open_page: OpenPage, own: Folder):
    page = bring(open_page, own)
    upload(page, "x", "holiday.mp4")
    expect(page.get_by_role("alert")).to_contain_text("“holiday.mp4” does not end in .csv")
    upload(page, b"\x89PNG\r\n\x1a\n" + bytes(64))
    expect(page.get_by_text("orders.csv is a PNG picture.")).to_be_visible()
    upload(page, ORDERS)
    expect(page.get_by_role("button", name="Check every row")).to_be_enabled()
    expect(page.get_by_text("PNG")).to_have_count(0)


def test_dates_that_can_be_read_both_ways_are_asked_for(open_page: OpenPage, own: Folder):
    page = bring(open_page, own)
    upload(page, "customer,date,amount\nann,02/01/2024,1.50\nbob,03/04/2024,2.50\n")
    expect(page.get_by_text("03/04/2024 is 3 April 2024")).to_be_visible()
    expect(page.get_by_text("03/04/2024 is 4 March 2024")).to_be_visible()
    expect(page.get_by_role("button", name="Check every row")).to_be_disabled()
    page.get_by_test_id("stRadioGroup").get_by_text("Month first").click()
    press(page, "Check every row")
    press(page, "Import 2 rows")
    expect(page.get_by_text("2 rows of orders.csv are in")).to_be_visible()
    assert own.imports()[0].mapping["formats"] == {"ts": "%m/%d/%Y"}


def test_a_word_typed_in_holds_for_every_row(open_page: OpenPage, own: Folder):
    page = bring(open_page, own)
    upload(page, "customer,date\nann,2024-01-05\nbob,2024-02-03\n")
    page.get_by_role("combobox", name="This file holds").click()
    page.get_by_role("option", name="Interactions: ").click()
    kind = page.get_by_role("combobox", name="Kind (required)")
    kind.fill("newsletter")
    kind.press("Enter")
    press(page, "Check every row")
    press(page, "Import 2 rows")
    expect(page.get_by_text("2 rows of orders.csv are in")).to_be_visible()
    assert own.imports()[0].mapping["fields"]["kind"] == "'newsletter'"


def test_work_waits_its_turn_survives_a_reload_and_can_be_cancelled(open_page: OpenPage, own: Folder):
    page = bring(open_page, own)
    upload(page, ORDERS)
    press(page, "Check every row")
    expect(page.get_by_role("button", name="Import 60 rows")).to_be_visible()
    with own.lock("a change"):
        press(page, "Import 60 rows")
        expect(page.get_by_text("Waiting for ")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Waiting for ")).to_be_visible()
        page.get_by_role("link", name="Rungs", exact=True).click()
        expect(page.get_by_role("heading", name="What makes a customer a client?")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("Waiting for ")).to_be_visible()
        press(page, "Cancel")
        expect(page.get_by_text("Cancelled. Nothing was changed.")).to_be_visible(timeout=3000)
        assert own.imports() == ()
        press(page, "Import 60 rows")
        expect(page.get_by_text("Waiting for ")).to_be_visible()
    expect(page.get_by_text("60 rows of orders.csv are in, as import 1.")).to_be_visible()


def is_inert(page: Page) -> None:
    """Nothing that a cell brought has become an element of the page."""
    for selector in (
        '[src*="evil"]',
        'a[href*="evil"]',
        'img[src="x"]',
        ".katex",
        "a[href^=javascript]",
        "a[href^=mailto]",
    ):
        assert page.locator(selector).count() == 0, selector
    assert page.locator("strong, em, code", has_text=re.compile("^(bold|slanted|code)$")).count() == 0


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_stands_in_a_file_does_nothing(open_page: OpenPage, own: Folder, tmp_path: Path, kind: str):
    page = bring(open_page, own)
    page.on("dialog", lambda dialog: pytest.fail(f"a cell ran: {dialog.message}"))
    head = ["customer", "date", "amount", *PAYLOADS]
    rows = [[cell, f"2024-01-{day:02d}", "1.00", *PAYLOADS] for day, cell in enumerate(PAYLOADS, 1)]
    rows.append(["ann", PAYLOADS[0], "1.00", *PAYLOADS])
    upload(
        page, in_csv(head, rows) if kind == "csv" else in_xlsx(head, rows, tmp_path), f"{PAYLOADS[0]}.{kind}"
    )
    if kind == "xlsx":
        sheets = page.get_by_test_id("stRadioGroup")
        expect(sheets.get_by_text("__x__ $y$ `z`")).to_be_visible()
        is_inert(page)
        sheets.get_by_text("<img src=x onerror=alert(1)>").click()
    page.get_by_role("combobox", name="Attributes of the customer to keep").click()
    for payload in PAYLOADS[:4]:
        page.get_by_role("option", name=payload).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Check every row")).to_be_enabled()
    is_inert(page)
    press(page, "Check every row")
    press(page, "Import 10 rows")
    expect(page.get_by_text("10 rows of")).to_be_visible()
    is_inert(page)
    page.goto(page.url.replace("part=bring", "part=imports") + "&pick=1")
    expect(page.get_by_text("Import 1: ")).to_be_visible()
    settled(page)
    is_inert(page)


def in_csv(head: list[str], rows: list[list[str]]) -> bytes:
    lines = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (head, *rows))
    return "\n".join(lines).encode()


def in_xlsx(head: list[str], rows: list[list[str]], folder: Path) -> bytes:
    book = openpyxl.Workbook()
    for title in ("<img src=x onerror=alert(1)>", "__x__ $y$ `z`"):
        sheet = book.create_sheet(title)
        for row in (head, *rows):
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"
    del book["Sheet"]
    book.save(folder / "book.xlsx")
    return (folder / "book.xlsx").read_bytes()
