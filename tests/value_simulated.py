"""Customers simulated from a known BG/NBD and Gamma-Gamma world."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from ladder.value.models import Array
from tests.value_shop import Order

TRUTH = (0.25, 4.5, 0.8, 2.5)


def simulated(chance: np.random.Generator, count: int) -> tuple[Array, Array, Array]:
    """frequency, recency and T in weeks of `count` customers."""
    times, T = _times(chance, count)
    frequency = np.array([len(repeats) for repeats in times], dtype=float)
    recency = np.array([repeats[-1] if repeats else 0.0 for repeats in times])
    return frequency, recency, T


def simulated_orders(chance: np.random.Generator, count: int, last: date) -> list[Order]:
    """Orders of `count` customers up to `last`, whose mean amounts differ as in the Gamma-Gamma model."""
    times, T = _times(chance, count)
    rows: list[Order] = []
    for number, (repeats, age) in enumerate(zip(times, T, strict=True)):
        scale = 1 / chance.gamma(4.0, 1 / 15.0)
        first = last - timedelta(days=int(age * 7))
        days = [first + timedelta(days=int(week * 7)) for week in (0.0, *repeats)]
        rows += [(f"c{number}", day, float(chance.gamma(6.0, scale)) + 0.01) for day in days]
    return rows


def _times(chance: np.random.Generator, count: int) -> tuple[list[list[float]], Array]:
    r, alpha, a, b = TRUTH
    T = chance.uniform(30, 70, count)
    rates, dropouts = chance.gamma(r, 1 / alpha, count), chance.beta(a, b, count)
    times: list[list[float]] = []
    for rate, dropout, age in zip(rates, dropouts, T, strict=True):
        repeats: list[float] = []
        now = chance.exponential(1 / rate)
        while now <= age:
            repeats.append(now)
            if chance.random() < dropout:
                break
            now += chance.exponential(1 / rate)
        times.append(repeats)
    return times, T
