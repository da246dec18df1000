"""Figures as a reader meets them."""

from datetime import date

import pytest

from ladder.pictures import wording


@pytest.mark.parametrize(
    ("fraction", "words"),
    [(0, "0%"), (0.0001, "<0.1%"), (0.0312, "3.1%"), (0.9999, ">99.9%"), (1, "100%")],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(fraction: float, words: str) -> None:
    assert wording.share(fraction) == words


@pytest.mark.parametrize(
    ("value", "currency", "words"),
    [
        (1234567.4, "EUR", "€1,234,567"),
        (84.2, "GBP", "£84.20"),
        (-12, "DKK", "−DKK\u00a012.00"),
        (0, "EUR", "€0"),
    ],
)
def test_money_has_decimals_only_where_they_matter(value: float, currency: str, words: str) -> None:
    assert wording.money(value, currency) == words


def test_a_column_of_amounts_has_one_unit_and_one_number_of_decimals() -> None:
    assert wording.amounts([406.2, 22.4, None]) == ["406", "22", ""]
    assert wording.amounts([-4.1, 22.4]) == ["−4.10", "22.40"]
    assert wording.amounts([337_600_000, 1_000_000]) == ["337.6 M", "1.0 M"]
    assert wording.amounts([337_600_000, 40_000, 0]) == ["337.6 M", "<0.1 M", "0"]
    assert wording.amounts([0, None]) == ["0", ""]


def test_a_change_says_its_direction_without_colour() -> None:
    assert [wording.change(n) for n in (1204, -31, 0)] == ["▲ 1,204", "▼ 31", "unchanged"]


def test_a_relative_change_is_against_the_count_before() -> None:
    assert wording.relative_change(110, 10) == "+10.0%"
    assert wording.relative_change(90, -10) == "−10.0%"
    assert wording.relative_change(5, 5) == ""
    assert wording.relative_change(1_000_001, 1) == "+<0.1%"


def test_dates_and_people() -> None:
    assert wording.day(date(2011, 6, 1)) == "1 Jun 2011"
    assert [wording.people(n) for n in (1, 2)] == ["1 customer", "2 customers"]


def test_a_long_title_is_wrapped_and_its_end_is_cut_with_an_ellipsis() -> None:
    lines = wording.wrap("Emotionally bonded loyal member of the inner circle", 16, 168, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(wording.text_width(line, 16) <= 168 for line in lines)
    assert wording.wrap("Client", 16, 168, 2) == ("Client",)
    assert wording.wrap("", 16, 168, 2) == ("",)
