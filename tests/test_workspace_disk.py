"""A disk that is really full, or may only be read: a small one in memory, where the tests may mount it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.placement import build
from ladder.workspace import Folder, erase
from tests.fault_matrix import CHANGES, shop, state
from tests.placing import ladder_of

ROOM = (0, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True
    ).returncode:
        pytest.skip(
            "this account may not mount; tests/test_workspace_crash.py limits the size of files instead"
        )
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path, left: int) -> Path:
    """A file that leaves so many KB."""
    filler = place / "filler"
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    filler.write_bytes(bytes(max(0, free - left * 1024)))
    return filler


@pytest.mark.parametrize("name", ["import", "undo", "settings", "ladder", "erase"])
def test_a_full_disk_leaves_the_old_state_and_lets_one_read_on(name: str, disk: Path) -> None:
    change = CHANGES[name]
    refused = 0
    for room in ROOM:
        path = disk / f"workspace-{room}"
        shop(path)
        old = state(path)
        filler = fill(disk, room)
        try:
            change.act(path)
        except LadderError as error:
            refused += 1
            assert state(path) == old, room
            assert "Nothing was changed" in str(error), error
            assert "No space left" in str(error) or "the disk has room" in str(error), error
        assert Folder(path).damaged() == ()
        filler.unlink()
        change.next(path)
        if refused and state(path)["live"] == old["live"]:
            change.act(path)
        subprocess.run(["rm", "-rf", path], check=True)
    assert 1 <= refused < len(ROOM)


def read_only(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)


def test_a_folder_that_may_only_be_read_is_read(disk: Path) -> None:
    folder = shop(disk / "workspace")
    (folder.path / "imports" / ".stage-0003-1a2b3c4d").mkdir()
    before = build(folder).rows("orders", "select count(*) from orders")
    read_only(disk)
    assert len(folder.history()) == 2
    assert folder.damaged() == ()
    assert folder.unfinished() == (3,)
    assert build(folder).rows("orders", "select count(*) from orders") == before


ACTS: dict[str, Callable[[Folder], object]] = {
    "undo": lambda folder: folder.undo(1),
    "settings": lambda folder: folder.change_settings(margin=0.3),
    "ladder": lambda folder: folder.save_ladder(ladder_of("orders() >= 3")),
    "erase": lambda folder: erase(folder, "bob"),
    "preview": lambda folder: erase(folder, "bob", preview=True),
    "create": lambda folder: Folder.create(folder.path.parent / "other"),
}


def test_every_change_to_it_is_refused_in_a_sentence(disk: Path) -> None:
    folder = shop(disk / "workspace")
    read_only(disk)
    for name, act in ACTS.items():
        with pytest.raises(LadderError, match=r"Read-only file system\. Nothing was changed") as told:
            act(folder)
        assert "was not made" in told.value.title, name
