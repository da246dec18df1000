"""Spark and DuckDB give the same derived file, to the row. Needs Java 17 and PySpark: `make test-spark`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from ladder import LadderError, Workspace
from ladder.model.ladder import Ladder
from ladder.placement import Placed
from tests.test_placement_property import TIMES, Tables, _is_dated, _readable, crowd, ladders, tables
from tests.workspaces import add_import, make_workspace

# A compiler that is quick to start, one thread, and no compiling of queries suit many small builds.
FAR = Path(tempfile.mkdtemp())
_SETTINGS = f"""
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.hadoop.fs.viewfs.mounttable.far.link./store file://{FAR}
"""
os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"
os.environ["LADDER_THREADS"] = "1"
os.environ["SPARK_CONF_DIR"] = tempfile.mkdtemp()
Path(os.environ["SPARK_CONF_DIR"], "spark-defaults.conf").write_text(_SETTINGS)
QUIET: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}
# The number of a customer is the engine's own choice: rows are compared by the customer's id.
_NAMED = (
    "select named.customer_id, found.* exclude (customer) from {} as found"
    " join customers as named using (customer)"
)
_PAIRS = (
    "select one.customer_id, two.customer_id, day, is_first from referrals"
    " join customers as one on one.customer = referrals.customer"
    " join customers as two on two.customer = referrals.referred"
)
_TABLES = (
    "select table_name from duckdb_tables() union all select view_name from duckdb_views() where not internal"
)
_TYPES = "select table_name, column_name, data_type from duckdb_columns() where not internal"
_STATISTICS = "statistics"


def built(folder: Path, engine: str) -> Placed:
    """The workspace placed afresh by one engine, in a copy of its own."""
    copy = folder.with_name(f"{folder.name}-{engine}")
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.duckdb"))
    return Workspace(copy).build(engine=engine)


def content(placed: Placed) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every table and view of a derived file as a multiset of rows."""
    found = {}
    for (name,) in placed.rows("tables", _TABLES):
        if name == _STATISTICS:
            continue
        columns = [row[0] for row in placed.rows("columns", f"describe {name}")]
        query = _NAMED.format(name) if "customer" in columns else f"select * from {name}"  # noqa: S608
        found[name] = Counter(placed.rows(name, _PAIRS if name == "referrals" else query))
    return found


def types(placed: Placed) -> set[tuple[str, str, str]]:
    return {row for row in placed.rows("types", _TYPES) if row[0] != _STATISTICS}


def check_equal(here: Placed, there: Placed) -> None:
    """The same key, tables, types, rows, and statistics of every customer who bought."""
    assert here.key == there.key and here.periods == there.periods
    assert types(here) == types(there)
    assert content(here) == content(there)
    for frame in ("customers", "tuples"):
        assert statistics(here, frame) == statistics(there, frame)


def statistics(placed: Placed, part: str) -> Counter[tuple[Any, ...]]:
    from ladder.value.statistics import statistics

    found = statistics(placed, placed.last, len(placed.periods) - 1)
    if found is None:
        return Counter()
    frame = getattr(found, part).drop(columns="tuple", errors="ignore")
    if "customer" in frame:
        names = dict(placed.rows("names", "select customer, customer_id from customers"))
        frame = frame.assign(customer=frame["customer"].map(names))
    return Counter(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


@settings(max_examples=4 * TIMES, **QUIET)
@seed(4)
@given(data=tables.filter(_is_dated), ladder=ladders().filter(_readable))
def test_random_ladders_on_random_data(data: Tables, ladder: Ladder) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = make_workspace(Path(folder) / "w", data, ladder, as_of=date(2025, 3, 31))
        check_equal(built(made.path, "duckdb"), built(made.path, "spark"))


@settings(max_examples=2 * TIMES, **QUIET)
@seed(6)
@given(ladder=ladders().filter(_readable), data=tables)
def test_random_ladders_on_overlapping_imports(data: Tables, ladder: Ladder) -> None:
    """A crowd; then some of the same rows again, a few changed, as a later export brings them."""
    first = crowd(len(str(data)))
    random = Random(len(str(ladder)))
    with tempfile.TemporaryDirectory() as folder:
        made = make_workspace(Path(folder) / "w", first, ladder)
        for table, rows in first.items():
            again = random.sample(rows, len(rows) // 2) + data[table][:4]
            if again:
                add_import(made, table, again)
        check_equal(built(made.path, "duckdb"), built(made.path, "spark"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Workspace]:
    """The sample shop placed by DuckDB, and by Spark through the command line, with its imports elsewhere."""
    here = Workspace.sample(tmp_path_factory.mktemp("sample") / "here")
    there = here.folder.path.with_name("there")
    shutil.copytree(here.folder.path, there)
    elsewhere = (there / "imports").rename(there.with_name("lake"))
    words = ["place", "--engine", "spark", "--source", str(elsewhere)]
    done = subprocess.run(
        [sys.executable, "-m", "ladder", "--workspace", str(there), "--format", "json", *words],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["engine"], document["customers"]) == ("spark", 4000)
    assert all(line.lstrip()[0].isdigit() for line in done.stderr.splitlines()), done.stderr
    return here, Workspace(there)


def test_the_sample_workspace(sample: tuple[Workspace, Workspace]) -> None:
    here, there = sample
    check_equal(here.build(), there.build())
    left = [item.name for item in (there.folder.path / "derived").iterdir()]
    assert left == [f"{there.build().key}.duckdb"]


def test_tables_between_the_steps_may_lie_where_only_spark_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_workspace(tmp_path / "w", crowd(1), "classic")
    monkeypatch.setenv("LADDER_SPARK_STORE", "viewfs://far/store")
    there = built(made.path, "spark")
    monkeypatch.delenv("LADDER_SPARK_STORE")
    check_equal(built(made.path, "duckdb"), there)
    assert list(FAR.iterdir()) == []


def test_a_step_that_fails_is_told_without_sparks_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = make_workspace(tmp_path / "w", crowd(1), "classic")
    with pytest.raises(LadderError, match="did not finish") as failed:
        Workspace(made.path).build(engine="spark", source=str(tmp_path / "nowhere"))
    assert "Spark's own log is in" in failed.value.hint
    assert capfd.readouterr() == ("", "")
    assert list((made.path / "derived").iterdir()) == []


def test_every_question_has_the_same_answer(sample: tuple[Workspace, Workspace]) -> None:
    answers = [
        [
            asked.rungs(by="country").to_dict(),
            asked.statement().to_dict(),
            asked.flows("2025-06-30", "2025-12-31").to_dict(),
            asked.funnel().to_dict(),
            asked.kpis().to_dict(),
            asked.history("C10005").to_dict(),
            asked.card("C10005").to_dict(),
            asked.people("about-to-slip").to_dict(),
            asked.clv().to_dict(),
            asked.forecast(3).to_dict(),
        ]
        for asked in sample
    ]
    for one, two in zip(*answers, strict=True):
        assert alike(one, two)


def alike(one: Any, two: Any) -> bool:
    """The same document; a fitted number may differ by the order in which its customers were added up."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(alike(one[name], two[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(two, list | tuple):
        return len(one) == len(two) and all(map(alike, one, two))
    if isinstance(one, float) and isinstance(two, float):
        return isclose(one, two, rel_tol=1e-6)
    return bool(one == two)
