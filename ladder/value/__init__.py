"""What customers on each rung are worth: fitted models, value to come, and a check of the forecast."""

from ladder.value.clv import Clv, clv, clv_from
from ladder.value.customers import customer_values, values_from
from ladder.value.fitted import Fitted, fit
from ladder.value.holdout import HoldoutCheck, holdout_check
from ladder.value.statistics import store_statistics
from ladder.value.terms import Terms, terms_from

__all__ = [
    "Clv",
    "Fitted",
    "HoldoutCheck",
    "Terms",
    "clv",
    "clv_from",
    "customer_values",
    "fit",
    "holdout_check",
    "store_statistics",
    "terms_from",
    "values_from",
]
