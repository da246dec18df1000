"""What is known, whether it can be trusted, and whether it can carry a ladder."""

from ladder.quality.check import LIGHTS, UNKNOWN, Check
from ladder.quality.coverage import Coverage, coverage
from ladder.quality.model_checks import model_checks
from ladder.quality.orders_only import proposed_ladder
from ladder.quality.regularity import Regularity, regularity
from ladder.quality.report import PLAUSIBLE, Quality, quality
from ladder.quality.suitability import Suitability, order_checks, suitability

__all__ = [
    "LIGHTS",
    "PLAUSIBLE",
    "UNKNOWN",
    "Check",
    "Coverage",
    "Quality",
    "Regularity",
    "Suitability",
    "coverage",
    "model_checks",
    "order_checks",
    "proposed_ladder",
    "quality",
    "regularity",
    "suitability",
]
