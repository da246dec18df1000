"""Start Spark once per process: on this machine, on a cluster, or as spark-submit has set it up."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import IO, Any

from ladder.errors import LadderError
from ladder.settings import load_settings

# What the results must not depend on; everything else is the cluster's own configuration.
_MEANING = {
    "spark.sql.ansi.enabled": "true",  # What does not fit fails instead of wrapping round.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # A time is wall time, as in the imports.
    "spark.sql.caseSensitive": "false",
}
# One machine needs no page of its own.
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
}
_log: Path | None = None


def spark_session(zone: str) -> Any:
    """A session of its own on the process's Spark; days begin in `zone`.

    LadderError in a plain sentence where PySpark or Java is missing, or Spark does not start.
    """
    session = _running().newSession()
    for name, value in (_MEANING | {"spark.sql.session.timeZone": zone}).items():
        session.conf.set(name, value)
    return session


def log_hint() -> str:
    """Where Spark's own words stand, which are never shown: they may quote data. From now on the file stays."""
    atexit.unregister(_forget_log)
    return f"Spark's own log is in {_log}." if _log else "Spark's own log says more."


def _running() -> Any:
    # PySpark writes every failure to standard error as well, with the statement and values that it stumbled over.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    with warnings.catch_warnings():
        # PySpark doubts newer versions of pandas, which it is never given.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise LadderError(
                "Spark is not installed",
                "The engine “spark” needs PySpark, which a plain install leaves out.",
                "Install it with `pip install -r requirements-spark.txt`. It also needs Java 17.",
            ) from error
        return SparkSession.getActiveSession() or _started(SparkSession)


def _started(session: Any) -> Any:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    conf = SparkConf().setAppName("Rungwise").set("spark.ui.showConsoleProgress", "false")
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        return session.builder.config(conf=conf).getOrCreate()
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise LadderError(
            "Java is not installed",
            "Spark runs on Java, and no `java` was found.",
            "Install Java 17, such as the package openjdk-17-jre-headless, or set JAVA_HOME.",
        )
    for name, value in _configured().items():
        conf.set(name, value)
    with _log_file() as log:
        try:
            # What Java writes goes to a file, so that standard output holds the answer alone.
            gateway = launch_gateway(conf, popen_kwargs={"stdout": log, "stderr": log})
            SparkContext(conf=conf, gateway=gateway)
        except (
            Exception
        ) as error:  # Java's failures come in classes of py4j, PySpark's and the system's in others.
            raise LadderError(
                "Spark did not start",
                f"It ended with {type(error).__name__}. {log_hint()}",
                "Check that Java 17 is there, and LADDER_SPARK_MASTER where it is set.",
            ) from error
    return session.builder.getOrCreate()


def _configured() -> dict[str, str]:
    settings = load_settings()
    master = settings.spark_master or f"local[{settings.threads}]"
    chosen = {"spark.master": master, "spark.log.level": "ERROR"}
    if master.startswith("local"):
        chosen |= _LOCAL | {
            "spark.driver.memory": f"{settings.memory_bytes >> 20}m",
            # Not the 200 pieces that Spark cuts everything into for a cluster.
            "spark.sql.shuffle.partitions": str(4 * settings.threads),
        }
    return chosen


def _log_file() -> IO[str]:
    global _log
    number, name = tempfile.mkstemp(prefix="spark-", suffix=".log")
    _log = Path(name)
    atexit.register(_forget_log)
    return os.fdopen(number, "w")


def _forget_log() -> None:
    if _log is not None:
        _log.unlink(missing_ok=True)
