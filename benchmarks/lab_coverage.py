"""How often the lab's range of a difference holds the true one, in simulated shops.

Run `python -m benchmarks.lab_coverage`; see benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from ladder.lab.concordance import Concordance, Draws, interval

Array = np.ndarray[Any, Any]
ENDS, STATES = 6, 5
# How much of what drives the buying each ladder sees; the second pair sees equally much of it, each in its own way.
WORLDS = {"one sees more": (1.0, 2.0), "both see the same": (1.5, 1.5)}
BAND = (0.92, 0.98)
LARGE = 400_000


def main() -> int:
    options = _options()
    held_all = True
    for world, noise in WORLDS.items():
        truth = _differences(*_concordances(np.random.default_rng(options.seed), LARGE, noise))[0]
        for customers in options.customers:
            random = np.random.default_rng([options.seed, customers])
            found = [
                interval(_differences(*_concordances(random, customers, noise))[1:])
                for _ in range(options.shops)
            ]
            share = float(np.mean([low <= truth <= high for low, high in found]))
            width = float(np.mean([high - low for low, high in found]))
            held_all &= BAND[0] <= share <= BAND[1]
            print(
                f"{world}, {customers:,} customers, true difference {truth:+.4f}: "
                f"held in {share:.1%} of {options.shops} shops, mean width {width:.3f}"
            )
    return 0 if held_all else 1


def _differences(a: Concordance, b: Concordance) -> Array:
    return b.replicates - a.replicates


def _concordances(
    random: np.random.Generator, customers: int, noise: tuple[float, float]
) -> tuple[Concordance, Concordance]:
    """A shop whose customers differ in what drives them, over six period ends with outcomes that overlap."""
    draws = Draws(customers, seed=int(random.integers(2**31)))
    drive = random.normal(size=customers)
    seen = [drive + size * random.normal(size=customers) for size in noise]
    everybody = np.arange(customers)
    found = Concordance(draws), Concordance(draws)
    for _ in range(ENDS):
        buys = (random.random(customers) < 1 / (1 + np.exp(1.5 - drive))).astype(np.int64)
        for ladder, view in zip(found, seen, strict=True):
            told = view + 0.5 * random.normal(size=customers)
            ladder.add(everybody, np.digitize(told, [-1, 0, 1, 2]), STATES, buys, 2)
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=400)
    parser.add_argument("--customers", type=int, nargs="+", default=[300, 3_000])
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
