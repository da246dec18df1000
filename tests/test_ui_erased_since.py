"""Nothing that the running app keeps shows a customer whom another process has erased."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from ladder.cli import main
from ladder.ui import cache
from ladder.ui.download import offered
from ladder.ui.exports import OFFERS, export_route
from ladder.workspace import Folder
from tests.asgi import get
from tests.data_page import ORDERS, conversation, make_home, open_data, press, upload, words
from tests.placing import ladder_of, order
from tests.workspaces import add_import, make_workspace

APP = Starlette(routes=[export_route])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    orders = [order(f"zoe-{number}", f"2024-0{number % 3 + 1}-15") for number in range(9)]
    folder = make_workspace(tmp_path / "shop", {"transactions": orders}, ladder_of("orders() >= 1"))
    monkeypatch.setenv("LADDER_WORKSPACE", str(folder.path))
    monkeypatch.delenv("LADDER_HOME", raising=False)
    return folder


def erase_elsewhere(folder: Folder, ident: str = "zoe-7") -> None:
    """By the command line, which knows nothing of what this process keeps."""
    assert main(["--workspace", str(folder.path), "erase", ident, "--yes"]) == 0


def test_a_file_that_waited_to_be_fetched_is_not_handed_over(shop: Folder) -> None:
    before = OFFERS.make(shop, "list.csv", b"zoe-7", 1)
    erase_elsewhere(shop)
    assert get(APP, before).status_code == 404
    assert get(APP, OFFERS.make(shop, "list.csv", b"zoe-8", 1)).content == b"zoe-8"


def test_rows_that_were_read_before_are_not_offered_afterwards(shop: Folder) -> None:
    seen = shop.manifest().erasures
    erase_elsewhere(shop)
    assert get(APP, OFFERS.make(shop, "list.csv", b"zoe-7", 1, seen)).status_code == 404


def test_a_workspace_that_cannot_be_read_hands_nothing_over(shop: Folder) -> None:
    path = OFFERS.make(shop, "list.csv", b"zoe-7", 1)
    (shop.path / "manifest.json").write_bytes(b"{")
    assert get(APP, path).status_code == 404


def test_offers_of_a_workspace_are_withdrawn_however_its_path_is_written(shop: Folder) -> None:
    path = OFFERS.make(Folder(shop.path / ".." / shop.path.name), "list.csv", b"zoe-7", 1)
    OFFERS.drop(shop)
    assert OFFERS.take(path.rpartition("/")[2]) is None


def test_the_button_of_a_page_that_is_still_open_offers_nothing(shop: Folder) -> None:
    rows = pd.DataFrame({"customer_id": ["zoe-7"]})
    seen = shop.manifest().erasures
    path = offered(shop, "list.csv", lambda: rows, seen)
    assert path
    assert b"zoe-7" in get(APP, path).content
    erase_elsewhere(shop)
    assert offered(shop, "list.csv", lambda: rows, seen) is None
    meanwhile = offered(shop, "list.csv", lambda: [erase_elsewhere(shop, "zoe-6"), rows][1], seen + 1)
    assert meanwhile
    assert get(APP, meanwhile).status_code == 404


def panel_page() -> None:
    """A panel that was opened before the last erasure, and one that was opened after it."""
    import os

    import streamlit

    from ladder.people import standing
    from ladder.ui.cache import open_placed
    from ladder.ui.erased import erasures
    from ladder.ui.page import View
    from ladder.ui.people_panel import _panel
    from ladder.workspace import Folder

    folder = Folder(os.environ["LADDER_WORKSPACE"])
    placed = open_placed(folder)
    runs = streamlit.session_state["runs"] = streamlit.session_state.get("runs", 0) + 1
    view = View(folder, placed, placed.last, None, seen=erasures(folder) - (runs == 1))
    parts = ["standing", "r1", placed.last.isoformat()]
    _panel(view, view.ask(standing, "r1", placed.last), parts)


def test_an_open_panel_is_drawn_anew(shop: Folder) -> None:
    app = AppTest.from_function(panel_page, default_timeout=60).run()
    assert not app.exception
    assert app.session_state["runs"] == 2


def test_the_next_page_forgets_what_was_kept(shop: Folder) -> None:
    placed = cache.open_placed(shop)
    state = f"{placed.key} {placed.settings}"
    path = OFFERS.make(shop, "list.csv", b"zoe-7", 1)
    assert cache.answer(state, "who", (), lambda: "zoe-7") == "zoe-7"
    erase_elsewhere(shop)
    again = cache.open_placed(shop)
    assert again.reader is not placed.reader
    assert cache.answer(state, "who", (), lambda: "nobody") == "nobody"
    assert path.rpartition("/")[2] not in OFFERS._waiting


def test_another_workspace_keeps_its_answers(shop: Folder, tmp_path: Path) -> None:
    other = make_workspace(
        tmp_path / "other", {"transactions": [order("amy", "2024-01-31")]}, ladder_of("orders() >= 1")
    )
    assert cache.open_placed(other) is cache.open_placed(other)


def test_a_file_under_way_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(tmp_path, monkeypatch)
    folder = Folder(home / "first")
    add_import(folder, "transactions", [order("ann", "2024-01-31"), order("bob", "2024-01-31")])
    app = press(upload(open_data(part="bring"), ORDERS), "Check every row")
    state = conversation(app)
    assert state is not None
    file = state.file
    assert state.checked
    erase_elsewhere(folder, "ann")
    app = app.run()
    assert "The file was let go" in words(app)
    assert (state.upload, state.checked, file.exists()) == (None, None, False)
    assert not [frame for frame in app.dataframe if "ann" in frame.value.to_csv()]
