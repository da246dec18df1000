"""`PUT /api/upload`: a file arrives whole, from the page that was given leave, or nothing of it stays."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from ladder.errors import LadderError
from ladder.ui import receiving, uploads
from ladder.ui.middleware import VISITOR, middleware
from ladder.ui.receiving import MOST_AT_ONCE, TICKETS, upload_route
from ladder.ui.uploads import Upload, drop_own_uploads

APP = Starlette(routes=[upload_route], middleware=middleware())
ANN, BOB = "a" * 43, "b" * 43
BODY = b"customer,date,amount\n" + b"ann,2024-01-05,10.00\n" * 200
Answer = tuple[int, dict[str, Any]]


class Sending:
    """One browser that sends a body piece by piece; it goes away where the pieces end too early."""

    def __init__(self, ticket: str, pieces: Sequence[bytes], whole: int = 0, **headers: str) -> None:
        told = {
            "host": "127.0.0.1:8501",
            "cookie": f"{VISITOR}={ANN}",
            "content-length": str(whole or sum(map(len, pieces))),
            "x-upload-ticket": ticket,
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        self.scope = {
            "type": "http",
            "method": "PUT",
            "path": "/api/upload",
            "headers": [(name.encode(), value.encode()) for name, value in told.items() if value],
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
        }
        self.length = whole or sum(map(len, pieces))
        self.pieces = iter(pieces)
        self.sent: list[Mapping[str, Any]] = []
        self.read = 0

    async def receive(self) -> dict[str, Any]:
        piece = next(self.pieces, None)
        if piece is None:
            return {"type": "http.disconnect"}
        self.read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": self.read < self.length}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(message)

    async def answer(self) -> Answer:
        await APP(self.scope, self.receive, self.send)
        body = b"".join(message.get("body", b"") for message in self.sent)
        return self.sent[0]["status"], json.loads(body)


class Desk:
    """Whoever waits for a file."""

    def __init__(self) -> None:
        self.kept: list[Upload] = []

    def deliver(self, upload: Upload) -> bool:
        self.kept.append(upload)
        return True

    def ticket(self, name: str = "orders.csv", size: int = len(BODY), visitor: str = ANN) -> str:
        return TICKETS.issue(name, size, visitor, self.deliver)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LADDER_HOME", str(tmp_path))
    yield tmp_path
    drop_own_uploads()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def put(ticket: str, pieces: Sequence[bytes] = (BODY,), whole: int = 0, **headers: str) -> Answer:
    return asyncio.run(Sending(ticket, pieces, whole, **headers).answer())


def left(home: Path) -> list[Path]:
    """Files and folders that uploads have left, the process's own folder apart."""
    return [path for path in (home / uploads.FOLDER).rglob("*") if path.name != str(os.getpid())]


def test_a_file_arrives_as_it_was_sent_and_only_its_owner_may_read_it(desk: Desk, home: Path):
    status, told = put(desk.ticket(), [BODY[:1000], BODY[1000:]])
    (kept,) = desk.kept
    assert (status, told) == (201, {"size": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()})
    assert (kept.size, kept.sha256) == (told["size"], told["sha256"])
    assert kept.file.read_bytes() == BODY
    assert kept.file.is_relative_to(home / uploads.FOLDER / str(os.getpid()))
    assert (kept.file.stat().st_mode | kept.file.parent.stat().st_mode) & 0o077 == 0


def test_an_empty_file_arrives_too(desk: Desk):
    assert put(desk.ticket(size=0), [b""])[0] == 201
    assert desk.kept[0].file.read_bytes() == b""


@pytest.mark.parametrize("place", range(0, len(BODY), len(BODY) // 19))
def test_a_body_cut_anywhere_leaves_nothing(desk: Desk, home: Path, place: int):
    status, _ = put(desk.ticket(), [BODY[:place]], whole=len(BODY))
    assert status == 400
    assert desk.kept == []
    assert left(home) == []


@pytest.mark.parametrize(
    ("length", "status"),
    [("", 411), ("0x10", 400), ("-1", 400), (str(len(BODY) - 1), 400), (str(len(BODY) + 1), 413)],
)
def test_a_length_other_than_announced_is_refused_unread(desk: Desk, home: Path, length: str, status: int):
    sending = Sending(desk.ticket(), [BODY], content_length=length)
    assert asyncio.run(sending.answer())[0] == status
    assert (sending.read, desk.kept, left(home)) == (0, [], [])


def test_a_body_that_is_longer_than_it_says_is_refused(desk: Desk, home: Path):
    sending = Sending(desk.ticket(), [BODY, b"more"], content_length=str(len(BODY)))
    status, told = asyncio.run(sending.answer())
    assert (status, told["title"]) == (400, "Another file than announced")
    assert (desk.kept, left(home)) == ([], [])


def test_no_ticket_a_guessed_one_or_a_used_one_is_refused_unread(desk: Desk, home: Path):
    used = desk.ticket()
    assert put(used)[0] == 201
    for ticket in ("", "guess", used):
        sending = Sending(ticket, [BODY])
        assert asyncio.run(sending.answer())[0] == 403
        assert sending.read == 0
    assert len(desk.kept) == 1


def test_a_ticket_works_for_the_browser_alone_that_it_was_given_to(desk: Desk):
    for cookie in (f"{VISITOR}={BOB}", "", f"{VISITOR}=short"):
        assert put(desk.ticket(), cookie=cookie)[0] == 403
    assert put(desk.ticket(visitor=""), cookie="")[0] == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000", "sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_another_sites_page_may_not_upload(desk: Desk, headers: dict[str, str]):
    assert put(desk.ticket(), **headers)[0] == 403
    assert put(desk.ticket(), origin="http://127.0.0.1:8501", sec_fetch_site="same-origin")[0] == 201


def test_a_ticket_dies_after_two_minutes(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    ticket = desk.ticket()
    later = time.monotonic() + receiving.LIFETIME_SECONDS + 1
    monkeypatch.setattr(receiving.time, "monotonic", lambda: later)
    assert put(ticket)[0] == 403


def test_only_the_newest_tickets_wait(desk: Desk):
    tickets = [desk.ticket() for _ in range(receiving.MOST_TICKETS + 1)]
    assert [put(tickets[place])[0] for place in (0, 1)] == [403, 201]


def test_a_file_over_the_limit_is_refused_before_and_after_leave(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    ticket = desk.ticket()
    monkeypatch.setenv("LADDER_UPLOAD_LIMIT", "2kB")
    with pytest.raises(LadderError, match=r"It has 4\.2 kB; at most 2 kB"):
        desk.ticket()
    sending = Sending(ticket, [BODY])
    assert asyncio.run(sending.answer())[0] == 413
    assert sending.read == 0


def test_a_full_disk_is_refused_before_anything_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    ticket = desk.ticket()
    monkeypatch.setattr(receiving, "free_bytes", lambda: 3 * len(BODY) - 1)
    with pytest.raises(LadderError, match="too little room"):
        desk.ticket()
    sending = Sending(ticket, [BODY])
    assert asyncio.run(sending.answer())[0] == 507
    assert sending.read == 0


def test_a_disk_that_fills_meanwhile_leaves_nothing(desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch):
    def full(file: Path) -> Any:
        file.write_bytes(BODY[:100])
        return open("/dev/full", "wb")  # noqa: PTH123

    monkeypatch.setattr(receiving, "create_upload", full)
    status, told = put(desk.ticket())
    assert (status, told["message"]) == (507, "It said: No space left on device.")
    assert (desk.kept, left(home)) == ([], [])


def test_an_upload_that_stands_still_is_given_up(desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receiving, "STALL_SECONDS", 0.05)
    sending = Sending(desk.ticket(), [BODY[:100]], whole=len(BODY))
    first = sending.receive

    async def receive() -> dict[str, Any]:
        if sending.read:
            await asyncio.sleep(30)
        return await first()

    sending.receive = receive  # type: ignore[method-assign]
    assert asyncio.run(sending.answer())[0] == 408
    assert (desk.kept, left(home)) == ([], [])


def test_a_file_that_nobody_waits_for_any_more_is_deleted(home: Path):
    status, _ = put(TICKETS.issue("orders.csv", len(BODY), ANN, lambda _: False))
    assert status == 410
    assert left(home) == []


def test_two_arrive_side_by_side_and_too_many_are_told_to_wait(desk: Desk):
    gates = [asyncio.Event() for _ in range(2)]

    async def slow(number: int) -> Answer:
        sending = Sending(desk.ticket(), [BODY[:50], BODY[50:]])
        first = sending.receive

        async def receive() -> dict[str, Any]:
            if sending.read:
                gates[number % 2].set()
                await gates[1 - number % 2].wait()
            return await first()

        sending.receive = receive  # type: ignore[method-assign]
        return await sending.answer()

    async def together(count: int) -> list[Answer]:
        return await asyncio.gather(*(slow(number) for number in range(count)))

    assert [status for status, _ in asyncio.run(together(2))] == [201, 201]
    assert [kept.file.read_bytes() for kept in desk.kept] == [BODY, BODY]
    gates = [asyncio.Event() for _ in range(2)]
    answers = asyncio.run(together(MOST_AT_ONCE + 1))
    assert sorted(status for status, _ in answers) == [201] * MOST_AT_ONCE + [429]
    assert put(desk.ticket())[0] == 201
