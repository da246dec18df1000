"""Imports that are cut off, each in a process of its own: `python -m tests.cut_off_imports BASE FILE OUT CASES`.

One process reads the package, then forks once per case, so that a kill costs a fork and not an interpreter. Prints
one JSON document: per case what the child said, the state that was left, and the state after the next import.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ladder.importing import Plan, propose, run_import
from ladder.workspace import Folder
from tests.forked import ended, started

PLANS: dict[Path, Plan] = {}


def bring(path: Path, file: Path, progress: Callable[[float, str], None] | None = None) -> None:
    run_import(Folder(path), file, PLANS[file], progress=progress)


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_stage(number: int) -> Callable[[Path, Path], None]:
    """Killed when the import tells its n-th step."""

    def run(path: Path, file: Path) -> None:
        seen: list[str] = []

        def progress(share: float, step: str) -> None:
            if step not in seen:
                seen.append(step)
            if len(seen) == number:
                die()

        bring(path, file, progress)

    return run


def full_at(number: int) -> Callable[[Path, Path], None]:
    """From the n-th step on no file may grow beyond a hundred bytes, as on a disk that is full."""

    def run(path: Path, file: Path) -> None:
        seen: list[str] = []

        def progress(share: float, step: str) -> None:
            if step not in seen:
                seen.append(step)
            if len(seen) == number:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

        bring(path, file, progress)

    return run


def state(path: Path) -> dict[str, Any]:
    folder = Folder(path)
    return {
        "live": [[record.id, record.accepted] for record in folder.imports()],
        "unfinished": list(folder.unfinished()),
        "damaged": list(folder.damaged()),
        "imports": sorted(item.name for item in (path / "imports").iterdir()),
        "left": sorted(item.name for item in path.glob(".*") if item.name not in (".lock", ".lock.json")),
    }


def tried(
    task: Callable[[Path, Path], None],
    base: Path,
    file: Path,
    place: Path,
    delay: float = 0,
    again: bool = True,
) -> dict[str, Any]:
    """One case; `again` brings the file once more, else some other change is made."""
    path = Path(shutil.copytree(base, place))
    child, source = started(task, path, file)
    if delay:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    told, begun = ended(child, source), time.perf_counter()
    found: dict[str, Any] = {"told": told, "cut": state(path), "seconds": time.perf_counter() - begun}
    if again:
        found["again"] = ended(*started(bring, path, file))
    else:
        Folder(path).change_settings(name="Next")
    return {**found, "after": state(path)}


def together(base: Path, file: Path, place: Path, number: int) -> dict[str, Any]:
    path = Path(shutil.copytree(base, place))
    children = [started(bring, path, file) for _ in range(number)]
    return {"told": [ended(*child) for child in children], "after": state(path)}


TASKS: dict[str, Callable[[int], Callable[[Path, Path], None]]] = {
    "stage": at_stage,
    "full": full_at,
}


def main(base: Path, file: Path, place: Path, cases: dict[str, list[float]]) -> dict[str, Any]:
    # This also starts the fork server of the sandbox, which all children then share.
    PLANS[file] = propose(file, "transactions").plan
    found: dict[str, Any] = {}
    for kind, values in cases.items():
        for number, value in enumerate(values):
            name = f"{kind} {value}"
            if kind == "together":
                found[name] = together(base, file, place / name, int(value))
            elif kind == "delay":
                found[name] = tried(bring, base, file, place / name, value, again=number % 20 == 0)
            else:
                found[name] = tried(TASKS[kind](int(value)), base, file, place / name)
    return found


if __name__ == "__main__":
    paths = [Path(text) for text in sys.argv[1:4]]
    json.dump(main(paths[0], paths[1], paths[2], json.loads(sys.argv[4])), sys.stdout)
