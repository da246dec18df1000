"""The Erase part of the Data page, and what pages and links show when all data were undone or erased."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from ladder.cli import main
from ladder.placement import build
from ladder.sharing import create_link
from ladder.sharing.links import open_link
from ladder.ui.exports import OFFERS
from ladder.workspace import Folder, ImportRecord, erase
from tests.data_page import open_data, press, run, words
from tests.placing import ladder_of, order
from tests.workspaces import add_import, make_workspace

PAGES = ("ladder", "flows", "value", "what_if", "customers", "rungs", "share", "data")
ROOT = Path(__file__).parents[1]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    orders = [order(f"z{number}", f"2024-0{number % 3 + 1}-15") for number in range(60)]
    folder = make_workspace(
        tmp_path / "shop", {"transactions": orders}, ladder_of("orders() >= 1"), name="Shop"
    )
    add_import(folder, "customers", [{"customer_id": "z7", "attributes": {"city": "Aarhus"}}])
    monkeypatch.setenv("LADDER_WORKSPACE", str(folder.path))
    monkeypatch.delenv("LADDER_HOME", raising=False)
    return folder


def typed(app: AppTest, label: str, text: str) -> AppTest:
    next(box for box in app.text_input if box.label == label).set_value(text)
    return run(app)


def test_a_customer_is_erased_after_the_preview_and_a_typed_confirmation(shop: Folder) -> None:
    path = OFFERS.make(shop, "list.csv", b"z7", 1)
    app = typed(open_data(part="erase"), "Id of the customer", "z7")
    assert "**3 rows** in these places; nothing has been changed yet." in words(app)
    assert list(app.dataframe[0].value["where"]) == [
        "import 2, customers", "import 1, transactions", "import 2, attributes",
    ]  # fmt: skip
    button = next(item for item in app.button if item.label == "Erase for good")
    assert button.disabled
    app = typed(app, "Type the id once more", "z8")
    assert next(item for item in app.button if item.label == "Erase for good").disabled
    app = press(typed(app, "Type the id once more", "z7"), "Erase for good")
    assert "Certificate of erasure" in app.code[0].value
    assert "z7" not in app.code[0].value
    assert "z7" not in repr(app.session_state["erased-shop"])
    assert not [key for key in ("erase-id", "erase-also", "erase-again") if key in app.session_state]
    assert shop.tombstones().among(["z7", "z8"]) == ["z7"]
    assert OFFERS.take(path.rpartition("/")[2]) is None
    app = press(app, "Erase another")
    assert not app.code


def test_an_unknown_customer_is_a_sentence(shop: Folder) -> None:
    app = typed(open_data(part="erase"), "Id of the customer", "Z7")
    assert "No such customer" in words(app)
    assert not [item for item in app.button if item.label == "Erase for good"]


def test_other_ids_of_the_person_can_be_added(shop: Folder) -> None:
    rows = pa.Table.from_pylist(
        [
            {"customer_id": "z7", "name": None, "email": "Z7@example.com", "phone": None},
            {"customer_id": "z8", "name": None, "email": "z7@example.com", "phone": None},
        ],
        schema=pa.schema([(name, pa.string()) for name in ("customer_id", "name", "email", "phone")]),
    )
    with shop.stage_import() as stage:
        pq.write_table(rows, stage.path / "contacts.parquet")
        stage.publish(ImportRecord(stage.id, "customers", "x.csv", "2025-01-01", 2, 2, 0, 0, 0))
    app = typed(open_data(part="erase"), "Id of the customer", "z7")
    box = app.multiselect[0]
    assert box.options == ["z8: the same e-mail address"]
    box.set_value(["z8"])
    app = press(typed(run(app), "Type the id once more", "z7"), "Erase for good")
    assert shop.tombstones().among(["z7", "z8", "z7@example.com"]) == ["z7", "z8", "z7@example.com"]


def undone(folder: Folder) -> None:
    for record in folder.imports():
        folder.undo(record.id)


def everybody_erased(folder: Folder) -> None:
    erase(folder, "z0", [f"z{number}" for number in range(1, 60)])


@pytest.mark.parametrize("emptied", [undone, everybody_erased])
def test_pages_links_and_commands_keep_working_when_nothing_is_left(
    emptied: Callable[[Folder], None], shop: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    token, _ = create_link(shop, build(shop), title="Ladder", blocks=("ladder",))
    emptied(shop)
    for page in PAGES:
        app = AppTest.from_file(str(ROOT / "ladder" / "ui" / "shell.py"), default_timeout=60).run()
        app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        app.run()
        assert not app.exception, page
        assert app.header, page
    now = datetime.now(UTC)
    assert b"Ladder" in (open_link(shop.path, token, now) or b"")
    place = ["--workspace", str(shop.path)]
    for command in (["check"], ["imports"], ["link", "list"], ["settings"], ["ladders"]):
        assert main([*place, *command]) == 0, command
    assert "No statement to check" in capsys.readouterr().err
    assert main([*place, "rungs"]) == 1
    assert "Nothing to place yet" in capsys.readouterr().err


def test_the_page_tells_at_once_what_did_not_finish(shop: Folder) -> None:
    (shop.path / "imports" / ".stage-0003-1a2b3c4d").mkdir()
    begun = time.perf_counter()
    assert shop.unfinished() == (3,)
    assert time.perf_counter() - begun < 0.5
    assert "Import 3 did not finish" in words(open_data(part="imports"))
