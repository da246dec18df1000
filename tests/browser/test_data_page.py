"""The Data page in a real browser: files, questions, several workspaces, hostile cells."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ladder.workspace import Folder, WorkspaceSettings, new_workspace
from tests.browser.conftest import OpenPage, settled

pytestmark = pytest.mark.browser
PAGES = {
    "Flows": ("flows", "Who moved, from where to where, and when?"),
    "Value": ("value", "What is a customer on each rung worth?"),
    "What-if": ("what_if", "What would a push be worth?"),
    "Customers": ("customers", "Who are they, and who should hear from us?"),
    "Rungs": ("rungs", "What makes a customer a client?"),
    "Data": ("data", "What do we know, and can I trust it?"),
    "Share": ("share", "Who else should see this?"),
    "Ladder": ("", "Where do our customers stand, and is it getting better?"),
}
WIDER_THAN_WINDOW = "() => document.documentElement.scrollWidth > window.innerWidth"
CANARY = "<img src=x onerror=alert(1)>"
ORDERS = "".join(
    f"c{number % 7},{number % 28 + 1:02d}/{number % 12 + 1:02d}/2024,{number}.50\n" for number in range(60)
)


@pytest.fixture
def own(workspace: Path, request: pytest.FixtureRequest) -> Folder:
    """An empty workspace in the home of the running server, of this test alone."""
    name = new_workspace(workspace.parent, request.node.name, WorkspaceSettings(name=request.node.name))
    return Folder(workspace.parent / name)


def upload(page: Page, text: str, name: str = "orders.csv") -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)  # type: ignore[arg-type]


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).click()


def test_own_data_come_in_from_an_empty_workspace_to_a_ladder(open_page: OpenPage, workspace: Path):
    page = open_page("/data")
    press(page, "New workspace")
    page.get_by_label("Name").fill("Kaffe & Co")
    press(page, "Make the workspace")
    expect(page).to_have_url(re.compile(r"workspace=kaffe-co"))
    upload(page, "customer,date,amount\n" + ORDERS)
    press(page, "Check every row")
    press(page, "Import 60 rows")
    expect(page.get_by_text("60 rows of orders.csv are in, as import 1.")).to_be_visible()
    (record,) = Folder(workspace.parent / "kaffe-co").imports()
    assert record.mapping["formats"] == {"ts": "%d/%m/%Y"}
    press(page, "See the ladder")
    expect(page.get_by_text("7 customers known · movement")).to_be_visible()
    expect(page).to_have_url(re.compile(r"workspace=kaffe-co"))


def test_dates_that_can_be_read_both_ways_are_asked_for(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
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
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
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


def test_markup_in_a_file_is_text(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
    page.on("dialog", lambda dialog: pytest.fail(f"a cell ran: {dialog.message}"))
    rows = [f'"{CANARY}",2024-01-0{day},1.00,"{CANARY}"\n' for day in range(1, 6)]
    upload(
        page,
        f'customer,date,amount,"{CANARY}"\n' + "".join(rows) + f'ann,{CANARY},1,"{CANARY}"\n',
        f"{CANARY}.csv",
    )
    page.get_by_role("combobox", name="Attributes of the customer to keep").click()
    page.get_by_role("option", name=CANARY).click()
    page.keyboard.press("Escape")
    press(page, "Check every row")
    press(page, "Import 5 rows")
    expect(page.get_by_text("5 rows of")).to_be_visible()
    page.goto(page.url.replace("part=bring", "part=imports") + "&pick=1")
    expect(page.get_by_text("Import 1: ")).to_be_visible()
    assert page.locator('img[src="x"]').count() == 0


def test_rejected_rows_come_back_as_a_file_once(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
    upload(page, "customer,date,amount\nann,2024-01-05,1.50\nbob,2024-02-30,=2+3\nbob,2024-02-03,7\n")
    press(page, "Check every row")
    press(page, "Import 2 rows")
    with page.expect_download() as waiting:
        press(page, "Download the rejected rows")
    rows = list(csv.DictReader(Path(waiting.value.path()).read_text("utf-8-sig").splitlines()))
    assert [(row["line"], row["original"]) for row in rows] == [("3", "bob,2024-02-30,=2+3")]
    assert page.request.get(waiting.value.url).status == 404


def test_a_second_import_waits_for_the_first_and_says_so(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
    upload(page, "customer,date,amount\n" + ORDERS)
    expect(page.get_by_role("button", name="Check every row")).to_be_enabled()
    with own.lock():
        press(page, "Check every row")
        expect(page.get_by_text("Waiting for another import to finish")).to_be_visible()
    expect(page.get_by_role("button", name="Import 60 rows")).to_be_visible()


def test_undo_asks_first(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
    upload(page, "customer,date,amount\n" + ORDERS)
    press(page, "Check every row")
    press(page, "Import 60 rows")
    expect(page.get_by_text("60 rows of orders.csv are in")).to_be_visible()
    page.goto(page.url.replace("part=bring", "part=imports") + "&pick=1")
    press(page, "Undo")
    assert len(own.imports()) == 1
    press(page, "Undo import 1")
    expect(page.get_by_text("Undone: its rows are out of the figures.")).to_be_visible()
    assert own.imports() == ()


def test_real_data_are_a_click_away_and_every_page_stays_with_them(open_page: OpenPage):
    page = open_page("/data?part=new")
    press(page, re.compile("real purchases"))
    expect(page.get_by_text("23,570 customers known · movement")).to_be_visible()
    for name, (path, heading) in PAGES.items():
        page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(re.compile(rf"/{path}\?workspace=cdnow"))
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        settled(page)
        expect(page.locator(".st-key-error")).to_have_count(0)


@pytest.mark.parametrize("part", ["known", "bring", "imports", "fit", "settings", "new"])
@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_every_part_has_its_address_and_fits_the_window(
    open_page: OpenPage, part: str, width: int, scheme: str
):
    page = open_page(f"/data?part={part}", width=width, scheme=scheme)
    expect(page.get_by_role("heading", name=PAGES["Data"][1])).to_be_visible()
    expect(page.locator(".st-key-error")).to_have_count(0)
    assert not page.evaluate(WIDER_THAN_WINDOW), "the page scrolls sideways"
