"""Drive the Data page without a browser: put a file where an upload would be, press, read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ladder.ui.bringing import Bringing
from ladder.ui.uploads import Upload, create_upload, place_upload
from ladder.workspace import Folder, WorkspaceSettings

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 20.0
ORDERS = b"""customer,date,amount
ann,2024-01-05,10.00
bob,2024-02-03,20.00
ann,2024-03-09,5.50
bob,not a date,7.00
"""


def make_home(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose first workspace is empty."""
    Folder.create(path / "first", WorkspaceSettings(name="First"))
    monkeypatch.setenv("LADDER_WORKSPACE", str(path / "first"))
    monkeypatch.delenv("LADDER_HOME", raising=False)
    return path


def open_data(**address: str) -> AppTest:
    """The Data page at an address."""
    app = AppTest.from_file(str(ROOT / "ladder" / "ui" / "shell.py"), default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages" / "data.py"))
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All text on the page, without the backslashes that keep it plain."""
    return (
        "\n".join(item.value for item in (*app.markdown, *app.caption))
        .replace("\\", "")
        .replace(":gray[]", "")
    )


def press(app: AppTest, label: str) -> AppTest:
    """The page after a button and the work that it starts."""
    next(button for button in app.button if button.label == label).click()
    return finish(run(app))


def finish(app: AppTest) -> AppTest:
    """The page once the work beside it is done."""
    state = conversation(app)
    if state is None or state.job is None:
        return app
    assert state.job.wait(PATIENCE)
    return run(app)


def upload(app: AppTest, content: bytes, name: str = "orders.csv") -> AppTest:
    """The page after a file has come whole."""
    state = conversation(app)
    assert state is not None
    assert state.arrive(keep(name, content))
    return run(app)


def keep(name: str, content: bytes) -> Upload:
    """A file where the server puts one that it was sent."""
    file = place_upload(name)
    with create_upload(file) as sink:
        sink.write(content)
    return Upload(file, len(content), hashlib.sha256(content).hexdigest())


def conversation(app: AppTest) -> Bringing | None:
    """What the page and the visitor talk about; None on another part of the page."""
    if "conversations" not in app.session_state:
        return None
    return next(reversed(app.session_state["conversations"].values()))


def drop_zone(app: AppTest) -> dict[str, Any]:
    """What the place for files is told to show; empty when there is none."""
    zones = [item for item in app.get("bidi_component") if "drop-" in item.proto.id]
    return json.loads(zones[0].proto.json) if zones else {}
