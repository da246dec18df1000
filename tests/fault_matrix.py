"""Strike every step that a change to a workspace takes on the disk: `python -m tests.fault_matrix` prints the matrix.

A step is a call of the operating system on a path of the workspace: open, write, fsync, rename, mkdir, remove, chmod,
link or list. A child process counts them and, at the n-th, is killed or refused; the parent then looks at what is
left. n grows until the child ends without having been struck, so no step is passed over.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.workspace import REJECTS, Folder, ImportRecord, erase
from ladder.workspace.atomic import nothing_changed
from ladder.workspace.manifest import replace_manifest
from tests.forked import ended, started
from tests.placing import ladder_of, order
from tests.striking import FAULTS, Striker
from tests.workspaces import make_workspace


@dataclass(frozen=True)
class Change:
    """A change to strike: what it is done to, what it does, what is done next.

    `next` is a change without the engine, whose threads must not be there when the next child is forked. What
    `may_wait` is put off without a word.
    """

    base: Callable[[Path], object]
    act: Callable[[Path], object]
    next: Callable[[Path], object]
    may_wait: bool = False


def shop(path: Path) -> Folder:
    """Two imports and a ladder of its own; ann is in both imports, and in the rejected rows of the second."""
    folder = make_workspace(
        path,
        {"transactions": [order("ann-the-first", "2024-01-31"), order("bob", "2024-01-31")]},
        ladder_of("orders() >= 1"),
    )
    with folder.stage_import() as stage:
        shutil.copy(folder.path / "imports" / "0001" / "transactions.parquet", stage.path)
        (stage.path / REJECTS).write_text(
            'line,reason,column,original\n3,bad,ts,"ann-the-first,x"\n', "utf-8"
        )
        stage.publish(record_of(stage.id))
    (folder.path / "derived" / "old.duckdb").write_bytes(b"ann-the-first")
    (folder.path / "lists" / "to-call.csv").write_bytes(b"customer\nann-the-first\n")
    return folder


def record_of(ident: int) -> ImportRecord:
    return ImportRecord(
        ident, "transactions", "x.csv", f"{datetime.now():%Y-%m-%d}T10:00:00+00:00", 3, 2, 0, 1, 0
    )


def retired(path: Path) -> None:
    """The first import was undone long ago: the next change deletes its files."""
    folder = shop(path)
    folder.undo(1)
    manifest = folder.manifest()
    long_ago = replace(manifest.undone[0], undone_at="2020-01-01T00:00:00+00:00")
    rewrite(folder, undone=(long_ago,))


def rewrite(folder: Folder, **changes: Any) -> None:
    replace_manifest(folder.path, folder.manifest(), **changes)


def broken(path: Path) -> None:
    folder = shop(path)
    folder.change_settings(name="After")
    (path / "manifest.json").write_bytes(b"{")


def publish(path: Path) -> None:
    with nothing_changed("import"), Folder(path).stage_import() as stage:
        for name in ("transactions.parquet", REJECTS):
            shutil.copy(path / "imports" / "0002" / name, stage.path / name)
        stage.publish(record_of(stage.id))


def rename(path: Path) -> None:
    Folder(path).change_settings(name="Next")


CHANGES = {
    "create": Change(lambda path: None, Folder.create, Folder.create),
    "import": Change(shop, publish, publish),
    "undo": Change(shop, lambda path: Folder(path).undo(1), rename),
    "settings": Change(shop, lambda path: Folder(path).change_settings(margin=0.3), rename),
    "ladder": Change(shop, lambda path: Folder(path).save_ladder(ladder_of("orders() >= 2")), rename),
    "retention": Change(
        retired, lambda path: Folder(path).change_settings(margin=None), rename, may_wait=True
    ),
    "restore": Change(broken, Folder.restore, lambda path: Folder.restore(path) and rename(path)),
    "erase": Change(shop, lambda path: erase(Folder(path), "ann-the-first"), rename),
}


def state(path: Path) -> dict[str, Any]:
    """Everything that a reader could see."""
    if not (path / "manifest.json").is_file():
        return {}
    try:
        folder = Folder(path)
        manifest = folder.manifest()
    except LadderError as error:
        return {"refused": error.title}
    return {
        "live": [[record.id, record.folder, sorted(record.files)] for record in manifest.imports],
        "undone": [[record.id, record.folder, sorted(record.files)] for record in manifest.undone],
        "settings": manifest.settings.to_dict(),
        "ladders": [[ladder.id, ladder.version] for ladder in folder.ladders()],
        "erased": len(manifest.erased),
        "damaged": list(folder.damaged()),
    }


def leftovers(path: Path) -> list[str]:
    """What lies about that no state points to."""
    if "refused" in state(path):
        return ["a state that cannot be read"]
    manifest = Folder(path).manifest()
    known = {record.folder for record in manifest.history if record.files}
    found = [item.name for item in (path / "imports").iterdir() if item.name not in known]
    hidden = [item.name for item in path.glob(".*") if item.name not in (".lock", ".lock.json")]
    return sorted([*found, *hidden, *manifest.removing])


def struck(change: Change, base: Path, place: Path, number: int, fault: str) -> dict[str, Any]:
    """One cell: what the child said, the state it left, and the state after the same change once more."""
    path = place / "workspace"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(base, path) if base.is_dir() else place.mkdir()
    marker = place / "struck"

    def task(path: Path, _: Path) -> None:
        striker = Striker(path, number, fault)
        striker.install()
        try:
            change.act(path)
        finally:
            if striker.count < number:
                os.close(os.open(marker, os.O_CREAT))

    told = ended(*started(task, path, path))
    found: dict[str, Any] = {"told": told, "struck": not marker.exists(), "left": state(path), "next": "done"}
    try:
        change.next(path)
    except LadderError as error:
        found["next"] = str(error)
    return {**found, "leftovers": leftovers(path)}


def matrix(name: str, fault: str, place: Path, every: int = 1) -> list[dict[str, Any]]:
    """The cell of every step of a change that a fault can strike, or of every n-th."""
    change, base, after = CHANGES[name], place / "base", place / "after"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    done(change.base, base)
    if base.is_dir():
        shutil.copytree(base, after)
    done(change.act, after)
    old, new, cells, number = state(base), state(after), [], 1
    while (cell := struck(change, base, place / "struck", number, fault))["struck"]:
        cells.append({**cell, "step": number, "verdict": verdict(change, cell, old, new)})
        number += every
    return cells


def done(act: Callable[[Path], object], path: Path) -> None:
    def task(path: Path, _: Path) -> None:
        act(path)

    words = ended(*started(task, path, path))
    assert words == "done", words


# What the same change says where it was made already.
ALREADY = (
    "A workspace is there already “workspace” holds a manifest. Choose another folder.",
    "Nothing to restore The manifest is whole. Nothing was changed.",
)


def verdict(change: Change, cell: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> str:
    """`old` or `new` for the state that was left, or what is wrong with the cell."""
    left, told = cell["left"], cell["told"]
    if left not in (old, new):
        return f"between: {left}"
    if "not a sentence" in told:
        return told
    if "Nothing was changed" in told and left != old:
        return f"untrue: {told}"
    if told == "done" and left != new and not change.may_wait:
        return "done, but it is not"
    if ("did not confirm" in told or "not complete" in told) and left != new and not change.may_wait:
        return f"untrue: {told}"
    if cell["next"] not in ("done", *ALREADY):
        return f"the next change: {cell['next']}"
    if cell["leftovers"]:
        return f"left lying about: {cell['leftovers']}"
    return "new" if left == new else "old"


def memory() -> str | None:
    """A folder in memory, where there is one: an fsync is a step there too, but takes no time."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def main(chosen: list[tuple[str, str, int]]) -> dict[str, list[dict[str, Any]]]:
    """(change, fault, every) -> the cells under `change, fault`."""
    gc.freeze()
    with tempfile.TemporaryDirectory(dir=memory()) as place:
        found = {
            f"{name}, {fault}": matrix(name, fault, Path(place) / "cells", every)
            for name, fault, every in chosen
        }
    gc.unfreeze()
    return found


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    write = sys.stdout.write
    write(f"{'change, fault':36} {'steps':>6} {'old':>6} {'new':>6} {'wrong':>6}\n")
    for name, cells in found.items():
        counts = Counter(cell["verdict"] for cell in cells)
        wrong = len(cells) - counts["old"] - counts["new"]
        write(f"{name:36} {len(cells):6} {counts['old']:6} {counts['new']:6} {wrong:6}\n")
        for cell in cells:
            if cell["verdict"] not in ("old", "new"):
                write(f"  step {cell['step']}: {cell['verdict']}\n")
    write(f"{sum(map(len, found.values())):,} cells\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump(main([tuple(item) for item in json.loads(sys.argv[1])]), sys.stdout)
    else:
        show(main([(name, fault, 1) for name in CHANGES for fault in FAULTS]))
