"""Downloads answer once, to whoever holds their random address, and leave a line in the audit trail."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ladder.ui import exports
from ladder.ui.exports import MOST_OFFERS, OFFERS, Offers, export_route
from ladder.workspace import Folder
from tests.asgi import get

APP = Starlette(routes=[export_route])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.create(tmp_path / "workspace")


def test_a_download_works_once_and_is_not_kept_by_anybody(folder: Folder):
    path = OFFERS.make(folder, "customers.csv", b"a\r\n1\r\n", rows=1)
    first, second = get(APP, path), get(APP, path)
    assert (first.status_code, first.content) == (200, b"a\r\n1\r\n")
    assert first.headers["content-disposition"] == 'attachment; filename="customers.csv"'
    assert first.headers["cache-control"] == second.headers["cache-control"] == "no-store"
    assert second.status_code == 404


def test_a_download_is_written_to_the_audit_trail_without_its_content(folder: Folder):
    get(APP, OFFERS.make(folder, "customers.csv", b"secret", rows=7))
    line = json.loads((folder.path / "audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert line["event"] == "export"
    assert (line["rows"], line["sha256"]) == (7, hashlib.sha256(b"secret").hexdigest())
    assert "secret" not in json.dumps(line)


def test_a_list_says_in_the_audit_trail_which_version_of_the_ladder_it_was_placed_on(folder: Folder):
    get(APP, OFFERS.make(folder, "customers.csv", b"a", rows=1, ladder="mine@2"))
    line = json.loads((folder.path / "audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert line["ladder"] == "mine@2"


def test_who_only_looks_does_not_use_a_download_up(folder: Folder):
    path = OFFERS.make(folder, "customers.csv", b"a", rows=1)
    assert get(APP, path, method="HEAD").status_code == 405
    assert not (folder.path / "audit.jsonl").exists()
    assert get(APP, path).content == b"a"


def test_what_cannot_be_written_to_the_audit_trail_is_not_handed_over(folder: Folder):
    (folder.path / "audit.jsonl").mkdir()
    refused = get(APP, OFFERS.make(folder, "customers.csv", b"secret", rows=7))
    assert refused.status_code == 503
    assert refused.text.startswith("Nothing was handed over")
    assert "secret" not in refused.text


def test_the_downloads_of_a_workspace_can_be_withdrawn(folder: Folder, tmp_path: Path):
    other = Folder.create(tmp_path / "other")
    mine, theirs = OFFERS.make(folder, "a.csv", b"a", rows=1), OFFERS.make(other, "b.csv", b"b", rows=1)
    OFFERS.drop(folder)
    assert (get(APP, mine).status_code, get(APP, theirs).status_code) == (404, 200)


def test_a_guessed_address_finds_nothing():
    assert get(APP, "/export/guess").status_code == 404


def test_an_offer_dies_after_two_minutes(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    offers = Offers()
    ident = offers.make(folder, "a.csv", b"", rows=0).rsplit("/", 1)[1]
    later = exports.time.monotonic() + exports.LIFETIME_SECONDS
    monkeypatch.setattr(exports.time, "monotonic", lambda: later)
    assert offers.take(ident) is None


def test_only_the_newest_offers_wait(folder: Folder):
    offers = Offers()
    idents = [offers.make(folder, "a.csv", b"", rows=0).rsplit("/", 1)[1] for _ in range(MOST_OFFERS + 1)]
    assert offers.take(idents[0]) is None
    assert offers.take(idents[1]) is not None
