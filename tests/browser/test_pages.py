"""Every page in a real browser: it draws in both themes and at every width, and its address is its view."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, settled

pytestmark = pytest.mark.browser
PAGES = {
    "/": "Where do our customers stand, and is it getting better?",
    "/flows": "Who moved, from where to where, and when?",
    "/value": "What is a customer on each rung worth?",
    "/what_if": "What would a push be worth?",
    "/customers": "Who are they, and who should hear from us?",
}
WIDER_THAN_WINDOW = "() => document.documentElement.scrollWidth > window.innerWidth"


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 800, "dark"), (375, 812, "light"), (1920, 1080, "light")]
)
def test_a_page_draws_at_every_width_and_in_both_themes(
    open_page: OpenPage, path: str, width: int, height: int, scheme: str
):
    page = open_page(path, width, height, scheme)
    expect(page.get_by_role("heading", name=PAGES[path])).to_be_visible()
    expect(page.locator(".st-key-error")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert not page.evaluate(WIDER_THAN_WINDOW), "the page scrolls sideways"


def test_a_chosen_date_goes_along_to_other_pages_survives_a_reload_and_back_undoes_it(open_page: OpenPage):
    page = open_page("/")
    choose(page, "As of", "30 Jun 2025")
    expect(page.get_by_text("Where customers stand on 30 Jun 2025")).to_be_visible()
    expect(page).to_have_url(re.compile(r"as_of=2025-06-30"))
    page.get_by_role("link", name="Flows").click()
    expect(page.get_by_role("heading", name=PAGES["/flows"])).to_be_visible()
    expect(page).to_have_url(re.compile(r"/flows\?.*as_of=2025-06-30"))
    expect(page.get_by_role("heading", name="Statement, 31 May 2025 to 30 Jun 2025")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Statement, 31 May 2025 to 30 Jun 2025")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=PAGES["/"])).to_be_visible()
    expect(page.get_by_text("Where customers stand on 30 Jun 2025")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Where customers stand on 31 Dec 2025")).to_be_visible()


def test_a_rung_opens_its_people_by_mouse_and_closing_forgets_them(open_page: OpenPage):
    page = open_page("/")
    page.locator('.rungwise-wide [data-kind="rung"][data-rung="client"]').click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_text("Client on 31 Dec 2025: 324 customers")).to_be_visible()
    expect(page).to_have_url(re.compile(r"pick=standing"))
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page).not_to_have_url(re.compile(r"pick="))


def test_a_rung_opens_its_people_by_keyboard(open_page: OpenPage):
    page = open_page("/")
    page.locator('.rungwise-wide [data-kind="climb"][data-rung="customer"]').focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("dialog").get_by_text("Customer: climbed, 30 Nov 2025 to 31 Dec 2025: 58 customers")
    ).to_be_visible()


def test_an_address_with_people_opens_them(open_page: OpenPage):
    page = open_page("/flows?pick=moved~2025-11-30~2025-12-31~customer~client~")
    expect(
        page.get_by_role("dialog").get_by_text("Customer → Client, 30 Nov 2025 to 31 Dec 2025: 37 customers")
    ).to_be_visible()


def test_a_band_of_the_sankey_opens_those_who_moved(open_page: OpenPage):
    page = open_page("/flows")
    band = '.rungwise-wide [data-kind="move"][data-from="customer"][data-to="client"][data-index="2"]'
    page.locator(band).focus()
    page.keyboard.press(" ")
    expect(
        page.get_by_role("dialog").get_by_text("Customer → Client, 30 Nov 2025 to 31 Dec 2025: 37 customers")
    ).to_be_visible()


def test_small_moves_of_the_sankey_are_drawn_on_demand(open_page: OpenPage):
    page = open_page("/flows")
    folded = page.get_by_text(re.compile(r"Other: \d+ small moves"))
    expect(folded.first).to_be_attached()
    page.get_by_text("Small moves too").click()
    expect(folded).to_have_count(0)
    expect(page).to_have_url(re.compile("small=yes"))


@pytest.mark.parametrize(("name", "mark"), [("Matrix", "stDataFrame"), ("Funnel", "stPlotlyChart")])
def test_flows_show_the_same_moves_in_other_ways(open_page: OpenPage, name: str, mark: str):
    page = open_page("/flows")
    page.get_by_role("button", name=name).or_(page.get_by_role("radio", name=name)).first.click()
    expect(page).to_have_url(re.compile(f"show={name.lower()}"))
    expect(page.get_by_test_id(mark).first).to_be_visible()
    expect(page.get_by_role("heading", name="Statement, 30 Nov 2025 to 31 Dec 2025")).to_be_visible()


def test_moving_the_slider_moves_the_money(open_page: OpenPage):
    page = open_page("/what_if")
    answer = page.get_by_text("in today's money")
    expect(answer).to_contain_text("from 3.6% to 3.9% a month does not pay")
    page.get_by_role("slider", name="Climb in a month, %").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(answer).to_contain_text("from 3.6% to 4.4% a month pays")
    expect(page).to_have_url(re.compile(r"climb-customer=4\.4"))
    page.reload()
    expect(answer).to_contain_text("from 3.6% to 4.4% a month pays")


def test_the_same_climb_rate_as_today_without_cost_is_worth_exactly_nothing(open_page: OpenPage):
    page = open_page("/what_if?reach=0.0")
    expect(page.get_by_text("This push changes nothing.")).to_be_visible()
    expect(page.get_by_text("reach is 0, so nobody gets the push")).to_be_visible()


def test_the_slider_at_the_climb_rate_of_today_means_that_rate_exactly(open_page: OpenPage):
    page = open_page("/what_if?climb-customer=3.6&contact=0.0&reward=0.0")
    expect(page.get_by_text("This push changes nothing.")).to_be_visible()
    expect(page.get_by_text("3.6% is the climb rate today; move the slider off it")).to_be_visible()


def test_a_margin_typed_in_changes_the_value(open_page: OpenPage):
    page = open_page("/value")
    answer = page.get_by_text("All customers together")
    before = answer.inner_text()
    page.get_by_role("spinbutton", name="Margin, %").fill("90")
    page.keyboard.press("Enter")
    expect(answer).not_to_have_text(before)
    expect(page).to_have_url(re.compile("margin=90"))


def test_a_customer_is_found_by_id_and_the_card_says_why_they_stand_there(open_page: OpenPage):
    page = open_page("/customers?customer=C13454")
    expect(page.get_by_role("heading", name="C13454 · Client")).to_be_visible()
    expect(page.get_by_text("meets the rule “at least 3 orders in the last 365 days”")).to_be_visible()
    expect(page.get_by_text("lapses on 31 Jan 2027")).to_be_visible()
    page.get_by_role("button", name="Back to the lists").click()
    expect(page.get_by_text("Would slip by 31 Jan 2026")).to_be_visible()
    page.get_by_role("textbox", name="Find").fill("C13454")
    expect(page.get_by_text("1 customer with “C13454” in the id")).to_be_visible()


def test_a_row_of_a_list_opens_the_card(open_page: OpenPage):
    page = open_page("/customers")
    rows = page.get_by_test_id("stDataFrame").first
    rows.wait_for()
    box = rows.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(page).to_have_url(re.compile(r"customer=C\d+"))
    expect(page.get_by_text("Why here.")).to_be_visible()


def test_on_a_phone_the_menu_closes_when_a_page_is_chosen(open_page: OpenPage):
    page = open_page("/", 375, 812)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Value").click()
    expect(page.get_by_role("heading", name=PAGES["/value"])).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()


def test_pages_do_not_run_beside_the_shell(open_page: OpenPage, address: str):
    """A deep link is a page of the shell: the same frame stands around it."""
    page = open_page("/what_if")
    expect(page.get_by_test_id("stSidebar").get_by_role("link", name="Ladder")).to_be_visible()
    settled(page)
    expect(page.get_by_text("Page not found")).to_have_count(0)
