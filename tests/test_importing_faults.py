"""The server's zone and clock, letters of every kind, ids that are alike, as many columns as are allowed."""

from __future__ import annotations

import datetime as moments
import time
import unicodedata
from collections.abc import Iterator
from datetime import timedelta, tzinfo
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import Dialect, Mapping, Plan, importing, propose
from ladder.importing.dialect import MOST_COLUMNS
from ladder.importing.staging import stage_here
from ladder.placement import build
from tests.importing_shop import bring, empty_workspace, saved, stored

HEADER = "order_id,customer_id,ts,amount\n"
# A skipped and a repeated hour of Berlin, a leap day, the turn of a year.
TIMES = ("2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-02-29 00:00:00", "2023-12-31 23:59:59")


@pytest.fixture(params=["UTC", "Europe/Berlin", "Pacific/Auckland", "America/New_York"])
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The zone of the machine while a test runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize(("ending", "format"), [("", "%Y-%m-%d %H:%M:%S"), ("+09:00", "%Y-%m-%d %H:%M:%S%z")])
def test_the_zone_of_the_server_changes_no_time(
    ending: str, format: str, server_zone: str, tmp_path: Path
) -> None:
    dialect = Dialect(columns=("order_id", "customer_id", "ts", "amount"))
    fields = {"transaction_id": "order_id", "customer_id": "customer_id", "ts": "ts", "amount": "amount"}
    plan = Plan("transactions", dialect, Mapping(fields, formats={"ts": format}))
    rows = "".join(f"{at},ann,{moment}{ending},1\n" for at, moment in enumerate(TIMES))
    stage = tmp_path / "stage"
    stage.mkdir()
    folder = empty_workspace(tmp_path, timezone="Europe/Berlin")
    stage_here(folder, stage, saved(tmp_path, HEADER + rows), plan, lambda *_: None)
    found = [str(moment) for moment in pq.read_table(stage / "transactions.parquet")["ts"].to_pylist()]
    nine_hours_ahead = [
        "2024-03-30 18:30:00",
        "2024-10-26 19:30:00",
        "2024-02-28 16:00:00",
        "2023-12-31 15:59:59",
    ]
    assert found == (nine_hours_ahead if ending else list(TIMES)), server_zone


def test_a_clock_that_jumps_back_does_not_bring_back_what_was_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Yesterday(moments.datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Yesterday:
            return super().now(tz) - timedelta(days=1)

    folder = empty_workspace(tmp_path)
    rows = "".join(f"{at},ann,2024-0{at}-15,10.00\n" for at in range(1, 9))
    bring(folder, tmp_path, HEADER + rows)
    monkeypatch.setattr(importing, "datetime", Yesterday)
    bring(folder, tmp_path, HEADER + rows.replace("10.00", "7.00", 1))
    first, second = folder.manifest().imports
    assert second.imported_at < first.imported_at
    assert build(folder).rows("sold", "select sum(amount) from orders") == [(7700,)]


TEXTS = (
    "😀👩‍👩‍👧 tea",
    "שלום עולם",
    "مرحبا\u200f 12",
    unicodedata.normalize("NFD", "Åse Ünal"),
    unicodedata.normalize("NFC", "Åse Ünal"),
    "𠮷野家",
    "a\u200bb",
    "e\u0301\u0301\u0301",
    "ﬁ ﬀ",
    "x\x01y",
)


@pytest.mark.parametrize("edge", ["", " "], ids=["cells as they are", "cells to trim"])
def test_letters_of_every_kind_are_stored_exactly(edge: str, tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    rows = "".join(f"{edge}{text},2024-01-{at + 13},1,{text}{edge}\n" for at, text in enumerate(TEXTS))
    bring(folder, tmp_path, "customer_id,ts,amount,product\n" + rows, "transactions")
    assert stored(folder, "transactions", "customer_id, product") == [(text, text) for text in TEXTS]


ALIKE = (
    "42", "042", "00042", "42.0", "4 2", "4-2", "A42", "a42", "A 42", "A-42", "å42", "Å42", "A\u030a42", "A４２",
    "'42",
)  # fmt: skip


def test_ids_alike_are_different_customers_and_blanks_around_them_nobody_else(tmp_path: Path) -> None:
    folder = empty_workspace(tmp_path)
    text = "customer_id,ts,amount\n" + "".join(
        f"{ident},2024-01-13,1\n {ident}\t,2024-01-14,1\n" for ident in ALIKE
    )
    bring(folder, tmp_path, text, "transactions")
    assert stored(folder, "transactions", "customer_id") == [(ident,) for ident in ALIKE for _ in "12"]


def test_as_many_columns_as_are_allowed_are_read_and_one_more_is_refused(tmp_path: Path) -> None:
    def wide(width: int) -> str:
        names = ["customer_id", "ts", "amount", *(f"c{at}" for at in range(width - 3))]
        cells = ["ann", "2024-01-13", "1.50", *("x" for _ in range(width - 3))]
        return ",".join(names) + "\n" + (",".join(cells) + "\n") * 5

    folder = empty_workspace(tmp_path)
    assert bring(folder, tmp_path, wide(MOST_COLUMNS), "transactions").accepted == 5
    with pytest.raises(LadderError, match=f"{MOST_COLUMNS + 1:,}"):
        propose(saved(tmp_path, wide(MOST_COLUMNS + 1)), "transactions")
