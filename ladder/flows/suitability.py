"""Is a ladder right here? Repeat custom, rhythm, history and identity of the data against plain thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from ladder.placement import open_facts
from ladder.workspace import Folder

LIGHTS = ("fine", "care", "stop")
DAYS_IN_MONTH = 30.4375

# A purchase day counts once however many orders it holds: buying again means on another day.
_RHYTHM = """
with purchase as (select distinct customer, day from orders),
spaced as (select customer, day - lag(day) over (partition by customer order by day) as gap from purchase),
per_customer as (select customer, count(*) as days from purchase group by customer)
select
    (select count(*) from per_customer) as customers,
    (select count(*) from per_customer where days > 1) as repeaters,
    (select median(gap) from spaced) as gap,
    (select max(day) - min(day) from purchase) as span
"""
_GUESTS = """
select count(*) filter (where customer_id is null), count(*) from raw.live_transactions where kind = 'purchase'
"""
_MONTHLY = """
with ordered as (select date_trunc('month', ts) as month from raw.live_transactions where kind = 'purchase'),
per_month as (select month, count(*) as rows from ordered group by month),
calendar as (
    select unnest(generate_series(min(month), max(month), interval 1 month)) as month from per_month
)
select coalesce(per_month.rows, 0)
from calendar
left join per_month on per_month.month = calendar.month
order by calendar.month
"""


@dataclass(frozen=True)
class Check:
    """One question to the data: `light` is fine, care or stop, `finding` what was found, `meaning` what follows."""

    name: str
    light: str
    finding: str
    meaning: str


@dataclass(frozen=True)
class Suitability:
    """Every check and, in `light`, the worst of them; no checks where there are no orders."""

    checks: tuple[Check, ...]

    @property
    def light(self) -> str:
        return max((check.light for check in self.checks), key=LIGHTS.index, default="stop")

    @property
    def verdict(self) -> str:
        """One sentence that answers the question."""
        if not self.checks:
            return "Bring orders first: the ladder climbs by repeat purchases, and there are none yet."
        names = {
            light: [f"the {c.name.lower()}" for c in self.checks if c.light == light] for light in LIGHTS
        }
        if names["stop"]:
            return f"Only in part: look at {_listed(names['stop'])} first."
        return (
            f"Yes, but mind {_listed(names['care'])}." if names["care"] else "Yes: nothing speaks against it."
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "light": self.light,
            "verdict": self.verdict,
            "checks": [asdict(check) for check in self.checks],
        }


def suitability(folder: Folder) -> Suitability:
    """Check the orders of the live imports; `meaning` says what a light asks for.

    Thresholds are our proposals, from accuracy measured on real and simulated data; they are no law.
    """
    with open_facts(folder) as engine:
        customers, repeaters, gap, span = engine.rows("rhythm", _RHYTHM)[0]
        guests, lines = engine.rows("guests", _GUESTS)[0]
        monthly = [rows for (rows,) in engine.rows("orders by month", _MONTHLY)]
    if not lines:
        return Suitability(())
    horizon = folder.settings.horizon_months
    months = (span or 0) / DAYS_IN_MONTH
    found = [_customers(customers), _repeats(repeaters, customers), _gap(gap), _history(months)]
    return Suitability((*found, _horizon(months, horizon), _gaps(monthly), _guests(guests / lines)))


def _customers(customers: int) -> Check:
    light = _light(customers >= 2000, customers >= 500)
    meanings = {
        "fine": "Enough for a forecast of orders within about 10%.",
        "care": "A forecast of orders may be off by 10 to 25%.",
        "stop": "Too few for a forecast; the ladder still shows where they stand.",
    }
    return Check("Customers", light, f"{customers:,} customers have ordered", meanings[light])


def _repeats(repeaters: int, customers: int) -> Check:
    share = repeaters / customers if customers else 0.0
    light = _light(share >= 0.20, share >= 0.10)
    meanings = {
        "fine": "There is a climb to look at.",
        "care": "Few climb; expect small upper rungs.",
        "stop": "Hardly anybody buys again: nothing above the first purchase will fill.",
    }
    return Check("Repeat custom", light, f"{share:.1%} bought on more than one day", meanings[light])


def _gap(days: float | None) -> Check:
    if days is None:
        return Check("Rhythm", "stop", "Nobody has bought twice", "A ladder needs repeat purchases.")
    months = days / DAYS_IN_MONTH
    light = _light(months <= 2, months <= 6)
    meanings = {
        "fine": "Monthly figures show movement.",
        "care": "Look at quarters: a month is short against this rhythm.",
        "stop": "Purchases are too rare for a ladder; look at first purchases and referrals.",
    }
    return Check("Rhythm", light, f"The median gap between purchases is {days:,.0f} days", meanings[light])


def _history(months: float) -> Check:
    light = _light(months >= 24, months >= 13)
    meanings = {
        "fine": "Two of every season.",
        "care": "One of every season: what repeats each year cannot be told from growth.",
        "stop": "Less than a year: seasons look like climbing and slipping.",
    }
    return Check("History", light, f"Orders span {months:.0f} months", meanings[light])


def _horizon(months: float, horizon: int) -> Check:
    longest = int(months // 2)
    if horizon <= longest:
        return Check("Horizon", "fine", f"Value looks {horizon} months ahead", "Half the history or less.")
    advice = (
        f"Set it to {longest} months or less, or bring more history." if longest else "Bring more history."
    )
    # A setting that can be changed says nothing against the data, hence care and not stop.
    return Check(
        "Horizon", "care", f"Value looks {horizon} months ahead on {months:.0f} months of orders", advice
    )


def _gaps(monthly: list[int]) -> Check:
    empty = monthly.count(0)
    if empty:
        found = f"{empty} {'month has' if empty == 1 else 'months have'} no order at all"
        return Check(
            "Gaps", "stop", found, "Look whether an export is missing; customers seem to lapse there."
        )
    thin = sum(1 for _ in _thin(monthly))
    if thin:
        found = (
            f"{thin} {'month has' if thin == 1 else 'months have'} less than half the rows of its neighbours"
        )
        return Check("Gaps", "care", found, "Look whether part of an export is missing.")
    return Check("Gaps", "fine", "No month is empty or thin", "The history is whole.")


def _thin(monthly: list[int]) -> Iterator[int]:
    """Months with less than half the mean of their two neighbours; first and last may be cut and are left out."""
    for (before, rows), (_, after) in pairwise(pairwise(monthly)):
        if rows < (before + after) / 4:
            yield rows


def _guests(share: float) -> Check:
    light = _light(share < 0.10, share <= 0.30)
    meanings = {
        "fine": "What is bought has an owner.",
        "care": "These purchases climb no ladder: customers look less loyal than they are.",
        "stop": "Too much is bought by nobody: find an identifier, such as an e-mail address or a card.",
    }
    found = (
        f"{share:.1%} of purchase rows name no customer" if share else "Every purchase row names its customer"
    )
    return Check("Identity", light, found, meanings[light])


def _light(fine: bool, care: bool) -> str:
    return "fine" if fine else "care" if care else "stop"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
