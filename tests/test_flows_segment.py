"""Questions narrowed to some of the customers: the parts add up to the whole, and nothing is built anew."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ladder.errors import LadderError
from ladder.flows import flows, kpis, rungs, statement
from ladder.model.segment import Segment
from ladder.placement import Placed
from tests.placing import ladder_of, order, placed_on

JANUARY, FEBRUARY, MARCH = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


@pytest.fixture
def shop(tmp_path: Path) -> Placed:
    """Months January to March 2024; on the rung r1 with an order in the last 31 days.

    ann (north) orders in January and March, bob (south) in February, cat (nowhere) in every month.
    """
    orders = [order("ann", "2024-01-10"), order("ann", "2024-03-31", 2000), order("bob", "2024-02-05", 500)]
    orders += [order("cat", day, 100) for day in ("2024-01-31", "2024-02-29", "2024-03-31")]
    people = [
        {"customer_id": who, "first_seen": None, "attributes": {"region": region} if region else {}}
        for who, region in {"ann": "north", "bob": "south", "cat": None}.items()
    ]
    return placed_on(tmp_path, ladder_of("orders(31) >= 1"), orders, customers=people)


def moves(placed: Placed, segment: Segment) -> Counter[tuple[str, str]]:
    frame = flows(placed, JANUARY, MARCH, segment).frame
    return Counter(
        dict(zip(zip(frame["from_rung"], frame["to_rung"], strict=True), frame["customers"], strict=True))
    )


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (Segment(), {("r1", "r1"): 2, ("not yet known", "lapsed"): 1}),
        (Segment(attributes=(("region", "north"),)), {("r1", "r1"): 1}),
        (Segment(attributes=(("region", "south"),)), {("not yet known", "lapsed"): 1}),
        (Segment(attributes=(("region", None),)), {("r1", "r1"): 1}),
        (Segment(attributes=(("region", "north"), ("region", "south"))), {}),
        (Segment(joined=(JANUARY, JANUARY)), {("r1", "r1"): 2}),
        (Segment(joined=(date(2024, 2, 1), MARCH)), {("not yet known", "lapsed"): 1}),
        (Segment(rung="lapsed", on=FEBRUARY), {("r1", "r1"): 1}),
        (Segment(rung="not yet known", on=JANUARY), {("not yet known", "lapsed"): 1}),
        (Segment((("region", "north"),), (JANUARY, JANUARY), "r1"), {("r1", "r1"): 1}),
    ],
)
def test_flows_of_a_segment(segment: Segment, expected: dict[tuple[str, str], int], shop: Placed) -> None:
    assert moves(shop, segment) == expected


def test_rungs_of_a_segment_hold_its_money_and_shares(shop: Placed) -> None:
    found = rungs(shop, MARCH, segment=Segment(joined=(JANUARY, JANUARY))).frame.set_index("rung")
    assert found.loc["r1", ["customers", "share", "revenue"]].to_list() == [2, 1.0, 33.0]
    assert found.loc["lapsed", ["customers", "share", "revenue"]].to_list() == [0, 0.0, 0.0]
    split = rungs(shop, MARCH, "region", Segment(rung="r1")).frame
    assert split.loc[split["customers"] > 0, ["region", "revenue"]].values.tolist() == [
        ["north", 30.0],
        ["not told", 3.0],
    ]


@pytest.mark.parametrize(
    ("segment", "title"),
    [
        (Segment(attributes=(("regoin", "north"),)), "Unknown attribute"),
        (Segment(joined=(date(2024, 2, 1), date(2024, 2, 15))), "The cohort is empty"),
        (Segment(rung="r9"), "Unknown rung"),
    ],
)
def test_a_segment_that_the_data_do_not_know_is_refused(segment: Segment, title: str, shop: Placed) -> None:
    with pytest.raises(LadderError, match=title):
        flows(shop, JANUARY, MARCH, segment)


def every_way(sample: Placed) -> dict[str, list[Segment]]:
    """Ways to cut the customers into segments that leave nobody out."""
    values = sample.rows(
        "values", "select distinct value from attributes where name = 'channel' and value is not null"
    )
    ends = sample.periods
    return {
        "attribute": [Segment((("channel", value),)) for (value,) in [*values, (None,)]],
        "cohort": [Segment(joined=(end, end)) for end in ends],
        "rung": [
            Segment(rung=name, on=ends[9]) for name in ("not yet known", "lapsed", *sample.ladder.names)
        ],
    }


@pytest.mark.parametrize("way", ["attribute", "cohort", "rung"])
def test_segments_add_up_to_everybody(way: str, sample: Placed) -> None:
    first, last = sample.periods[3], sample.periods[-2]
    segments = every_way(sample)[way]
    assert len(segments) > 2
    for question in (
        lambda segment: flows(sample, first, last, segment).frame.set_index(["from_rung", "to_rung"])[
            ["customers"]
        ],
        lambda segment: statement(sample, first, last, segment).frame.set_index("rung").fillna(0),
        lambda segment: (
            rungs(sample, last, segment=segment).frame.set_index("rung")[["customers", "revenue"]].fillna(0)
        ),
    ):
        parts = pd.concat([question(segment) for segment in segments])
        summed = parts.groupby(level=list(range(parts.index.nlevels))).sum()
        whole = question(Segment())
        pd.testing.assert_frame_equal(summed.loc[whole.index], whole, check_dtype=False)
        assert len(summed) == len(whole)


def test_a_statement_of_a_segment_ties(sample: Placed) -> None:
    for segments in every_way(sample).values():
        assert all(
            statement(sample, sample.periods[3], sample.last, segment).ties for segment in segments[:4]
        )


def test_who_buys_again_is_counted_over_more_periods_than_a_word_holds(tmp_path: Path) -> None:
    """ann buys in the first, the 62nd, the 63rd and the last of 130 weeks, bob in the last two."""
    monday = datetime(2022, 1, 3)
    weeks = {"ann": (0, 61, 62, 129), "bob": (128, 129)}
    orders = [
        order(who, (monday + timedelta(weeks=week)).isoformat())
        for who, bought in weeks.items()
        for week in bought
    ]
    ladder = ladder_of("orders() >= 1", period="week")
    found = kpis(placed_on(tmp_path, ladder, orders, as_of=date(2024, 6, 30))).frame["returning_share"]
    assert found.dropna().to_dict() == {0: 0.0, 61: 1.0, 62: 1.0, 128: 0.0, 129: 1.0}
