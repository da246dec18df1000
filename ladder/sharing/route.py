"""`/s/<token>`: one static page, or one 404 that is the same for every wrong token. No session, no query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ladder.sharing.links import open_link
from ladder.sharing.page import CONTENT_SECURITY_POLICY, render_not_found

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY + "; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def share_route(folders: Callable[[], Iterable[Path]]) -> Route:
    """The route under which the links of every workspace answer (GET and HEAD); `folders` names them anew each time.

    The endpoint is a plain function, so it runs on a worker thread and a slow disk never holds up the event loop.
    """
    not_found = render_not_found().encode("utf-8")

    def shared_page(request: Request) -> Response:
        # Not the matched parameter: the pattern would forgive a line break at the end.
        token = str(request.scope["path"]).partition("/s/")[2]
        now, counted = datetime.now(UTC), request.method == "GET"
        pages = (open_link(folder, token, now, count=counted) for folder in folders())
        page = next((page for page in pages if page is not None), None)
        status, body = (404, not_found) if page is None else (200, page)
        return Response(body, status, HEADERS, media_type="text/html")

    return Route("/s/{token:path}", shared_page, methods=["GET"])
