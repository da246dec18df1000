"""Is a ladder right here? Repeat custom, rhythm, history, identity and the models against plain thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ladder.errors import LadderError
from ladder.model.wording import percent
from ladder.placement import Placed, build, open_facts
from ladder.quality.check import Check, light, minded, names_of, number, unknown, worst
from ladder.quality.gaps import thin_months
from ladder.quality.identity import alike_ids, guests, list_ids
from ladder.quality.model_checks import model_checks
from ladder.workspace import Folder

DAYS_IN_MONTH = 30.4375
CUSTOMERS = (2_000, 500)
REPEATS = (0.20, 0.10)
RHYTHM_MONTHS = (2, 6)
HISTORY_MONTHS = (24, 13)

# A purchase day counts once however many orders it holds: buying again means on another day.
_RHYTHM = """
with purchase as (select distinct customer, day from orders where day <= $as_of::date),
spaced as (select customer, day - lag(day) over (partition by customer order by day) as gap from purchase),
per_customer as (select customer, count(*) as days from purchase group by customer)
select
    (select count(*) from per_customer) as customers,
    (select count(*) from per_customer where days > 1) as repeaters,
    (select median(gap) from spaced) as gap,
    (select max(day) - min(day) from purchase) as span
"""
_MONTHLY = """
with ordered as (
    select date_trunc('month', ts) as month from raw.live_transactions
    where kind = 'purchase' and cast(ts as date) <= $as_of::date
),
per_month as (select month, count(*) as rows from ordered group by month),
calendar as (
    select unnest(generate_series(min(month), max(month), interval 1 month)) as month from per_month
)
select coalesce(per_month.rows, 0)
from calendar
left join per_month on per_month.month = calendar.month
order by calendar.month
"""
_ONE_ORDER = """
with once as (select customer from orders where day <= $as_of::date group by customer having count(distinct day) = 1)
select spells.code
from spells join once on once.customer = spells.customer
where $period between spells.first_period and spells.last_period and spells.code > 0
group by spells.code
order by count(*) desc, spells.code
limit 1
"""


@dataclass(frozen=True)
class Suitability:
    """Every check and, in `light`, the worst of them; no checks where there are no orders."""

    checks: tuple[Check, ...]

    @property
    def light(self) -> str:
        return worst(self.checks) or "stop"

    @property
    def verdict(self) -> str:
        """One sentence that answers the question."""
        if not self.checks:
            return "Bring orders first: the ladder climbs by repeat purchases, and there are none yet."
        care, stop = (names_of(self.checks, light) for light in ("care", "stop"))
        if stop:
            return f"Only in part: look at {minded(stop)} first."
        return f"Yes, but mind {minded(care)}." if care else "Yes: nothing speaks against it."

    def to_dict(self) -> dict[str, Any]:
        return {
            "light": self.light,
            "verdict": self.verdict,
            "checks": [check.to_dict() for check in self.checks],
        }


def suitability(folder: Folder) -> Suitability:
    """Check the orders up to the as-of date, and the models on them; `meaning` says what a light asks for.

    Thresholds are our proposals, from accuracy measured on real and simulated data; they are no law.
    """
    now = folder.snapshot()
    try:
        placed = build(now)
    except LadderError as error:
        found = order_checks(now)
        why = unknown("Models", f"{error.title}: {error.message.removesuffix('.')}", "not yet")
        return Suitability((*found, why) if found else ())
    found = order_checks(now, placed)
    return Suitability((*found, *model_checks(placed)) if found else ())


def order_checks(folder: Folder, placed: Placed | None = None) -> tuple[Check, ...]:
    """What the orders up to the as-of date say; empty without orders. `placed` lends the names of its rungs."""
    settings = folder.settings
    known = {"as_of": settings.as_of or date.max}
    # The orders of a placed workspace are at hand; else they are made from the rows.
    with open_facts(folder, only_raw=placed is not None) as engine:
        ask = placed.rows if placed else engine.rows
        customers, repeaters, gap, span = ask("rhythm", _RHYTHM, known)[0]
        monthly = [rows for (rows,) in engine.rows("orders by month", _MONTHLY, known)]
        if not monthly:
            return ()
        list_ids(engine)
        alike, unnamed = alike_ids(engine), guests(engine)
    months = (span or 0) / DAYS_IN_MONTH
    return (
        _customers(customers),
        _repeats(repeaters, customers, _first_rung(placed)),
        _rhythm(gap),
        _history(months),
        _horizon(months, settings.horizon_months),
        _gaps(monthly),
        alike,
        unnamed,
    )


def _first_rung(placed: Placed | None) -> str:
    """Where most of those stand who ordered once: the rung under the climb."""
    given = {"as_of": placed.last, "period": len(placed.periods) - 1} if placed else {}
    found = placed.rows("quality: the first rung", _ONE_ORDER, given) if placed else []
    if not placed or not found:
        return "the first purchase"
    rung = placed.ladder.rungs[found[0][0] - 1]
    return f"“{rung.label}”"


def _customers(customers: int) -> Check:
    colour = light(customers >= CUSTOMERS[0], customers >= CUSTOMERS[1])
    meanings = {
        "fine": "Enough for a forecast of orders within about 10%.",
        "care": "A forecast of orders may be off by 10 to 25%.",
        "stop": "Too few for a forecast; the ladder still shows where they stand.",
    }
    told = f"{number(customers, 'customer')} {'has' if customers == 1 else 'have'} ordered"
    return Check("Customers", colour, f"{customers:,}", told, meanings[colour])


def _repeats(repeaters: int, customers: int, first_rung: str) -> Check:
    share = repeaters / customers if customers else 0.0
    colour = light(share >= REPEATS[0], share >= REPEATS[1])
    meanings = {
        "fine": "There is a climb to look at.",
        "care": f"Few climb: expect small rungs above {first_rung}.",
        "stop": f"Nothing above {first_rung} will fill.",
    }
    many = 100 if share >= 0.01 or not repeaters else 1_000
    told = f"{round(share * many):,} in {many:,} buyers ever return"
    return Check("Repeat custom", colour, percent(share), told, meanings[colour])


def _rhythm(days: float | None) -> Check:
    if days is None:
        return Check("Rhythm", "stop", "none", "Nobody has bought twice", "A ladder needs repeat purchases.")
    months = days / DAYS_IN_MONTH
    colour = light(months <= RHYTHM_MONTHS[0], months <= RHYTHM_MONTHS[1])
    meanings = {
        "fine": "Monthly figures show movement.",
        "care": "Look at quarters: a month is short against this rhythm.",
        "stop": "What is bought once, such as a house or a wedding, has no ladder; look at referrals instead.",
    }
    told = f"Half of all returns come within {days:,.0f} days"
    return Check("Rhythm", colour, number(round(days), "day"), told, meanings[colour])


def _history(months: float) -> Check:
    colour = light(months >= HISTORY_MONTHS[0], months >= HISTORY_MONTHS[1])
    meanings = {
        "fine": "Two of every season.",
        "care": "One of every season: what repeats each year cannot be told from growth.",
        "stop": "Hardly more than a year: seasons look like climbing and slipping.",
    }
    return Check(
        "History", colour, f"{months:.0f} months", f"Orders span {months:.0f} months", meanings[colour]
    )


def _horizon(months: float, horizon: int) -> Check:
    longest, told = int(months // 2), f"Value looks {horizon} months ahead on {months:.0f} months of orders"
    if horizon <= longest:
        return Check("Horizon", "fine", f"{horizon} months", told, "Half the history or less.")
    advice = (
        f"Set it to {longest} months or less, or bring more history." if longest else "Bring more history."
    )
    # A setting that can be changed says nothing against the data, hence care and not stop.
    return Check("Horizon", "care", f"{horizon} months", told, advice)


def _gaps(monthly: Sequence[int]) -> Check:
    empty, thin = list(monthly).count(0), len(thin_months(monthly))
    if empty:
        told = f"{number(empty, 'month')} {'has' if empty == 1 else 'have'} no order at all"
        advice = "Look whether an export is missing; customers seem to lapse there."
        return Check("Gaps", "stop", f"{empty:,}", told, advice)
    if thin:
        told = f"{number(thin, 'month')} {'has' if thin == 1 else 'have'} less than half the rows of the neighbours"
        return Check("Gaps", "care", f"{thin:,}", told, "Look whether part of an export is missing.")
    return Check("Gaps", "fine", "0", "No month is empty or thin", "The history is whole.")
