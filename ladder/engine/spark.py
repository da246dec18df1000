"""Run the named steps of a build on Apache Spark, for what outgrows one machine. PySpark is optional."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlglot import exp

from ladder.engine.duck import Engine, EngineError
from ladder.engine.portable import Statement, Translator
from ladder.engine.spark_session import log_hint, spark_session
from ladder.engine.steps import Files, Parameters, Query
from ladder.errors import LadderError
from ladder.settings import load_settings

MANY = 8
"""Branches of `union all` from which on a statement is planned once, and stored in few files."""


class SparkEngine:
    """A build on Spark. What a statement makes is a named query; tables are written to a store and read from there.

    The store is a folder of its own in `near`, or where LADDER_SPARK_STORE says. `zone` is where days begin, for
    times that know their offset. Use as a context manager.
    """

    def __init__(self, near: str, zone: str = "UTC") -> None:
        root = load_settings().spark_store or near
        self._store = f"{located(root).rstrip('/')}/.{uuid.uuid4().hex}.building"
        self._session = spark_session(zone)
        self._places: dict[str, str] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self._views: dict[str, Query] = {}
        self._count = 0
        self._translator = Translator(lambda name: list(self._session.table(name).columns))

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was stored; Spark itself stays for the next build of this process."""
        with _told("clear away"):
            system, path = self._found(self._store)
            system.delete(path, True)

    def run(self, step: str, query: Query, parameters: Parameters | None = None) -> None:
        """Execute one statement in DuckDB's SQL; `step` names it in errors."""
        found = self._statement(step, query)
        if found is None:
            return
        if not found.query:
            self._drop(found.name)
            return
        with _told(step):
            self._sql(found, parameters).createOrReplaceTempView(found.name)
            if not found.is_narrower:
                # Until its rows are worked out again; a table that lost columns is read from where it was.
                self._places.pop(found.name, None)
            if found.is_stored:
                self._keep(found.name, found.branches)
        if found.is_kept:
            self._orders[found.name] = found.order or self._orders.get(found.name, ())
        elif not found.is_stored:
            self._views[found.name] = query

    def _drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)
        for known in (self._places, self._orders, self._views):
            known.pop(name, None)

    def rows(self, step: str, query: Query, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Execute one query and return its rows as tuples."""
        found = self._statement(step, query)
        assert found is not None and not found.name  # noqa: S101 - a question makes no table
        with _told(step):
            return [tuple(row) for row in self._sql(found, parameters).collect()]

    def register(self, name: str, data: Any) -> None:
        """Make an Arrow table or a pandas frame readable under `name`."""
        table = pa.Table.from_pandas(data, preserve_index=False) if isinstance(data, pd.DataFrame) else data
        with _told(f"read {name}"):
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def parquet(self, files: Files) -> exp.Select:
        """A query over files with the number of each one's import: import_id, file_row (from 0), nothing else yet.

        A file may also be a folder of Parquet files; its rows are then not told apart by `file_row`.
        """
        numbers = {PurePosixPath(path).parent.name: ident for ident, path in files}
        name = f"files__{PurePosixPath(files[0][1]).stem}"
        with _told("find the files"):
            from pyspark.sql import functions as sql

            frame = self._session.read.parquet(*(located(path) for _, path in files))
            parts = sql.split(sql.col("_metadata.file_path"), "/")
            folder = sql.element_at(sql.filter(parts, lambda part: part.isin(*numbers)), -1)
            lookup = sql.create_map(*(sql.lit(item) for pair in numbers.items() for item in pair))
            row = sql.col("_metadata.row_index").alias("file_row")
            frame.select(lookup[folder].alias("import_id"), row, "*").createOrReplaceTempView(name)
        return exp.select("import_id", "file_row").from_(name)

    def hand_over(self, engine: Engine) -> None:
        """Bring the tables and views of the result into DuckDB's file."""
        for name, order in self._orders.items():
            with _told(f"store {name}"), self._nearby(self._keep(name)) as folder:
                chosen = [_stored(column, kind) for column, kind in self._session.table(name).dtypes]
                files = exp.func("read_parquet", exp.Literal.string(f"{folder}/*.parquet"))
                query = exp.select(*chosen).from_(files)
                query = query.order_by(*order) if order else query
                table = exp.Create(this=exp.to_table(name), kind="table", expression=query)
                engine.run(f"take in {name}", table)
        for name, text in self._views.items():
            if "__" not in name:
                engine.run(name, text)

    def _keep(self, name: str, branches: int = 1) -> str:
        """Work out the rows of a table, and read them from Parquet from then on: plans stay short."""
        if name not in self._places:
            self._count += 1
            place = f"{self._store}/{self._count:03d}-{name}"
            frame = self._session.table(name)
            if branches > MANY:
                # One file per branch and piece would be thousands.
                frame = frame.coalesce(4 * self._session.sparkContext.defaultParallelism)
            # To plan anew after every branch takes longer than all branches together.
            self._session.conf.set("spark.sql.adaptive.enabled", str(branches <= MANY).lower())
            frame.write.parquet(place)
            self._session.read.parquet(place).createOrReplaceTempView(name)
            self._places[name] = place
        return self._places[name]

    @contextmanager
    def _nearby(self, place: str) -> Iterator[str]:
        """The folder where this machine can read it: itself, or a copy of what lies in object storage."""
        if place.startswith("file://"):
            yield place.removeprefix("file://")
            return
        system, path = self._found(place)
        with tempfile.TemporaryDirectory() as folder:
            near = self._session._jvm.org.apache.hadoop.fs.Path(f"file://{folder}/rows")
            system.copyToLocalFile(False, path, near, True)
            yield f"{folder}/rows"

    def _found(self, place: str) -> tuple[Any, Any]:
        """The file system of a place, and the place on it, as Spark itself finds them."""
        path = self._session._jvm.org.apache.hadoop.fs.Path(place)
        return path.getFileSystem(self._session._jsparkSession.sessionState().newHadoopConf()), path

    def _statement(self, step: str, query: Query) -> Statement | None:
        try:
            return self._translator.statement(query)
        except ValueError as error:
            raise LadderError(f"“{step}” cannot run on Spark", f"There is {error}.") from error

    def _sql(self, found: Statement, parameters: Parameters | None) -> Any:
        return self._session.sql(found.query, args=dict(parameters) if parameters else None)


def located(path: str) -> str:
    """A path as Spark must be told it: without a scheme it is this machine's, whatever Spark takes for granted."""
    return path if "://" in path else f"file://{Path(path).resolve()}"


def _stored(column: str, kind: str) -> exp.Expr:
    """The column as the derived file holds it: Spark has no byte without a sign and keeps the codes in two bytes."""
    value: exp.Expr = exp.column(column)
    if kind == "smallint":
        value = exp.cast(value, exp.DType.UTINYINT)
    return exp.alias_(value, column)


@contextmanager
def _told(step: str) -> Iterator[None]:
    """What Spark raises becomes a sentence that names the step."""
    try:
        yield
    except LadderError:
        raise
    except Exception as error:  # Java's failures come in classes of py4j, Spark's in others.
        raise EngineError(step, error, log_hint()) from error
