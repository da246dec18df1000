"""The notebook's door: one call per question, dates as text or dates, results that show themselves."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import ladder
from ladder.door import Workspace
from ladder.errors import LadderError
from ladder.workspace import Folder

ORDERS = "order_id,customer_id,order_date,total\nt1,ann,2024-01-31,10.00\nt2,bob,2024-02-29,5.00\n"


@pytest.fixture(scope="module")
def shop(sample_folder: Folder) -> Workspace:
    return Workspace(sample_folder.path)


def test_the_package_opens_on_the_door() -> None:
    assert ladder.Workspace is Workspace
    assert ladder.LadderError is LadderError
    with pytest.raises(AttributeError, match="has no attribute 'Workshop'"):
        ladder.Workshop  # noqa: B018


@pytest.mark.parametrize("day", ["2025-06-30", date(2025, 6, 30), datetime(2025, 7, 15, 12), "2025-07-30"])
def test_a_date_is_the_period_end_on_or_before_it(day: str | date, shop: Workspace) -> None:
    assert shop.rungs(day).as_of == date(2025, 6, 30)


@pytest.mark.parametrize("text", ["30.06.2025", "June", "", "2025-02-30"])
def test_what_is_no_date_is_said(text: str, shop: Workspace) -> None:
    with pytest.raises(LadderError, match="Not a date"):
        shop.rungs(text)


def test_results_are_frozen_frames_that_become_json(shop: Workspace) -> None:
    for result in (
        shop.rungs(),
        shop.flows(),
        shop.statement(),
        shop.funnel(),
        shop.history("C10005"),
        shop.kpis(),
    ):
        assert isinstance(result.frame, pd.DataFrame)
        rows = json.loads(json.dumps(result.to_dict(), allow_nan=False))
        assert len(rows) == len(result.frame)
        assert list(rows[0]) == list(result.frame.columns)
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.frame = None  # type: ignore[misc]


def test_results_show_themselves_in_a_notebook(shop: Workspace) -> None:
    for result in (shop.rungs(), shop.flows(), shop.statement(), shop.funnel(), shop.history("C10005")):
        assert result._repr_html_().startswith("<table")
    for picture in (shop.picture(), shop.sankey(["2025-06-30", "2025-09-30", "2025-12-31"])):
        assert picture._repr_svg_().startswith("<svg")


def test_a_name_that_is_markup_stays_text_in_a_notebook(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("customer_id,first_seen,city\nann,2024-01-05,<script>alert(1)</script>\n", "utf-8")
    shop = Workspace.create(tmp_path / "shop", as_of=date(2024, 1, 31))
    shop.import_file(file, "customers")
    html = shop.rungs(by="city")._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_import_look_and_undo(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, "utf-8")
    shop = Workspace.create(tmp_path / "shop", name="Mine", currency="DKK")
    shop.set_ladder("orders-only")
    assert shop.import_file(file, "transactions", dry_run=True).import_id is None
    assert shop.imports() == ()
    assert shop.import_file(file, "transactions").accepted == 2
    assert shop.rungs().frame.set_index("rung")["customers"]["new"] == 2
    assert shop.undo(1).id == 1
    with pytest.raises(LadderError, match="Nothing to place yet"):
        shop.rungs()


def test_what_is_ambiguous_comes_back_as_questions_and_imports_nothing(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS.replace("2024-01-31", "01/02/2024").replace("2024-02-29", "03/02/2024"), "utf-8")
    shop = Workspace.create(tmp_path / "shop")
    result = shop.import_file(file, "transactions")
    assert [question.id for question in result.questions] == ["date_format:ts"]
    assert (result.import_id, shop.imports()) == (None, ())
    assert shop.import_file(file, "transactions", date_format="%d/%m/%Y").import_id == 1


def test_ladders_are_presets_then_ones_own(sample_copy: Folder, tmp_path: Path) -> None:
    shop = Workspace(sample_copy.path)
    file = tmp_path / "mine.toml"
    file.write_text('id = "mine"\n[[rung]]\nname = "buyer"\nenter = "orders() >= 1"\n', "utf-8")
    shop.set_ladder(str(file))
    file.write_text('id = "mine"\n[[rung]]\nname = "buyer"\nenter = "orders() >= 2"\n', "utf-8")
    assert shop.set_ladder(str(file)).version == 2
    assert [item.id for item in shop.ladders()][-2:] == ["mine", "mine"]
    assert shop.find_ladder("mine") == shop.ladder
    assert shop.ladder.rungs[0].enter == "orders() >= 2"


def test_a_ladder_nobody_can_climb_is_placed_with_a_warning(sample_copy: Folder) -> None:
    shop = Workspace(sample_copy.path)
    assert shop.warnings() == ()
    rung = dataclasses.replace(shop.ladder.rungs[0], enter="nps() > 10")
    odd = dataclasses.replace(shop.ladder, rungs=(rung, *shop.ladder.rungs[1:]))
    (told,) = shop.warnings(odd)
    assert told.startswith("Nobody can ever reach “Prospect”: its rule “nps() > 10” can never hold.")
    assert shop.ladder.version == 1
    assert shop.save_ladder(odd).version == 2
    assert shop.ladder.version == 1
    shop.set_ladder("classic@2")
    assert shop.warnings() == (told,)
    assert shop.rungs().frame.set_index("rung").loc["prospect", "customers"] == 0


def test_the_placed_workspace_is_built_once_per_state(shop: Workspace) -> None:
    assert shop.placed.key == shop.build().key


def test_the_sample_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    shop = Workspace.sample(tmp_path / "shop")
    assert (shop.settings.currency, len(shop.imports()), shop.ladder.id) == ("EUR", 6, "classic")


def test_an_edited_preset_is_its_second_version_and_both_can_be_chosen_again(sample_copy: Folder) -> None:
    shop = Workspace(sample_copy.path)
    original = shop.find_ladder("classic")
    edited = shop.set_ladder(dataclasses.replace(original, grace=2))
    assert (edited.id, edited.version) == ("classic", 2)
    assert shop.set_ladder("classic") == original
    assert shop.set_ladder("classic@2") == edited
    with pytest.raises(LadderError, match=r"classic@3.*Did you mean classic"):
        shop.find_ladder("classic@3")


def test_lists_and_cards_are_those_of_the_pages(shop: Workspace) -> None:
    people = shop.people("about-to-slip")
    assert people.total == len(people.frame) > 0
    card = shop.card(people.frame["customer_id"][0])
    assert card.rung == people.frame["rung"][0]
    assert card.falls is not None and card.falls[0] > shop.placed.last
    with pytest.raises(LadderError, match="Did you mean about-to-slip"):
        shop.people("about to slip")
