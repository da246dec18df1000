"""What customers do besides buying: visits, mail, tastings, the club, the talks with cafés."""

import numpy as np
import pandas as pd

from .planted import DAYS
from .season import month_starts


def interact(
    rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame, left: np.ndarray
) -> pd.DataFrame:
    """Everything short of an order: customer, day, kind, detail."""
    size = len(people)
    never = people.first_order.to_numpy() >= DAYS
    cools = np.where(never, people.seen + rng.exponential(170, size), left + rng.exponential(25, size))
    until = np.minimum(cools, DAYS)
    parts = [
        _first_touch(rng, people),
        _mail(rng, people, until),
        _visits(rng, orders),
        _now_and_then(rng, people, until),
        _club(people, orders),
        _cafe_talks(rng, people, orders, until),
    ]
    events = pd.concat(parts)
    events = events[(events.day >= people.seen.to_numpy()[events.customer]) & (events.day < DAYS)]
    return events.sort_values(["day", "customer", "kind"], ignore_index=True)


def _events(customer: np.ndarray, day: np.ndarray, kind: object, detail: object = None) -> pd.DataFrame:
    return pd.DataFrame({"customer": customer, "day": day, "kind": kind, "detail": detail})


def _first_touch(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    kinds = rng.choice(["visit", "newsletter", "social", "form"], len(people), p=[0.4, 0.32, 0.16, 0.12])
    kinds = np.where(people.type == "café", "form", np.where(people.channel == "marketplace", "visit", kinds))
    return _events(np.arange(len(people)), people.seen.to_numpy(), kinds)


def _mail(rng: np.random.Generator, people: pd.DataFrame, until: np.ndarray) -> pd.DataFrame:
    """The mail of the month, opened by those who read mail and are still interested."""
    parts = []
    for start in month_starts():
        day = start + 4 + rng.exponential(0.8, len(people))
        opened = (rng.random(len(people)) < people.opens_mail) & (people.seen < day) & (day < until)
        parts.append(_events(np.flatnonzero(opened), day[opened], "mail_open"))
    return pd.concat(parts)


def _visits(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    looked = orders[rng.random(len(orders)) < 0.35]
    day = looked.day.to_numpy() - rng.exponential(2, len(looked))
    return _events(looked.customer.to_numpy(), day, "visit")


def _now_and_then(rng: np.random.Generator, people: pd.DataFrame, until: np.ndarray) -> pd.DataFrame:
    """Visits, social posts, tastings in the roastery (demo) and online brewing classes (webinar)."""
    size, parts = len(people), []
    for kind, per_year, detail in (
        ("visit", 1.2, None),
        ("social", 0.3, None),
        ("demo", 0.45, "Tasting at the roastery"),
        ("webinar", 0.3, "Brewing class, online"),
    ):
        span = np.maximum(until - people.seen.to_numpy(), 0)
        who = np.repeat(np.arange(size), rng.poisson(span / 365 * per_year))
        day = people.seen.to_numpy()[who] + rng.random(len(who)) * span[who]
        parts.append(_events(who, day, kind, detail))
    return pd.concat(parts)


def _club(people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Joining the club with the first order, and points with each order."""
    member = orders[people.club.to_numpy()[orders.customer]]
    first = member[~member.customer.duplicated()]
    joined = _events(first.customer.to_numpy(), first.day.to_numpy(), "club_join")
    earned = _events(member.customer.to_numpy(), member.day.to_numpy(), "points", "10 points")
    return pd.concat([joined, earned])


def _cafe_talks(
    rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame, until: np.ndarray
) -> pd.DataFrame:
    """Cafés talk before they buy; three in four sign a contract at their third order and renew each year."""
    cafes = np.flatnonzero(people.type == "café")
    talk = _events(cafes, people.seen.to_numpy()[cafes] + rng.uniform(1, 20, len(cafes)), "sales_talk")
    third = orders[orders.customer.isin(cafes)].groupby("customer").nth(2)
    signed = third[rng.random(len(third)) < 0.75]
    contracts = [
        _events(signed.customer.to_numpy(), signed.day.to_numpy() + 1 + 365 * year, "contract", detail)
        for year, detail in enumerate(["Signed", "Renewed", "Renewed"])
    ]
    contract = pd.concat(contracts)
    return pd.concat([talk, contract[contract.day < until[contract.customer]]])
