"""The Data page in a real browser: rejected rows, undo, several workspaces, every part on every window."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ladder.workspace import Folder
from tests.browser.conftest import OpenPage, press, settled, upload

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
ORDERS = "customer,date,amount\n" + "".join(
    f"c{number % 7},{number % 28 + 1:02d}/{number % 12 + 1:02d}/2024,{number}.50\n" for number in range(60)
)


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


def test_undo_asks_first(open_page: OpenPage, own: Folder):
    page = open_page(f"/data?part=bring&workspace={own.path.name}")
    upload(page, ORDERS)
    press(page, "Check every row")
    press(page, "Import 60 rows")
    expect(page.get_by_text("60 rows of orders.csv are in")).to_be_visible()
    page.goto(page.url.replace("part=bring", "part=imports") + "&pick=1")
    press(page, "Undo")
    assert len(own.imports()) == 1
    press(page, "Undo import 1")
    expect(page.get_by_text("its rows are out of the figures.")).to_be_visible()
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
