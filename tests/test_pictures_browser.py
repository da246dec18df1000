"""The pictures in a real browser: nothing covers anything, the right layout shows, colours follow the theme."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from ladder.flows import Overview, RungLine
from ladder.pictures.ladder_picture import ladder_picture
from ladder.pictures.palette import DARK, LIGHT
from tests.chromium import ARGUMENTS, executable
from tests.test_pictures_sankey import PEOPLE, shop

pytestmark = pytest.mark.browser

TITLES = {
    "short": ("Prospect", "Customer", "Client", "Supporter", "Advocate"),
    "russian": ("Потенциальный клиент", "Новый клиент", "Постоянный клиент", "Защитник бренда", "Партнёр"),
    "long": ("First purchase of the year",) * 3
    + ("Emotionally bonded loyal member of the inner circle",) * 4,
}
COUNTS = {"some": 1204, "huge": 12_345_678, "one": 1, "none": 0}

# Overlapping pairs of texts, and texts that leave the picture, in px and with half a px of tolerance.
COLLISIONS = """svg => {
  const frame = svg.getBoundingClientRect()
  const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim())
  const found = []
  const boxes = texts.map(text => text.getBoundingClientRect())
  boxes.forEach((box, i) => {
    if (box.left < frame.left - .5 || box.right > frame.right + .5 || box.bottom > frame.bottom + .5)
      found.push([texts[i].textContent, "outside"])
    for (let j = i + 1; j < boxes.length; j++) {
      const other = boxes[j]
      const apart = box.right <= other.left + .5 || other.right <= box.left + .5
      // Line boxes are taller than the letters in them: a quarter of the height may be shared.
      const shared = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top)
      if (!apart && shared > box.height / 4) found.push([texts[i].textContent, texts[j].textContent])
    }
  })
  return found
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=executable(), args=[*ARGUMENTS])
        yield found
        found.close()


def open_html(browser: Browser, html: str, width: int, scheme: str = "light") -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(f'<!doctype html><body style="margin:16px">{html}')
    return page


def home(titles: tuple[str, ...], customers: int) -> Overview:
    line = {"share": 0.1234, "change": -customers // 9, "revenue": customers * 71.0, "clv": 1234.5}
    moved = {"climb_rate": 0.123, "slip_rate": 0.123, "climbed": customers // 8, "slipped": customers // 8}
    rungs = tuple(RungLine(str(n), title, customers, **line, **moved) for n, title in enumerate(titles))  # type: ignore[arg-type]
    absent = RungLine("absent", titles[-1], None, None, None, None)
    pool = RungLine("lapsed", "Lapsed", customers, **line, climb_rate=0.02, climbed=customers // 50)  # type: ignore[arg-type]
    return Overview(date(2026, 10, 31), date(2026, 9, 30), (*rungs, absent), pool, customers * 6, "DKK")


@pytest.mark.parametrize("width", [375, 1280])
def test_no_words_of_the_ladder_cover_other_words(browser: Browser, width: int) -> None:
    for titles in TITLES.values():
        for customers in COUNTS.values():
            page = open_html(browser, ladder_picture(home(titles, customers)).html, width)
            assert page.locator("svg:visible").evaluate(COLLISIONS) == []
            page.close()


@pytest.mark.parametrize(("width", "shown"), [(375, "narrow"), (1280, "wide")])
def test_one_layout_shows_and_nothing_is_wider_than_the_screen(
    browser: Browser, width: int, shown: str
) -> None:
    page = open_html(browser, ladder_picture(home(TITLES["short"], 1204)).html, width)
    assert page.locator(f".rungwise-{shown} svg").is_visible()
    assert page.locator("svg:visible").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def background(page: Page) -> str:
    red, green, blue = page.locator("svg:visible").evaluate(
        "svg => getComputedStyle(svg).backgroundColor.match(/\\d+/g).map(Number)"
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def test_colours_follow_the_system_unless_the_page_says_otherwise_and_print_is_light(
    browser: Browser,
) -> None:
    html = ladder_picture(home(TITLES["short"], 1204)).html
    for scheme, chosen, expected in (
        ("light", "", LIGHT),
        ("dark", "", DARK),
        ("light", "dark", DARK),
        ("dark", "light", LIGHT),
    ):
        page = open_html(browser, f'<div data-theme="{chosen}">{html}</div>', 1280, scheme)
        assert background(page) == expected.background
        page.emulate_media(media="print")
        assert background(page) == LIGHT.background
        page.close()


def test_marks_are_reached_by_keyboard_from_the_top_rung_down(browser: Browser) -> None:
    page = open_html(browser, ladder_picture(home(TITLES["short"], 1204)).html, 1280)
    seen = []
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("[document.activeElement.dataset.kind, document.activeElement.dataset.rung]")
        )
    assert seen == [["climb", "4"], ["rung", "4"], ["climb", "3"], ["slip", "4"]]
    ring = page.evaluate("getComputedStyle(document.activeElement.querySelector('.hit')).strokeWidth")
    assert ring == "2px"
    page.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_no_words_of_the_sankey_cover_other_words(browser: Browser, width: int) -> None:
    from ladder.pictures.sankey_picture import sankey_picture

    crowd = [tuple(path[n % 3] for n in range(12)) for path in PEOPLE] * 4000
    titles = {"customer": "Потенциальный клиент", "client": "Emotionally bonded loyal member of the circle"}
    page = open_html(browser, sankey_picture(shop(crowd), titles=titles).html, width)
    assert page.locator("svg:visible").evaluate(COLLISIONS) == []
    page.close()
