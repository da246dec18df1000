"""What the formats hand on: the choice of how to open a file, its beginning as text, the whole of it as text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing.formats.magic import shown_name
from ladder.importing.plan import Dialect, Question

Share = Callable[[float], None]

MOST_GROWTH = 250
"""How many times larger than a file its content may be, beyond the first GROWN_FREELY bytes. Exports of real shops
unpack to 5 to 30 times their size; deflate cannot do more than 1,032."""
GROWN_FREELY = 64 << 20


@dataclass(frozen=True)
class Found:
    """How to open a file: the dialect as far as the format decides it, the sheets or members to choose from,
    sentences worth telling, and what must be asked before its rows can be read."""

    dialect: Dialect
    sheets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Glance:
    """The beginning of a file as delimited text; `fixed` names the settings of the dialect that are known."""

    text: str
    whole: bool
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spoiled:
    """A record (from 1, as in the plain text) that cannot be used, or, with `column` (from 0), one cell of it."""

    record: int
    reason: str
    column: int | None = None


@dataclass(frozen=True)
class Plain:
    """A file as delimited UTF-8 text. `rows` is how many records the format itself says there are, header included;
    None where only the text can tell."""

    path: Path
    dialect: Dialect
    rows: int | None = None
    spoiled: tuple[Spoiled, ...] = ()
    warnings: tuple[str, ...] = ()


def strict(dialect: Dialect) -> Dialect:
    """The dialect of text that this package has written itself."""
    return replace(
        dialect,
        kind="csv",
        compression="none",
        member="",
        sheet="",
        encoding="utf-8",
        delimiter=",",
        quote='"',
        escape="",
    )


def check_growth(path: Path, written: int) -> None:
    """LadderError when the text of a file has grown out of proportion to the file."""
    if written > max(GROWN_FREELY, MOST_GROWTH * path.stat().st_size):
        raise LadderError(
            "The file unpacks without end",
            f"{shown_name(path)} unpacks to more than {MOST_GROWTH} times its size.",
            "Unpack it yourself, look at it, and bring what is inside.",
        )


def check_room(work: Path, written: int) -> None:
    """LadderError unless the disk has twice the room that the copy of the file takes so far."""
    free = shutil.disk_usage(work).free
    if free < 2 * written:
        raise LadderError(
            "Not enough room on the disk",
            f"The file takes more than {written / 1e9:,.1f} GB unpacked, and {free / 1e9:,.1f} GB are free.",
            "Nothing was changed. Make room and try again.",
        )
