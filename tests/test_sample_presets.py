"""The ladders that come with the product, on the sample shop and on its orders alone."""

from pathlib import Path

import pandas as pd
import pytest

from ladder.model.ladder import preset, preset_ids
from ladder.model.tables import TABLES
from ladder.placement import build
from ladder.rules import missing_rungs, never_reached
from ladder.workspace import Folder
from tests.workspaces import Rows, make_workspace

SAMPLE = Path(__file__).parents[1] / "data" / "sample"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    tables = {name: read_rows(name) for name in TABLES}
    return make_workspace(tmp_path_factory.mktemp("sample") / "shop", tables)


def read_rows(name: str) -> Rows:
    """A sample file as rows for a workspace; amounts in cents."""
    kinds = {field.name: field.kind for field in TABLES[name].fields}
    frame = pd.read_csv(SAMPLE / f"{name}.csv", dtype=object)
    frame = frame[[column for column in frame if kinds.get(column, "flag") != "flag"]]
    for column in frame:
        if kinds[column] == "time":
            frame[column] = pd.to_datetime(frame[column]).astype(object)
        elif kinds[column] in ("money", "score"):
            factor = 100 if kinds[column] == "money" else 1
            frame[column] = (frame[column].astype(float) * factor).round().astype("Int64").astype(object)
    return frame.where(frame.notna(), None).to_dict("records")


@pytest.mark.parametrize("ident", preset_ids())
def test_every_rung_of_every_preset_is_peopled_on_the_sample(shop: Folder, ident: str) -> None:
    shop.save_ladder(preset(ident))
    placed = build(shop)
    assert placed.last.isoformat() == "2025-12-31"
    assert not placed.missing
    last = len(placed.periods) - 1
    counts = dict(
        placed.rows(
            "last states",
            "select code, count(*) from spells where last_period = $last group by code",
            {"last": last},
        )
    )
    on_rungs = [counts.get(code, 0) for code in range(1, len(placed.ladder.rungs) + 1)]
    assert sum(counts.values()) == 4000
    assert min(on_rungs) >= 60
    assert max(on_rungs) < 0.6 * 4000


def test_the_presets_of_the_design_are_there_and_every_rung_can_be_reached() -> None:
    known = ["classic", "lead", "partner-da", "loyal-da", "partner-ru", "programme", "orders-only"]
    assert preset_ids() == tuple(sorted(known))
    for ident in known:
        assert never_reached(preset(ident)) == ()


@pytest.mark.parametrize(
    ("ident", "filled"),
    [
        ("classic", ["customer", "client"]),
        ("lead", ["customer", "client"]),
        ("partner-da", ["customer", "repeat"]),
        ("loyal-da", ["new", "repeat", "loyal"]),
        ("partner-ru", ["new", "regular"]),
        ("programme", ["first purchase", "repeat"]),
        ("orders-only", ["new", "repeat", "regular", "loyal"]),
    ],
)
def test_with_orders_alone_a_preset_says_which_rungs_are_not_in_the_data(
    ident: str, filled: list[str]
) -> None:
    ladder = preset(ident)
    missing = missing_rungs(ladder, lambda call: call.measure.table == "transactions")
    assert [name for name in ladder.names if name not in missing] == filled
