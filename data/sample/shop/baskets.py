"""What is in the orders: lines, guests, refunds."""

import numpy as np
import pandas as pd

from .people import order_values
from .planted import DAYS, GUEST_SHARE, REFUND_SHARE, Q, V

PRODUCTS = pd.DataFrame(
    [
        ("Oat milk 1 l", 2.90, 6),
        ("Cantuccini 150 g", 3.90, 6),
        ("Filter papers, 100", 4.50, 8),
        ("Vanilla syrup 0.5 l", 6.50, 4),
        ("Drip bags, 5", 7.50, 6),
        ("House espresso 250 g", 8.90, 18),
        ("Filter Förde 250 g", 9.50, 16),
        ("Decaf Düne 250 g", 9.90, 6),
        ("Ethiopia Guji 250 g", 12.50, 9),
        ("Mug “Fjord”", 14.00, 3),
        ("Gift box, three roasts", 27.00, 4),
        ("House espresso 1 kg", 29.50, 12),
        ("Filter Förde 1 kg", 32.00, 10),
        ("Hand grinder", 49.00, 2),
    ],
    columns=["product", "price", "weight"],
)


def fill_baskets(rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Order lines of customers and guests: order, customer (-1 = guest), day, product, amount, incentive."""
    heads = _with_guests(rng, orders)
    guest_scale = 1 / rng.gamma(Q, 1 / V, len(heads))
    known = heads.customer.to_numpy() >= 0
    scale = np.where(known, people.spend_scale.to_numpy()[heads.customer], guest_scale)
    value = order_values(rng, scale)
    count = 1 + rng.poisson(np.minimum(value / 20, 5.0))
    lines = heads.loc[heads.index.repeat(count)].reset_index(names="order")
    lines["product"], lines["amount"] = _pick(rng, np.repeat(value / count, count))
    line = ["order", "customer", "day", "incentive", "product"]
    return lines.groupby(line, sort=False, dropna=False, as_index=False).amount.sum()


def _with_guests(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    """Orders with guests among them: guests come when others come."""
    count = round(len(orders) * GUEST_SHARE / (1 - GUEST_SHARE))
    day = np.floor(rng.choice(orders.day, count)) + rng.random(count)
    guests = pd.DataFrame({"customer": -1, "day": day, "incentive": None})
    return pd.concat([orders, guests]).sort_values(["day", "customer"], ignore_index=True)


def _pick(rng: np.random.Generator, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A product that fits the intended line value, and the amount for as many of it as come closest."""
    price = PRODUCTS.price.to_numpy()
    reach = np.cumsum(PRODUCTS.weight.to_numpy())
    affordable = np.maximum(np.searchsorted(price, value * 1.15, side="right"), 1)
    chosen = np.searchsorted(reach, rng.random(len(value)) * reach[affordable - 1], side="right")
    pieces = np.maximum(np.rint(value / price[chosen]), 1)
    return PRODUCTS["product"].to_numpy()[chosen], np.round(pieces * price[chosen], 2)


def take_back(rng: np.random.Generator, lines: pd.DataFrame) -> pd.DataFrame:
    """Refund lines: some of an order's lines, negative, three days to four weeks later."""
    order = rng.random(lines.order.max() + 1) < REFUND_SHARE
    delay = rng.uniform(3, 28, len(order))
    first = ~lines.order.duplicated()
    back = lines[order[lines.order] & (first | (rng.random(len(lines)) < 0.4))].copy()
    back["day"] += delay[back.order]
    back["amount"] = -back.amount
    back["incentive"] = None
    return back[back.day < DAYS]
