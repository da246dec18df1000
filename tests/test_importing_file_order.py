"""Rows are stored in the order of the file, however they are cast; the order shows in files of many rows only."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ladder.importing import Dialect, Mapping, Plan
from ladder.importing.staging import stage_here
from tests.importing_shop import empty_workspace, saved

ROWS = 400_000
SALES = {"customer_id": "who", "ts": "at", "amount": "sum", "transaction_id": "id"}
FORMATS = {"ts": "%Y-%m-%d"}
LAST = f"{ROWS},7,2024-01-05,1.00,tea\n"


def sales(mapping: Mapping) -> Plan:
    return Plan("transactions", Dialect(columns=("id", "who", "at", "sum", "what")), mapping)


PLANS = {
    "by a view": (sales(Mapping(SALES, formats=FORMATS)), LAST),
    "some rows left out": (sales(Mapping(SALES, formats=FORMATS, keep={"what": ("tea",)})), LAST),
    "lines of orders folded": (sales(Mapping(SALES, formats=FORMATS, fold="id")), LAST),
    "an amount looked up": (sales(Mapping(SALES, formats=FORMATS)), LAST.replace("1.00", "(1.00)")),
    "customers, some again": (
        Plan("customers", Dialect(columns=("who", "name")), Mapping({"customer_id": "who", "name": "name"})),
        "".join(f"{at % 7 * 1000 + at},again{at}\n" for at in range(1000)),
    ),
}


@pytest.mark.parametrize("what", PLANS)
def test_rows_of_a_large_file_are_stored_in_its_order(what: str, tmp_path: Path) -> None:
    plan, last = PLANS[what]
    if plan.table == "customers":
        lines = (f"{at},name{at}\n" for at in range(ROWS))
    else:
        lines = (f"{at},{at % 9000},2024-01-{at % 28 + 1:02d},{at % 97}.50,tea\n" for at in range(ROWS))
    file = saved(tmp_path, ",".join(plan.dialect.columns) + "\n" + "".join(lines) + last)
    stage = tmp_path / "stage"
    stage.mkdir()
    result = stage_here(empty_workspace(tmp_path), stage, file, plan, lambda *_: None)
    assert result.accepted and not result.questions
    stored = pq.read_table(stage / f"{plan.table}.parquet", columns=["line"])["line"].combine_chunks()
    assert len(stored) > ROWS - 1000
    assert pc.all(pc.less(stored[:-1], stored[1:])).as_py()
