"""The Data page without a browser: which workspace, a new one, its settings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ladder.workspace import Folder, workspaces
from tests.data_page import drop_zone, make_home, open_data, press, run, words
from tests.workspaces import make_workspace


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_home(tmp_path, monkeypatch)


def test_an_unknown_workspace_is_a_sentence_and_a_way_back(home: Path):
    for name in ("frist", "../first", str(home / "first")):
        app = open_data(workspace=name)
        assert "No such workspace" in words(app)
        assert [link.label for link in app.get("page_link")] == ["Open the first workspace"]
    assert "Did you mean first?" in words(open_data(workspace="frist"))


def test_the_address_chooses_the_workspace_and_links_carry_it(home: Path):
    orders = [{"customer_id": "ann", "ts": datetime(2024, month, 5), "amount": 100} for month in (1, 2)]
    make_workspace(home / "second", {"transactions": orders}, name="Second")
    app = open_data(workspace="second")
    assert "**2 rows**" in words(app)
    picker = next(box for box in app.selectbox if box.label == "Workspace")
    assert (picker.value, picker.options) == ("second", ["First", "Second"])
    assert all("workspace=second" in link.proto.query_string for link in app.get("page_link"))
    picker.set_value("first")
    app = run(app)
    assert "workspace" not in app.query_params
    assert drop_zone(app)


def test_a_new_workspace_is_made_and_shown(home: Path):
    app = press(open_data(), "Bring your own data")
    app.text_input[0].set_value("Kaffe & Co")
    app.number_input[0].set_value(40.0)
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY")
    app = press(app, "Make the workspace")
    made = Folder(home / "kaffe-co").settings
    assert (made.name, made.currency, made.minor_digits, made.margin) == ("Kaffe & Co", "JPY", 0, 0.4)
    assert app.query_params["workspace"] == "kaffe-co"
    assert drop_zone(app)


def test_a_workspace_without_a_name_is_refused_beside_the_form(home: Path):
    app = press(open_data(part="new"), "Make the workspace")
    assert "The workspace needs a name" in words(app)
    assert list(workspaces(home)) == ["first"]


def test_settings_change_and_impossible_ones_are_refused(home: Path):
    make_workspace(home / "shop", {"customers": [{"customer_id": "ann", "first_seen": datetime(2024, 1, 1)}]})
    app = open_data(workspace="shop", part="settings")
    app.number_input[0].set_value(35.0)
    press(app, "Save")
    assert Folder(home / "shop").settings.margin == 0.35
    app = open_data(workspace="shop", part="settings")
    next(box for box in app.selectbox if box.label == "Currency").set_value("JPY")
    app = press(app, "Save")
    assert "The currency cannot be changed here" in words(app)
    assert Folder(home / "shop").settings.currency == "EUR"
