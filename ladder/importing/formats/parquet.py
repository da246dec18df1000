"""Parquet: every column as exact text. Page checksums are verified where the file has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from ladder.errors import LadderError
from ladder.importing.dialect import MOST_COLUMNS
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import Glance, Plain, Share, check_growth, check_room, strict
from ladder.importing.plan import Dialect

_FIRST = 5_000
_BATCH = 50_000
_NO_CHECKSUM = (
    "The file has no checksums: damage inside it would show only where a value becomes impossible. "
    "Compare the totals."
)


def glance(path: Path, size: int) -> Glance:
    """The first rows, as many as `size` characters hold."""
    with _opened(path) as file:
        first = next(file.iter_batches(_FIRST), None)
        sink = BytesIO()
        _write(sink, [first] if first is not None else [], file.schema_arrow)
        text = sink.getvalue()[:size].decode("utf-8", "ignore")
        whole = len(text) < size and file.metadata.num_rows <= _FIRST
    return Glance(text, whole, ("header", "header_rows", "skip", "delimiter", "quote", "escape"))


def plain(path: Path, dialect: Dialect, work: Path, share: Share) -> Plain:
    """Strict CSV with a header. LadderError for a damaged file."""
    target = work / "plain.csv"
    with _opened(path) as file:
        rows = file.metadata.num_rows

        def batches() -> Iterator[pa.RecordBatch]:
            done = 0
            for batch in file.iter_batches(_BATCH):
                yield batch
                done += batch.num_rows
                share(done / max(1, rows))
                check_growth(path, sink.tell())
                check_room(work, sink.tell())
            if done != rows:
                raise _damaged(path)

        with target.open("wb") as sink:
            _write(sink, batches(), file.schema_arrow)
    return Plain(target, strict(dialect), rows + 1)


def warnings(path: Path) -> tuple[str, ...]:
    """That the file has no checksums, if so; told by the header of its first page (parquet.thrift, PageHeader)."""
    with _opened(path) as file:
        if not file.metadata.num_row_groups or not file.metadata.num_columns:
            return ()
        column = file.metadata.row_group(0).column(0)
    with path.open("rb") as raw:
        raw.seek(column.dictionary_page_offset or column.data_page_offset)
        head = raw.read(64)
    place = 0
    for _ in range(3):  # The kind of page and its two sizes, each a field mark and a number of 7-bit groups.
        place += 1
        while place < len(head) and head[place] & 0x80:
            place += 1
        place += 1
    return () if head[place : place + 1] == b"\x15" else (_NO_CHECKSUM,)


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            _check(file, path)
            yield file
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(path) from error


def _check(file: pq.ParquetFile, path: Path) -> None:
    schema = file.schema_arrow
    if len(schema) > MOST_COLUMNS:
        message = f"{shown_name(path)} has {len(schema):,} columns; {MOST_COLUMNS:,} are the most."
        raise LadderError("Too many columns", message, "Leave out what is not needed.")
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        message = f"{shown_name(path)} has nested columns: {', '.join(nested[:10])}."
        raise LadderError("Not a flat table", message, "Flatten them or leave them out, and bring it again.")


def _damaged(path: Path) -> LadderError:
    return LadderError(
        "Damaged Parquet file", f"{shown_name(path)} cannot be read whole.", "Download or export it again."
    )


def _write(sink: IO[bytes], batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    texts = pa.schema([pa.field(field.name, pa.string()) for field in schema])
    with pcsv.CSVWriter(sink, texts) as writer:
        for batch in batches:
            batch.validate(full=True)
            columns = [_text(*named) for named in zip(batch.schema.names, batch.columns, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=texts))


def _text(name: str, column: pa.Array) -> pa.Array:
    """Exact text: decimals with their places, floats as short as they can be, times without empty fractions."""
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        text = pc.replace_substring_regex(pc.cast(column, pa.string()), r"\.(\d*?)0+([-+Z]|$)", r".\1\2")
        return pc.replace_substring_regex(text, r"\.([-+Z]|$)", r"\1")
    if pa.types.is_dictionary(kind):
        return _text(name, column.dictionary_decode())
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        message = f"The column “{name}” holds values of the kind {kind}, which are no text."
        raise LadderError(
            "Not a flat table", message, "Leave it out or turn it into text, and bring it again."
        ) from None
