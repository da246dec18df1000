"""Files offered once: a random id that answers one request, for a short while, and is written to the audit trail."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ladder.ui.erased import erased_since, erasures
from ladder.workspace import Folder

LIFETIME_SECONDS = 120.0
MOST_OFFERS = 64


@dataclass(frozen=True)
class Offer:
    """One file waiting to be fetched; `seen` are the erasures that the workspace had when its rows were read.

    `ladder` names the version of the ladder that the rows were placed on; empty for rows that no ladder has touched.
    """

    folder: Folder
    filename: str
    content: bytes
    rows: int
    ladder: str
    made: float
    seen: int


class Offers:
    """Offers by id. An id dies with its first use, after two minutes, when 64 newer ones wait, or by an erasure."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Offer] = OrderedDict()
        self._lock = threading.Lock()

    def make(
        self,
        folder: Folder,
        filename: str,
        content: bytes,
        rows: int,
        seen: int | None = None,
        ladder: str = "",
    ) -> str:
        """Offer a file and return the path to fetch it from; its rows are of after `seen` erasures, or of now."""
        ident = secrets.token_urlsafe(32)
        seen = erasures(folder) if seen is None else seen
        with self._lock:
            self._waiting[ident] = Offer(folder, filename, content, rows, ladder, time.monotonic(), seen)
            while len(self._waiting) > MOST_OFFERS:
                self._waiting.popitem(last=False)
        return f"/export/{ident}"

    def take(self, ident: str) -> Offer | None:
        """The offer, once."""
        with self._lock:
            offer = self._waiting.pop(ident, None)
        if offer is None or time.monotonic() - offer.made >= LIFETIME_SECONDS:
            return None
        return None if erased_since(offer.folder, offer.seen) else offer

    def drop(self, folder: Folder) -> None:
        """Forget the offers of a workspace, such as when a customer was erased."""
        place = folder.path.resolve()
        with self._lock:
            theirs = [ident for ident, offer in self._waiting.items() if offer.folder.path.resolve() == place]
            for ident in theirs:
                del self._waiting[ident]


OFFERS = Offers()


def export(request: Request) -> Response:
    """Hand a file over; the audit trail gets its name, rows and hash, never its content."""
    if request.method == "HEAD":
        # Starlette lets it through; who only looks must not use up the offer, nor stand in the audit trail.
        return Response(status_code=405, headers={"allow": "GET", "cache-control": "no-store"})
    offer = OFFERS.take(request.path_params["ident"])
    if offer is None:
        return PlainTextResponse(
            "This download was used or has expired. Ask for it again on the page it came from.\n",
            status_code=404,
            headers={"cache-control": "no-store"},
        )
    digest = hashlib.sha256(offer.content).hexdigest()
    try:
        placed_on = {"ladder": offer.ladder} if offer.ladder else {}
        offer.folder.audit("export", file=offer.filename, rows=offer.rows, sha256=digest, **placed_on)
    except OSError as error:
        return PlainTextResponse(
            f"Nothing was handed over: the audit trail could not be written ({error.strerror}).\n",
            status_code=503,
            headers={"cache-control": "no-store"},
        )
    return Response(
        offer.content,
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{offer.filename}"',
            "cache-control": "no-store",
        },
    )


export_route = Route("/export/{ident}", export, methods=["GET"])
