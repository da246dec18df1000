"""How regular purchases come: the shape k of the time between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladder.placement import Placed

SAME_GAP = 0.05

# Purchases of one day count once: buying again means on another day.
_FIRST_GAPS = """
with purchase as (select distinct customer, day from orders where day <= $as_of::date),
gap as (
    select customer, day - lag(day) over (partition by customer order by day) as days,
        row_number() over (partition by customer order by day) as nth
    from purchase
    qualify nth <= 3
)
select max(days) filter (where nth = 2) as first_gap, max(days) filter (where nth = 3) as second_gap
from gap
group by customer
having count(*) = 3
"""


@dataclass(frozen=True)
class Regularity:
    """The gamma shape `k` of times between purchases with its standard error: 1 is chance, 2 and more a rhythm.

    `pairs` customers have bought on three days or more; `same` of them came back after the same time twice, to 10%.
    """

    k: float
    error: float
    pairs: int
    same: float


def regularity(placed: Placed) -> Regularity | None:
    """From the first two gaps, in days, of everybody who bought three times by the last period end."""
    found = placed.frame("quality: first gaps between purchases", _FIRST_GAPS, {"as_of": placed.last})
    gaps = found.to_numpy(dtype=float)
    return shape_of_gaps(gaps[:, 0], gaps[:, 1])


def shape_of_gaps(first: NDArray[np.float64], second: NDArray[np.float64]) -> Regularity | None:
    """k of two gaps per customer; None below two customers.

    Wheat and Morrison (1990), Journal of Marketing Research 27:87: where gaps are gamma with shape k, whatever the
    rate of each customer, M = first / (first + second) is Beta(k, k), so that Var M = 1 / (4 (2k + 1)). M does
    not depend on the sum, so it does not matter that only those whose three purchases fell into the data are
    seen. The error is that of the mean of (M − ½)² by the delta method.
    """
    if len(first) < 2:
        return None
    balance = first / (first + second)
    squares = (balance - 0.5) ** 2
    variance = max(float(squares.mean()), 1e-9)
    error = float(squares.std(ddof=1)) / np.sqrt(len(squares)) / (8 * variance**2)
    same = float((np.abs(balance - 0.5) <= SAME_GAP / 2).mean())
    return Regularity((1 - 4 * variance) / (8 * variance), float(error), len(squares), same)
