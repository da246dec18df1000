"""Every place of a workspace that holds a customer, found before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp, parse_one

from ladder.engine import Engine
from ladder.model.tables import TABLES
from ladder.workspace.atomic import sha256
from ladder.workspace.audit import AUDIT
from ladder.workspace.folder import Folder
from ladder.workspace.raw_lines import possible_ids
from ladder.workspace.records import REJECTS, ImportRecord
from ladder.workspace.tombstones import ONE_SPELLING, one_spelling
from ladder.workspace.traces import (
    CONTACTS,
    Person,
    count_rows,
    count_words,
    delimiter_of,
    file_words,
    id_columns,
    rejected_rows,
)

KINDS = (*TABLES, "contacts", "attributes", "withdrawn")
_LOOKED_AT = ("ladders", "scenarios", "links")

_CONTACTS = """
select distinct customer_id, name, email, phone from read_parquet($files) where customer_id is not null
"""

_IDS = """
select distinct :id from read_parquet($files)
where list_contains($ids, :spelling) or list_contains($mails, lower(:id))
"""


@dataclass(frozen=True)
class Place:
    """One place that holds a customer: `count` of `what`, and what erasing does to it (`then`)."""

    where: str
    what: str
    count: int
    then: str


@dataclass
class Search:
    """What a search has found.

    `touched` are the files to rewrite by import, `erased` the rows of its table by import, `removed` further files
    to delete, `beyond_repair` undone imports with a damaged file, `blocked` the e-mail addresses of nobody else.
    """

    person: Person
    others: tuple[tuple[str, str], ...] = ()
    blocked: tuple[str, ...] = ()
    present: set[str] = field(default_factory=set)
    found: list[Place] = field(default_factory=list)
    touched: dict[int, set[str]] = field(default_factory=dict)
    erased: dict[int, int] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    beyond_repair: set[int] = field(default_factory=set)
    rows: int = 0

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(self.found)


def search(engine: Engine, folder: Folder, ids: tuple[str, ...]) -> Search:
    """Look everywhere. LadderError when a file of a live import is damaged: nobody could tell what it holds."""
    folder.require_whole()
    history = folder.history()
    broken = {record.id for record in folder.manifest().undone if not _is_whole(folder, record)}
    files = {kind: dict(_files(folder, kind, broken)) for kind in KINDS}
    found = _who(engine, files, ids)
    found.beyond_repair = broken
    for ident in sorted(broken):
        found.found.append(Place(f"import {ident}, undone", "damaged folder", 1, "deleted"))
    for kind in KINDS:
        _look_in_rows(engine, found, kind, files[kind])
    for record in history:
        _look_in_record(folder, found, record, record.id in broken)
    _look_beside(folder, found)
    return found


def _files(folder: Folder, kind: str, broken: set[int]) -> Iterator[tuple[Path, ImportRecord]]:
    for record in folder.history():
        if f"{kind}.parquet" in record.files and record.id not in broken:
            yield folder.import_path(record) / f"{kind}.parquet", record


def _is_whole(folder: Folder, record: ImportRecord) -> bool:
    path = folder.import_path(record)
    return all(
        (path / name).is_file() and sha256(path / name) == digest for name, digest in record.files.items()
    )


def _who(engine: Engine, files: dict[str, dict[Path, ImportRecord]], ids: tuple[str, ...]) -> Search:
    """The person behind the ids, who else may be the same, and which of the ids are here at all."""
    rows = []
    if files["contacts"]:
        rows = engine.rows("contacts", _CONTACTS, {"files": [str(file) for file in files["contacts"]]})
    asked = set(map(one_spelling, ids))
    present = {ident for ident in _known_ids(engine, files, asked, set()) if one_spelling(ident) in asked}
    ids = tuple(dict.fromkeys((*ids, *sorted(present))))
    own = {
        name: tuple(sorted({row[at] for row in rows if row[0] in ids and row[at]}))
        for at, name in enumerate(CONTACTS, 1)
    }
    mails, phones = {mail.casefold() for mail in own["email"]}, set(own["phone"])
    others = {row[0]: "the same telephone number" for row in rows if row[0] not in ids and row[3] in phones}
    others |= {
        row[0]: "the same e-mail address"
        for row in rows
        if row[0] not in ids and (row[2] or "").casefold() in mails
    }
    known = _known_ids(engine, files, set(), mails)
    others |= {ident: "the e-mail address itself as id" for ident in known - set(ids)}
    taken = {(row[2] or "").casefold() for row in rows if row[0] not in ids}
    taken |= {ident.casefold() for ident in others}
    return Search(
        Person(ids, own["name"], own["email"], own["phone"]),
        tuple(sorted(others.items())),
        tuple(mail for mail in own["email"] if mail.casefold() not in taken),
        present,
    )


def _known_ids(
    engine: Engine, files: dict[str, dict[Path, ImportRecord]], ids: set[str], mails: set[str]
) -> set[str]:
    """Ids in the files that are one of `ids` in any spelling, or one of `mails` but for capitals."""
    known: set[str] = set()
    for kind in KINDS:
        for name in id_columns(kind) if files[kind] else ():
            parts: dict[str, exp.Expr] = {"id": exp.column(name, quoted=True)}
            parts["spelling"] = exp.replace_placeholders(parse_one(ONE_SPELLING, dialect="duckdb"), **parts)
            query = exp.replace_placeholders(parse_one(_IDS, dialect="duckdb"), **parts)
            told = {"files": [str(file) for file in files[kind]], "ids": [*ids], "mails": [*mails]}
            known |= {row[0] for row in engine.rows(f"ids in {kind}", query, told)}
    return known


def _look_in_rows(engine: Engine, found: Search, kind: str, files: dict[Path, ImportRecord]) -> None:
    for file, (theirs, named) in count_rows(engine, kind, list(files), found.person).items():
        record = files[file]
        if theirs:
            found.found.append(Place(f"import {record.id}, {kind}", "rows", theirs, "deleted"))
            found.rows += theirs
            if kind == record.table:
                found.erased[record.id] = theirs
        if named:
            found.found.append(
                Place(f"import {record.id}, {kind}", "texts of others", named, "words taken out")
            )
        if theirs or named:
            found.touched.setdefault(record.id, set()).add(file.name)


def _look_in_record(folder: Folder, found: Search, record: ImportRecord, is_broken: bool) -> None:
    """The rejected rows of an import, and what its record says in words."""
    rejects = folder.import_path(record) / REJECTS
    if REJECTS in record.files and not is_broken:
        theirs = rejected_rows(rejects, record, found.person)
        if theirs:
            found.found.append(Place(f"import {record.id}, rejected rows", "rows", len(theirs), "deleted"))
            found.touched.setdefault(record.id, set()).add(REJECTS)
            named = {
                one_spelling(word) for text in theirs for word in possible_ids(text, delimiter_of(record))
            }
            found.present |= {ident for ident in found.person.ids if one_spelling(ident) in named}
    words = count_words({**record.to_dict(), "files": {}}, found.person.pattern)
    if words:
        found.found.append(Place(f"import {record.id}, its record", "words", words, "words taken out"))
        found.touched.setdefault(record.id, set())


def _look_beside(folder: Folder, found: Search) -> None:
    """Results and saved lists, which are deleted, and texts that people wrote or read, which stay."""
    results = sum(1 for _ in (folder.path / "derived").iterdir())
    if results:
        found.found.append(Place("derived", "files of results", results, "deleted; they are built again"))
    pattern = found.person.pattern
    for file in _texts(folder.path / "lists"):
        where = file.relative_to(folder.path).as_posix()
        words = file_words(file, found.person.wide_pattern) + count_words(where, pattern)
        if words:
            found.found.append(Place(where, "words", words, "deleted"))
            found.removed.append(where)
    manifest = folder.manifest()
    told = {"settings": manifest.settings.to_dict(), "ladder in use": manifest.ladder.to_dict()}
    kept = {where: count_words(value, pattern) for where, value in told.items()}
    for file in [file for name in _LOOKED_AT for file in _texts(folder.path / name)] + [folder.path / AUDIT]:
        where = file.relative_to(folder.path).as_posix()
        kept[where] = file_words(file, pattern) + count_words(where, pattern) if file.is_file() else 0
    for where, words in kept.items():
        if words:
            found.found.append(Place(where, "words", words, "kept: look at it yourself"))


def _texts(path: Path) -> list[Path]:
    return sorted(item for item in path.rglob("*") if item.is_file())
