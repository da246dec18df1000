"""The engine agrees with the slow and obvious placement on random data and random ladders, to the row."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed, build
from tests.reference import place
from tests.workspaces import make_workspace

# Each case is a real build, so a failing one is shown as drawn: shrinking it would take minutes.
QUIET: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.reuse, Phase.generate),
}
# LADDER_CASES=20 python -m pytest tests/test_placement_property.py tries twenty times as many: a thousand cases.
TIMES = int(os.environ.get("LADDER_CASES", "1"))
START = datetime(2023, 12, 1)
Tables = dict[str, list[dict[str, Any]]]
PEOPLE = ("ann", "bob", "cat", "dan")
# Hours around midnight and the days around 29 February and month ends are where mistakes hide.
moments = st.one_of(
    st.integers(0, 420).map(lambda day: START + timedelta(days=day)),
    st.integers(0, 420).map(lambda day: START + timedelta(days=day + 1) - timedelta(microseconds=1)),
    st.sampled_from([datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 999999), datetime(2024, 3, 1)]),
    # The hours that a clock skips or repeats, and the first and last microsecond of a quarter and of a week.
    st.sampled_from([datetime(2024, 3, 31, 2, 30), datetime(2024, 10, 27, 2, 30), datetime(2024, 7, 1)]),
    st.sampled_from([datetime(2024, 6, 30, 23, 59, 59, 999999), datetime(2024, 9, 1, 23, 59, 59, 999999)]),
)
people = st.sampled_from(PEOPLE)
amounts = st.integers(-3000, 6000)


def _rows(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[list[dict[str, object]]]:
    return st.lists(st.fixed_dictionaries(fields), max_size=9)


tables = st.fixed_dictionaries(
    {
        "customers": st.lists(
            st.fixed_dictionaries(
                {
                    "customer_id": people,
                    "first_seen": st.one_of(st.none(), moments),
                    "attributes": st.dictionaries(st.just("plan"), st.sampled_from(["gold", "7", "12.5"])),
                }
            ),
            max_size=4,
            unique_by=lambda row: row["customer_id"],
        ),
        "transactions": st.lists(
            st.fixed_dictionaries(
                {
                    "customer_id": st.one_of(people, people, people, st.none()),
                    "ts": moments,
                    "amount": amounts,
                    "transaction_id": st.one_of(st.none(), st.sampled_from(["t1", "t2", "t3"])),
                }
            ),
            max_size=14,
        ),
        "interactions": _rows(customer_id=people, ts=moments, kind=st.sampled_from(["visit", "mail"])),
        "feedback": st.lists(
            st.fixed_dictionaries(
                {
                    "customer_id": people,
                    "ts": moments,
                    "nps": st.one_of(st.none(), st.integers(0, 10)),
                    "csat": st.one_of(st.none(), st.integers(1, 5)),
                    "review": st.one_of(st.none(), st.integers(1, 5)),
                }
            ),
            max_size=6,
            unique_by=lambda row: (row["customer_id"], row["ts"]),
        ),
        "referrals": _rows(referrer_id=people, referred_id=people, ts=moments),
        "incentives": _rows(
            customer_id=people,
            incentive=st.just("gift"),
            ts=moments,
            redeemed_ts=st.one_of(st.none(), moments),
        ),
    }
)
windows = st.sampled_from(["", "1", "30", "31", "59", "90", "365", "3660"])
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _atom(
    name: str, values: st.SearchStrategy[object], arguments: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.builds(lambda inside, sign, value: f"{name}({inside}) {sign} {value}", arguments, signs, values)


small = st.sampled_from([0, 1, 2, 3, 1.5])
days = st.sampled_from([-1, 0, 1, 28, 29, 30, 31, 60, 90, 200])
money = st.sampled_from([-5, 0, 0.01, 10, 12.345, 30])
kinds = st.sampled_from(['"visit"', '"visit", 60', '"mail"', "90", ""])
atoms = st.one_of(
    _atom("orders", small, windows),
    _atom("spend", money, windows),
    _atom("average_order", money, windows),
    _atom("days_since_order", days, st.just("")),
    _atom("days_since_first_order", days, st.just("")),
    _atom("tenure", days, st.just("")),
    _atom("interactions", small, kinds),
    _atom("days_since_interaction", days, st.sampled_from(["", '"mail"'])),
    _atom("nps", st.sampled_from([0, 6, 6.5, 9]), st.just("")),
    _atom("csat", st.integers(1, 5), st.just("")),
    _atom("reviews", small, windows),
    _atom("referrals", small, windows),
    _atom("referred_orders", small, windows),
    _atom("redemptions", small, windows),
    st.sampled_from(
        ['attribute("plan") == "gold"', 'attribute("plan") != "gold"', 'attribute("nope") == "x"']
    ),
)
rules = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} and {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} or {pair[1]})"),
        inner.map(lambda rule: f"not ({rule})"),
    ),
    max_leaves=3,
)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    count = draw(st.integers(1, 3))
    rungs = [Rung(f"r{n}", draw(rules), draw(st.one_of(st.just(""), rules))) for n in range(count)]
    period = draw(st.sampled_from(["month", "week", "quarter"]))
    return Ladder("random", "random", tuple(rungs), draw(st.integers(0, 2)), period)


def states(placed: Placed) -> dict[str, list[int]]:
    columns = ", ".join(f"p{index}" for index in range(len(placed.periods)))
    query = f"select customer_id, {columns} from placement join customers using (customer)"  # noqa: S608
    return {row[0]: list(row[1:]) for row in placed.rows("states", query)}


def placed_in(folder: str, data: Tables, ladder: Ladder, as_of: date | None = None) -> Placed:
    return build(make_workspace(Path(folder) / "w", data, ladder, as_of=as_of))


def _is_dated(data: Tables) -> bool:
    """Somebody is known at some time; guests and customers without a date are nobody."""
    return any(
        row.get("first_seen") or (row.get("ts") and ("customer_id" not in row or row["customer_id"]))
        for rows in data.values()
        for row in rows
    )


@settings(max_examples=30 * TIMES, **QUIET)
@given(data=tables.filter(_is_dated), ladder=ladders())
def test_engine_equals_reference(data: Tables, ladder: Ladder) -> None:
    with tempfile.TemporaryDirectory() as folder:
        placed = placed_in(folder, data, ladder, as_of=date(2025, 3, 31))
        assert states(placed) == place(data, ladder, list(placed.periods))


@settings(max_examples=12 * TIMES, **QUIET)
@given(seed=st.integers(0, 10**6), ladder=ladders())
def test_engine_equals_reference_in_a_crowd(seed: int, ladder: Ladder) -> None:
    data = crowd(seed)
    with tempfile.TemporaryDirectory() as folder:
        placed = placed_in(folder, data, ladder)
        assert states(placed) == place(data, ladder, list(placed.periods))


@settings(max_examples=10 * TIMES, **QUIET)
@given(seed=st.integers(0, 10**6), ladder=ladders(), cut=st.integers(60, 300))
def test_the_future_changes_nothing_before_it(seed: int, ladder: Ladder, cut: int) -> None:
    """Truncation invariance: cutting the data after a day leaves every earlier placement as it was."""
    whole = crowd(seed)
    last = START.date() + timedelta(days=cut)
    known = {name: [_until(row, last) for row in rows if _day(row) <= last] for name, rows in whole.items()}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        early, late = placed_in(one, known, ladder, as_of=last), placed_in(other, whole, ladder)
        shared = len(early.periods)
        assert early.periods == late.periods[:shared]
        later = states(late)
        assert states(early) == {person: later[person][:shared] for person in states(early)}
        for person in set(later) - set(states(early)):
            assert later[person][:shared] == [255] * shared


def crowd(seed: int) -> Tables:
    """Thirty customers with a year and a half of life, seeded."""
    draw = Crowd(Random(seed))
    person, moment = draw.person, draw.moment
    return {
        "customers": draw.joined(),
        "transactions": draw.rows(
            150,
            customer_id=draw.person_or_guest,
            ts=moment,
            amount=lambda: draw.random.randint(-2000, 6000),
            transaction_id=lambda: draw.random.choice([None, f"t{draw.random.randrange(60)}"]),
        ),
        "interactions": draw.rows(80, customer_id=person, ts=moment, kind=draw.one_of("visit", "mail")),
        "feedback": draw.rows(
            40,
            customer_id=person,
            ts=moment,
            nps=draw.maybe(0, 10),
            csat=draw.maybe(1, 5),
            review=draw.maybe(1, 5),
        ),
        "referrals": draw.rows(30, referrer_id=person, referred_id=person, ts=moment),
        "incentives": draw.rows(
            30, customer_id=person, incentive=lambda: "gift", ts=moment, redeemed_ts=draw.moment_or_none
        ),
    }


@dataclass
class Crowd:
    """Draws of one seeded generator."""

    random: Random

    def rows(self, count: int, **fields: Callable[[], object]) -> list[dict[str, object]]:
        return [{name: draw() for name, draw in fields.items()} for _ in range(count)]

    def person(self) -> str:
        return f"c{self.random.randrange(30):02d}"

    def person_or_guest(self) -> str | None:
        return self.person() if self.random.random() < 0.95 else None

    def moment(self) -> datetime:
        day, second = self.random.randrange(500), self.random.choice([0, 1, 86_399_999_999])
        return START + timedelta(days=day, microseconds=second)

    def moment_or_none(self) -> datetime | None:
        return self.random.choice([None, self.moment()])

    def maybe(self, low: int, high: int) -> Callable[[], int | None]:
        return lambda: self.random.choice([None, self.random.randint(low, high)])

    def one_of(self, *values: str) -> Callable[[], str]:
        return lambda: self.random.choice(values)

    def joined(self) -> list[dict[str, object]]:
        plan = self.one_of("gold", "7")
        people = [f"c{number:02d}" for number in range(20)]
        return [
            {"customer_id": who, "first_seen": self.moment_or_none(), "attributes": {"plan": plan()}}
            for who in people
        ]


def _day(row: dict[str, Any]) -> date:
    """The day of a row; a customers row has none, because attributes have no history."""
    return row["ts"].date() if "ts" in row else START.date()


def _until(row: dict[str, Any], last: date) -> dict[str, Any]:
    """The row as it stood on a day: what happened later had no date yet."""
    later = [name for name in ("first_seen", "redeemed_ts") if row.get(name) and row[name].date() > last]
    return {**row, **dict.fromkeys(later)}
