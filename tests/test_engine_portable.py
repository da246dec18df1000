"""What Spark is given for a statement of DuckDB's, and what is said where it is not there. Java is not needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ladder import Workspace
from ladder.cli import main
from ladder.engine.portable import Statement, Translator
from ladder.errors import LadderError
from ladder.placement.facts import sql_steps
from ladder.settings import load_settings


def translated(text: str, *columns: str) -> Statement:
    found = Translator(lambda name: list(columns)).statement(text)
    assert found is not None
    return found


def test_a_table_of_the_result_is_stored_in_its_order_and_sorted_by_whoever_keeps_it():
    found = translated("create table people as select a, b from raw.lines order by b, lines.a")
    assert found == Statement(
        "SELECT a, b FROM raw__lines AS lines", "people", is_stored=True, is_kept=True, order=("b", "a")
    )


def test_tables_of_the_build_alone_are_not_part_of_the_result():
    assert not translated("create temp table mask_0 as select 1 as a").is_kept
    assert not translated("create table raw.live as select 1 as a").is_kept


def test_an_update_gives_new_values_to_the_rows_it_finds_and_leaves_the_others():
    found = translated(
        "update orders set amount = orders.amount - late.amount from raw.late as late where late.id = orders.id",
        "id",
        "amount",
    )
    assert found.query == (
        "SELECT orders.id AS id, CASE WHEN late.is_found THEN orders.amount - late.amount ELSE orders.amount END"
        " AS amount FROM orders LEFT JOIN (SELECT *, TRUE AS is_found FROM raw__late AS late) AS late"
        " ON late.id = orders.id"
    )


def test_a_table_made_empty_and_filled_is_the_rows_it_was_filled_with():
    empty = translated("create table t (id varchar using compression uncompressed, n bigint)")
    assert (empty.query, empty.is_stored) == (
        "SELECT CAST(NULL AS STRING) AS id, CAST(NULL AS BIGINT) AS n WHERE FALSE",
        False,
    )
    assert translated("insert into t select a, b from s").query == (
        "SELECT * FROM t UNION ALL SELECT a, b FROM s"
    )
    dropped = translated("alter table t drop column n", "id", "n")
    assert (dropped.query, dropped.is_narrower) == ("SELECT id FROM t", True)


def test_a_macro_is_written_out_and_its_hash_stays_64_bits_without_a_sign():
    translator = Translator(lambda name: [])
    macro = "create or replace temporary macro key(id) as cast(hash(id, 3) >> 1 as bigint)"
    assert translator.statement(macro) is None
    found = translator.statement("select key(customer_id) as customer from lines")
    assert found is not None
    assert found.query == (
        "SELECT (CAST(SHIFTRIGHTUNSIGNED(XXHASH64(customer_id, 3), 1) AS BIGINT)) AS customer FROM lines"
    )


def test_times_are_wall_times_and_gaps_come_last_as_in_duckdb():
    found = translated("select cast(ts as timestamp) as ts, row_number() over (order by ts) as nth from t")
    assert found.query == (
        "SELECT CAST(ts AS TIMESTAMP_NTZ) AS ts, ROW_NUMBER() OVER (ORDER BY ts NULLS LAST) AS nth FROM t"
    )


@pytest.mark.parametrize("text", ["pragma database_size", "select hash(a) from t", "vacuum"])
def test_what_has_no_counterpart_is_refused(text: str):
    with pytest.raises(ValueError, match="no"):
        translated(text)


def test_every_step_of_the_facts_has_a_counterpart():
    steps = sql_steps("facts.sql") | sql_steps("activity.sql")
    columns = ("customer", "day", "transaction_id", "amount", "last_day")
    for name, text in steps.items():
        assert translated(text, *columns).name, name


@pytest.fixture
def without_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a plain install, whatever this one has."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)


@pytest.mark.usefixtures("without_spark")
def test_a_plain_install_says_what_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shop = Workspace.sample(tmp_path / "shop")
    assert main(["--workspace", str(tmp_path / "shop"), "place", "--engine", "spark"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "Spark is not installed" in told.err and "pip install -r requirements-spark.txt" in told.err
    assert list((shop.folder.path / "derived").iterdir()) == []


def test_place_tells_whether_anything_had_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    Workspace.sample(tmp_path / "shop")
    words = ["--workspace", str(tmp_path / "shop"), "--format", "csv", "place"]
    assert main(words) == 0
    first = capsys.readouterr()
    assert "engine,duckdb" in first.out and "placing the customers" in first.err
    assert main(words) == 0
    again = capsys.readouterr()
    assert "engine,duckdb" not in again.out and "Nothing has changed" in again.err


def test_only_spark_reads_another_source(tmp_path: Path):
    shop = Workspace.sample(tmp_path / "shop")
    with pytest.raises(LadderError, match="Only Spark"):
        shop.build(source="s3a://bucket/imports")
    with pytest.raises(LadderError, match="Did you mean spark"):
        shop.build(engine="sparc")


def test_where_spark_runs_is_a_setting(monkeypatch: pytest.MonkeyPatch):
    assert (load_settings().spark_master, load_settings().spark_store) == ("", "")
    monkeypatch.setenv("LADDER_SPARK_MASTER", "spark://host:7077")
    monkeypatch.setenv("LADDER_SPARK_STORE", "s3a://bucket/store")
    assert load_settings().spark_master == "spark://host:7077"
    assert load_settings().spark_store == "s3a://bucket/store"
