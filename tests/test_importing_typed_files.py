"""JSON lines and Parquet arrive as exact text."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ladder.errors import LadderError
from ladder.importing import propose, run_import
from ladder.importing.look import look_here
from ladder.workspace import Folder
from tests.importing_files import plain
from tests.importing_shop import empty_workspace, saved


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def test_json_lines_keep_every_value_as_written(tmp_path: Path) -> None:
    lines = [
        '{"id": 12345678901234567890, "amount": 1.50, "tags": ["a", 1.0, {"x": null}], "ok": true}',
        '{"id": "00042", "name": "S\\u00f8\\nren, \\"x\\"", "ok": null}',
    ]
    found, records = plain(saved(tmp_path, "\n".join(lines), "file.jsonl"), tmp_path / "work")
    assert records == [
        ["id", "amount", "tags", "ok", "name"],
        ["12345678901234567890", "1.50", '["a",1.0,{"x":null}]', "true", ""],
        ["00042", "", "", "", 'Søren, "x"'.replace("Søren", "Sø\nren")],
    ]
    assert (found.rows, found.spoiled) == (3, ())


def test_lines_that_are_no_object_are_rejected_and_counted(folder: Folder, tmp_path: Path) -> None:
    good = '{"customer_id": "ann", "ts": "2024-01-05", "amount": 1.5}\n'
    bad = ['{"customer_id": "bob", "ts": \n', '{"amount": 1, "amount": 2}\n', "[1, 2]\n", "\n"]
    file = saved(tmp_path, good * 5 + "".join(bad) + good)
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.rows_read, result.accepted, result.rejected, result.ignored) == (10, 6, 3, 1)
    assert result.reasons == {"not a readable JSON object": 3}
    assert result.rejects_file is not None
    with result.rejects_file.open(encoding="utf-8") as rejects:
        assert [row["line"] for row in csv.DictReader(rejects)] == ["6", "7", "8"]


@pytest.mark.parametrize("first", ["// made by the shop", '{"customer_id": "bob", "ts"', "[]"])
def test_one_line_that_is_no_object_makes_no_other_format(first: str, folder: Folder, tmp_path: Path) -> None:
    good = '{"customer_id": "ann", "ts": "2024-01-05", "amount": 1.5}\n'
    file = saved(tmp_path, f"{first}\n{good * 5}")
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.accepted, result.reasons) == (5, {"not a readable JSON object": 1})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"customer_id": "ann", "ts": "2024-01-05", "amount": NaN}', "not a number"),
        ('{"customer_id": "ann", "ts": "2024-01-05", "amount": -Infinity}', "not a number"),
        ('{"customer_id": "ann", "ts": "2024-01-05", "amount": 1e400}', "amount too large"),
        ('{"customer_id": "ann", "ts": "2024-01-05", "amount": ' + "9" * 9000 + "}", "amount too large"),
        ('{"customer_id": "\\ud800", "ts": "2024-01-05", "amount": 1}', "not a readable JSON object"),
        ('{"customer_id": "a\\u0000b", "ts": "2024-01-05", "amount": 1}', "NUL character"),
        (
            '{"customer_id": "a", "ts": "2024-01-05", "amount": ' + "[" * 9**5 + "]" * 9**5 + "}",
            "not a readable JSON object",
        ),
    ],
    ids=range(7),
)
def test_a_value_that_no_table_holds_costs_its_row(
    line: str, reason: str, folder: Folder, tmp_path: Path
) -> None:
    good = '{"customer_id": "\\ud83d\\ude00", "ts": "2024-01-05", "amount": 1.5}\n'
    file = saved(tmp_path, good * 5 + line)
    result = run_import(folder, file, propose(file, "transactions").plan)
    assert (result.accepted, result.reasons) == (5, {reason: 1})


def test_records_may_be_parted_as_json_sequences_are(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, '\x1e{"customer_id": "ann", "ts": "2024-01-05", "amount": 1.5}\n' * 5)
    assert run_import(folder, file, propose(file, "transactions").plan).accepted == 5


def test_keys_that_come_or_go_are_named(folder: Folder, tmp_path: Path) -> None:
    line = {"customer_id": "ann", "ts": "2024-01-05", "amount": 1.5}
    plan = propose(saved(tmp_path, json.dumps(line) + "\n"), "transactions").plan
    more = saved(tmp_path, json.dumps({**line, "shop": "Aarhus"}) + "\n")
    assert any("shop" in told for told in run_import(folder, more, plan).warnings)
    with pytest.raises(LadderError, match="missing: amount"):
        run_import(folder, saved(tmp_path, '{"customer_id": "ann", "ts": "2024-01-05"}\n'), plan)


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2}]',
        '[\n {"a": 1}\n]',
        '{\n "rows": []\n}',
        '{"orders": [{"a": 1}, {"a": 2}]}',
        '["ann", 1, "x"]\n["bob", 2, "y"]\n',
        '{"a": 1}{"a": 2}{"a": 3}',
    ],
)
def test_one_json_document_is_refused_with_what_to_do(text: str, tmp_path: Path) -> None:
    with pytest.raises(LadderError, match="JSON lines"):
        look_here(saved(tmp_path, text), {})


def test_parquet_columns_come_as_exact_text(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "id": pa.array([2**62 + 1, None]),
        "f": pa.array([0.1, 1e-7]),
        "d": pa.array([Decimal("1.50"), Decimal("123456789012345.05")], pa.decimal128(20, 2)),
        "ts": pa.array([datetime(2024, 1, 5), datetime(2024, 1, 5, 13, 1, 2, 500)], pa.timestamp("us")),
        "zone": pa.array(
            [datetime(2024, 1, 5), datetime(2024, 7, 5, 13)], pa.timestamp("ms", "Europe/Berlin")
        ),
        "day": pa.array([date(2024, 1, 5), None]),
        "word": pa.array(["a,b", 'x"\ny']).dictionary_encode(),
        "bytes": pa.array(["Sø".encode(), b""]),
        "flag": pa.array([True, False]),
    }
    pq.write_table(pa.table(columns), tmp_path / "file.parquet", write_page_checksum=True)
    found, records = plain(tmp_path / "file.parquet", tmp_path / "work")
    assert records == [
        list(columns),
        [str(2**62 + 1), "0.1", "1.50", "2024-01-05 00:00:00", "2024-01-05 01:00:00+0100", "2024-01-05", "a,b", "Sø",
         "true"],
        ["", "1e-7", "123456789012345.05", "2024-01-05 13:01:02.0005", "2024-07-05 15:00:00+0200", "", 'x"\ny', "",
         "false"],
    ]  # fmt: skip
    assert found.rows == 3


def test_a_parquet_file_without_checksums_is_told(tmp_path: Path) -> None:
    table = pa.table({"customer_id": ["a", "b"], "amount": [1, 2]})
    pq.write_table(table, tmp_path / "without.parquet")
    pq.write_table(table, tmp_path / "with.parquet", write_page_checksum=True)
    assert any("no checksums" in told for told in look_here(tmp_path / "without.parquet", {}).warnings)
    assert look_here(tmp_path / "with.parquet", {}).warnings == ()


def test_a_changed_byte_in_a_parquet_file_with_checksums_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "file.parquet"
    pq.write_table(
        pa.table({"id": [f"c{at}" for at in range(5000)]}), file, write_page_checksum=True, compression=None
    )
    content = bytearray(file.read_bytes())
    place = content.index(b"c2500")
    content[place] = ord("X")
    with pytest.raises(LadderError, match="Damaged Parquet"):
        plain(saved(tmp_path, bytes(content)), tmp_path / "work")


def test_nested_and_binary_columns_are_refused_by_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a"], "lines": [[1, 2]]}), tmp_path / "nested.parquet")
    pq.write_table(pa.table({"id": ["a"], "blob": [b"\xff\xfe"]}), tmp_path / "binary.parquet")
    for name, column in (("nested", "lines"), ("binary", "blob")):
        with pytest.raises(LadderError, match=column):
            look_here(tmp_path / f"{name}.parquet", {})
