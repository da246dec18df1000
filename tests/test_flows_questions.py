"""Rungs, funnel, history, figures, overview: by hand on the tiny shop (see tests/test_flows_statement.py)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from ladder.errors import LadderError
from ladder.flows import funnel, history, kpis, overview, rung_history, rungs, statement
from ladder.placement import Placed, build
from tests.placing import ladder_of, order, placed_on
from tests.workspaces import make_workspace

JANUARY, FEBRUARY, MARCH, APRIL = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30))


def test_rungs_count_people_shares_and_net_revenue(tiny: Placed) -> None:
    """Customers are ann (10 + 20) and cat (7); eve has spent 40 + 60 + 50; bob's 5 came back."""
    found = rungs(tiny)
    assert found.as_of == APRIL
    assert list(found.frame.drop(columns="as_of").itertuples(index=False, name=None)) == [
        ("prospect", 1, 0.2, 0.0),
        ("customer", 2, 0.4, 37.0),
        ("client", 0, 0.0, 0.0),
        ("advocate", 1, 0.2, 150.0),
        ("lapsed", 1, 0.2, 0.0),
    ]


def test_rungs_of_an_earlier_day_know_nothing_later(tiny: Placed) -> None:
    found = rungs(tiny, date(2024, 2, 10))
    assert found.as_of == JANUARY
    assert found.frame.set_index("rung")["customers"].to_dict() == {
        "prospect": 0, "customer": 1, "client": 1, "advocate": 0, "lapsed": 0,
    }  # fmt: skip
    assert found.frame["revenue"].sum() == 10.0 + 100.0


def test_revenue_is_of_the_last_365_days(tmp_path: Path) -> None:
    """On 31 January 2024 the order of 31 January 2023 is 365 days old and out; that of 1 February is in."""
    orders = [
        order("ann", "2023-01-31", 100),
        order("ann", "2023-02-01", 2000),
        order("ann", "2024-01-31", 300),
    ]
    placed = placed_on(tmp_path, ladder_of("orders() >= 1"), orders)
    assert rungs(placed).frame.set_index("rung").loc["r1", "revenue"] == 23.0


def test_rungs_by_an_attribute_share_within_each_group(tiny: Placed) -> None:
    found = rungs(tiny, by="country").frame
    assert list(found.columns) == ["as_of", "country", "rung", "customers", "share", "revenue"]
    peopled = found[found["customers"] > 0].drop(columns=["as_of", "revenue"])
    assert list(peopled.itertuples(index=False, name=None)) == [
        ("DK", "customer", 1, 0.5),
        ("DK", "advocate", 1, 0.5),
        ("SE", "lapsed", 1, 1.0),
        ("not told", "prospect", 1, 0.5),
        ("not told", "customer", 1, 0.5),
    ]


def test_an_attribute_may_be_called_like_a_figure(tmp_path: Path) -> None:
    people = [{"customer_id": "ann", "attributes": {"revenue": "high"}}]
    placed = placed_on(tmp_path, ladder_of("orders() >= 1"), [order("ann", "2024-01-31")], customers=people)
    row = rungs(placed, by="revenue").to_dict()[0]
    assert (row["revenue (attribute)"], row["rung"], row["revenue"]) == ("high", "r1", 10.0)


def test_groups_add_up_to_the_whole(sample: Placed) -> None:
    whole = rungs(sample).frame.set_index("rung")
    parts = rungs(sample, by="country").frame.groupby("rung")[["customers", "revenue"]].sum()
    assert parts["customers"].to_dict() == whole["customers"].to_dict()
    assert parts["revenue"].round(2).to_dict() == whole["revenue"].round(2).to_dict()
    assert whole["share"].sum() == pytest.approx(1)


def test_an_unknown_attribute_names_the_nearest(tiny: Placed) -> None:
    with pytest.raises(LadderError, match="Did you mean country"):
        rungs(tiny, by="contry")


def test_a_shop_without_attributes_says_how_to_bring_them(tmp_path: Path) -> None:
    placed = placed_on(tmp_path, ladder_of("orders() >= 1"), [order("ann", "2024-01-31")])
    with pytest.raises(LadderError, match="Import a customers table"):
        rungs(placed, by="country")


def test_rungs_that_the_data_cannot_fill_are_missing_and_not_zero(tmp_path: Path) -> None:
    orders = [order("ann", "2024-01-05"), order("ann", "2024-02-29")]
    placed = build(make_workspace(tmp_path / "w", {"transactions": orders}, "classic"))
    assert placed.missing == {"prospect", "supporter", "advocate"}
    found = rungs(placed)
    assert found.frame.set_index("rung")["customers"].isna().to_dict() == {
        "prospect": True, "customer": False, "client": False, "supporter": True, "advocate": True, "lapsed": False,
    }  # fmt: skip
    assert found.to_dict()[0] == {
        "as_of": "2024-02-29", "rung": "prospect", "customers": None, "share": None, "revenue": None,
    }  # fmt: skip
    assert "prospect" not in set(rung_history(placed)["rung"])
    assert overview(placed).rungs[0].customers is None
    assert funnel(placed).frame.set_index("rung")["reached"].isna().to_dict()["advocate"]


def test_the_statement_shows_no_zero_where_the_data_are_missing(tmp_path: Path) -> None:
    ladder = ladder_of("orders() >= 1", "referrals() >= 1")
    found = statement(placed_on(tmp_path, ladder, [order("ann", "2024-01-05"), order("ann", "2024-02-29")]))
    rows = {row.pop("rung"): row for row in found.to_dict()}
    assert set(rows["r2"].values()) == {None}
    assert (rows["r1"]["opening"], rows["r1"]["closing"], found.ties) == (1, 1, True)


def test_rung_history_ties_to_the_rungs_at_every_period_end(sample: Placed) -> None:
    found = rung_history(sample)
    for end in sample.periods[::7]:
        then = found[found["period_end"] == end].set_index("rung")["customers"].to_dict()
        assert then == rungs(sample, end).frame.set_index("rung")["customers"].to_dict()


def test_history_is_one_row_per_period_end_since_known(tiny: Placed) -> None:
    assert history(tiny, "bob").to_dict() == [
        {"period_end": "2024-02-29", "rung": "customer"},
        {"period_end": "2024-03-31", "rung": "customer"},
        {"period_end": "2024-04-30", "rung": "lapsed"},
    ]


@pytest.mark.parametrize("ident", ["Ann", " ann", "nobody", "", "' or 1 = 1 --"])
def test_an_unknown_customer_is_refused_without_repeating_the_id(ident: str, tiny: Placed) -> None:
    with pytest.raises(LadderError) as told:
        history(tiny, ident)
    assert told.value.to_dict() == {
        "title": "Unknown customer",
        "message": "No customer has that id.",
        "hint": "Ids are matched exactly, leading zeros and capitals included.",
    }


def test_the_funnel_follows_everybody_who_joined(tiny: Placed) -> None:
    """Days from first seen to the first month end on the rung or above:

    prospect  ann 26, bob 19, cat 10, dan 26, eve 23: median 23 · customer  without dan: (19 + 23) / 2
    client    ann 86 (5 January to 31 March), eve 23 · advocate  eve 113 (8 January to 30 April)
    """
    found = funnel(tiny)
    assert (found.cohort, found.cohort_end) == (5, APRIL)
    assert list(found.frame.itertuples(index=False, name=None)) == [
        ("prospect", 5, 1.0, 1.0, 23.0),
        ("customer", 4, 0.8, 0.8, 21.0),
        ("client", 2, 0.4, 0.5, 54.5),
        ("advocate", 1, 0.2, 0.5, 113.0),
    ]


def test_the_funnel_looks_no_further_than_its_window(tiny: Placed) -> None:
    assert list(funnel(tiny, JANUARY.replace(day=1), APRIL, window=60).frame["reached"]) == [5, 4, 1, 0]


def test_the_funnel_of_one_months_joiners(tiny: Placed) -> None:
    """February brought bob and dan; nobody of them became a client, so nobody could become an advocate."""
    found = funnel(tiny, date(2024, 2, 1), FEBRUARY)
    assert (found.cohort_start, found.cohort_end, found.cohort) == (date(2024, 2, 1), FEBRUARY, 2)
    assert list(found.frame["reached"]) == [2, 1, 0, 0]
    assert found.to_dict()[2]["of_previous"] == 0.0
    assert found.to_dict()[3]["of_previous"] is None


def test_the_cohort_includes_both_its_days(tiny: Placed) -> None:
    """dan joined on 3 February, bob on the 10th."""
    found = funnel(tiny, date(2024, 2, 3), date(2024, 2, 10))
    assert (found.cohort, found.frame["reached"][0]) == (2, 2)
    assert funnel(tiny, date(2024, 2, 4), date(2024, 2, 9)).cohort == 0


def test_the_funnel_knows_nobody_who_joined_after_the_last_period_end(tmp_path: Path) -> None:
    orders = [order("ann", "2024-01-05"), order("bob", "2024-02-10"), order("cat", "2024-03-02")]
    placed = placed_on(tmp_path, ladder_of("orders() >= 1"), orders)
    found = funnel(placed, JANUARY.replace(day=1), APRIL)
    assert (found.cohort, found.cohort_end) == (2, FEBRUARY)


def test_where_no_window_has_passed_the_funnel_follows_everybody(tmp_path: Path) -> None:
    """Sixteen months of joining are shorter than two years: ann joined before the last twelve of them."""
    orders = [order("ann", "2023-01-05"), order("bob", "2024-04-30")]
    found = funnel(placed_on(tmp_path, ladder_of("orders() >= 1"), orders), window=730)
    assert (found.cohort, found.cohort_start, found.cohort_end) == (2, date(2023, 1, 5), APRIL)


def test_the_funnel_of_the_sample_narrows(sample: Placed) -> None:
    found = funnel(sample)
    reached = list(found.frame["reached"])
    assert reached == sorted(reached, reverse=True)
    assert found.cohort >= reached[0] > reached[-1] > 0
    assert (sample.last - found.cohort_end).days == found.window


@pytest.mark.parametrize(
    ("start", "end", "window", "told"),
    [
        (date(2024, 3, 1), date(2024, 2, 1), 365, "2024-03-01 is after 2024-02-01"),
        (date(2025, 1, 1), None, 365, "2025-01-01 is after 2024-04-30"),
        (None, None, 0, "It is 0 days"),
        (None, None, 4000, "It is 4000 days"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(
    start: date | None, end: date | None, window: int, told: str, tiny: Placed
) -> None:
    with pytest.raises(LadderError, match=told):
        funnel(tiny, start, end, window)


def test_the_figures_of_every_month(tiny: Placed) -> None:
    """March: of ann, bob, dan and eve ann climbs; ann answers 6 and 3. April: eve climbs, ann slips, bob lapses.

    Returning: ann alone buys in March, and has before; of cat and eve in April only eve has.
    """
    found = kpis(tiny).frame.set_index("period_end")
    told = {
        "climb_rate": [None, 0.0, 0.25, 0.25],
        "slip_rate": [None, 0.0, 0.0, 0.5],
        "net_movement": [0, 0, 1, -1],
        "joined": [2, 2, 0, 1],
        "returned": [0, 0, 0, 0],
        "returning_share": [0.0, 0.0, 1.0, 0.5],
        "nps": [None, 100.0, -100.0, None],
        "csat": [None, 5.0, 3.0, None],
    }
    assert {name: [None if pd.isna(v) else float(v) for v in found[name]] for name in told} == told


def test_nps_is_promoters_less_detractors_in_percent(tmp_path: Path) -> None:
    """Two of 9 and 10, one of 8, one of 6: (2 − 1) of 4."""
    answers = [
        {"customer_id": f"c{score}", "ts": datetime(2024, 1, 31, 23, 59), "nps": score}
        for score in (6, 8, 9, 10)
    ]
    placed = placed_on(tmp_path, ladder_of("nps() >= 9"), feedback=answers)
    assert kpis(placed).to_dict()[0]["nps"] == 25.0


def test_the_overview_compares_with_the_period_end_before(tiny: Placed) -> None:
    found = overview(tiny)
    assert (found.as_of, found.compare, found.customers, found.currency) == (APRIL, MARCH, 5, "EUR")
    assert [line.name for line in found.rungs] == ["prospect", "customer", "client", "advocate"]
    customer, client = found.rungs[1], found.rungs[2]
    assert (customer.customers, customer.change, customer.revenue) == (2, 1, 37.0)
    assert (customer.climb_rate, customer.slip_rate, customer.lapsed_rate) == (0.0, 1.0, 1.0)
    assert (client.change, client.climb_rate, client.slip_rate, client.lapsed_rate) == (-2, 0.5, 0.5, 0.0)
    assert (client.climbed, client.slipped, client.rule) == (1, 1, "at least 2 orders in the last 90 days")
    assert (found.lapsed.customers, found.lapsed.change, found.lapsed.slip_rate) == (1, 1, None)


def test_the_overview_of_the_first_period_end_compares_with_nothing(tiny: Placed) -> None:
    found = overview(tiny, JANUARY)
    assert found.compare is None
    assert [(line.customers, line.change, line.climb_rate) for line in found.rungs] == [
        (0, None, None), (1, None, None), (1, None, None), (0, None, None),
    ]  # fmt: skip


def test_the_overview_takes_values_by_rung(tiny: Placed) -> None:
    assert [line.clv for line in overview(tiny, values={"client": 12.5}).rungs] == [None, None, 12.5, None]


def test_the_overview_ties_to_the_statement(sample: Placed) -> None:
    found = overview(sample)
    assert found.compare is not None
    frame = statement(sample, found.compare, found.as_of).frame.set_index("rung")
    for line in (*found.rungs, found.lapsed):
        row = frame.loc[line.name]
        assert (line.customers, line.change) == (row["closing"], row["closing"] - row["opening"])
        if line.name != "lapsed":
            assert line.climbed == row["climbed_out"]
            assert line.slipped == row["slipped_out"] + row["lapsed"]
