"""Two thousand mutated files: each is refused in a sentence, or accounted for to the row, and no row is lost that
nobody touched. LADDER_FUZZ_SEED chooses other files."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.importing.plan import Dialect
from ladder.importing.rows import Rows, read_rows
from tests.importing_fuzz import Mutant, dialects, mutant

SEED = int(os.environ.get("LADDER_FUZZ_SEED", "20260"))
ROUNDS, FILES = 25, 80


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_mutated_file_loses_no_row_that_nobody_touched(turn: int, tmp_path: Path) -> None:
    draw = random.Random(f"{SEED}-{turn}")
    with Engine(temp_directory=tmp_path / "spill") as engine:
        for number in range(FILES):
            dialect, end = draw.choice(dialects())
            made = mutant(draw, dialect, end)
            why = f"seed {SEED}, round {turn}, file {number}: {made.what} in {dialect.delimiter!r} {end!r}"
            found = outcome(engine, made, dialect, tmp_path)
            if found is not None:
                check(found, made, why)


def outcome(engine: Engine, made: Mutant, dialect: Dialect, folder: Path) -> Rows | None:
    """The rows of a mutant, or None when it is refused."""
    file = folder / "mutant.csv"
    file.write_bytes(made.content)
    try:
        return read_rows(engine, file, dialect, folder)
    except LadderError as error:
        assert error.title in ("Wrong encoding", "No rows", "Other columns than planned"), error
        return None


def check(found: Rows, made: Mutant, why: str) -> None:
    numbers = sorted({**found.kept, **found.refused, **found.ignored})
    assert numbers == list(range(1, found.count + 1)), why
    assert len(found.kept) + len(found.refused) + len(found.ignored) == found.count, why
    first, last = len(made.first), len(made.last)
    assert [found.kept.get(at) for at in range(1, first + 1)] == list(made.first), why
    below = [found.kept.get(at) for at in range(found.count - last + 1, found.count + 1)]
    # The line end of the last mutated record may be gone, and the record below with it.
    assert below[1:] == list(made.last[1:]), why
    between = Counter(row for at, row in found.kept.items() if first < at <= found.count - last)
    missing = Counter(made.middle) - between
    assert missing.total() <= made.what.count(",") + 1, why
