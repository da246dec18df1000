"""Links at rest: two files per link, named by the hash of its token; the token itself is nowhere on the disk."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ladder.errors import LadderError, did_you_mean
from ladder.model.ladder import fingerprint, ladder_name, preset, preset_ids
from ladder.model.link import BLOCKS, Link, link_from_dict
from ladder.placement import Placed
from ladder.sharing.freeze import freeze
from ladder.sharing.page import render_page
from ladder.sharing.snapshot import Snapshot, plain
from ladder.sharing.suppress import SMALLEST_GROUP
from ladder.workspace import Folder
from ladder.workspace.atomic import write_atomic

DAYS = 30
LONGEST_DAYS = 366
LONGEST_TITLE = 120
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def create_link(
    folder: Folder,
    placed: Placed,
    *,
    title: str,
    blocks: Sequence[str] = BLOCKS,
    days: int = DAYS,
    k: int = SMALLEST_GROUP,
    as_of: date | None = None,
    compare: date | None = None,
    clv: Mapping[str, float] | None = None,
    now: datetime | None = None,
) -> tuple[str, Link]:
    """Freeze a view into a page of its own; returns the secret token (for `/s/<token>`, told once) and the link.

    `clv` is the mean value per customer by rung name, in currency units. Refuses unknown blocks, a smallest group
    `k` below 5, and a view whose small groups cannot be hidden.
    """
    created = (now or datetime.now(UTC)).replace(microsecond=0)
    _check(title, blocks, days)
    snapshot = freeze(placed, title=title, blocks=blocks, k=k, as_of=as_of, compare=compare, clv=clv)
    token = secrets.token_urlsafe(32)
    link = _link(snapshot, ladder_name(placed.ladder), created, days)
    # Its name may say more than a page should: the files of a link hold a fingerprint of the ladder instead.
    stored = dataclasses.replace(link, ladder=fingerprint(placed.ladder))
    with folder.lock():
        _sweep(folder.path, created)
        page = _file(folder.path, _digest(token), "html")
        write_atomic(page, render_page(snapshot).encode("utf-8"))
        _write(page.with_suffix(".json"), stored)
        folder.audit(
            "link created", link=link.id, ladder=link.ladder, blocks=list(link.blocks), k=k,
            expires=link.expires.isoformat(),
        )  # fmt: skip
    return token, link


def list_links(folder: Folder) -> tuple[Link, ...]:
    """Every link ever made here, newest first, with its views."""
    found = [_told(folder, path, link) for path, link in _stored(folder.path)]
    return tuple(sorted(found, key=lambda link: (link.created, link.id), reverse=True))


def revoke_link(folder: Folder, link_id: str, now: datetime | None = None) -> Link:
    """Stop a link at once and delete its page; refuses an id that is not there. Revoking twice changes nothing."""
    with folder.lock():
        stored = {link.id: (path, link) for path, link in _stored(folder.path)}
        if link_id not in stored:
            hint = did_you_mean(link_id, stored) or "There are no links in this workspace."
            raise LadderError("No such link", f"No link has the id “{link_id}”.", hint)
        path, link = stored[link_id]
        if link.revoked is None:
            link = dataclasses.replace(link, revoked=(now or datetime.now(UTC)).replace(microsecond=0))
            _write(path, link)
            folder.audit("link revoked", link=link.id)
        path.with_suffix(".html").unlink(missing_ok=True)
        return _told(folder, path, link)


def open_link(folder_path: Path, token: str, now: datetime, *, count: bool = True) -> bytes | None:
    """The page of a live link, or None: the same None for a malformed, unknown, expired or revoked token.

    The token is looked up by its hash, so neither the time taken nor a path on the disk depends on how much of it
    is right. `count` adds one to the views.
    """
    if not _TOKEN.fullmatch(token):
        return None
    meta = _file(folder_path, _digest(token), "json")
    link = _read(meta)
    if link is None or not link.answers(now):
        return None
    try:
        page = meta.with_suffix(".html").read_bytes()
    except OSError:
        return None
    if count:
        _count_view(meta)
    return page


def _told(folder: Folder, path: Path, link: Link) -> Link:
    """A stored link with its views, and the name of the ladder whose fingerprint it holds."""
    known = {
        fingerprint(ladder): ladder_name(ladder) for ladder in (*map(preset, preset_ids()), *folder.ladders())
    }
    return dataclasses.replace(link, views=_views(path), ladder=known.get(link.ladder, ""))


def _link(snapshot: Snapshot, ladder: str, created: datetime, days: int) -> Link:
    return Link(
        id=secrets.token_hex(4),
        title=snapshot.title,
        as_of=snapshot.as_of,
        compare=snapshot.compare,
        blocks=snapshot.blocks,
        k=snapshot.k,
        hidden=snapshot.hidden,
        created=created,
        expires=created + timedelta(days=days),
        ladder=ladder,
    )


def _check(title: str, blocks: Sequence[str], days: int) -> None:
    if not plain(title) or len(title) > LONGEST_TITLE:
        hint = f"Write 1 to {LONGEST_TITLE} characters; everybody with the link reads them."
        raise LadderError("The link needs a title", f"“{title[:40]}” cannot be used.", hint)
    for block in blocks:
        if block not in BLOCKS:
            raise LadderError("Unknown block", f"“{block}” cannot be shared.", did_you_mean(block, BLOCKS))
    if not blocks:
        raise LadderError(
            "Nothing to share", "No block was chosen.", "Choose from: " + ", ".join(BLOCKS) + "."
        )
    if "ladder" not in blocks and not {"revenue", "clv"}.isdisjoint(blocks):
        raise LadderError(
            "Money needs the ladder", "It is told rung by rung.", "Choose the block ladder as well."
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise LadderError(
            "The link cannot last that long", f"{days} days.", f"Choose 1 to {LONGEST_DAYS} days."
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def _file(folder_path: Path, digest: str, kind: str) -> Path:
    return folder_path / "links" / f"{digest}.{kind}"


def _stored(folder_path: Path) -> Iterator[tuple[Path, Link]]:
    for path in (folder_path / "links").glob("*.json"):
        link = _read(path)
        if link is not None:
            yield path, link


def _read(path: Path) -> Link | None:
    """The stored link; None if there is none or its file is damaged, since a damaged link must not answer."""
    try:
        return link_from_dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, link: Link) -> None:
    write_atomic(path, json.dumps(link.to_dict(), ensure_ascii=False, indent=1).encode("utf-8"))


def _sweep(folder_path: Path, now: datetime) -> None:
    """Pages that no longer answer need not lie about."""
    for path, link in _stored(folder_path):
        if not link.answers(now):
            path.with_suffix(".html").unlink(missing_ok=True)


def _count_view(meta: Path) -> None:
    """One appended byte per view: atomic without a lock, and never in the way of serving."""
    try:
        with meta.with_suffix(".views").open("ab") as file:
            file.write(b".")
    except OSError:
        return


def _views(meta: Path) -> int:
    try:
        return meta.with_suffix(".views").stat().st_size
    except OSError:
        return 0
