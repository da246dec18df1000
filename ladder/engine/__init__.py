"""The one door to the database engines; only this package imports duckdb and pyspark."""

from ladder.engine.duck import Engine, EngineError, Reader, forget_readers, open_reader
from ladder.engine.spark import SparkEngine
from ladder.engine.steps import Files, Query, Steps

__all__ = [
    "Engine",
    "EngineError",
    "Files",
    "Query",
    "Reader",
    "SparkEngine",
    "Steps",
    "forget_readers",
    "open_reader",
]
