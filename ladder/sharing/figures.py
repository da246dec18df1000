"""Counts that are tied by sums: the language in which suppression and audit speak about a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint
from scipy.sparse import csr_array

Key = tuple[str | int, ...]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Sum:
    """A whole that every reader knows to be the sum of its parts."""

    whole: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Figures:
    """All counts behind one link, shown or not, and how they add up. Refuses sums that do not hold."""

    values: Mapping[Key, int]
    sums: tuple[Sum, ...]

    def __post_init__(self) -> None:
        for tie in self.sums:
            if self.values[tie.whole] != sum(self.values[part] for part in tie.parts):
                raise ValueError(f"{tie.whole} is not the sum of its parts")

    def small(self, k: int) -> tuple[Key, ...]:
        """Figures that stand for at least one and fewer than `k` people, largest first."""
        found = [key for key, value in self.values.items() if 0 < value < k]
        return tuple(sorted(found, key=lambda key: (-self.values[key], str(key))))

    @cached_property
    def columns(self) -> dict[Key, int]:
        """The column of each figure in `truth` and `matrix`."""
        return {key: column for column, key in enumerate(self.values)}

    @cached_property
    def truth(self) -> Counts:
        return np.fromiter(self.values.values(), dtype=np.int64, count=len(self.values))

    @cached_property
    def matrix(self) -> csr_array:
        """One row per sum: parts − whole = 0."""
        rows, columns, signs = [], [], []
        for row, tie in enumerate(self.sums):
            for key, sign in ((tie.whole, -1.0), *((part, 1.0) for part in tie.parts)):
                rows.append(row)
                columns.append(self.columns[key])
                signs.append(sign)
        return csr_array((signs, (rows, columns)), shape=(len(self.sums), len(self.values)))

    def ties(self, matrix: csr_array) -> list[LinearConstraint]:
        """`matrix` times the unknowns is zero; no constraint when there are no sums."""
        return [LinearConstraint(matrix, 0, 0)] if self.sums else []
