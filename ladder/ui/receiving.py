"""`PUT /api/upload`: one file, streamed to the disk, for whoever holds the ticket that their page was given."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ladder.errors import LadderError
from ladder.settings import load_settings
from ladder.ui.middleware import allowed_hosts, visitor_value
from ladder.ui.uploads import Upload, create_upload, drop_upload, free_bytes, place_upload

TICKET_HEADER = "x-upload-ticket"
LIFETIME_SECONDS = 120.0
STALL_SECONDS = 60.0
MOST_TICKETS = 64
MOST_AT_ONCE = 4
BLOCK = 1 << 20
# The copy that is read, the tables made of it, and room for the others.
ROOM = 3


@dataclass(frozen=True)
class Ticket:
    """Leave to send one file of this name and size. `deliver` takes it, or says that nobody wants it any more."""

    name: str
    size: int
    visitor: str
    deliver: Callable[[Upload], bool]
    made: float


class UploadError(Exception):
    """An upload that is turned away, with the status of the answer and the words for the person."""

    def __init__(self, status: int, error: LadderError) -> None:
        super().__init__(str(error))
        self.status = status
        self.error = error


class Tickets:
    """Tickets by a random id. An id dies with its first use, after two minutes, or when 64 newer ones wait."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Ticket] = OrderedDict()
        self._coming: dict[str, int] = {}
        self._lock = threading.Lock()

    def issue(self, name: str, size: int, visitor: str, deliver: Callable[[Upload], bool]) -> str:
        """Leave for a visitor to send a file. LadderError when it is too large for the setting or the disk."""
        try:
            self._check_room(size)
        except UploadError as refused:
            raise refused.error from None
        ident = secrets.token_urlsafe(32)
        with self._lock:
            self._waiting[ident] = Ticket(name, size, visitor, deliver, time.monotonic())
            while len(self._waiting) > MOST_TICKETS:
                self._waiting.popitem(last=False)
        return ident

    def start(self, ident: str, visitor: str, announced: str | None) -> Ticket:
        """Use a ticket up for an upload of so many bytes. Refused when anything is wrong with it."""
        with self._lock:
            ticket = self._waiting.pop(ident, None)
        if ticket is None or time.monotonic() - ticket.made > LIFETIME_SECONDS or ticket.visitor != visitor:
            raise _refused(
                403, "No leave to upload", "This page was not given leave for this upload, or it expired."
            )
        if announced is None:
            raise _refused(411, "No length", "The upload did not say how long it is.")
        if announced != str(ticket.size):
            raise _refused(413 if announced.isdigit() and int(announced) > ticket.size else 400, *_CHANGED)
        self._check_room(ticket.size)
        with self._lock:
            if len(self._coming) >= MOST_AT_ONCE:
                raise _refused(
                    429, "Too many uploads", f"{MOST_AT_ONCE} files are being uploaded already.", _LATER
                )
            self._coming[ident] = ticket.size
        return ticket

    def arrived(self, ident: str, size: int) -> None:
        """So many more bytes are on the disk."""
        with self._lock:
            self._coming[ident] -= size

    def end(self, ident: str) -> None:
        """The upload is over, one way or another."""
        with self._lock:
            self._coming.pop(ident, None)

    def _check_room(self, size: int) -> None:
        limit = load_settings().upload_limit
        if size > limit:
            raise _refused(
                413,
                "The file is too large",
                f"It has {in_bytes(size)}; at most {in_bytes(limit)} can be uploaded here.",
                "Import it on the command line, which has no limit, or compress it.",
            )
        with self._lock:
            coming = sum(self._coming.values())
        free = free_bytes() - coming
        if free < ROOM * size:
            raise _refused(
                507,
                "There is too little room on the server's disk",
                f"{in_bytes(size)} need {in_bytes(ROOM * size)} to be imported; {in_bytes(max(free, 0))} are free.",
                "Make room there, then try again.",
            )


_CHANGED = (
    "Another file than announced",
    "Its length is not what the page said before.",
    "Choose the file again.",
)
_LATER = "Wait until one of them is done, then try again."


def _refused(
    status: int, title: str, message: str, hint: str = "Reload the page and try again."
) -> UploadError:
    return UploadError(status, LadderError(title, message, hint))


def in_bytes(size: int) -> str:
    """`812 bytes`, `3.4 MB`, `4 GB`."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


TICKETS = Tickets()


async def upload(request: Request) -> Response:
    """Take the file, or leave nothing behind and say why."""
    ident = request.headers.get(TICKET_HEADER, "")
    try:
        _check_origin(request)
        ticket = TICKETS.start(ident, visitor_value(request.scope), request.headers.get("content-length"))
        try:
            kept = await _keep(request, ident, ticket)
        finally:
            TICKETS.end(ident)
    except UploadError as refused:
        return _answer(refused.status, refused.error.to_dict())
    except OSError as error:
        why = error.strerror or type(error).__name__
        hint = "Nothing was kept. Make room there, then try again."
        return _answer(507, LadderError("The server's disk refused", f"It said: {why}.", hint).to_dict())
    except ClientDisconnect:
        return _answer(400, {"title": "The upload broke off"})
    return _answer(201, {"size": kept.size, "sha256": kept.sha256})


upload_route = Route("/api/upload", upload, methods=["PUT"])


def _answer(status: int, document: Mapping[str, object]) -> Response:
    return JSONResponse(document, status, headers={"cache-control": "no-store"})


def _check_origin(request: Request) -> None:
    """Another site's page may not upload here, whatever ticket it has."""
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if fetched != "same-origin" or (origin is not None and urlsplit(origin).hostname not in allowed_hosts()):
        raise _refused(403, "No leave to upload", "The upload was sent by a page of another site.")


async def _keep(request: Request, ident: str, ticket: Ticket) -> Upload:
    """The file on the disk, given to whoever asked for it; or nothing at all."""
    file = place_upload(ticket.name)
    try:
        kept = await _write(request, ident, ticket, file)
        if not ticket.deliver(kept):
            raise _refused(
                410,
                "Nobody waits for this file",
                "The page that it was sent from is closed or talks about another.",
            )
    except BaseException:
        # Also when the server stops or the browser goes away: no await may come before the file is gone.
        drop_upload(file)
        raise
    return kept


async def _write(request: Request, ident: str, ticket: Ticket, file: Path) -> Upload:
    digest, done = hashlib.sha256(), 0

    def store(block: bytes) -> None:
        digest.update(block)
        sink.write(block)

    sink: IO[bytes]
    with create_upload(file) as sink:
        async for block in _blocks(request):
            done += len(block)
            if done > ticket.size:
                raise _refused(400, *_CHANGED)
            await run_in_threadpool(store, block)
            TICKETS.arrived(ident, len(block))
    if done != ticket.size:
        raise _refused(
            400, "The upload broke off", "Not all of the file arrived; nothing was kept.", "Try again."
        )
    return Upload(file, done, digest.hexdigest())


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of about a megabyte: a piece of the network's size each would cost a thread's turn."""
    stream, parts, size = aiter(request.stream()), [], 0
    while True:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                part = await anext(stream)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise _refused(
                408, "The upload stood still", "Nothing came for a minute; nothing was kept.", "Try again."
            ) from None
        parts.append(part)
        size += len(part)
        if size >= BLOCK:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)
