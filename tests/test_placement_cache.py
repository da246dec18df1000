"""The derived file is a cache: the same state finds the same file, any other state never does."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.model.ladder import preset
from ladder.placement import Placed, build, derived_key
from ladder.workspace import Folder
from tests.placing import ladder_of, order, states
from tests.workspaces import add_import, make_workspace


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    """ann alone, on the rung at both month ends."""
    orders = [order("ann", "2024-01-05"), order("ann", "2024-02-29")]
    return make_workspace(tmp_path / "w", {"transactions": orders}, ladder_of("orders(31) >= 1"))


def figures(placed: Placed) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    return states(placed), placed.rows("activity", "select * from activity order by all")


def test_the_same_state_is_placed_once(shop: Folder) -> None:
    first = build(shop)
    told: list[str] = []
    again = build(shop, lambda share, step: told.append(step))
    assert (again.key, told) == (first.key, [])


def test_progress_is_told_in_order(shop: Folder) -> None:
    told: list[float] = []
    build(shop, lambda share, step: told.append(share))
    assert told == sorted(told)
    assert 0 < told[0] <= told[-1] < 1


def test_undo_finds_the_former_file_and_figures(shop: Folder) -> None:
    before = build(shop)
    added = add_import(shop, "transactions", [order("bob", "2024-02-05", 700)])
    during = build(shop)
    shop.undo(added.id)
    after = build(shop)
    assert during.key != before.key == after.key
    assert states(during) == {"ann": "11", "bob": "·1"}
    assert figures(after) == figures(before)


def test_an_import_that_lands_during_a_build_does_not_leak_into_it(shop: Folder) -> None:
    """The file is named by the state that was asked for; were later rows in it, an undo would serve them."""
    key = derived_key(shop)
    landed: list[int] = []

    def meanwhile(share: float, step: str) -> None:
        if not landed:
            landed.append(add_import(shop, "transactions", [order("bob", "2024-02-05")]).id)

    placed = build(shop, meanwhile)
    assert (placed.key, states(placed)) == (key, {"ann": "11"})
    assert states(build(shop)) == {"ann": "11", "bob": "·1"}


def test_a_ladder_chosen_during_a_build_does_not_mix_with_it(shop: Folder) -> None:
    placed = build(shop, lambda share, step: shop.save_ladder(preset("classic")) and None)
    assert placed.ladder.id == "test"
    assert build(shop).ladder.id == "classic"


@pytest.mark.parametrize("damage", [b"", b"not a database at all", None])
def test_a_damaged_derived_file_is_made_again(damage: bytes | None, shop: Folder) -> None:
    placed = build(shop)
    before = figures(placed)
    # An open file stays readable to this process whatever happens to it on disk: the next process is meant.
    placed.reader.close()
    file = shop.path / "derived" / f"{placed.key}.duckdb"
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert figures(build(shop)) == before


def test_a_damaged_import_is_named_and_nothing_is_placed_on_it(shop: Folder) -> None:
    file = shop.path / "imports" / "0001" / "transactions.parquet"
    rows = bytearray(file.read_bytes())
    rows[len(rows) // 2] ^= 1
    file.write_bytes(rows)
    assert shop.damaged() == ("imports/0001/transactions.parquet",)
    with pytest.raises(
        LadderError, match=r"imports/0001/transactions\.parquet is not what the manifest says"
    ):
        build(shop)
    assert not list((shop.path / "derived").iterdir())


def test_a_missing_import_is_named(shop: Folder) -> None:
    (shop.path / "imports" / "0001" / "transactions.parquet").unlink()
    with pytest.raises(LadderError, match="imports/0001/transactions"):
        build(shop)


def test_settings_that_change_no_placement_keep_the_file(shop: Folder) -> None:
    key = build(shop).key
    shop.change_settings(margin=0.3, name="Renamed")
    placed = build(shop)
    assert (placed.key, placed.settings.margin) == (key, 0.3)


def test_only_the_latest_derived_files_are_kept(shop: Folder) -> None:
    for day in range(1, 9):
        add_import(shop, "transactions", [order("bob", f"2024-02-0{day}")])
        build(shop)
    assert len(list((shop.path / "derived").glob("*.duckdb"))) == 6
    assert not list((shop.path / "derived").glob(".*"))


def test_what_a_crash_left_is_removed_after_a_day(shop: Folder) -> None:
    derived = shop.path / "derived"
    old, new = derived / ".a-1.building.spill", derived / ".b-2.building.spill"
    for folder in (old, new):
        folder.mkdir()
        (folder / "spilled").write_bytes(b"x")
    (derived / ".a-1.building").write_bytes(b"x")
    for item in (old, derived / ".a-1.building"):
        os.utime(item, (0, 0))
    build(shop)
    assert [item.name for item in derived.glob(".*")] == [new.name]


def test_the_derived_file_cannot_be_written_through(shop: Folder) -> None:
    with pytest.raises(LadderError, match="did not finish"):
        build(shop).rows("change", "delete from orders")


def test_an_empty_workspace_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="Nothing to place yet") as told:
        build(make_workspace(tmp_path / "w", {}))
    assert "Import a table" in told.value.hint


def test_what_the_ladder_asks_for_in_vain_is_told(tmp_path: Path) -> None:
    ladder = ladder_of('interactions("demo") >= 1', 'attribute("plan") == "gold"', "orders() >= 1")
    visit = {"customer_id": "ann", "ts": datetime(2024, 1, 31), "kind": "visit"}
    placed = build(make_workspace(tmp_path / "w", {"interactions": [visit]}, ladder))
    assert placed.missing == {"r1", "r2", "r3"}
    assert placed.warnings == (
        "There is no interaction of the kind “demo” in the data.",
        "No customer has the attribute “plan”.",
    )
