"""The workspaces that come with the product: whole, or not there at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.flows import rungs
from ladder.model.tables import TABLES
from ladder.placement import Placed, build
from ladder.samples import LEFT_BEHIND_SECONDS, cdnow_file, ensure_sample, make_cdnow, make_sample
from ladder.workspace import Folder


def test_the_sample_holds_all_six_tables_and_rejects_nothing(sample_folder: Folder) -> None:
    records = sample_folder.imports()
    assert [record.table for record in records] == list(TABLES)
    assert {record.table: record.accepted for record in records} == {
        "customers": 4000, "transactions": 27365, "interactions": 28113, "feedback": 3651, "referrals": 550,
        "incentives": 2410,
    }  # fmt: skip
    assert sum(record.rejected + record.ignored + record.duplicate for record in records) == 0


def test_the_sample_says_what_shop_it_is(sample_folder: Folder) -> None:
    settings = sample_folder.settings
    assert (settings.currency, settings.timezone, settings.margin) == ("EUR", "Europe/Berlin", 0.45)
    assert "sample" in settings.name


def test_every_rung_of_the_sample_is_peopled(sample: Placed) -> None:
    found = rungs(sample).frame.set_index("rung")["customers"]
    assert not sample.missing
    assert found.min() >= 60
    assert found.sum() == 4000


def test_cdnow_is_told_to_the_row_by_an_independent_count(tmp_path: Path) -> None:
    """69,659 purchases of 23,570 people (Fader and Hardie); the money is added up from the text itself."""
    text = cdnow_file("CDNOW_master.txt").read_text("ascii")
    _, *lines = [line.split() for line in text.splitlines() if line.strip()]
    folder = make_cdnow(tmp_path / "cdnow")
    (record,) = folder.imports()
    assert (record.rows_read, record.accepted, record.duplicate, record.rejected) == (69659, 69659, 0, 0)
    assert record.rows_read == len(lines)
    placed = build(folder)
    people, cents = placed.rows(
        "totals", "select count(distinct customer), cast(sum(amount) as bigint) from orders"
    )[0]
    assert people == len({line[0] for line in lines}) == 23570
    assert cents == sum(round(float(line[3]) * 100) for line in lines)
    assert (placed.periods[0].isoformat(), placed.last.isoformat()) == ("1997-01-31", "1998-06-30")
    assert rungs(placed).frame["customers"].sum() == 23570


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(LadderError, match="“mine” is not empty"):
        make_sample(tmp_path / "mine")
    assert [item.name for item in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_sample_cut_off_half_way_is_made_again(tmp_path: Path) -> None:
    (tmp_path / ".shop.making").mkdir()
    (tmp_path / ".shop.making" / "manifest.json").write_text("half", "utf-8")
    long_ago = time.time() - 2 * LEFT_BEHIND_SECONDS
    os.utime(tmp_path / ".shop.making", (long_ago, long_ago))
    folder = ensure_sample(tmp_path / "shop")
    assert [item.name for item in tmp_path.iterdir()] == ["shop"]
    assert len(folder.imports()) == 6
    assert ensure_sample(tmp_path / "shop").manifest() == folder.manifest()


def test_the_current_folder_can_be_filled_when_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert len(make_sample(Path()).imports()) == 6
    assert Path("manifest.json").is_file()
    assert [item.name for item in tmp_path.iterdir()] == ["here"]
