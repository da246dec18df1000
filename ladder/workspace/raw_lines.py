"""What a line of a file may say where nobody can tell its cells: everything in it that could be somebody's id."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

TELLING = 6
"""Shorter ids and numbers are words of other people's rows too, such as a quantity."""

_COMMON = (",", ";", "\t", "|")
_BLANKS = " \t\r\n\v\f\0\u00a0\u2007\u202f\u200b\ufeff"
_AROUND = _BLANKS + "\"'`´‘’‚“”„«»‹›()[]{}<>\\"
_END = _AROUND + ".,;:!?/=-_"
_APART = re.compile(r"[\s,;|:=\"(){}\[\]<>]+")
_MAILS = (
    re.compile(r"[^\s,;|:=\"'(){}\[\]<>]+@[^\s,;|:=\"'(){}\[\]<>]+"),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*"),
)
_WHOLE = re.compile(r"(\d+)\.0\Z")
_LONGEST_NAME = 3


def cells_of(text: str, delimiter: str) -> list[str]:
    """The cells of a line as a forgiving reader cuts it; at blanks where the delimiter is none of one character."""
    if len(delimiter) != 1:
        return text.split()
    if delimiter in "\r\n":
        return [text]
    try:
        return next(csv.reader([text.replace("\n", " ").replace("\r", " ")], delimiter=delimiter), [])
    except csv.Error:  # A cell longer than the reader takes.
        return text.split(delimiter)


def possible_ids(text: str, delimiter: str = "") -> set[str]:
    """Every cell that the line may have, cut at its delimiter and at the common ones, and every word that tells.

    Quotes, brackets and blanks around them are taken off, and e-mail addresses are also found inside of texts. Cells
    count whatever their length; words within a cell from six characters on, alone and with up to two that follow.
    """
    words = [word for part in _APART.split(text) if (word := part.strip(_END))]
    named = [part.strip(_AROUND) for part in text.split()]
    for size in range(2, _LONGEST_NAME + 1):
        words += [" ".join(named[at : at + size]) for at in range(len(named) - size + 1)]
    for pattern in _MAILS:
        words += [mail.strip(_END) for mail in pattern.findall(text)]
    found = {word for word in words if tells(word)} | set(_bare(text, delimiter))
    found |= {whole[1] for cell in found if (whole := _WHOLE.match(cell))}
    return found - {""}


def tells(word: str) -> bool:
    """Whether a word can hardly mean anybody or anything else."""
    return len(word) >= TELLING or "@" in word


def _bare(text: str, delimiter: str) -> Iterator[str]:
    """The cells by every way of cutting, with and without what stands around them."""
    parts = [*text.split('"'), *cells_of(text, delimiter)]
    for mark in {delimiter, *_COMMON}:
        if mark and mark in text:
            cells = text.split(mark)
            parts += [*cells, *cells_of(text, mark)]
            for size in range(2, _LONGEST_NAME + 1):  # An id with a delimiter in it, and no quotes around.
                parts += [mark.join(cells[at : at + size]) for at in range(len(cells) - size + 1)]
    for part in parts:
        for spelt in (part, part.replace('""', '"'), part.replace("\\", "")):
            for around in (_BLANKS, _BLANKS + "\"'", _AROUND):
                yield spelt.strip(around)
