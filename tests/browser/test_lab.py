"""The Rung lab in a real browser: two ladders, the people behind a cell, nothing wider than the window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, settled

pytestmark = pytest.mark.browser
WIDER_THAN_WINDOW = "() => document.documentElement.scrollWidth > window.innerWidth"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_a_cell_of_the_lab_opens_its_people_by_mouse_and_by_keyboard(
    open_page: OpenPage, width: int, scheme: str
):
    page = open_page("/rungs?part=lab&against=orders-only", width, 800, scheme)
    expect(
        page.get_by_text("Orders only tells buyers from non-buyers better: 0.783 against 0.745")
    ).to_be_visible()
    expect(page.get_by_text("Ladder: Loyalty ladder, version 1. Data to 31 Dec 2025.")).to_be_visible()
    assert not page.evaluate(WIDER_THAN_WINDOW), "the page scrolls sideways"
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    grid.click(position={"x": 150, "y": 48})
    panel = page.get_by_role("dialog")
    expect(
        panel.get_by_text(re.compile(r"Advocate under Loyalty ladder, .* under Orders only"))
    ).to_be_visible()
    expect(page).to_have_url(re.compile(r"pick=crossed%7E2025-12-31%7Eorders-only%7Eadvocate|pick=crossed~"))
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    settled(page)
    grid.locator("canvas").first.focus()
    page.keyboard.press("ArrowDown")
    expect(
        panel.get_by_text(re.compile(r"Supporter under Loyalty ladder, .* under Orders only"))
    ).to_be_visible()
