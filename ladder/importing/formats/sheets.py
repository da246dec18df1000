"""The sheets of a workbook, from its index, and the choice among them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from ladder.errors import LadderError
from ladder.importing.formats.magic import shown_name
from ladder.importing.formats.sheet_xml import is_filled, refuse_entities
from ladder.importing.formats.unpacking import members_of, opened

_LARGEST_INDEX = 8 << 20
_BEGINNING = 1 << 18


@dataclass(frozen=True)
class Sheet:
    """A worksheet, the part of the archive it is in, and whether it is hidden or has any value."""

    name: str
    part: str
    is_hidden: bool
    is_filled: bool


def sheets_of(path: Path) -> tuple[Sheet, ...]:
    """Worksheets in the order of the workbook. LadderError for an archive that is no whole workbook."""
    names = {item.filename for item in members_of(path)}
    index = _parsed(path, "xl/workbook.xml", names)
    links = _parsed(path, "xl/_rels/workbook.xml.rels", names)
    targets = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in links
        if link.get("Type", "").endswith("/worksheet")
    }
    found = []
    for item in index.iter():
        key = next((value for name, value in item.attrib.items() if name.endswith("}id")), "")
        if _plain(item.tag) == "sheet" and targets.get(key) in names:
            part = targets[key]
            hidden = item.get("state", "visible") != "visible"
            found.append(Sheet(item.get("name", ""), part, hidden, _is_filled(path, part)))
    if not found:
        raise damaged_workbook(path)
    if len({sheet.name for sheet in found}) < len(found):
        message = f"{shown_name(path)} has two sheets of one name."
        raise LadderError("The workbook is ambiguous", message, "Rename one of them, or bring it as CSV.")
    return tuple(found)


def damaged_workbook(path: Path) -> LadderError:
    return LadderError(
        "Damaged workbook",
        f"{shown_name(path)} cannot be read whole.",
        "Save or export it again, or bring it as CSV.",
    )


def _parsed(path: Path, part: str, names: set[str]) -> ElementTree.Element:
    if part not in names:
        raise damaged_workbook(path)
    with opened(path, "zip", part) as stream:
        text = stream.read(_LARGEST_INDEX)
        if stream.read(1):
            raise damaged_workbook(path)
    refuse_entities(text, shown_name(path))
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise damaged_workbook(path) from error


def _is_filled(path: Path, part: str) -> bool:
    with opened(path, "zip", part) as stream:
        return is_filled(stream.read(_BEGINNING))


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]
