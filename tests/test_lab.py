"""The lab against the slow and obvious way: matrix, flapping and separation of two ladders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ladder.errors import LadderError
from ladder.flows import rungs, statement
from ladder.lab import Comparison, Pair, compare, crossed, crossing, flapping, pair, separation
from ladder.model.ladder import Ladder
from ladder.placement import Placed, build
from ladder.workspace import Folder
from tests.placing import ladder_of
from tests.reference import Facts, place
from tests.test_placement_property import crowd
from tests.workspaces import make_workspace

A = ladder_of("orders() == 0", "orders(90) >= 1", "orders(90) >= 2", grace=1)
B = ladder_of("orders(60) >= 1", "spend(200) >= 60", "nps() >= 5 or orders(30) >= 1")
DATA = crowd(11)
State = dict[str, list[int]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = make_workspace(tmp_path_factory.mktemp("lab") / "w", DATA, A)
    return pair(build(folder), build(folder, ladder=B))


@pytest.fixture(scope="module")
def slow(both: Pair) -> tuple[State, State]:
    """State codes under A and B by the naive placement."""
    return place(DATA, A, list(both.a.periods)), place(DATA, B, list(both.b.periods))


def test_the_matrix_is_what_counting_by_hand_gives(both: Pair, slow: tuple[State, State]):
    for at, end in enumerate(both.ends):
        counted: dict[tuple[str, str], int] = {}
        for person in slow[0]:
            one, other = slow[0][person][at], slow[1][person][at]
            if one != 255:
                cell = both.a.ladder.state(one), both.b.ladder.state(other)
                counted[cell] = counted.get(cell, 0) + 1
        found = crossing(both, end).frame
        assert (
            dict(zip(zip(found["rung_a"], found["rung_b"], strict=True), found["customers"], strict=True))
            == counted
        )


def test_the_matrix_ties_to_both_statements_and_its_people_to_its_cells(both: Pair):
    for end in both.ends[1:]:
        found = crossing(both, end)
        for column, placed in (("rung_a", both.a), ("rung_b", both.b)):
            closing = statement(placed, end=end).frame.set_index("rung")["closing"]
            sums = found.frame.groupby(column)["customers"].sum()
            assert {rung: n for rung, n in closing.items() if n} == sums.to_dict()
    assert found.customers == rungs(both.a).frame["customers"].sum()
    for cell in found.frame.to_dict("records"):
        people = crossed(both, rung_a=cell["rung_a"], rung_b=cell["rung_b"])
        assert people.total == cell["customers"] == len(people.frame)
        assert set(people.frame["rung"]) == {cell["rung_a"]}
    assert crossed(both).total == found.customers
    assert crossed(both, rung_b="r3").title.startswith("R3 under Test")


def test_flapping_is_a_move_that_the_next_period_end_takes_back(both: Pair, slow: tuple[State, State]):
    end = both.ends[-2]
    last = both.a.period(end)
    found = flapping(both, end).frame
    for which, states, placed in (("a", slow[0], both.a), ("b", slow[1], both.b)):
        moves, undone = dict.fromkeys(range(4), 0), dict.fromkeys(range(4), 0)
        for path in states.values():
            for at in range(1, last):
                before, now, after = path[at - 1 : at + 2]
                if before not in (255, now):
                    moves[now] += 1
                    undone[now] += after == before
        mine = found[(found["ladder"] == which)].set_index("rung")
        for code, number in moves.items():
            row = mine.loc[placed.ladder.state(code)]
            assert (row["moves"], row["undone"]) == (number, undone[code])
        assert mine.loc[mine.index.isna(), "moves"].item() == sum(moves.values()) > 50
        assert flapping(both, end).share(which) == sum(undone.values()) / sum(moves.values()) > 0


def test_separation_is_the_share_of_pairs_in_which_the_better_customer_stands_higher(
    both: Pair, slow: tuple[State, State]
):
    facts = Facts(DATA)
    found = separation(both)
    assert found.ends == tuple(end for end in both.ends if end + timedelta(days=90) <= both.ends[-1])
    for measured, outcome in zip(found.measured, (buys, spends), strict=True):
        for value, states in ((measured.a, slow[0]), (measured.b, slow[1])):
            agree = pairs = 0.0
            for at, end in enumerate(both.a.periods[: len(found.ends)]):
                known = [
                    (states[who][at], outcome(facts, who, end)) for who in states if states[who][at] != 255
                ]
                for place_one, one in known:
                    for place_other, other in known:
                        if one > other:
                            pairs += 1
                            agree += 1.0 if place_one > place_other else 0.5 * (place_one == place_other)
            assert value == pytest.approx(agree / pairs, abs=1e-12)
        assert measured.difference == measured.b - measured.a
        assert measured.low is None, "thirty customers carry no interval"
    assert all(sentence.startswith("Too few customers") for sentence in found.sentences)


def buys(facts: Facts, who: str, end: date) -> float:
    return float(any(end < day <= end + timedelta(days=90) for day, _ in facts.orders.get(who, [])))


def spends(facts: Facts, who: str, end: date) -> float:
    into, back = facts.orders.get(who, []), facts.refunds.get(who, [])
    until = end + timedelta(days=90)
    return sum(n for day, n in into if end < day <= until) - sum(n for day, n in back if end < day <= until)


def test_what_comes_after_the_date_changes_nothing_before_it(tmp_path: Path, both: Pair):
    end = both.ends[-4]
    later = {
        **DATA,
        "transactions": [*DATA["transactions"], *(order(f"c{n:02d}", end, 9e6) for n in range(30))],
    }
    folder = make_workspace(tmp_path / "w", later, A)
    changed = pair(build(folder), build(folder, ladder=B))
    before, after = compare(both, end).to_dict(), compare(changed, end).to_dict()
    assert before == after
    assert before["as_of"] == end.isoformat()


def order(who: str, after: date, amount: float) -> dict[str, Any]:
    ts = datetime.combine(after, datetime.min.time()) + timedelta(days=1)
    return {"customer_id": who, "ts": ts, "amount": int(amount), "transaction_id": None}


TRUE = ladder_of('attribute("driver") == "low"', 'attribute("driver") == "high"')
COIN = ladder_of('attribute("coin") == "heads"', 'attribute("coin") == "tails"')


def driven(seed: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """Customers of whom one attribute drives the buying and another does not."""
    random, start = Random(seed), datetime(2024, 1, 1)
    people, orders = [], []
    for number in range(count):
        driver, coin = random.choice(["low", "high"]), random.choice(["heads", "tails"])
        who = f"c{number}"
        people.append(
            {"customer_id": who, "first_seen": start, "attributes": {"driver": driver, "coin": coin}}
        )
        pace = 0.25 if driver == "high" else 0.08
        days = [30 * month + random.randrange(30) for month in range(12) if random.random() < pace]
        orders += [order(who, start.date() + timedelta(days=day), 1000) for day in days]
    return {"customers": people, "transactions": orders}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return make_workspace(tmp_path_factory.mktemp("planted") / "w", driven(5, 300), COIN)


def test_customers_who_come_later_do_not_move_the_range(planted: Folder, tmp_path: Path):
    data = driven(5, 300)
    later = [order(f"new {n}", date(2024, 12, 1), 1000) for n in range(40)]
    more = make_workspace(tmp_path / "w", {**data, "transactions": [*data["transactions"], *later]}, COIN)
    before, after = (
        separation(pair(build(folder, ladder=COIN), build(folder, ladder=TRUE)), date(2024, 10, 31))
        for folder in (planted, more)
    )
    assert before.to_dict() == after.to_dict()
    assert before.measured[0].low is not None


def on(folder: Folder, a: Ladder, b: Ladder) -> Comparison:
    return compare(pair(build(folder, ladder=a), build(folder, ladder=b)))


def test_the_ladder_that_knows_the_driver_is_better_and_the_coin_is_a_coin(planted: Folder):
    tells = on(planted, COIN, TRUE).separation
    assert tells
    for found in tells.measured:
        assert found.better == "b"
        assert found.b > 0.6 and abs(found.a - 0.5) < 0.05
    back = on(planted, TRUE, COIN).separation
    assert back and [found.better for found in back.measured] == ["a", "a"]
    assert "against" in back.sentences[0] and "−" not in back.sentences[0]


def test_a_ladder_against_itself_differs_by_exactly_nothing(planted: Folder):
    found = on(planted, TRUE, TRUE)
    assert found.separation
    for measured in found.separation.measured:
        assert (measured.difference, measured.low, measured.high, measured.better) == (0.0, 0.0, 0.0, "")
    assert found.sentences[0] == "Nobody would stand elsewhere under Test, version 1."
    assert found.sentences[2].startswith(
        "No clear difference in which ladder tells buyers from non-buyers better"
    )
    assert found.sentences[2].endswith("difference 0 (0 to 0).")


def test_the_same_question_has_the_same_answer(planted: Folder):
    assert on(planted, COIN, TRUE).to_dict() == on(planted, COIN, TRUE).to_dict()


def test_ladders_of_different_periods_meet_at_their_common_ends(tmp_path: Path):
    tables = {"transactions": [order("ann", date(2024, 1, 1), 10), order("bob", date(2024, 12, 30), 10)]}
    folder = make_workspace(tmp_path / "w", tables, ladder_of("orders() >= 1"))
    month = build(folder)
    week, quarter = (build(folder, ladder=ladder_of("orders() >= 1", period=p)) for p in ("week", "quarter"))
    assert pair(month, quarter).ends == tuple(end for end in month.periods if end.month % 3 == 0)
    assert pair(month, week).ends == (date(2024, 3, 31), date(2024, 6, 30))
    assert pair(month, week).end(date(2024, 6, 29)) == date(2024, 3, 31)
    with pytest.raises(LadderError, match="No figures that early"):
        pair(month, week).end(date(2024, 3, 30))


def test_without_a_common_end_or_ninety_days_the_lab_says_so(tmp_path: Path):
    tables = {"transactions": [order("ann", date(2024, 1, 1), 10), order("bob", date(2024, 2, 5), 10)]}
    folder = make_workspace(tmp_path / "w", tables, ladder_of("orders() >= 1"))
    month, week = build(folder), build(folder, ladder=ladder_of("orders() >= 1", period="week"))
    with pytest.raises(LadderError, match="cannot be compared"):
        pair(month, week)
    found = compare(pair(month, month))
    assert found.separation is None
    assert found.notes[-1] == (
        "Too early to tell which ladder separates better. No period end has 90 days behind it on 2024-01-31."
    )


def test_placements_of_different_data_are_not_compared(both: Pair, tiny: Placed):
    with pytest.raises(LadderError, match="The data changed meanwhile"):
        pair(both.a, tiny)


def test_ladders_are_told_apart_by_title_by_version_or_as_a_draft(both: Pair):
    assert both.names == ("Test, version 1", "Test, draft")
    assert all(one <= other for one, other in pairwise(both.ends))
