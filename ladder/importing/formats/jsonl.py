"""JSON lines: one flat object per line; the columns are the keys in the order they first appear."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import IO, Any

from ladder.errors import LadderError
from ladder.importing.dialect import MOST_COLUMNS
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import Glance, Plain, Share, Spoiled, strict
from ladder.importing.formats.text import as_utf8, head_of
from ladder.importing.header import names_of
from ladder.importing.plan import Dialect

_BAD = "not a readable JSON object"
_BEFORE = "\ufeff\x1e \t\r\n"
_PEEKED = 20
_MAY_BE_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def looks_like(text: str, told: str) -> bool:
    """Whether most of the first lines of a text are JSON objects, or the first begins like one if told so.

    An object on the only line that holds the rows in a list is none.
    """
    lines = text.lstrip(_BEFORE).split("\n", _PEEKED)[:_PEEKED]
    found = [_object(line) for line in lines if line.strip()]
    if len(found) == 1 and found[0] is not None:
        return not any(_holds_rows(value) for value in found[0].values())
    return 2 * sum(item is not None for item in found) > len(found) or (
        told == "jsonl" and lines[0].startswith("{")
    )


def refuse_other_json(path: Path, text: str) -> None:
    """LadderError for a JSON document that is not lines of objects."""
    begin = text.lstrip(_BEFORE)
    array = begin.startswith("[") and (begin[1:].lstrip()[:1] in ("{", "[", "]") or _is_list(begin))
    if array or (begin.startswith("{") and begin[1:].lstrip()[:1] in ('"', "}")):
        told = "Save it as JSON lines (one object per line) or as CSV. With jq: jq -c '.[]' file.json > file.jsonl"
        kind = "one JSON document, or lists instead of objects"
        raise LadderError("Not a table", f"{shown_name(path)} is {kind}.", told)


def glance(path: Path, dialect: Dialect, size: int) -> Glance:
    text, whole = head_of(path, dialect, size)
    lines = text.split("\n")
    lines = lines if whole or len(lines) == 1 else lines[:-1]
    sink = StringIO()
    _write(sink, lines, list(_named(lines, path).values()))
    return Glance(sink.getvalue(), whole, ("header", "header_rows", "skip", "delimiter", "quote", "escape"))


def plain(path: Path, dialect: Dialect, work: Path, share: Share) -> Plain:
    """Strict CSV of the planned columns. A line that is no object is spoiled; keys that the plan does not know are
    told, and a blank line becomes an empty row, so that record and line go together.

    LadderError when a planned column occurs nowhere in the file.
    """
    source = as_utf8(path, dialect, work, lambda done: share(done / 2))
    with source.open(encoding="utf-8", newline="\n") as lines:
        found = _named(lines, path)
    columns = dialect.columns or tuple(found)
    missing = [name for name in columns if name not in found]
    if missing:
        message = (
            f"The file's keys are {', '.join([*found][:30]) or 'none'}; missing: {', '.join(missing[:30])}."
        )
        raise LadderError("Other columns than planned", message, "Propose the mapping anew for this file.")
    target = work / "plain.csv"
    with (
        source.open(encoding="utf-8", newline="\n") as lines,
        target.open("w", encoding="utf-8", newline="") as sink,
    ):
        rows, spoiled = _write(sink, lines, [found[name] for name in columns])
    new = [name for name in found if name not in columns]
    told = (f"Keys that the plan does not know are left out: {', '.join(new[:20])}.",) if new else ()
    return Plain(target, strict(replace(dialect, columns=columns)), rows, tuple(spoiled), told)


def _named(lines: Iterable[str], path: Path) -> dict[str, str]:
    """Column name -> key, for all keys in the order they first appear."""
    keys: dict[str, None] = {}
    for line in lines:
        if (found := _object(line)) is not None:
            keys.update(dict.fromkeys(found))
        if len(keys) > MOST_COLUMNS:
            message = f"{shown_name(path)} has more than {MOST_COLUMNS:,} different keys."
            raise LadderError("Too many columns", message, "Leave out what is not needed.")
    return dict(zip(names_of([[*keys]], len(keys)), keys, strict=True))


def _write(sink: IO[str], lines: Iterable[str], keys: list[str]) -> tuple[int, list[Spoiled]]:
    """Write header and rows; returns the number of records and those that are no object."""
    writer = csv.writer(sink)
    writer.writerow(keys)
    rows, spoiled = 1, []
    for line in lines:
        rows += 1
        found = _object(line) if line.strip() else {}
        if found is None:
            spoiled.append(Spoiled(rows, _BAD))
        writer.writerow([_text(found.get(key)) for key in keys] if found else [""] * len(keys))
    return rows, spoiled


def _object(line: str) -> dict[str, Any] | None:
    """The object of a line, its numbers as they are written; None for anything else, be it a repeated key or half a
    character.
    """
    try:
        found = json.loads(
            line.lstrip("\x1e"),
            parse_float=_Number,
            parse_int=_Number,
            parse_constant=_Number,
            object_pairs_hook=_once,
        )
        if _MAY_BE_HALF.search(line):
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _holds_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _is_list(text: str) -> bool:
    """Whether the first line is a JSON list."""
    try:
        return isinstance(json.loads(text.partition("\n")[0]), list)
    except (ValueError, RecursionError):
        return False


class _Number(str):
    """A number as it stands in the file."""

    __slots__ = ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return "true" if value is True else "false" if value is False else _nested(value)


def _nested(value: Any) -> str:
    """A list or an object as compact JSON."""
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(
                f"{json.dumps(key, ensure_ascii=False)}:{_nested(item)}" for key, item in value.items()
            )
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(_nested, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
