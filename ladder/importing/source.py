"""From the bytes of a file to one plain UTF-8 copy; what is not text is refused in a sentence."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from charset_normalizer import from_bytes

from ladder.errors import LadderError

BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a word processor document"),
)


def compression_of(path: Path) -> str:
    """`gzip` or `none`, by the first bytes and not by the name."""
    return "gzip" if _head(path, 2) == _GZIP else "none"


def encoding_of(sample: bytes) -> str:
    """The likeliest encoding of the first bytes: a byte order mark, else UTF-8 if valid, else a detector's word."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    nulls = sample[:4096].count(b"\0")
    if nulls > len(sample[:4096]) // 4:
        return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, False)
    except UnicodeDecodeError:
        return _legacy(sample)
    return "utf-8"


def _legacy(sample: bytes) -> str:
    """A one-byte encoding. The detector is asked among the western ones first: short samples mislead it."""
    western = from_bytes(sample, cp_isolation=["cp1252", "latin_1"]).best()
    best = western or from_bytes(sample).best()
    return best.encoding.replace("_", "-") if best else "latin-1"


def read_head(path: Path, compression: str, size: int) -> bytes:
    """The first `size` bytes after decompression. LadderError for an empty file or one that is not text."""
    with _bytes_of(path, compression) as stream:
        head = stream.read(size)
    if not head:
        raise LadderError("Empty file", f"{path.name} holds nothing.", "Export it again.")
    _refuse_binary(path.name, head)
    return head


def copy_as_utf8(path: Path, compression: str, encoding: str, target: Path) -> None:
    """Write the text of `path` to `target` as UTF-8 without a byte order mark, line ends as they are.

    LadderError when the archive is cut short or a byte is not valid in `encoding`; nothing is replaced silently.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    done = 0
    with _bytes_of(path, compression) as source, target.open("wb") as sink:
        try:
            for block in iter(lambda: source.read(BLOCK), b""):
                _write(sink, decoder.decode(block))
                done += len(block)
            _write(sink, decoder.decode(b"", True))
        except UnicodeError as error:
            raise LadderError(
                "Wrong encoding",
                f"{path.name} is not {encoding}: the text breaks near byte {done + getattr(error, 'start', 0):,}.",
                "Choose another encoding, such as cp1252 or utf-16.",
            ) from error


def _write(sink: IO[bytes], text: str) -> None:
    """Write to the copy; a full disk is not the fault of the file that is read."""
    try:
        sink.write(text.encode("utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise LadderError(
            "The disk refused",
            f"The working copy could not be written: {why}.",
            "Nothing was changed. Make room and try again.",
        ) from error


@contextmanager
def _bytes_of(path: Path, compression: str) -> Iterator[IO[bytes]]:
    opener = gzip.open if compression == "gzip" else open
    try:
        with cast(IO[bytes], opener(path, "rb")) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LadderError(
            "Damaged archive", f"{path.name} is cut short or damaged.", "Download or export it again."
        ) from error
    except OSError as error:
        raise LadderError("Cannot read the file", f"{path.name}: {error.strerror}.") from error


def _head(path: Path, size: int) -> bytes:
    with _bytes_of(path, "none") as stream:
        return stream.read(size)


def _refuse_binary(name: str, head: bytes) -> None:
    for magic, kind in _NOT_TEXT:
        if head.startswith(magic):
            raise LadderError("Not a CSV file", f"{name} is {kind}.", "Save it as CSV and bring that.")
    text = head[:4096]
    control = sum(byte < 9 or 13 < byte < 32 for byte in text)
    if control > len(text) // 20 and not encoding_of(head).startswith("utf-16"):
        raise LadderError("Not a CSV file", f"{name} holds binary data.", "Save it as CSV and bring that.")
