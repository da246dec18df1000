"""Import side by side: `python -m tests.many_importers WORKSPACE PEOPLE ROUNDS`, each of the people in a process."""

from __future__ import annotations

import sys
from pathlib import Path

from ladder.workspace import Folder
from tests.forked import ended, started
from tests.placing import order
from tests.workspaces import add_import


def main(path: Path, people: int, rounds: int) -> list[str]:
    """What each process said at its end."""

    def bring(who: str) -> None:
        for number in range(rounds):
            add_import(Folder(path, by=who), "transactions", [order(f"{who}-{number}", "2024-01-31")])

    children = [started(lambda *_, who=f"p{one}": bring(who), path, path) for one in range(people)]  # type: ignore[misc]
    return [ended(*child) for child in children]


if __name__ == "__main__":
    told = main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.exit(0 if told == ["done"] * int(sys.argv[2]) else f"not done: {told}")
