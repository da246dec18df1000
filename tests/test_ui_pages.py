"""Every page draws, also on data that can carry little, and says what is missing instead of failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ladder.placement import Placed
from tests.workspaces import make_workspace

ROOT = Path(__file__).resolve().parents[1]
SHELL = ROOT / "ladder" / "ui" / "shell.py"
HEADLINES = {
    "ladder": "Where do our customers stand, and is it getting better?",
    "flows": "Who moved, from where to where, and when?",
    "value": "What is a customer on each rung worth?",
    "what_if": "What would a push be worth?",
    "customers": "Who are they, and who should hear from us?",
}
Opened = Callable[..., AppTest]


def order(who: str, when: str, amount: int = 1000) -> dict[str, object]:
    return {"customer_id": who, "ts": datetime.fromisoformat(when), "amount": amount}


DEGENERATE = {
    "one customer": [order("a", "2024-01-05"), order("a", "2024-03-05")],
    "one order each": [order(f"c{n}", f"2024-0{n % 3 + 1}-10") for n in range(12)],
    "all on one day": [order(f"c{n}", "2024-01-31") for n in range(5)],
    "one period end": [order("a", "2024-01-05"), order("b", "2024-01-31")],
    "only refunds": [order("a", "2024-01-05", -500), order("a", "2024-03-31", -500)],
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    def open_(workspace: Path, page: str, **parameters: str) -> AppTest:
        monkeypatch.setenv("LADDER_WORKSPACE", str(workspace))
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        if page != "ladder":
            app.run()
            app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        return app.run()

    return open_


@pytest.fixture(scope="session")
def shop(tiny: Placed) -> Path:
    return tiny.reader.path.parents[1]


def headline(app: AppTest) -> str:
    return str(app.header[0].value)


@pytest.mark.parametrize("page", HEADLINES)
def test_every_page_opens_with_its_question(opened: Opened, shop: Path, page: str):
    app = opened(shop, page)
    assert not app.exception
    assert headline(app) == HEADLINES[page]


@pytest.mark.parametrize("page", HEADLINES)
@pytest.mark.parametrize("case", DEGENERATE)
def test_every_page_draws_on_data_that_can_carry_little(opened: Opened, tmp_path: Path, page: str, case: str):
    path = tmp_path / "workspace"
    make_workspace(path, {"transactions": DEGENERATE[case]}, "orders-only", margin=0.4)
    app = opened(path, page)
    assert not app.exception
    assert headline(app) == HEADLINES[page]
    shown = " ".join(str(item.value) for item in [*app.markdown, *app.caption])
    assert "nan" not in shown.lower().split()


@pytest.mark.parametrize("page", HEADLINES)
def test_a_workspace_without_data_shows_the_way_to_the_upload(opened: Opened, tmp_path: Path, page: str):
    path = tmp_path / "workspace"
    make_workspace(path, {})
    app = opened(path, page)
    assert not app.exception
    assert any("no data" in str(item.value) for item in app.markdown)
    assert any(link.value.startswith("Bring your") for link in app.page_link)


@pytest.mark.parametrize(
    ("page", "show"),
    [("ladder", "time"), ("ladder", "table"), ("flows", "matrix"), ("flows", "funnel"), ("what_if", "table")],
)
def test_every_way_to_show_a_page_draws(opened: Opened, shop: Path, page: str, show: str):
    app = opened(shop, page, show=show)
    assert not app.exception
    assert not any("could not be drawn" in str(item.value) for item in app.markdown)


def test_what_stands_in_the_address_is_what_the_page_shows(opened: Opened, shop: Path):
    app = opened(shop, "ladder", as_of="2024-03-31", compare="3")
    assert app.selectbox(key="as_of").value == "2024-03-31"
    assert app.selectbox(key="compare").value == "3"
    assert any("31 Jan 2024" in str(item.value) for item in app.markdown)


@pytest.mark.parametrize("wrong", ["2024-03-30", "soon", "", "9" * 400])
def test_an_address_that_makes_no_sense_falls_back_to_the_latest(opened: Opened, shop: Path, wrong: str):
    app = opened(shop, "ladder", as_of=wrong, compare=wrong, show=wrong)
    assert not app.exception
    assert app.selectbox(key="as_of").value == "2024-04-30"


def test_a_choice_is_written_into_the_address(opened: Opened, shop: Path):
    app = opened(shop, "ladder")
    app.selectbox(key="as_of").select("2024-02-29").run()
    assert app.query_params["as_of"] == "2024-02-29"
    app.selectbox(key="as_of").select("2024-04-30").run()
    assert "as_of" not in app.query_params


@pytest.mark.parametrize(
    "pick", ["standing~nobody~2024-04-30", "moved~x~y~~~", "standing~client~soon", "~~~", "drop table"]
)
def test_a_list_that_cannot_be_is_refused_in_a_sentence(opened: Opened, shop: Path, pick: str):
    app = opened(shop, "ladder", pick=pick)
    assert not app.exception
    assert len(app.container(key="error").markdown) == 2


def test_value_without_a_margin_says_that_one_is_needed(opened: Opened, tmp_path: Path):
    path = tmp_path / "workspace"
    make_workspace(path, {"transactions": DEGENERATE["one customer"]}, "orders-only")
    app = opened(path, "value")
    assert any("margin is needed" in str(item.value) for item in app.container(key="error").markdown)


def test_an_unknown_customer_is_refused_in_a_sentence(opened: Opened, shop: Path):
    app = opened(shop, "customers", customer="nobody")
    assert any("Unknown customer" in str(item.value) for item in app.container(key="error").markdown)
