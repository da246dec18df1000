"""Time in the shop: days since opening as floats, opening hours, and a clock that runs with the season."""

from datetime import timedelta

import numpy as np
import pandas as pd

from .planted import DAYS, FIRST_DAY, LAST_DAY, SLIP_FACTOR, SLIP_FROM, day_number

MONTH_RATE = np.array([0.92, 0.96, 1.0, 1.0, 0.98, 0.95, 0.9, 0.92, 1.02, 1.05, 1.1, 1.25])
OPENS, OPEN_HOURS = 7.0, 15.5

_MONTH = np.array([(FIRST_DAY + timedelta(days=day)).month for day in range(DAYS)])
DAY_RATE = MONTH_RATE[_MONTH - 1]


def clock(slipping: bool) -> np.ndarray:
    """Shop time at the start of each day 0..DAYS: faster in December, at half speed once a channel slips."""
    rate = DAY_RATE.copy()
    if slipping:
        rate[day_number(SLIP_FROM) :] *= SLIP_FACTOR
    return np.concatenate([[0.0], np.cumsum(rate)])


def after(day: np.ndarray, wait: np.ndarray, hands: np.ndarray) -> np.ndarray:
    """The day on which `wait` units of shop time have passed since `day`; DAYS when beyond the last day."""
    return np.interp(np.interp(day, np.arange(DAYS + 1), hands) + wait, hands, np.arange(DAYS + 1))


def stamp(day: np.ndarray) -> pd.Series:
    """Local time of float days: the day's fraction is spread over the hours from 07:00 to 22:30."""
    whole = np.floor(day)
    seconds = np.floor(3600 * (OPENS + OPEN_HOURS * (day - whole)))
    moments = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(whole * 86400 + seconds, unit="s")
    return pd.Series(moments.strftime("%Y-%m-%d %H:%M:%S"))


def month_starts() -> np.ndarray:
    """Day numbers of the first of each month."""
    firsts = pd.date_range(FIRST_DAY, LAST_DAY, freq="MS")
    return (firsts - firsts[0]).days.to_numpy()
