"""The first rows of a large sheet as a small workbook, so that a look at them need not read the others."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from ladder.importing.formats.sheet_xml import whole_rows
from ladder.importing.formats.sheets import Sheet
from ladder.importing.formats.unpacking import members_of, opened

STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_ENOUGH = 4 << 20
"""Bytes of XML: some 10,000 rows of eight cells."""
_ALWAYS = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", STYLES)
_CELL = re.compile(rb"<c[\s/>]")
_PLACED = re.compile(rb"<c [^<>]*?\br=\"")
_SHARED = re.compile(rb"t=\"s\"[^<>]*>\s*<v>(\d{1,9})<")
_END_OF_STRING = re.compile(rb"</si>|<si/>")


@dataclass(frozen=True)
class Head:
    """A workbook whose one sheet ends after the first rows, and the XML of that sheet."""

    content: bytes
    xml: bytes


def head_of_sheet(path: Path, sheet: Sheet) -> Head | None:
    """The beginning of a sheet; None for a small one, and for XML of another make than most programs write."""
    with opened(path, "zip", sheet.part) as stream:
        begin = stream.read(_ENOUGH + 1)
    cut = begin.rfind(b"</row>") + len(b"</row>")
    xml = begin[:cut] + b"</sheetData></worksheet>"
    usual = len(_CELL.findall(xml)) == len(_PLACED.findall(xml)) and b"<worksheet" in xml[:4096]
    if len(begin) <= _ENOUGH or cut < len(b"</row>") or not usual:
        return None
    names = {item.filename for item in members_of(path)}
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(sheet.part, xml)
        for part in _ALWAYS:
            if part in names:
                with opened(path, "zip", part) as stream:
                    archive.writestr(part, b"".join(stream.blocks()))
        if shared := [int(number) for number in _SHARED.findall(xml)]:
            if STRINGS not in names:
                return None
            archive.writestr(STRINGS, _first_strings(path, max(shared) + 1))
    return Head(sink.getvalue(), xml)


def is_read_alike(path: Path, sheet: Sheet, width: int, dated: Iterable[int]) -> bool:
    """Whether no row of the sheet has a cell beyond `width`, or a time of day in one of the columns `dated` (from 0),
    in which the first rows have days: then the first rows read alone as they read with the others.
    """
    other = re.compile(_beyond(width) + b"".join(_timed(column) for column in dated))
    with opened(path, "zip", sheet.part) as stream:
        return not any(other.search(rows) for rows in whole_rows(stream.blocks(), path.name))


def _first_strings(path: Path, number: int) -> bytes:
    """The table of shared texts up to so many or, where that cannot be told, all of it."""
    found: list[bytes] = []
    rest, ends = b"", 0
    with opened(path, "zip", STRINGS) as stream:
        for block in stream.blocks(1 << 16):
            rest += block
            last = 0
            for end in _END_OF_STRING.finditer(rest):
                last = end.end()
                ends += 1
            found.append(rest[:last])
            rest = rest[last:]
            if ends >= number:
                return b"".join(found) + b"</sst>"
    return b"".join(found) + rest


def _beyond(width: int) -> bytes:
    """A pattern of cells with content to the right of so many columns."""
    last = letters(width - 1) if width else ""
    places = [rb"[A-Z]{%d,3}" % (len(last) + 1)] if len(last) < 3 else []
    for at, letter in enumerate(last):
        if letter < "Z":
            after = chr(ord(letter) + 1).encode()
            places.append(b"%b[%b-Z][A-Z]{%d}" % (last[:at].encode(), after, len(last) - at - 1))
    if not places:
        return rb"(?!)"
    return rb" r=\"(?:%b)\d+\"[^<>/]*>\s*<(?!/)" % b"|".join(places)


def _timed(column: int) -> bytes:
    """A pattern of a value with a fraction, or of a written date, in a column."""
    formula = rb"(?:<f\b[^<>]*>(?:[^<]*</f>)?\s*)?"
    return rb"| r=\"%b\d+\"(?:[^<>]*t=\"d\"|[^<>]*>\s*%b<v>[^<]*[.eE])" % (letters(column).encode(), formula)


def letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    found = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found
