"""Two ladders on the same customers: who would stand elsewhere, what flaps, which one separates better."""

from ladder.lab.comparison import Comparison, compare
from ladder.lab.crossing import Crossing, crossed, crossing
from ladder.lab.flapping import Flapping, flapping
from ladder.lab.pair import Pair, history, pair
from ladder.lab.separation import Measured, Separation, separation

__all__ = [
    "Comparison",
    "Crossing",
    "Flapping",
    "Measured",
    "Pair",
    "Separation",
    "compare",
    "crossed",
    "crossing",
    "flapping",
    "history",
    "pair",
    "separation",
]
