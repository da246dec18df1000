"""The engine agrees with the slow and obvious placement on random data and random ladders, to the row."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, Rung
from ladder.placement import Placed, build
from ladder.rules import check_ladder
from tests.reference import place
from tests.workspaces import make_workspace

START = datetime(2023, 12, 1)
PEOPLE = ("ann", "bob", "cat", "dan")
# Hours around midnight and the days around 29 February and month ends are where mistakes hide.
moments = st.one_of(
    st.integers(0, 420).map(lambda day: START + timedelta(days=day)),
    st.integers(0, 420).map(lambda day: START + timedelta(days=day + 1) - timedelta(microseconds=1)),
    st.sampled_from([datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59, 999999), datetime(2024, 3, 1)]),
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
                    "attributes": st.dictionaries(st.sampled_from(["plan", "age"]), st.sampled_from(["gold", "7", "12.5"])),
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
            customer_id=people, incentive=st.just("gift"), ts=moments, redeemed_ts=st.one_of(st.none(), moments)
        ),
    }
)
windows = st.sampled_from(["", "1", "30", "31", "59", "90", "365"])
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _atom(name: str, values: st.SearchStrategy[object], arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
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
    st.sampled_from(['attribute("plan") == "gold"', 'attribute("plan") != "gold"', 'attribute("nope") == "x"']),
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
    return Ladder("random", "random", tuple(rungs), draw(st.integers(0, 2)), draw(st.sampled_from(["month", "week", "quarter"])))


def states(placed: Placed) -> dict[str, list[int]]:
    columns = ", ".join(f"p{index}" for index in range(len(placed.periods)))
    query = f"select customer_id, {columns} from placement join customers using (customer)"  # noqa: S608
    return {row[0]: list(row[1:]) for row in placed.rows("states", query)}


def placed_in(folder: str, data: dict[str, list[dict[str, object]]], ladder: Ladder, as_of: date | None = None) -> Placed:
    return build(make_workspace(Path(folder) / "w", data, ladder, as_of=as_of))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=tables, ladder=ladders())
def test_engine_equals_reference(data: dict[str, list[dict[str, object]]], ladder: Ladder) -> None:
    try:
        check_ladder(ladder)
    except LadderError:
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            placed = placed_in(folder, data, ladder)
        except LadderError as error:
            assert error.title in ("Nothing to place yet", f"No {ladder.period} is complete")
            return
        assert states(placed) == place(data, ladder, list(placed.periods))
