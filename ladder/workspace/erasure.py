"""Erase a customer from a workspace: look everywhere, rewrite what holds them, and never take them in again."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from ladder.engine import Engine
from ladder.errors import LadderError
from ladder.workspace.atomic import nothing_changed
from ladder.workspace.folder import Folder
from ladder.workspace.manifest import Manifest, replace_manifest
from ladder.workspace.places import Place, Search, search
from ladder.workspace.records import ImportRecord
from ladder.workspace.rewriting import rewritten, without
from ladder.workspace.tidying import remove_decided, tidy
from ladder.workspace.tombstones import Tombstones, make_key, one_spelling, read_key
from ladder.workspace.traces import without_words
from ladder.workspace.writers import Tell


@dataclass(frozen=True)
class Erasure:
    """Every place that holds the customers, and after the erasure what became of it.

    `others` are (id, why) of customers who may be the same person, such as by the same e-mail address. `certificate`
    is a text for the files of whoever asked, `sha256` its hash in the audit trail; both are empty in a preview.
    """

    customers: tuple[str, ...]
    places: tuple[Place, ...]
    others: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    certificate: str = ""
    sha256: str = ""

    @property
    def frame(self) -> pd.DataFrame:
        """One row per place: where, what, count, then."""
        return pd.DataFrame(
            [asdict(place) for place in self.places], columns=["where", "what", "count", "then"]
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "customers": list(self.customers),
            "rows": self.rows,
            "places": [asdict(place) for place in self.places],
            "others": [{"customer": ident, "why": why} for ident, why in self.others],
            "certificate": self.certificate,
            "sha256": self.sha256,
        }


def erase(
    folder: Folder,
    customer: str,
    also: Sequence[str] = (),
    *,
    preview: bool = False,
    tell: Tell | None = None,
) -> Erasure:
    """Erase a customer, and those of `also` who are the same person, from every file of the workspace.

    A preview finds every place and changes nothing. Later files that bring these ids or their e-mail addresses find
    them ignored. LadderError when nobody of that id is here, and nothing was changed then.
    """
    ids = tuple(dict.fromkeys((customer, *also)))
    if preview:
        now = folder.snapshot()
        with (
            nothing_changed("search"),
            now.scratch() as place,
            Engine(temp_directory=place.path) as engine,
        ):
            found = search(engine, now, ids)
        _refuse_unknown(found, now, ids)
        return Erasure(ids, found.places, found.others, found.rows)
    with nothing_changed("erasure"), folder.lock("an erasure", tell=tell):
        tidy(folder.path, folder.manifest(), folder.by)
        return _erase(folder, ids)


def _erase(folder: Folder, ids: tuple[str, ...]) -> Erasure:
    manifest = folder.manifest()
    with folder.scratch() as place, Engine(temp_directory=place.path) as engine:
        engine.run("keep the order of rows", "set preserve_insertion_order = true")
        found = search(engine, folder, ids)
        _refuse_unknown(found, folder, ids)
        make_key(folder.path)
        stones = Tombstones(read_key(folder.path), frozenset(manifest.erased))
        digests = [stones.digest(ident) for ident in ids]
        folder.audit("erase", customers=digests, rows=found.rows, places=len(found.places))
        with _new_revisions(folder):
            records = {record.id: _without(engine, folder, record, found) for record in manifest.history}
            blocked = {*manifest.erased, *digests, *map(stones.digest, found.blocked)}
            after = replace_manifest(
                folder.path,
                manifest,
                imports=tuple(records[record.id] for record in manifest.imports),
                undone=tuple(records[record.id] for record in manifest.undone),
                erased=tuple(sorted(blocked)),
                erasures=manifest.erasures + 1,
                removing=(*manifest.removing, *_replaced(manifest, records), *found.removed, "derived"),
            )
    return _finish(folder, after, found, digests)


def _without(engine: Engine, folder: Folder, record: ImportRecord, found: Search) -> ImportRecord:
    """The record of an import without the customer: its next revision, or the same when nothing in it is theirs."""
    touched = found.touched.get(record.id)
    if record.id in found.beyond_repair:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return without(
            ImportRecord.from_dict({**record.to_dict(), "files": {}, "removed": now}), found.person
        )
    if touched is None:
        return record
    if not record.files:
        return without(record, found.person)
    erased = found.erased.get(record.id, 0)
    return rewritten(engine, folder.path / "imports", record, found.person, touched, erased)


def _replaced(manifest: Manifest, records: dict[int, ImportRecord]) -> list[str]:
    """The folders that no record points to any more."""
    return [
        f"imports/{record.folder}"
        for record in manifest.history
        if record.files and (records[record.id].folder != record.folder or not records[record.id].files)
    ]


@contextmanager
def _new_revisions(folder: Folder) -> Iterator[None]:
    """Folders that are written in the body and do not come into the manifest are removed again."""
    imports = folder.path / "imports"
    before = {item.name for item in imports.iterdir()}
    try:
        yield
    finally:
        with suppress(OSError, LadderError):
            known = {record.folder for record in folder.history()} | before
            for item in imports.iterdir():
                if item.name not in known:
                    shutil.rmtree(item, ignore_errors=True)


def _finish(folder: Folder, manifest: Manifest, found: Search, digests: list[str]) -> Erasure:
    """Delete what was replaced and certify; from here on the new state stands."""
    try:
        left = remove_decided(folder.path, manifest).removing
        if left:
            raise OSError(f"{len(left)} files cannot be deleted")
        text = _certificate(folder, manifest, found, digests)
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        folder.audit("erased", customers=digests, rows=found.rows, certificate=digest)
    except OSError as error:
        raise LadderError(
            "The erasure is not complete",
            "The customer is out of every figure, but old files are still on the disk: "
            f"{error.strerror or error}.",
            "Run it again; the next change to the workspace tries as well.",
        ) from error
    return Erasure(found.person.ids, found.places, found.others, found.rows, text, digest)


def _certificate(folder: Folder, manifest: Manifest, found: Search, digests: list[str]) -> str:
    """What was done, for the files of whoever asked; the customer stands in it under a pseudonym."""
    lines = [
        "Certificate of erasure",
        f"Workspace: {manifest.settings.name}, generation {manifest.generation}",
        f"Erased at: {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC by {folder.by or 'an unknown account'}",
        *(f"Customer (keyed hash of the id): {digest}" for digest in digests),
        f"Rows deleted: {found.rows:,}",
        *(
            f"{without_words(place.where, found.person.pattern)}: {place.count:,} {place.what}, {place.then}"
            for place in found.places
        ),
        "Files that bring these customers again find their rows ignored.",
    ]
    return "\n".join(lines) + "\n"


def _refuse_unknown(found: Search, folder: Folder, ids: tuple[str, ...]) -> None:
    """Who is nowhere is refused, so that a slip of the pen does not pass for an erasure; a second time is no slip."""
    if not ids[0].strip():
        raise LadderError("Which customer?", "The id is empty.", "Nothing was changed.")
    present = set(map(one_spelling, found.present))
    missing = [ident for ident in ids if one_spelling(ident) not in present]
    if missing and not set(missing) <= set(folder.tombstones().among(missing)):
        raise LadderError(
            "No such customer",
            f"No file of the workspace holds “{missing[0]}”.",
            "Ids count exactly, with leading zeros and, but for e-mail addresses, capitals. Nothing was changed.",
        )
