"""Ask an ASGI app without a server: one request, or one websocket that sends given frames."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

LOCAL, REMOTE = ("127.0.0.1", 50000), ("192.0.2.7", 50000)


def get(
    app: Any,
    path: str,
    headers: Mapping[str, str] | None = None,
    client: tuple[str, int] = LOCAL,
    method: str = "GET",
) -> httpx.Response:
    """The answer to a request (a GET) under the name 127.0.0.1, or under the Host given in `headers`."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as session:
            return await session.request(method, path, headers=headers)

    return asyncio.run(ask())


def websocket(app: Any, path: str, host: str, frames: Sequence[bytes]) -> list[dict[str, Any]]:
    """What the app sends to a websocket that connects, sends `frames` and goes away."""
    arriving = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "bytes": frame} for frame in frames),
    ]
    incoming = iter([*arriving, {"type": "websocket.disconnect", "code": 1000}])
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "websocket",
        "path": path,
        "headers": [(b"host", host.encode())],
        "client": LOCAL,
        "subprotocols": [],
    }

    async def receive() -> dict[str, Any]:
        return next(incoming)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent
