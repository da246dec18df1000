"""Are dates, times and currencies plausible: each light on both sides of its threshold."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ladder.pictures.histogram_picture import hours_picture
from ladder.quality import Check
from ladder.quality.dates import clock_checks, date_checks, far_off
from ladder.workspace import ImportRecord, WorkspaceSettings
from tests.quality_shop import START, by_day, daily, found, order, rows_of


def dates(
    table: str, rows: dict[date, int], as_of: date | None = None, *imports: ImportRecord
) -> dict[str, Check]:
    settings = WorkspaceSettings(as_of=as_of)
    return {check.name: check for check in date_checks(by_day(table, rows), settings, imports)}


@pytest.mark.parametrize(("rows", "far"), [(1, [(date(1970, 1, 1), 1)]), (2, [])])
def test_a_day_is_far_off_with_a_year_of_nothing_and_one_row_in_a_hundred(
    rows: int, far: list[tuple[date, int]]
):
    days = {date(1970, 1, 1): rows, **daily(1, 100 - rows)}
    assert far_off(list(days), list(days.values())) == far


@pytest.mark.parametrize(("away", "far"), [(365, 0), (366, 1)])
def test_a_year_of_nothing_is_more_than_365_days(away: int, far: int):
    days = daily(2, 200)
    days[max(days) + timedelta(days=away)] = 1
    assert len(far_off(list(days), list(days.values()))) == far


def test_a_shop_that_paused_for_two_years_has_no_wrong_dates():
    days = {**daily(1, 100), **daily(1, 100, START + timedelta(days=900))}
    assert far_off(list(days), list(days.values())) == []


def test_refused_and_far_off_dates_are_told_together():
    reasons = {"implausible date": 3, "not a date": 1}
    record = ImportRecord(1, "transactions", "a.csv", "2025-01-01T00:00:00+00:00", 104, 100, 0, 4, 0, reasons)
    check = dates("transactions", {date(1970, 1, 1): 1, **daily(1, 100)}, None, record)["Implausible dates"]
    assert (check.light, check.figure) == ("care", "4")
    assert rows_of(check) == [("transactions", date(1970, 1, 1), 1)]
    assert dates("transactions", daily(1, 100))["Implausible dates"].light == "fine"


def test_rows_after_the_as_of_date_are_counted_and_said_to_be_in_no_figure():
    last = START + timedelta(days=89)
    assert dates("transactions", daily(2, 90), last)["After the as-of date"].light == "fine"
    check = dates("transactions", daily(2, 90), last - timedelta(days=1))["After the as-of date"]
    assert (check.light, check.behind) == ("care", 1)
    assert rows_of(check) == [("transactions", 2, last)]


@pytest.mark.parametrize(("top", "light"), [(10, "fine"), (11, "care"), (90, "care"), (91, "stop")])
def test_one_day_for_many_customers(top: int, light: str):
    rows = {**daily(1, 90), START + timedelta(days=200): top}
    check = dates("customers", rows)["One day for many"]
    assert (check.light, check.behind) == (light, 0 if light == "fine" else 1)


def test_few_rows_a_short_history_and_campaigns_may_fall_on_one_day():
    for table, rows in (("customers", {START: 99, **daily(1, 1)}), ("transactions", daily(50, 2))):
        assert dates(table, rows)["One day for many"].light == "fine"
    assert (
        dates("incentives", {START: 900, **daily(1, 90, date(2024, 3, 1))})["One day for many"].light
        == "fine"
    )


def firsts(share: float) -> dict[date, int]:
    """A thousand rows on the 1st and the 15th of ten months."""
    rows = {date(2024, month, 1): round(100 * share) for month in range(1, 11)}
    return rows | {date(2024, month, 15): 100 - round(100 * share) for month in range(1, 11)}


@pytest.mark.parametrize(("share", "light"), [(0.10, "fine"), (0.11, "care"), (0.90, "care"), (0.91, "stop")])
def test_dates_cut_to_the_month(share: float, light: str):
    assert dates("transactions", firsts(share))["First of the month"].light == light


def clock(at_midnight: int, night: int = 0) -> dict[str, Check]:
    """A hundred orders: some at exactly 0:00, of the others some between 5:00 and 6:00, the rest after 6:00."""
    rows = {hour: 0 for hour in range(24)} | {5: night, 6: 100 - at_midnight - night}
    hours = pd.DataFrame({"hour": rows.keys(), "rows": rows.values()})
    days = by_day("transactions", {START: 100}, at_midnight)
    return {check.name: check for check in clock_checks(days, hours, "Europe/Berlin")}


@pytest.mark.parametrize(
    ("share", "light"), [(0, "fine"), (5, "fine"), (6, "care"), (95, "care"), (96, "unknown")]
)
def test_orders_at_exactly_midnight_have_no_time(share: int, light: str):
    assert clock(share)["Times of day"].light == light
    assert ("Orders at night" in clock(share)) is (light != "unknown")


@pytest.mark.parametrize(("night", "light"), [(20, "fine"), (21, "care"), (50, "care"), (51, "stop")])
def test_many_orders_at_night_suggest_another_time_zone(night: int, light: str):
    check = clock(0, night)["Orders at night"]
    assert (check.light, check.figure) == (light, f"{night:.1f}%")


def test_the_hours_of_a_shop_are_those_of_its_purchases(tmp_path: Path):
    rows = [{**order("ann"), "ts": datetime(2024, 1, 10, hour)} for hour in (0, 3, 9, 9)]
    checks = found(
        tmp_path, {"transactions": [*rows, {**order("ann", 1, -5), "ts": datetime(2024, 1, 11, 4)}]}
    )
    assert checks["Times of day"].figure == "20.0%"
    assert checks["Orders at night"].figure == "33.3%"


def money(tmp_path: Path, *currencies: str | None) -> Check:
    rows = [order(f"c{nth}", nth, currency=currency) for nth, currency in enumerate(currencies)]
    return found(tmp_path, {"transactions": rows})["Currency"]


def test_amounts_in_the_workspace_s_currency_are_fine_and_others_stop(tmp_path: Path):
    assert money(tmp_path / "one", "EUR", "eur").light == "fine"
    assert money(tmp_path / "none", None, None).light == "unknown"
    some = money(tmp_path / "some", "EUR", None)
    assert (some.light, some.finding) == (
        "care",
        "50.0% of the order rows name no currency and are taken as EUR",
    )
    other = money(tmp_path / "other", "SEK", "SEK")
    assert (other.light, other.meaning) == (
        "stop",
        "Change the currency of the workspace to SEK in the settings.",
    )
    mixed = money(tmp_path / "mixed", "EUR", "SEK", "EUR", "DKK")
    assert (mixed.light, mixed.finding.split(" are in ")[0]) == ("stop", "50.0% of the order rows")
    assert sorted(rows_of(mixed)) == [("DKK", 1), ("EUR", 2), ("SEK", 1)]


def test_the_picture_of_the_hours_marks_the_night():
    picture = hours_picture(pd.DataFrame({"hour": range(24), "rows": [0, 7, *[0] * 11, 30, *[0] * 10]}))
    assert "1:00 to 2:00: 7 rows" in picture.wide
    assert "The busiest hour is 13:00 to 14:00: 30 rows" in picture.narrow
    assert (picture.wide.count('class="slipped"'), picture.wide.count('class="stayed"')) == (1, 2)
