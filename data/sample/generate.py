"""Make the sample: thirty months of a coffee roaster, always the same bytes.

python data/sample/generate.py [FOLDER]     (default: beside this file)
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from shop import tables
from shop.baskets import fill_baskets, take_back
from shop.contacts import draw_contacts
from shop.offers import club_rewards, give_gift, send_coupon
from shop.orders import draw_orders
from shop.people import draw_people
from shop.planted import SEED
from shop.touches import interact
from shop.voices import answer, recommend

STEPS = "people orders coupon gift club baskets refunds contacts touches answers words"


def tell() -> dict[str, pd.DataFrame]:
    """The whole story, table by table; each step has its own random stream."""
    steps = STEPS.split()
    rng = dict(zip(steps, np.random.default_rng(SEED).spawn(len(steps)), strict=True))
    people = draw_people(rng["people"])
    orders, left = draw_orders(rng["orders"], people)
    orders, coupons = send_coupon(rng["coupon"], people, orders)
    gifts = give_gift(rng["gift"], people, orders)
    rewards = club_rewards(rng["club"], people, orders)
    offers = pd.concat([coupons, gifts, rewards], ignore_index=True)
    lines = fill_baskets(rng["baskets"], people, note_offers(orders, offers))
    return {
        "customers": tables.customers(people, draw_contacts(rng["contacts"], people)),
        "transactions": tables.transactions(lines, take_back(rng["refunds"], lines)),
        "interactions": tables.interactions(interact(rng["touches"], people, orders, left)),
        "feedback": tables.feedback(answer(rng["answers"], people, orders)),
        "referrals": tables.referrals(recommend(rng["words"], people, orders)),
        "incentives": tables.incentives(offers),
    }


def note_offers(orders: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """Orders with the offer used in each, if any."""
    used = offers.dropna(subset="redeemed").drop_duplicates(["customer", "redeemed"])
    used = used[["customer", "redeemed", "incentive"]].rename(columns={"redeemed": "day"})
    return orders.merge(used, on=["customer", "day"], how="left")


def write(folder: Path) -> None:
    """The six CSV files: UTF-8, comma, LF."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tell().items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
