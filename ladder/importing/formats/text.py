"""Delimited text, as it lies there or inside gzip or zip: its encoding, its first lines, one UTF-8 copy."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator
from pathlib import Path

from ladder.errors import LadderError
from ladder.importing.formats.encodings import Guess, guess
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.plain import Share, check_room
from ladder.importing.formats.unpacking import Stream, opened
from ladder.importing.plan import Dialect

BLOCK = 1 << 20
_SEEN_WHOLE = 64 << 20
_WINDOW = 16 << 20
_ROOM = 64 << 20


def encoding_of(path: Path, dialect: Dialect) -> Guess:
    """The encoding by the whole of a small file, or by the beginning, the middle and the end of a large one."""
    size = path.stat().st_size
    with opened(path, dialect.compression, dialect.member) as stream:
        if dialect.compression == "none" and size > _SEEN_WHOLE:
            return guess(_windows(stream, (0, size // 2, size - _WINDOW)))
        return guess(_windows(stream, (0,), _SEEN_WHOLE))


def head_of(path: Path, dialect: Dialect, size: int) -> tuple[str, bool]:
    """The text of the first bytes, without a byte order mark, and whether that is all of the file."""
    with opened(path, dialect.compression, dialect.member) as stream:
        head = stream.read(size)
        whole = not stream.read(1)
    decoder = codecs.getincrementaldecoder(dialect.encoding)("replace")
    return decoder.decode(head, whole).removeprefix("\ufeff"), whole


def as_utf8(path: Path, dialect: Dialect, work: Path, share: Share) -> Path:
    """The text as UTF-8 without byte order mark: the file itself where it is that already, else a copy in `work`.

    LadderError, with the line, when a byte is not valid in the encoding, when the archive is cut short, or when the
    disk has no room for the copy; nothing is replaced silently.
    """
    is_utf8 = codecs.lookup(dialect.encoding).name == "utf-8"
    text = _Text(path, "utf-8-sig" if is_utf8 else dialect.encoding)
    with opened(path, dialect.compression, dialect.member) as stream:
        if dialect.compression == "none" and is_utf8 and not _has_mark(path):
            _check_utf8(path, stream, share)
            return path
        copy = work / "copy.txt"
        with copy.open("wb") as sink:
            for block in stream.blocks():
                sink.write(text.decoded(block).encode("utf-8"))
                share(stream.share)
                if sink.tell() % _ROOM < 2 * BLOCK:
                    check_room(work, sink.tell())
            sink.write(text.decoded(b"", True).encode("utf-8"))
    return copy


def _check_utf8(path: Path, stream: Stream, share: Share) -> None:
    """Go over a file without building the text where it is plain ASCII, nor looking for its lines."""
    decoder, passed = codecs.getincrementaldecoder("utf-8")(), 0
    for block in itertools.chain(stream.blocks(), [b""]):
        if not block or decoder.getstate()[0] or not block.isascii():
            try:
                decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                raise _wrong(
                    path, "utf-8", _line_at(path, passed + len(block) - len(error.object) + error.start)
                ) from None
        passed += len(block)
        share(stream.share)


def _line_at(path: Path, place: int) -> int:
    with path.open("rb") as file:
        return 1 + sum(file.read(min(BLOCK, place - at)).count(b"\n") for at in range(0, place, BLOCK))


class _Text:
    """Decodes a text block by block and knows the line it is at."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._line, self._begun = 1, False

    def decoded(self, block: bytes, last: bool = False) -> str:
        try:
            text = self._decoder.decode(block, last)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(self._encoding, "replace")
            raise _wrong(self._path, self._encoding, self._line + before.count("\n")) from None
        self._line += text.count("\n")
        if not self._begun and text:
            self._begun, text = True, text.removeprefix("\ufeff")
        return text


def _wrong(path: Path, encoding: str, line: int) -> LadderError:
    return LadderError(
        "Wrong encoding",
        f"{shown_name(path)} is not {encoding.removesuffix('-sig')}: the text breaks in line {line:,}.",
        "Choose another encoding, such as cp1252, cp1250 or utf-16.",
    )


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == codecs.BOM_UTF8


def _windows(stream: Stream, starts: tuple[int, ...], size: int = _WINDOW) -> Iterator[bytes]:
    """Parts of a file in blocks; those after the beginning start and all end at a line's end, where there is one."""
    for start in starts:
        if start:
            stream.seek(start)
        rest = b"" if start == 0 else stream.read(BLOCK).partition(b"\n")[2]
        for _ in range(size // BLOCK):
            block = rest + stream.read(BLOCK)
            whole, end, rest = block.rpartition(b"\n")
            if not end:
                whole, rest = rest, b""
            if not block:
                break
            yield whole + end
        yield rest
