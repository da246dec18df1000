"""The one door to the database engine; only this package imports duckdb."""

from ladder.engine.duck import Engine, EngineError, Reader, forget_readers, open_reader

__all__ = ["Engine", "EngineError", "Reader", "forget_readers", "open_reader"]
