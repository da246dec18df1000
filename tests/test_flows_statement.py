"""The statement, the flows and the series: worked by hand on the tiny shop, tied to each other on the sample.

The tiny shop, ends of January to April 2024 (see tests/test_placement.py):
ann customer customer client customer · bob – customer customer lapsed · cat – – – customer
dan – prospect prospect prospect · eve client client client advocate
"""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.flows import flows, rungs, series, statement
from ladder.placement import Placed
from tests.placing import ladder_of, order, placed_on

JANUARY, MARCH, APRIL = date(2024, 1, 31), date(2024, 3, 31), date(2024, 4, 30)


def test_the_statement_of_april(tiny: Placed) -> None:
    found = statement(tiny, MARCH, APRIL).frame.set_index("rung")
    columns = "opening joined climbed_in slipped_in returned climbed_out slipped_out lapsed closing"
    assert list(found.columns) == columns.split()
    assert {rung: list(row) for rung, row in found.iterrows()} == {
        "prospect": [1, 0, 0, 0, 0, 0, 0, 0, 1],
        "customer": [1, 1, 0, 1, 0, 0, 0, 1, 2],
        "client": [2, 0, 0, 0, 0, 1, 1, 0, 0],
        "advocate": [0, 0, 1, 0, 0, 0, 0, 0, 1],
        "lapsed": [0, 0, 0, 1, 0, 0, 0, 0, 1],
    }


def test_a_longer_statement_sees_only_its_two_ends(tiny: Placed) -> None:
    """From January to April bob joined straight into the lapsed, and ann has not moved."""
    found = statement(tiny, JANUARY, APRIL).frame.set_index("rung")
    assert list(found.loc["lapsed"]) == [0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert list(found.loc["customer"]) == [1, 1, 0, 0, 0, 0, 0, 0, 2]
    assert list(found.loc["client"]) == [1, 0, 0, 0, 0, 1, 0, 0, 0]


def test_who_comes_back_is_returned_and_leaves_the_lapsed(tmp_path: Path) -> None:
    orders = [order("ann", "2024-01-05"), order("ann", "2024-03-31")]
    placed = placed_on(tmp_path, ladder_of("orders(31) >= 1"), orders)
    found = statement(placed, date(2024, 2, 29), MARCH).frame.set_index("rung")
    assert list(found.loc["r1"]) == [0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert list(found.loc["lapsed"]) == [1, 0, 0, 0, 0, 1, 0, 0, 0]


def test_the_statement_ties_between_any_two_period_ends(tiny: Placed) -> None:
    for start, end in combinations(tiny.periods, 2):
        assert statement(tiny, start, end).ties


def test_the_statement_of_the_sample_ties_month_by_month_and_to_the_rungs(sample: Placed) -> None:
    closing: dict[str, int] = {}
    for start, end in pairwise(sample.periods):
        found = statement(sample, start, end)
        frame = found.frame.set_index("rung")
        assert found.ties
        assert not closing or frame["opening"].to_dict() == closing
        closing = frame["closing"].to_dict()
        moved = frame[["climbed_in", "slipped_in", "returned"]].sum().sum()
        assert moved == frame[["climbed_out", "slipped_out", "lapsed"]].sum().sum()
    assert closing == dict(rungs(sample).frame[["rung", "customers"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("start", "end"), [(0, 29), (5, 17), (12, 24)])
def test_the_statement_of_the_sample_ties_over_long_spans(start: int, end: int, sample: Placed) -> None:
    assert statement(sample, sample.periods[start], sample.periods[end]).ties


def test_the_flows_of_april(tiny: Placed) -> None:
    found = flows(tiny)
    assert (found.start, found.end) == (MARCH, APRIL)
    assert found.to_dict() == [
        {"from_rung": "prospect", "to_rung": "prospect", "customers": 1, "share_of_from": 1.0},
        {"from_rung": "customer", "to_rung": "lapsed", "customers": 1, "share_of_from": 1.0},
        {"from_rung": "client", "to_rung": "customer", "customers": 1, "share_of_from": 0.5},
        {"from_rung": "client", "to_rung": "advocate", "customers": 1, "share_of_from": 0.5},
        {"from_rung": "not yet known", "to_rung": "customer", "customers": 1, "share_of_from": 1.0},
    ]


def test_flows_tie_to_the_rungs_at_both_ends(sample: Placed) -> None:
    start, end = sample.periods[11], sample.periods[23]
    moves = flows(sample, start, end).frame
    for column, day in (("from_rung", start), ("to_rung", end)):
        counted = moves.groupby(column)["customers"].sum().drop("not yet known", errors="ignore")
        standing = rungs(sample, day).frame.set_index("rung")["customers"]
        assert counted.to_dict() == standing[standing > 0].to_dict()
    assert moves.groupby("from_rung")["share_of_from"].sum().round(9).eq(1).all()


def test_a_date_means_the_period_end_on_or_before_it(tiny: Placed) -> None:
    found = flows(tiny, date(2024, 2, 28), date(2024, 4, 1))
    assert (found.start, found.end) == (JANUARY, MARCH)


@pytest.mark.parametrize(
    ("start", "end", "title"),
    [
        (APRIL, MARCH, "The dates are in the wrong order"),
        (APRIL, APRIL, "The dates are in the wrong order"),
        (date(2024, 3, 31), date(2024, 4, 29), "The dates are in the wrong order"),
        (date(2023, 12, 31), APRIL, "No figures that early"),
        (None, JANUARY, "One period end is not a movement"),
    ],
)
def test_dates_that_make_no_movement_are_refused(
    start: date | None, end: date, title: str, tiny: Placed
) -> None:
    for question in (flows, statement):
        with pytest.raises(LadderError, match=title):
            question(tiny, start, end)


def test_the_series_holds_who_stands_and_who_moves(tiny: Placed) -> None:
    found = series(tiny, [APRIL, JANUARY, date(2024, 4, 15), APRIL])
    assert found.ends == (JANUARY, MARCH, APRIL)
    assert found.states == ("lapsed", "prospect", "customer", "client", "advocate")
    assert list(found.nodes.itertuples(index=False, name=None)) == [
        (0, "customer", 1), (0, "client", 1),
        (1, "prospect", 1), (1, "customer", 1), (1, "client", 2),
        (2, "lapsed", 1), (2, "prospect", 1), (2, "customer", 2), (2, "advocate", 1),
    ]  # fmt: skip
    assert list(found.moves.itertuples(index=False, name=None)) == [
        (0, "customer", "client", 1, "climbed"),
        (0, "client", "client", 1, "stayed"),
        (0, "not yet known", "prospect", 1, "joined"),
        (0, "not yet known", "customer", 1, "joined"),
        (1, "prospect", "prospect", 1, "stayed"),
        (1, "customer", "lapsed", 1, "lapsed"),
        (1, "client", "customer", 1, "slipped"),
        (1, "client", "advocate", 1, "climbed"),
        (1, "not yet known", "customer", 1, "joined"),
    ]


def test_the_nodes_of_the_sankey_tie_to_the_statement(sample: Placed) -> None:
    ends = sample.periods[-6:]
    found = series(sample, ends)
    for index, (start, end) in enumerate(pairwise(ends)):
        frame = statement(sample, start, end).frame.set_index("rung")
        for at, column in ((index, "opening"), (index + 1, "closing")):
            nodes = found.nodes[found.nodes["end_index"] == at].set_index("state")["customers"]
            assert nodes.to_dict() == frame.loc[frame[column] > 0, column].to_dict()
        moves = found.moves[found.moves["from_index"] == index]
        joined = moves[moves["direction"] == "joined"].groupby("to_state")["customers"].sum()
        assert joined.to_dict() == frame.loc[frame["joined"] > 0, "joined"].to_dict()


@pytest.mark.parametrize("ends", [[APRIL], [APRIL, date(2024, 5, 3)], []])
def test_a_series_needs_two_period_ends(ends: list[date], tiny: Placed) -> None:
    with pytest.raises(LadderError, match="Choose 2 to 12 period ends"):
        series(tiny, ends)


def test_a_series_has_at_most_twelve_period_ends(sample: Placed) -> None:
    with pytest.raises(LadderError, match="13 different period ends were given"):
        series(sample, sample.periods[:13])
