"""Is it complete: months, days and rows that are not there, and those that are not missing at all."""

from datetime import date, timedelta

import pytest

from ladder.quality import Check
from ladder.quality.gaps import gap_checks, holes, thin_months
from ladder.workspace import ImportRecord
from tests.quality_shop import by_day, daily, rows_of

FIRST = date(2024, 1, 1)


def gaps(table: str, rows: dict[date, int], *imports: ImportRecord) -> dict[str, Check]:
    return {check.name: check for check in gap_checks(by_day(table, rows), imports)}


def monthly(*counts: int) -> dict[date, int]:
    """Rows on the first of each month of 2023 and 2024."""
    months = [date(2023 + place // 12, place % 12 + 1, 1) for place in range(len(counts))]
    return {month: rows for month, rows in zip(months, counts, strict=True) if rows}


@pytest.mark.parametrize(("rows", "thin"), [(49, [(2, 100)]), (50, [])])
def test_thin_is_less_than_half_of_the_neighbours(rows: int, thin: list[tuple[int, int]]):
    assert thin_months([100, 100, rows, 100, 100]) == thin


def test_few_rows_are_thin_by_chance():
    assert thin_months([8, 8, 3, 8, 8]) == []


def test_growth_and_decline_are_not_thin():
    assert thin_months([5, 40, 120, 300, 700]) == []
    assert thin_months([700, 300, 120, 40, 5]) == []


def test_one_december_makes_no_january_thin():
    assert thin_months([100, 100, 300, 95, 100, 100]) == []


def test_two_thin_months_side_by_side_are_both_seen():
    assert [place for place, _ in thin_months([100, 100, 20, 20, 100, 100])] == [2, 3]


def test_the_first_and_the_last_month_may_be_cut():
    assert thin_months([10, 100, 100, 10]) == []


def test_a_month_without_orders_stops_and_a_thin_one_asks_for_care():
    name = "Months without rows or with few"
    assert gaps("transactions", monthly(90, 90, 90))[name].light == "fine"
    thin = gaps("transactions", monthly(90, 90, 20, 90, 90))[name]
    assert (thin.light, rows_of(thin)) == ("care", [("transactions", date(2023, 3, 1), 20, 90)])
    empty = gaps("transactions", monthly(90, 0, 90))[name]
    assert (empty.light, empty.finding) == ("stop", "Months to look at: transactions 1 without rows")


def test_a_month_without_feedback_asks_for_care_and_one_without_a_rare_referral_for_nothing():
    name = "Months without rows or with few"
    assert gaps("feedback", monthly(9, 0, 9))[name].light == "care"
    assert gaps("referrals", monthly(3, 0, 2))[name].light == "fine"


@pytest.mark.parametrize(("away", "found"), [(6, []), (7, [7])])
def test_a_hole_is_a_week_in_daily_data(away: int, found: list[int]):
    days = [day for nth, day in enumerate(daily(5, 90, FIRST)) if not 40 <= nth < 40 + away]
    gone = holes(days, [5] * len(days))
    assert [(last - first).days + 1 for first, last, _ in gone] == found
    assert all((first, missed) == (FIRST + timedelta(days=40), 35.0) for first, _, missed in gone)


def test_a_shop_that_rests_at_weekends_has_no_hole_and_one_that_sells_monthly_neither():
    weekdays = [day for day in daily(1, 200, FIRST) if day.weekday() < 5]
    assert holes(weekdays, [1] * len(weekdays)) == []
    months = list(monthly(*[50] * 20))
    assert holes(months, [50] * len(months)) == []


def test_days_without_orders_are_listed():
    rows = {day: 4 for nth, day in enumerate(daily(4, 100, FIRST)) if not 50 <= nth < 61}
    check = gaps("transactions", rows)["Days without rows"]
    assert (check.light, check.figure) == ("care", "11")
    assert rows_of(check) == [("transactions", date(2024, 2, 20), date(2024, 3, 1), 11, 44.0)]


def test_offers_come_in_campaigns_and_may_stop():
    campaign = {FIRST: 500, FIRST + timedelta(days=200): 500}
    assert {check.light for check in gaps("incentives", campaign).values()} == {"fine"}


@pytest.mark.parametrize(
    ("refused", "light"), [(0, "fine"), (10, "fine"), (11, "care"), (50, "care"), (51, "stop")]
)
def test_refused_rows_weigh_by_their_share(refused: int, light: str):
    kept = 1000 - refused
    reasons = {"not a date": refused} if refused else {}
    record = ImportRecord(
        3, "transactions", "may.csv", "2025-01-01T00:00:00+00:00", 1010, kept, 0, refused, 10, reasons
    )
    check = gaps("transactions", daily(5, 60), record)["Refused rows"]
    assert check.light == light
    assert rows_of(check) == [(3, "may.csv", reason, rows) for reason, rows in reasons.items()]
