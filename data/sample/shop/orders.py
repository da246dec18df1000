"""When customers order, and who would have ordered anyway."""

import numpy as np
import pandas as pd

from .planted import DAYS, SLIPPING_CHANNEL
from .season import after, clock


def draw_orders(rng: np.random.Generator, people: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Every order a customer makes unprompted (customer, day), and the day each customer left for good.

    A round is one more order of everybody still buying: wait, order, perhaps leave.
    """
    hands = {True: clock(slipping=True), False: clock(slipping=False)}
    slips = (people.channel == SLIPPING_CHANNEL).to_numpy()
    left = np.full(len(people), float(DAYS))
    who = np.flatnonzero(people.first_order < DAYS)
    day = people.first_order.to_numpy()[who]
    rounds = []
    while len(who):
        rounds.append(pd.DataFrame({"customer": who, "day": day}))
        wait = rng.exponential(7 / people["rate"].to_numpy()[who])
        day = np.where(slips[who], after(day, wait, hands[True]), after(day, wait, hands[False]))
        who, day = who[day < DAYS], day[day < DAYS]
        leaves = rng.random(len(who)) < people.leaves.to_numpy()[who]
        rounds.append(pd.DataFrame({"customer": who[leaves], "day": day[leaves]}))
        left[who[leaves]] = day[leaves]
        who, day = who[~leaves], day[~leaves]
    orders = pd.concat(rounds, ignore_index=True).sort_values(["day", "customer"], ignore_index=True)
    return orders, left


def count_orders(orders: pd.DataFrame, size: int, start: float, end: float) -> np.ndarray:
    """Orders of each customer with start <= day < end."""
    inside = orders[(orders.day >= start) & (orders.day < end)]
    return np.bincount(inside.customer, minlength=size)


def last_order(orders: pd.DataFrame, size: int, before: float) -> np.ndarray:
    """Day of each customer's latest order before a day; -inf when there is none."""
    latest = np.full(size, -np.inf)
    past = orders[orders.day < before]
    np.maximum.at(latest, past.customer.to_numpy(), past.day.to_numpy())
    return latest
