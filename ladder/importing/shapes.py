"""What the cells of each column look like, learned from good rows: the judge of rows that had to be repaired."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_FEWEST_ROWS, _FEWEST_CELLS = 6, 2
_MOST_PATTERNS = 6
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_ALPHANUMERIC = re.compile(r"[^\W_]")
_LETTERS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


def pattern_of(cell: str) -> str:
    """The cell with every run of digits as 9 and of letters as a: `MG-8769` is `a-9`."""
    return _LETTERS.sub("a", _DIGITS.sub("9", cell.strip()))


@dataclass(frozen=True)
class Shape:
    """`patterns` are the few of a column of numbers, dates or codes; other columns have none, and `letters` says
    that each of their cells has some. No cell is empty where it is `filled`, few are where that is `usual`, and all
    are where it is `empty`."""

    patterns: frozenset[str]
    letters: bool
    filled: bool
    usual: bool
    empty: bool

    def fits(self, cell: str) -> bool:
        if not cell.strip():
            return not self.filled
        if self.empty:
            return False
        pattern = pattern_of(cell)
        return pattern in self.patterns if self.patterns else "a" in pattern or not self.letters


@dataclass(frozen=True)
class Shapes:
    """The shapes of all columns; of too few rows, none, and then anything fits."""

    columns: tuple[Shape, ...] = ()

    @property
    def telling(self) -> bool:
        """Whether a row shifted by a column would not fit."""
        return any(shape.patterns and shape.filled for shape in self.columns)

    def fit(self, cells: Sequence[str]) -> bool:
        if not self.columns:
            return True
        return len(cells) == len(self.columns) and all(
            shape.fits(cell) for shape, cell in zip(self.columns, cells, strict=True)
        )

    def clash(self, cells: Sequence[str]) -> bool:
        """Whether the cells have words in place of every number, date and code, as names of columns have."""
        told = [
            (shape.patterns, pattern_of(cell))
            for shape, cell in zip(self.columns, cells, strict=False)
            if shape.patterns
        ]
        return bool(told) and all(_is_word(pattern, patterns) for patterns, pattern in told)


def _is_word(pattern: str, usual: frozenset[str]) -> bool:
    """Whether a cell is a word where these patterns are usual; it may hold digits where none begins with a letter."""
    coded = any(other.startswith("a") for other in usual)
    return bool(pattern) and ("9" not in pattern or (not coded and pattern.startswith("a")))


def learned(rows: Sequence[Sequence[str]], width: int) -> Shapes:
    """The shapes of rows of `width` cells; one row in fifty, or in twenty of so few, may be otherwise."""
    fitting = [row for row in rows if len(row) == width and any(map(_ALPHANUMERIC.search, row))]
    if len(fitting) < _FEWEST_ROWS:
        return Shapes()
    return Shapes(tuple(_shape([row[at] for row in fitting]) for at in range(width)))


def _shape(cells: list[str]) -> Shape:
    odd = len(cells) // 50 or len(cells) // 20
    counts = Counter(map(pattern_of, cells))
    blank = counts.pop("", 0)
    common = [pattern for pattern, _ in counts.most_common() if "9" in pattern][:_MOST_PATTERNS]
    enough = len(cells) - blank > max(odd, _FEWEST_CELLS)
    few = enough and sum(counts[pattern] for pattern in common) >= len(cells) - blank - odd
    wordless = sum(number for pattern, number in counts.items() if "a" not in pattern)
    return Shape(
        frozenset(common) if few else frozenset(),
        enough and wordless <= odd,
        blank <= odd,
        blank <= max(1, len(cells) // 10),
        blank >= len(cells) - len(cells) // 50,
    )
