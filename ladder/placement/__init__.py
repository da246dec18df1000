"""Place every customer on a rung at every period end, using only what was known by then."""

from ladder.engine import Steps, forget_readers
from ladder.placement.build import Progress, build, derived_key
from ladder.placement.distributed import on_spark
from ladder.placement.facts import open_facts
from ladder.placement.placed import Placed

__all__ = ["Placed", "Progress", "Steps", "build", "derived_key", "forget_readers", "on_spark", "open_facts"]
