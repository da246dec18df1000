"""The page Rungs: the lab beside the rules, a draft that becomes a version, work that can be stopped."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ladder.engine import Engine
from ladder.model.ladder import preset
from ladder.placement import Placed, build, derived_key
from ladder.ui.building import is_placed
from ladder.ui.jobs import Job, StoppedError, Tell
from ladder.workspace import Folder
from tests.conftest import TINY_LADDER

ROOT = Path(__file__).resolve().parents[1]
Opened = Callable[..., AppTest]
DRAFT = TINY_LADDER.replace("orders(90) >= 2", "orders(90) >= 1").replace(
    'title = "Tiny"', 'title = "Tiny"\nversion = 1'
)


@pytest.fixture
def shop(tiny: Placed, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(tiny.reader.path.parents[1], tmp_path / "w"))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, shop: Folder) -> Opened:
    def open_(**parameters: str) -> AppTest:
        monkeypatch.setenv("LADDER_WORKSPACE", str(shop.path))
        app = AppTest.from_file(str(ROOT / "ladder" / "ui" / "shell.py"), default_timeout=60)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(str(ROOT / "pages" / "rungs.py"))
        return app.run()

    return open_


def words(app: AppTest) -> str:
    return "\n".join(str(item.value) for item in [*app.markdown, *app.caption]).replace("\\", "")


def test_the_lab_says_who_would_stand_elsewhere_and_what_it_cannot_tell(opened: Opened):
    app = opened(part="lab", against="orders-only", as_of="2024-04-30")
    assert not app.exception
    assert "Orders only** beside **Tiny**, which is in use, on 30 Apr 2024" in words(app)
    assert "customers would stand" not in words(app)
    assert "5 of 5 customers (100.0%) would stand on a rung of another name under Orders only." in words(app)
    assert "Too few customers to say which ladder tells big spenders from small ones better" in words(app)


def test_a_cell_of_the_lab_in_the_address_opens_its_people(opened: Opened):
    app = opened(part="lab", against="orders-only", pick="crossed~2024-04-30~orders-only~prospect~lapsed")
    assert not app.exception
    (rows,) = [item.value for item in app.dataframe if "customer_id" in item.value]
    assert rows["customer_id"].tolist() == ["dan"]
    assert rows["rung_b"].tolist() == ["Lapsed"]


@pytest.mark.parametrize(
    "pick", ["crossed~2024-04-30~nothing~~", "crossed~2024-04-30~orders-only~nobody~", "crossed~soon~draft~~"]
)
def test_a_cell_that_cannot_be_is_refused_in_a_sentence(opened: Opened, pick: str):
    app = opened(part="lab", against="orders-only", pick=pick)
    assert not app.exception
    assert len(app.container(key="error").markdown) == 2


def test_a_draft_is_compared_saved_as_a_version_and_the_one_in_use_stays(opened: Opened, shop: Folder):
    app = opened()
    app.text_area[0].set_value(DRAFT).run()
    app.button(key="draft-lab").click().run()
    assert app.query_params["against"] == "draft"
    assert (
        "3 of 5 customers (60.0%) would stand elsewhere under Tiny, version 2: 3 higher and 0 lower."
        in words(app)
    )
    next(button for button in app.button if button.label == "Save as a version").click().run()
    assert not app.exception
    assert [(ladder.id, ladder.version) for ladder in shop.ladders()] == [("tiny", 1), ("tiny", 2)]
    assert shop.ladder.version == 1
    assert app.query_params["against"] == "tiny@2"
    assert "3 higher and 0 lower" in words(app)
    assert "Save as a version" not in [button.label for button in app.button]


def test_the_editor_keeps_its_text_while_the_lab_is_looked_at(opened: Opened):
    app = opened()
    app.text_area[0].set_value(DRAFT).run()
    app.query_params["part"] = "lab"
    app.run()
    app.query_params.pop("part")
    app.run()
    assert app.text_area[0].value.strip() == DRAFT.strip()


def test_a_rung_nobody_can_reach_is_placed_and_told(opened: Opened):
    app = opened()
    app.text_area[0].set_value(
        TINY_LADDER.replace("orders(60) >= 1", "orders(60) >= 5 and orders(60) < 3")
    ).run()
    assert not app.exception
    assert "Nobody can ever reach “Customer”" in words(app)


@pytest.mark.parametrize("page", ["ladder", "flows", "rungs"])
def test_a_page_tells_which_version_made_its_figures(opened: Opened, page: str):
    app = opened()
    app.switch_page(str(ROOT / "pages" / f"{page}.py"))
    app.run()
    assert "Ladder: Tiny, version 1. Data to 30 Apr 2024." in words(app)


def test_stopped_work_leaves_what_was_there_and_can_be_started_again(opened: Opened, shop: Folder):
    app = opened(ladder="orders-only")
    other = preset("programme")
    key = f"{shop.path} {derived_key(shop, other)}"
    app.session_state["placing"] = {key: stopped_job()}
    before = sorted(path.name for path in (shop.path / "derived").glob("*.duckdb"))
    app.selectbox(key="ladder").select("programme").run()
    assert "Stopped.** Nothing was changed." in words(app)
    assert sorted(path.name for path in (shop.path / "derived").glob("*.duckdb")) == before
    app.button(key=f"again-{key}").click().run()
    assert "Stopped." not in words(app)
    assert is_placed(shop, other)


def stopped_job() -> Job:
    gate = threading.Event()

    def work(tell: Tell) -> None:
        gate.wait(10)
        tell(0.1, "placing")

    job = Job(work)
    job.cancel()
    gate.set()
    assert job.wait(10) and job.stopped
    return job


def test_a_running_statement_is_stopped_at_once():
    gate = threading.Event()

    def stop() -> None:
        if gate.is_set():
            raise StoppedError

    started = time.monotonic()
    threading.Timer(0.3, gate.set).start()
    with Engine() as engine:
        with pytest.raises(StoppedError), engine.stopped_by(stop):
            engine.run(
                "for hours",
                "select count(*) from range(10_000_000) as a, range(1_000_000) as b where hash(a, b) = 1",
            )
        assert engine.rows("after it", "select 1") == [(1,)]
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_build_that_is_stopped_at_any_step_leaves_no_trace(shop: Folder, steps: int):
    told: list[str] = []

    def stop(_: float, step: str) -> None:
        told.append(step)
        if len(told) == steps:
            raise StoppedError

    build(shop)
    before = sorted(path.name for path in (shop.path / "derived").iterdir())
    with pytest.raises(StoppedError):
        build(shop, stop, preset("lead"))
    assert sorted(path.name for path in (shop.path / "derived").iterdir()) == before
    assert build(shop, ladder=preset("lead")).ladder.id == "lead"
