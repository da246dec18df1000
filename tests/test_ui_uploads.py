"""Uploaded files on the disk: where they are, what they are called, when they go; how large one may be."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.settings import load_settings
from ladder.ui import uploads
from ladder.ui.uploads import STALE_SECONDS, drop_own_uploads, place_upload, safe_name, sweep_uploads


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LADDER_HOME", str(tmp_path))
    yield tmp_path
    drop_own_uploads()


def test_what_a_process_keeps_goes_with_it_and_what_a_killed_one_left_within_a_day(home: Path):
    mine = place_upload("orders.csv")
    mine.write_bytes(b"ann")
    old, new = home / uploads.FOLDER / "1", home / uploads.FOLDER / "2"
    for folder, age in ((old, STALE_SECONDS + 60), (new, 60)):
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    sweep_uploads()
    assert (old.exists(), new.exists(), mine.exists()) == (False, True, True)
    drop_own_uploads()
    assert (new.exists(), mine.exists()) == (True, False)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("orders.csv", "orders.csv"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("\\\\host\\share\\x.csv", "x.csv"),
        ("C:\\orders.csv", "orders.csv"),
        ("C:orders.csv", "C_orders.csv"),
        ("CON", "_CON"),
        ("nul.csv", "_nul.csv"),
        ("com1.2024.csv", "_com1.2024.csv"),
        ("console.csv", "console.csv"),
        ("a\0b.csv", "a_b.csv"),
        ("a\nb\r.csv", "a_b_.csv"),
        ("\u202efdp.csv", "_fdp.csv"),
        ("<img src=x onerror=alert(1)>.csv", "_img src_x onerror_alert(1)_.csv"),
        ("Bestellungen März.csv", "Bestellungen März.csv"),
        ("..", "upload.csv"),
        ("", "upload.csv"),
        ("/", "upload.csv"),
        ("-rf.csv", "rf.csv"),
        (".hidden.csv", "hidden.csv"),
        ("a" * 300 + ".csv", "a" * 76 + ".csv"),
    ],
)
def test_a_name_from_the_browser_never_becomes_a_path(home: Path, name: str, kept: str):
    assert safe_name(name) == kept
    file = place_upload(name)
    file.touch()
    assert file.resolve().parent.parent == home / uploads.FOLDER / str(os.getpid())


def test_long_names_in_any_script_fit_the_file_system():
    name = safe_name("𠀀" * 90 + ".csv")
    assert name.endswith("𠀀.csv")
    assert len(name.encode()) <= uploads.LONGEST_NAME_BYTES


@pytest.mark.parametrize(
    ("told", "limit"), [("", 4 * 10**9), ("500MB", 500 * 10**6), ("2 gb", 2 * 10**9), ("1.5kB", 1500)]
)
def test_the_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch, told: str, limit: int):
    monkeypatch.setenv("LADDER_UPLOAD_LIMIT", told)
    assert load_settings().upload_limit == limit


@pytest.mark.parametrize("told", ["much", "-1GB", "0", "4XB"])
def test_a_limit_that_is_no_size_is_refused(monkeypatch: pytest.MonkeyPatch, told: str):
    monkeypatch.setenv("LADDER_UPLOAD_LIMIT", told)
    with pytest.raises(LadderError, match="LADDER_UPLOAD_LIMIT"):
        load_settings()
