"""The folder of a workspace: manifest, settings, ladders and imports, and what it says when something is wrong."""

from __future__ import annotations

import errno
import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ladder.errors import LadderError
from ladder.model.ladder import preset
from ladder.placement import build
from ladder.workspace import Folder, ImportRecord, WorkspaceSettings
from ladder.workspace.atomic import write_atomic
from tests.placing import order
from tests.workspaces import add_import, make_workspace


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    return make_workspace(tmp_path / "shop", {"transactions": [order("ann", "2024-01-31")]})


def manifest_of(folder: Folder) -> bytes:
    return (folder.path / "manifest.json").read_bytes()


def test_a_new_workspace_stands_on_the_classic_ladder_without_data(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "new" / "shop")
    assert (folder.imports(), folder.ladder, folder.settings) == ((), preset("classic"), WorkspaceSettings())


def test_a_folder_without_manifest_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="No workspace here"):
        Folder(tmp_path)


def test_a_workspace_is_not_made_over_another(shop: Folder) -> None:
    before = manifest_of(shop)
    with pytest.raises(LadderError, match="A workspace is there already"):
        Folder.create(shop.path)
    assert manifest_of(shop) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "settings": {"colour": 1}}'])
def test_a_damaged_manifest_is_a_sentence(text: str, shop: Folder) -> None:
    (shop.path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(LadderError, match="The workspace's manifest is damaged") as told:
        shop.imports()
    assert "the imports themselves are untouched" in told.value.hint


def test_a_workspace_of_another_format_names_both(shop: Folder) -> None:
    (shop.path / "manifest.json").write_text('{"format": 99}', "utf-8")
    with pytest.raises(LadderError, match="It has format 99; this version reads formats 1 and 2"):
        shop.imports()


def test_settings_survive_the_disk(tmp_path: Path) -> None:
    shop = Folder.create(tmp_path / "new")
    shop.change_settings(as_of=date(2024, 2, 29), margin=0.4, timezone="Europe/Copenhagen")
    again = Folder(shop.path).settings
    assert (again.as_of, again.margin, again.timezone) == (date(2024, 2, 29), 0.4, "Europe/Copenhagen")


@pytest.mark.parametrize("change", [{"timezone": "Europe/Copenhagen"}, {"minor_digits": 0}])
def test_what_the_imports_are_stored_in_cannot_change_under_them(
    change: dict[str, Any], shop: Folder
) -> None:
    with pytest.raises(LadderError, match="is part of what the imports have stored"):
        shop.change_settings(**change)
    shop.undo(1)
    shop.change_settings(**change)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"timezone": "Europe/Kopenhagen"}, "timezone is 'Europe/Kopenhagen'"),
        ({"timezone": "../../etc/passwd"}, "timezone is"),
        ({"currency": "euro"}, "currency is 'euro'"),
        ({"margin": 40.0}, "margin is 40.0"),
        ({"margin": float("nan")}, "margin is nan"),
        ({"discount": -0.1}, "discount is -0.1"),
        ({"horizon_months": 0}, "horizon_months is 0"),
        ({"minor_digits": 5}, "minor_digits is 5"),
        ({"colour": "red"}, "Known: name, currency, minor_digits"),
    ],
)
def test_an_impossible_setting_is_refused_and_changes_nothing(
    change: dict[str, Any], told: str, shop: Folder
) -> None:
    before = manifest_of(shop)
    with pytest.raises(LadderError, match=told):
        shop.change_settings(**change)
    assert manifest_of(shop) == before


def test_undo_takes_an_import_out_and_keeps_its_history(shop: Folder) -> None:
    second = add_import(shop, "transactions", [order("bob", "2024-01-31")])
    assert shop.undo(1).id == 1
    assert [record.id for record in shop.imports()] == [second.id]
    assert [record.id for record in shop.history()] == [1, 2]
    assert [ident for ident, _ in shop.parquet("transactions")] == [2]


def test_an_import_that_is_not_live_cannot_be_undone(shop: Folder) -> None:
    with pytest.raises(LadderError, match=r"Import 7 is not live\. Live imports: 1\."):
        shop.undo(7)
    shop.undo(1)
    with pytest.raises(LadderError, match=r"Live imports: none\."):
        shop.undo(1)


def test_the_id_of_an_undone_import_is_not_given_again(shop: Folder) -> None:
    shop.undo(1)
    assert add_import(shop, "transactions", [order("bob", "2024-01-31")]).id == 2


def test_an_account_that_does_not_add_up_is_not_published() -> None:
    with pytest.raises(LadderError, match="10 rows were read but 9 are accounted for"):
        ImportRecord(1, "transactions", "x.csv", "2024-01-01", 10, 6, 1, 1, 1)


def test_a_stage_that_is_not_published_leaves_no_trace(shop: Folder) -> None:
    before = manifest_of(shop)
    with shop.stage_import() as stage:
        (stage.path / "transactions.parquet").write_bytes(b"half")
    assert manifest_of(shop) == before
    assert [item.name for item in (shop.path / "imports").iterdir()] == ["0001"]


def test_files_of_an_import_are_for_the_owner_only(shop: Folder) -> None:
    files = [*(shop.path / "imports" / "0001").iterdir(), shop.path / "manifest.json"]
    assert {item.stat().st_mode & 0o777 for item in files} == {0o600}


def test_every_change_is_in_the_audit_trail_without_anybodys_data(shop: Folder) -> None:
    shop.change_settings(name="Ann's own shop")
    shop.undo(1)
    text = (shop.path / "audit.jsonl").read_text("utf-8")
    assert [json.loads(line)["event"] for line in text.splitlines()] == [
        "import",
        "ladder",
        "settings",
        "undo",
    ]
    assert "ann" not in text.casefold()


def test_what_cannot_be_recorded_does_not_happen(shop: Folder) -> None:
    """The audit trail has no room: here, a folder stands in its place."""
    before = manifest_of(shop)
    (shop.path / "audit.jsonl").unlink()
    (shop.path / "audit.jsonl").mkdir()
    for act in (lambda: shop.undo(1), lambda: shop.change_settings(margin=0.3)):
        with pytest.raises(LadderError, match=r"Is a directory\. Nothing was changed"):
            act()
    assert manifest_of(shop) == before


def test_an_atomic_write_that_fails_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "file.json"
    write_atomic(file, b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(file, b"new")
    assert (file.read_bytes(), [item.name for item in tmp_path.iterdir()]) == (b"old", ["file.json"])


def test_a_snapshot_does_not_see_later_changes(shop: Folder) -> None:
    then = shop.snapshot()
    add_import(shop, "transactions", [order("bob", "2024-01-31")])
    shop.change_settings(name="Later")
    assert ([record.id for record in then.imports()], then.settings.name) == ([1], "My workspace")
    assert [record.id for record in shop.imports()] == [1, 2]


def test_a_copy_of_the_folder_is_a_backup(shop: Folder, tmp_path: Path) -> None:
    """Copy, lose, copy back: the same state, the same files, the same figures."""
    before, key = shop.manifest(), build(shop).key
    figures = build(shop).frame("activity", "select * from activity order by all")
    copy = shutil.copytree(shop.path, tmp_path / "backup")
    shutil.rmtree(shop.path)
    shutil.copytree(copy, shop.path)
    assert (shop.manifest(), shop.damaged()) == (before, ())
    shutil.rmtree(shop.path / "derived")
    (shop.path / "derived").mkdir()
    again = build(shop)
    assert again.key == key
    assert again.frame("activity", "select * from activity order by all").equals(figures)
