"""Who the customers are: when they came, where they live, what they are like."""

import numpy as np
import pandas as pd

from .planted import ALPHA, CAFES, CUSTOMERS, DAYS, A, B, P, Q, R, V
from .season import DAY_RATE

CITIES = {
    "Germany": ["Flensburg", "Kiel", "Hamburg", "Lübeck", "Berlin", "Köln", "München"],
    "Denmark": ["Sønderborg", "Aabenraa", "København", "Aarhus", "Odense"],
    "Sweden": ["Malmö", "Göteborg", "Stockholm"],
    "Netherlands": ["Groningen", "Utrecht", "’s-Hertogenbosch"],
    "Ireland": ["Dublin", "Cork"],
}
COUNTRY_SHARE = [0.52, 0.26, 0.10, 0.08, 0.04]
CHANNELS = {"web": 0.48, "shop": 0.24, "marketplace": 0.20, "app": 0.08}


def draw_people(rng: np.random.Generator) -> pd.DataFrame:
    """One row per customer in order of arrival; days are floats since opening."""
    people = pd.DataFrame({"seen": _arrivals(rng)})
    people["type"] = _types(rng)
    people["channel"] = np.where(
        people.type == "café", "wholesale", rng.choice(list(CHANNELS), CUSTOMERS, p=list(CHANNELS.values()))
    )
    people["country"] = rng.choice(list(CITIES), CUSTOMERS, p=COUNTRY_SHARE)
    people["city"] = [rng.choice(CITIES[country]) for country in people.country]
    people["consent"] = rng.random(CUSTOMERS) < 0.82
    people["referred"] = (rng.random(CUSTOMERS) < 0.16) & (people.seen > 90) & (people.type != "café")
    _add_habits(rng, people)
    _add_temper(rng, people)
    return people


def _arrivals(rng: np.random.Generator) -> np.ndarray:
    """Arrival days: the shop doubles its intake over the first year, with a crowd each December."""
    rate = DAY_RATE**1.5 * np.minimum(1.0, 0.5 + np.arange(DAYS) / 730)
    day = rng.choice(DAYS, CUSTOMERS, p=rate / rate.sum())
    return np.sort(day + rng.random(CUSTOMERS))


def _types(rng: np.random.Generator) -> np.ndarray:
    kind = rng.choice(["home", "office"], CUSTOMERS, p=[0.92, 0.08])
    kind[rng.choice(CUSTOMERS, CAFES, replace=False)] = "café"
    return kind


def _add_habits(rng: np.random.Generator, people: pd.DataFrame) -> None:
    """Whether and when they first buy, how often (per week), how readily they leave, how much they spend."""
    cafe = (people.type == "café").to_numpy()
    chance = np.where(cafe, 0.85, np.where(people.referred, 0.92, 0.78))
    at_once = (rng.random(CUSTOMERS) < 0.6) & ~cafe
    wait = np.where(at_once, 0.01, rng.exponential(35, CUSTOMERS))
    people["first_order"] = np.where(rng.random(CUSTOMERS) < chance, people.seen + wait, np.inf)
    people["rate"] = np.where(
        cafe, rng.gamma(4, 1 / 14, CUSTOMERS), np.maximum(rng.gamma(R, 1 / ALPHA, CUSTOMERS), 1e-9)
    )
    people["leaves"] = np.where(cafe, rng.beta(1.0, 40, CUSTOMERS), rng.beta(A, B, CUSTOMERS))
    people["spend_scale"] = np.where(cafe, 2.2, 1.0) / rng.gamma(Q, 1 / V, CUSTOMERS)


def _add_temper(rng: np.random.Generator, people: pd.DataFrame) -> None:
    """How content they are (the content leave less), how gladly they recommend, whether in the club, mail."""
    rank = people.leaves.rank(pct=True).to_numpy()
    people["content"] = 1.1 * (0.5 - rank) * 2 + rng.normal(0, 0.75, CUSTOMERS)
    quiet = rng.random(CUSTOMERS) < 0.55
    people["recommends"] = np.where(quiet, 0.0, rng.gamma(1.0, 1.0, CUSTOMERS) * np.exp(0.4 * people.content))
    people["club"] = (rng.random(CUSTOMERS) < 0.38) & (people.type == "home") & people.first_order.lt(DAYS)
    reads = people.consent & (people.channel != "marketplace") & (rng.random(CUSTOMERS) < 0.85)
    people["opens_mail"] = np.where(reads, rng.beta(2, 4, CUSTOMERS), 0.0)


def order_values(rng: np.random.Generator, spend_scale: np.ndarray) -> np.ndarray:
    """Intended value of each order in euros: Gamma(P) around the customer's own mean."""
    return rng.gamma(P, 1.0, len(spend_scale)) * spend_scale
