"""The files of one import once more, without a customer: a new folder beside the old one."""

from __future__ import annotations

import csv
import dataclasses
import os
import shutil
from pathlib import Path

from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.workspace.atomic import sync_folder
from ladder.workspace.records import REJECTS, ImportRecord
from ladder.workspace.stage import PREFIX, seal
from ladder.workspace.traces import ERASED, Person, is_theirs, read_rejected, text_columns, without_words

_COPY = "copy (select 1) to $target (format parquet, compression zstd)"
_KEPT_TEXT = ("table", "imported_at", "by", "sha256", "undone_at", "undone_by", "removed", "files")


def rewritten(
    engine: Engine, imports: Path, record: ImportRecord, person: Person, touched: set[str], erased: int
) -> ImportRecord:
    """Write the next revision of an import's folder and return its record; the old folder stays as it is.

    `touched` are the names of the files that hold something of the person; the others are linked, not copied.
    """
    following = dataclasses.replace(
        without(record, person), revision=record.revision + 1, erased=record.erased + erased
    )
    old, stage = imports / record.folder, imports / f"{PREFIX}{following.folder}"
    stage.mkdir(mode=0o700)
    for name in record.files:
        if name not in touched:
            _link(old / name, stage / name)
        elif name == REJECTS:
            _rewrite_rejected(old / name, stage / name, record, person)
        else:
            _rewrite_rows(engine, old / name, stage / name, person)
    sealed = seal(stage, following)
    stage.rename(imports / following.folder)
    sync_folder(imports)
    return sealed


def without(record: ImportRecord, person: Person) -> ImportRecord:
    """The record without the words that name the person, such as in the name of the file it came from."""
    texts = {key: value for key, value in record.to_dict().items() if key not in _KEPT_TEXT}
    return ImportRecord.from_dict({**record.to_dict(), **without_words(texts, person.pattern)})


def _rewrite_rows(engine: Engine, source: Path, target: Path, person: Person) -> None:
    kind = source.stem
    parameters = {"source": str(source), "target": str(target), "ids": list(person.ids)}
    star = exp.Star()
    if person.engine_pattern and text_columns(kind):
        star = exp.Star(replace=[_replaced(name) for name in text_columns(kind)])
        parameters |= {"pattern": person.engine_pattern, "erased": ERASED}
    rows = exp.select(star).from_(exp.func("read_parquet", exp.Placeholder(this="source")))
    statement = parse_one(_COPY, dialect="duckdb")
    statement.set("this", rows.where(exp.not_(is_theirs(kind))).subquery())
    engine.run(f"rewrite {kind}", statement, parameters)


def _replaced(name: str) -> exp.Alias:
    column = exp.column(name, quoted=True)
    text = exp.func(
        "regexp_replace",
        column,
        exp.Placeholder(this="pattern"),
        exp.Placeholder(this="erased"),
        exp.Literal.string("gi"),
        dialect="duckdb",
    )
    return exp.Alias(this=text, alias=exp.to_identifier(name, quoted=True))


def _rewrite_rejected(source: Path, target: Path, record: ImportRecord, person: Person) -> None:
    header, *rows = read_rejected(source)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(row for row in rows if row and not person.is_named_in(row[-1], record))


def _link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
