"""Coupons, gifts and club rewards: the randomised one that works, the biased one that does nothing."""

import numpy as np
import pandas as pd

from .orders import count_orders, last_order
from .planted import (
    COUPON,
    COUPON_DAY,
    COUPON_EFFECT,
    COUPON_HABIT,
    COUPON_WINDOW,
    DAYS,
    GIFT,
    GIFT_DAY,
    REWARD,
    REWARD_EVERY,
    day_number,
)

COLUMNS = ["customer", "incentive", "day", "arm", "cost", "redeemed"]


def send_coupon(
    rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Half of the eligible get the coupon, by lot; returns all orders with those it caused, and the offers.

    COUPON_EFFECT is met to the customer: that share of the treated orders within the window and would not have.
    """
    sent = day_number(COUPON_DAY) + 0.2
    end = day_number(COUPON_DAY) + COUPON_WINDOW + 1
    recent = last_order(orders, len(people), sent) > sent - 365
    eligible = rng.permutation(np.flatnonzero(recent & people.consent.to_numpy()))
    treated, control = eligible[: len(eligible) // 2], eligible[len(eligible) // 2 :]
    would = count_orders(orders, len(people), sent, end) > 0
    moved = rng.choice(treated[~would[treated]], round(COUPON_EFFECT * len(treated)), replace=False)
    caused = pd.DataFrame({"customer": moved, "day": rng.uniform(sent + 1, end, len(moved))})
    users = np.concatenate([moved, treated[would[treated] & (rng.random(len(treated)) < COUPON_HABIT)]])
    orders = pd.concat([orders, caused]).sort_values(["day", "customer"], ignore_index=True)
    window = orders[(orders.day >= sent) & (orders.day < end) & orders.customer.isin(users)]
    redeemed = window.groupby("customer").day.min().reindex(eligible).to_numpy()
    offers = pd.DataFrame({"customer": eligible, "incentive": COUPON, "day": sent, "redeemed": redeemed})
    offers["arm"] = np.repeat(["treated", "control"], [len(treated), len(control)])
    offers["cost"] = np.where(offers.arm == "control", 0.0, np.where(np.isnan(redeemed), 0.2, 5.2))
    return orders, offers[COLUMNS]


def give_gift(rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """A mug, mostly for recent heavy buyers (no lot was drawn); it changes nobody's orders."""
    given = day_number(GIFT_DAY) + 0.1
    count = count_orders(orders, len(people), given - 365, given)
    idle = given - last_order(orders, len(people), given)
    score = -1.6 + 1.1 * np.log1p(count) - idle / 90
    chance = np.where(idle < 365, np.clip(1 / (1 + np.exp(-score)), 0.03, 0.9), 0.0)
    who = np.flatnonzero(rng.random(len(people)) < chance)
    return pd.DataFrame(
        {"customer": who, "incentive": GIFT, "day": given, "arm": None, "cost": 8.0, "redeemed": np.nan},
        columns=COLUMNS,
    )


def club_rewards(rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """A free bag on every fourth order of a club member; three in four are fetched with the next order."""
    club = orders[people.club.to_numpy()[orders.customer]].copy()
    by_customer = club.groupby("customer")
    club["number"] = by_customer.cumcount() + 1
    club["next_day"] = by_customer.day.shift(-1)
    earned = club[club.number % REWARD_EVERY == 0]
    fetched = earned.next_day.where(rng.random(len(earned)) < 0.75)
    rewards = pd.DataFrame({"customer": earned.customer, "incentive": REWARD, "day": earned.day + 0.001})
    rewards = rewards.assign(arm=None, cost=np.where(fetched.notna(), 4.0, 0.0), redeemed=fetched)
    return rewards[rewards.day < DAYS][COLUMNS]
