"""A list leaves the app as a file once, and leaves a line behind."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_a_list_downloads_whole_once_and_is_written_down(open_page: OpenPage, workspace: Path):
    page = open_page("/customers?list=order&rung=customer")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    file = waiting.value
    rows = list(csv.DictReader(Path(file.path()).read_text("utf-8-sig").splitlines()))
    line = json.loads((workspace / "audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert (line["event"], line["rows"]) == ("export", len(rows))
    assert (file.suggested_filename, line["ladder"]) == ("list-order-classic-v1.csv", "classic@1")
    assert {row["rung"] for row in rows} == {"customer"}
    assert not {"name", "email", "phone"} & set(rows[0])
    again = page.request.get(file.url)
    assert again.status == 404


def test_a_second_click_downloads_again(open_page: OpenPage):
    page = open_page("/?pick=standing~advocate~2025-12-31")
    paths = set()
    for _ in range(2):
        with page.expect_download() as waiting:
            page.get_by_role("dialog").get_by_role("button", name="Download").click()
        paths.add(waiting.value.url)
    assert len(paths) == 2
