"""Files of undone imports and of rejected rows have their time; the history keeps what they were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ladder.cli import main
from ladder.errors import LadderError
from ladder.placement import build
from ladder.workspace import Folder, ImportRecord, removal_day
from ladder.workspace.manifest import PREVIOUS, read_manifest, replace_manifest
from tests.fault_matrix import shop as shop_of
from tests.placing import order
from tests.workspaces import add_import, make_workspace


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    """Import 1 has two orders; import 2 the same and a rejected row."""
    return shop_of(tmp_path / "w")


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


def age(folder: Folder, ident: int, **changes: str) -> None:
    """Let something about an import have happened at another time."""
    manifest = folder.manifest()
    imports, undone = (
        tuple(replace(record, **changes) if record.id == ident else record for record in records)  # type: ignore[arg-type]
        for records in (manifest.imports, manifest.undone)
    )
    replace_manifest(folder.path, manifest, imports=imports, undone=undone)


def record_of(folder: Folder, ident: int) -> ImportRecord:
    return next(record for record in folder.history() if record.id == ident)


def folders(folder: Folder) -> list[str]:
    return sorted(item.name for item in (folder.path / "imports").iterdir())


def test_files_of_an_undone_import_go_with_the_next_change_after_their_time(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(31))
    assert folders(shop) == ["0001", "0002"]
    shop.change_settings(name="Next")
    record = record_of(shop, 1)
    assert folders(shop) == ["0002"]
    assert (record.rows_read, record.accepted, record.files, record.removed[:10]) == (
        2, 2, {}, datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
    assert (shop.damaged(), shop.manifest().removing) == ((), ())


def test_an_import_takes_away_what_has_had_its_time_too(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(31))
    assert add_import(shop, "transactions", [order("cat", "2024-01-31")]).id == 3
    assert folders(shop) == ["0002", "0003"]


@pytest.mark.parametrize("days", [29, 0, -5])
def test_until_then_they_stay(days: int, shop: Folder) -> None:
    """A clock that was set back does not delete either."""
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(days))
    shop.change_settings(name="Next")
    assert folders(shop) == ["0001", "0002"]


def test_rejected_rows_of_a_live_import_go_and_its_rows_stay(shop: Folder) -> None:
    age(shop, 2, imported_at=days_ago(31))
    before = build(shop).rows("orders", "select count(*) from orders")
    shop.change_settings(name="Next")
    record = record_of(shop, 2)
    assert (list(record.files), record.rejected) == (["transactions.parquet"], 1)
    assert not (shop.import_path(record) / "rejects.csv").exists()
    assert shop.damaged() == ()
    assert build(shop).rows("orders", "select count(*) from orders") == before


def test_the_day_is_told_before(shop: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    shop.undo(1)
    age(shop, 1, undone_at="2024-01-01T10:00:00+00:00")
    assert removal_day(record_of(shop, 1), shop.settings) == date(2024, 1, 31)
    shop_settings = replace(shop.settings, retention_days=7)
    assert removal_day(record_of(shop, 1), shop_settings) == date(2024, 1, 8)
    assert main(["--workspace", str(shop.path), "--format", "json", "imports"]) == 0
    told = {row["id"]: row["files_until"] for row in json.loads(capsys.readouterr().out)}
    assert told[1] == "2024-01-31"
    shop.change_settings(name="Next")
    assert main(["--workspace", str(shop.path), "--format", "json", "imports"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["files_until"].startswith("removed ")


def test_an_import_without_files_to_delete_names_no_day(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "w", {"transactions": [order("ann", "2024-01-31")]})
    assert removal_day(record_of(folder, 1), folder.settings) is None


def test_one_undone_by_an_earlier_version_has_its_time_from_today(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at="")
    shop.change_settings(name="Next")
    assert folders(shop) == ["0001", "0002"]
    assert record_of(shop, 1).undone_at[:10] == datetime.now(UTC).date().isoformat()


def test_the_state_before_points_to_no_file_that_was_deleted(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(31))
    shop.change_settings(name="Next")
    (shop.path / "manifest.json").write_bytes(b"{")
    before = read_manifest(shop.path / PREVIOUS)
    assert all((shop.path / "imports" / record.folder).is_dir() for record in before.history if record.files)
    assert Folder.restore(shop.path).damaged() == ()


def test_what_was_taken_away_can_be_brought_again(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(31))
    shop.change_settings(name="Next")
    assert add_import(shop, "transactions", [order("ann-the-first", "2024-01-31")]).id == 3


@pytest.mark.parametrize("days", [0, 3651, -1])
def test_an_impossible_time_is_refused(days: int, shop: Folder) -> None:
    with pytest.raises(LadderError, match="retention_days"):
        shop.change_settings(retention_days=days)


def test_the_command_line_sets_the_days(shop: Folder) -> None:
    assert main(["--workspace", str(shop.path), "settings", "retention_days=7"]) == 0
    assert shop.settings.retention_days == 7


def test_the_audit_trail_says_what_went(shop: Folder) -> None:
    shop.undo(1)
    age(shop, 1, undone_at=days_ago(31))
    shop.change_settings(name="Next")
    line = json.loads((shop.path / "audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert (line["event"], line["imports"]) == ("retention", [1])
