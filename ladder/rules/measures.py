"""Every measure a rule may use. All are as of the period end; windows are in days, none means lifetime."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One measure: its arguments, what it needs, and how it reads in words.

    `shape` says how it moves in time: count and sum (accumulate and expire), average, latest (the last answer
    stands), since (days since the last event), age (days since the first), attribute (no history).
    `words` has {n} for the comparison, {window} and {kind}.
    """

    name: str
    shape: str
    table: str
    about: str
    windowed: bool = False
    takes_text: bool = False
    unit: str = ""

    @property
    def nullable(self) -> bool:
        """True when the measure can be missing; every comparison with a missing value is false."""
        return self.shape not in ("count", "sum")

    @property
    def signature(self) -> str:
        arguments = (["name"] if self.shape == "attribute" else ["kind"]) if self.takes_text else []
        return f"{self.name}({', '.join(arguments + (['w'] if self.windowed else []))})"


_ALL = (
    Measure("orders", "count", "transactions", "orders placed", windowed=True, unit="order"),
    Measure("spend", "sum", "transactions", "money spent, refunds taken off", windowed=True, unit="money"),
    Measure(
        "average_order", "average", "transactions", "mean value of an order", windowed=True, unit="money"
    ),
    Measure("days_since_order", "since", "transactions", "days since the latest order", unit="day"),
    Measure("days_since_first_order", "age", "transactions", "days since the first order", unit="day"),
    Measure("tenure", "age", "customers", "days since the customer became known", unit="day"),
    Measure(
        "interactions",
        "count",
        "interactions",
        "visits, mails opened, demos …, of one kind or of any; becoming known counts as “first seen”",
        windowed=True,
        takes_text=True,
        unit="interaction",
    ),
    Measure(
        "days_since_interaction",
        "since",
        "interactions",
        "days since the latest interaction, of one kind or of any",
        takes_text=True,
        unit="day",
    ),
    Measure("nps", "latest", "feedback", "latest answer to “would you recommend us?”, 0 to 10"),
    Measure("csat", "latest", "feedback", "latest satisfaction score, 1 to 5"),
    Measure("reviews", "count", "feedback", "reviews written", windowed=True, unit="review"),
    Measure("referrals", "count", "referrals", "customers brought", windowed=True, unit="referral"),
    Measure(
        "referred_orders",
        "count",
        "referrals",
        "orders placed by customers this one brought",
        windowed=True,
        unit="order",
    ),
    Measure("redemptions", "count", "incentives", "offers redeemed", windowed=True, unit="redemption"),
    Measure(
        "attribute",
        "attribute",
        "attributes",
        "a column of the customers table; it has no history, so today's value stands for every date",
        takes_text=True,
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
