"""The Data page's Quality and *Is a ladder right?* without a browser: verdict first, figures lead to rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import ladder.ui.quality
from ladder.quality import Check, Quality, quality
from ladder.quality.check import with_rows
from ladder.ui.lights import column_kinds
from ladder.workspace import Folder
from tests.quality_shop import order, rows_of
from tests.workspaces import make_workspace

ROOT = Path(__file__).resolve().parents[1]
SHELL = ROOT / "ladder" / "ui" / "shell.py"
ORDERS = [order(f"c{number}", number % 60) for number in range(25)]
ORDERS += [order("c0", 50), order("c1", 50), order("C1", 55, 900_000), order(None, 58)]
Opened = Callable[..., AppTest]


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    return make_workspace(tmp_path / "shop", {"transactions": ORDERS}, "classic", name="Shop")


@pytest.fixture
def opened(shop: Folder, monkeypatch: pytest.MonkeyPatch) -> Opened:
    def open_(page: str = "data", **address: str) -> AppTest:
        monkeypatch.setenv("LADDER_WORKSPACE", str(shop.path))
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        if page != "ladder":
            app.run()
            app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        return run(app)

    return open_


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> list[str]:
    """The texts of the page, without the backslashes that keep them plain."""
    return [str(item.value).replace("\\", "") for item in (*app.markdown, *app.caption)]


def press(app: AppTest, key: str) -> AppTest:
    next(button for button in app.button if key in (button.key, button.label)).click()
    return run(app)


def test_the_verdict_and_every_question_stand_on_the_page(opened: Opened):
    said = words(opened())
    assert any("**Not before you have looked at the ids that look alike" in text for text in said)
    for question in ("Complete?", "One person, one id?", "Amounts and dates plausible?", "Fresh?"):
        assert f"##### {question}" in said
    assert any("Not in your data: Shared e-mails (no e-mail address was brought)" in text for text in said)


def test_the_worst_light_stands_first_in_its_question(opened: Opened):
    said = words(opened())
    start = said.index("##### One person, one id?")
    assert "**Stop**" in said[start + 1]
    assert said[start + 2].startswith("**Ids that look alike.** 2 ids differ only by")


def test_a_figure_leads_to_the_rows_behind_it(opened: Opened):
    app = press(opened(), "figure-ids-that-look-alike")
    assert app.query_params["pick"] == "rows~ids-that-look-alike"
    assert [list(frame.value["customer_id"]) for frame in app.dataframe if "customer_id" in frame.value] == [
        ["C1", "c1"]
    ]


def test_the_rows_of_every_finding_can_be_shown(shop: Folder):
    for check in quality(shop).checks:
        if check.rows is not None:
            assert set(column_kinds(list(check.rows.columns), "EUR")) == set(check.rows.columns), check.name


def test_is_a_ladder_right_answers_in_a_sentence_a_manager_understands(opened: Opened):
    said = words(opened(part="fit"))
    assert any("**Only in part: look at " in text for text in said)
    assert "**Repeat custom.** 8 in 100 buyers ever return. Nothing above “Customer” will fill." in said
    assert any("Dropout (" in text for text in said)


@pytest.mark.parametrize(("page", "part"), [("data", "known"), ("data", "fit"), ("ladder", "")])
def test_orders_alone_are_offered_their_ladder_with_one_button(
    opened: Opened, shop: Folder, page: str, part: str
):
    app = press(opened(page, **({"part": part} if part else {})), "Use “Orders only”")
    assert shop.ladder.id == "orders-only"
    assert not [button for button in app.button if button.label.startswith("Use")]


def test_a_long_look_does_not_hold_up_the_page(opened: Opened, monkeypatch: pytest.MonkeyPatch):
    ready = threading.Event()

    def slow(folder: Folder) -> Quality:
        ready.wait(30)
        return quality(folder)

    monkeypatch.setattr(ladder.ui.quality, "quality", slow)
    monkeypatch.setattr(ladder.ui.quality, "PATIENCE_SECONDS", 0.0)
    app = opened()
    assert any("Looking at every row" in text for text in words(app))
    ready.set()
    monkeypatch.setattr(ladder.ui.quality, "PATIENCE_SECONDS", 30.0)
    assert any("**Not before you have looked" in text for text in words(run(app)))


def test_only_the_first_thousand_rows_are_kept():
    check = Check("Many", "care", "3,000", "Many rows")
    kept = with_rows(check, pd.DataFrame({"rows": range(3000)}))
    assert (len(rows_of(kept)), kept.behind) == (1000, 3000)
