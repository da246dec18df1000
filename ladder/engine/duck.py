"""Run named steps on DuckDB: a private writable engine for builds, shared read-only readers for questions."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from sqlglot import exp, parse_one

from ladder.engine.steps import Files, Parameters, Query
from ladder.errors import LadderError
from ladder.settings import load_settings

_BATCH = 20_480
_FILES = """
select list_extract(:imports, cast(file_index as bigint) + 1) as import_id, file_row_number as file_row
from read_parquet(:files)
"""
_ASK_SECONDS = 0.1


class EngineError(LadderError):
    """A named step failed. Tells the kind of failure, never the engine's words: they may quote a person's data."""

    def __init__(self, step: str, cause: Exception, more: str = "") -> None:
        message, hint = next(
            (told for kind, told in _CAUSES.items() if isinstance(cause, kind)),
            (f"the database refused the step ({type(cause).__name__})", "Nothing was changed."),
        )
        super().__init__(f"“{step}” did not finish", f"In that step {message}.", f"{hint} {more}".strip())


_CAUSES: dict[type[duckdb.Error], tuple[str, str]] = {
    duckdb.OutOfMemoryException: (
        "memory ran out",
        "Nothing was changed. Give more with LADDER_MEMORY_LIMIT, or close other programs.",
    ),
    duckdb.IOException: (
        "a file could not be read or written",
        "Nothing was changed. Check that the disk has room and the folder may be written to.",
    ),
    duckdb.InterruptException: ("the work was stopped", "Nothing was changed."),
}


class Engine:
    """A writable database of one build or one import. Not shared between threads.

    `path` is a file, or empty for memory; spill goes to `temp_directory`. Use as a context manager.
    """

    def __init__(self, path: Path | None = None, temp_directory: Path | None = None) -> None:
        settings = load_settings()
        config: dict[str, Any] = {
            "threads": settings.threads,
            "memory_limit": settings.memory_limit,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if temp_directory is not None:
            config["temp_directory"] = str(temp_directory)
        self._connection = duckdb.connect(str(path) if path else ":memory:", config=config)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def run(self, step: str, query: Query, parameters: Parameters | None = None) -> None:
        """Execute one statement; `step` names it in errors."""
        self._execute(step, query, parameters).fetchall()

    def frame(self, step: str, query: Query, parameters: Parameters | None = None) -> pd.DataFrame:
        """Execute one query and return its rows."""
        return self._execute(step, query, parameters).df()

    def rows(self, step: str, query: Query, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Execute one query and return its rows as tuples."""
        return list(self._execute(step, query, parameters).fetchall())

    def batches(
        self, step: str, query: Query, parameters: Parameters | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Execute one query and return its rows bit by bit, in little memory; take them all before the next step."""
        text = query if isinstance(query, str) else query.sql("duckdb")
        try:
            yield from self._connection.sql(text, params=parameters or None).to_arrow_reader(_BATCH)
        except duckdb.Error as error:
            raise EngineError(step, error) from error
        except OSError as error:  # What fails while the rows are fetched comes through Arrow.
            raise EngineError(step, duckdb.Error(str(error))) from error

    def watch_progress(self) -> None:
        """Have `progress` tell something. Not for notebooks, where the engine wants a widget for its bar."""
        self.run("watch progress", "set enable_progress_bar_print = false")
        self.run("watch progress", "set enable_progress_bar = true")

    def progress(self) -> float:
        """How much of the running statement is done, from 0 to 1, as far as is known; may be asked by any thread."""
        return max(0.0, self._connection.query_progress() / 100)

    @contextmanager
    def stopped_by(self, stop: Callable[[], None]) -> Iterator[None]:
        """Ask `stop` again and again while statements run; what it raises ends them at once and is raised here."""
        over, raised = Event(), []

        def watch() -> None:
            try:
                while not over.wait(_ASK_SECONDS):
                    stop()
            except BaseException as error:
                raised.append(error)
            # Between two statements there is nothing to interrupt: the next one is caught.
            while raised and not over.wait(_ASK_SECONDS):
                self._connection.interrupt()

        watcher = Thread(target=watch, name="stop", daemon=True)
        watcher.start()
        try:
            yield
        except EngineError:
            if not raised:
                raise
        finally:
            over.set()
            watcher.join()
        if raised:
            raise raised[0]

    def register(self, name: str, data: Any) -> None:
        """Make an Arrow table or a pandas frame readable under `name`."""
        self._connection.register(name, data)

    def parquet(self, files: Files) -> exp.Select:
        """A query over files with the number of each one's import: import_id, file_row (from 0), nothing else yet."""
        found = exp.replace_placeholders(
            parse_one(_FILES, dialect="duckdb"),
            imports=exp.Array(expressions=[exp.Literal.number(ident) for ident, _ in files]),
            files=exp.Array(expressions=[exp.Literal.string(path) for _, path in files]),
        )
        assert isinstance(found, exp.Select)  # noqa: S101 - the text above
        return found

    def _execute(self, step: str, query: Query, parameters: Parameters | None) -> duckdb.DuckDBPyConnection:
        return _execute(self._connection, step, query, parameters)


class Reader:
    """A read-only database file. Each question runs on a cursor of its own, so threads may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        config: dict[str, Any] = {
            "threads": load_settings().threads,
            "memory_limit": load_settings().memory_limit,
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=config)
        except duckdb.Error as error:
            raise EngineError(f"open {path.name}", error) from error

    def frame(self, step: str, query: Query, parameters: Parameters | None = None) -> pd.DataFrame:
        """Run one query on a cursor of its own and return its rows."""
        with self._connection.cursor() as cursor:
            return _execute(cursor, step, query, parameters).df()

    def rows(self, step: str, query: Query, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run one query on a cursor of its own and return its rows as tuples."""
        with self._connection.cursor() as cursor:
            return list(_execute(cursor, step, query, parameters).fetchall())

    def close(self) -> None:
        self._connection.close()


def open_reader(path: Path) -> Reader:
    """The process-wide reader of an immutable file; a replaced file gets a new reader."""
    stat = path.stat()
    return _reader(os.path.realpath(path), stat.st_ino, stat.st_mtime_ns)


@lru_cache(maxsize=16)
def _reader(path: str, inode: int, modified: int) -> Reader:
    return Reader(Path(path))


def forget_readers() -> None:
    """Let go of the shared readers: each closes with its last user, and its file is read no more."""
    _reader.cache_clear()


atexit.register(forget_readers)  # While the interpreter still can close them.


def _execute(
    connection: duckdb.DuckDBPyConnection, step: str, query: Query, parameters: Parameters | None
) -> duckdb.DuckDBPyConnection:
    text = query if isinstance(query, str) else query.sql("duckdb")
    try:
        return connection.execute(text, parameters or None)
    except duckdb.Error as error:
        raise EngineError(step, error) from error
    except RuntimeError as error:
        # Ctrl-C while a statement runs: the engine takes the signal and raises this in its place.
        raise KeyboardInterrupt from error
