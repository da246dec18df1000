"""What customers say: answers, reviews, comments, and whom they recommend the shop to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .orders import count_orders, last_order
from .planted import DAYS, DIP_MONTHS, DIP_POINTS, FIRST_DAY

PRAISE = ["Best espresso north of Hamburg.", "Schnelle Lieferung, danke!", "Smager skønt, køber igen", "Top"]
PLAIN = ["Okay for the price", "Gut, aber teuer", "Helt fint"]
BLAME = ["Too bitter for us, sadly", "Arrived late", "Verpackung war beschädigt"]
LATE = ["Two weeks late, “express” they said", "Paket kam nie an", "Pakken var forsinket, igen"]


@dataclass(frozen=True)
class Question:
    """One question: how often answered, after how many days, and how the score follows from contentment."""

    kind: str
    share: float
    days: tuple[int, int]
    centre: float
    slope: float
    noise: float
    low: int
    high: int
    dip: float = 0.0


QUESTIONS = (
    Question("nps", 0.22, (5, 20), centre=8.25, slope=1.5, noise=1.0, low=0, high=10, dip=DIP_POINTS),
    Question("csat", 0.12, (2, 6), centre=4.1, slope=0.6, noise=0.6, low=1, high=5),
    Question("review", 0.05, (6, 40), centre=4.3, slope=0.5, noise=0.6, low=1, high=5),
)


def recommend(rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Who brought each referred customer: someone who ordered twice and lately, and likes to recommend.

    Those who were brought themselves bring others more gladly, so trees grow deep.
    """
    weight = people.recommends.to_numpy().copy()
    rows = []
    for newcomer in np.flatnonzero(people.referred):
        seen = people.seen[newcomer]
        bought = count_orders(orders, len(people), 0, seen) >= 2
        lately = last_order(orders, len(people), seen) > seen - 150
        chance = np.where(bought & lately, weight, 0.0)
        if chance.sum() > 0:
            referrer = rng.choice(len(people), p=chance / chance.sum())
            weight[newcomer] *= 4
            rows.append((referrer, newcomer, seen))
    return pd.DataFrame(rows, columns=["referrer", "referred", "day"])


def answer(rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """NPS, satisfaction and reviews some days after an order: customer, day, nps, csat, review, text."""
    parts = [_answers(rng, people, orders, question) for question in QUESTIONS]
    return pd.concat(parts).sort_values(["day", "customer"], ignore_index=True)


def _answers(
    rng: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame, question: Question
) -> pd.DataFrame:
    """Answers to one question; nobody answers it twice within 60 days."""
    said = orders.loc[rng.random(len(orders)) < question.share, ["customer", "day"]].copy()
    said["day"] += rng.uniform(*question.days, len(said))
    said = said[said.day < DAYS].sort_values(["customer", "day"])
    said = said[~(said.groupby("customer").day.diff() < 60)].reset_index(drop=True)
    content = people.content.to_numpy()[said.customer]
    score = question.centre + question.slope * content + rng.normal(0, question.noise, len(said))
    dip = _in_dip(said.day)
    score = np.clip(np.rint(score - question.dip * dip), question.low, question.high)
    said[question.kind] = score
    said["text"] = _comments(rng, (score - question.low) / (question.high - question.low), dip)
    return said


def _in_dip(day: pd.Series) -> np.ndarray:
    month = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(np.floor(day), unit="D")
    return np.array([(moment.year, moment.month) in DIP_MONTHS for moment in month])


def _comments(rng: np.random.Generator, mood: np.ndarray, dip: np.ndarray) -> list[str | None]:
    """A comment for one answer in four, in the tone of the score; late parcels are the topic in the dip."""
    spoken = rng.random(len(mood)) < 0.25
    pick = rng.integers(0, 12, len(mood))
    texts: list[str | None] = []
    for level, late, speaks, number in zip(mood, dip, spoken, pick, strict=True):
        tone = PRAISE if level > 0.85 else PLAIN if level > 0.6 else LATE if late else BLAME
        texts.append(tone[number % len(tone)] if speaks else None)
    return texts
