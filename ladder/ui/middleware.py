"""What every request passes.

The host check, the headers, the closed paths, the visitor's cookie, the message filter, gzip for others.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from ladder.settings import load_settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Streamlit's own upload would take a whole file into memory, from anybody; ours is PUT /api/upload.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/_stcore/upload_file")
ACCEPTED_MESSAGES = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
VISITOR = "rungwise_visitor"
_VISITOR_VALUE = re.compile(r"[\w-]{43}", re.ASCII)
# Shared pages, which anybody may open, set no cookie, and neither do paths that no person opens.
_WITHOUT_COOKIE = ("/s/", "/export/", "/api/", "/_stcore/")
HEADERS = {
    # Streamlit loads components from blob: URLs and compiles chart expressions, hence blob: and unsafe-eval.
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def allowed_hosts() -> frozenset[str]:
    """This machine's own names and those in LADDER_HOSTS (separated by commas)."""
    return LOOPBACK | load_settings().hosts


def middleware() -> list[Middleware]:
    """Outermost first."""
    return [
        Middleware(HostCheck, hosts=allowed_hosts()),
        Middleware(SecurityHeaders),
        Middleware(ClosedPaths),
        Middleware(VisitorCookie),
        Middleware(MessageFilter),
        Middleware(RemoteGzip),
    ]


class HostCheck:
    """Refuse any Host header but the known ones, so that no web page can rebind a name to this server."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._known(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("Unknown host.\n", status_code=421)(scope, receive, send)

    def _known(self, host: str) -> bool:
        try:
            return (urlsplit(f"//{host}").hostname or "") in self.hosts
        except ValueError:
            return False


class SecurityHeaders:
    """Add the headers to every response that has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class ClosedPaths:
    """Answer 404 where Streamlit would tell a stranger about the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await PlainTextResponse("Not found.\n", status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class VisitorCookie:
    """Give a browser that opens a page a random cookie, so that a reload is still the same visitor."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_WITHOUT_COOKIE) or visitor_value(scope):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _new_cookie(scope["scheme"] == "https"))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def visitor_value(scope: Scope) -> str:
    """The visitor's cookie of a request; empty when there is none, or none of ours."""
    return checked_visitor(cookie_parser(Headers(scope=scope).get("cookie", "")).get(VISITOR, ""))


def checked_visitor(value: str) -> str:
    """The value if it is one of ours, else empty."""
    return value if _VISITOR_VALUE.fullmatch(value) else ""


def _new_cookie(encrypted: bool) -> str:
    # Without an age it goes when the browser is closed; Lax, so that a link from elsewhere opens as the same visitor.
    words = f"{VISITOR}={secrets.token_urlsafe(32)}; Path=/; HttpOnly; SameSite=Lax"
    return words + ("; Secure" if encrypted else "")


class MessageFilter:
    """Pass on the messages a visitor needs; drop the rest, such as clear_cache, which would act on everybody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_allowed() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or is_accepted(message.get("bytes") or b""):
                    return message

        await self.app(scope, receive_allowed if scope["type"] == "websocket" else receive, send)


class RemoteGzip:
    """Compress for clients on other machines; over loopback it would only cost time."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.gzip = GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        chosen = self.app if client is None or client[0] in LOOPBACK else self.gzip
        await chosen(scope, receive, send)


def is_accepted(data: bytes) -> bool:
    """True for a message a visitor may send; a frame that is no message is left to Streamlit, which closes."""
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except Exception:
        return True
    if message.WhichOneof("type") == "backend_operation_request":
        return bool(message.backend_operation_request.WhichOneof("payload") == "dataframe_chunk")
    return message.WhichOneof("type") in ACCEPTED_MESSAGES
