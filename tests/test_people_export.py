"""Exports that no spreadsheet can be made to execute."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from ladder.people import to_csv


def cells(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(frame).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  ="])
def test_text_that_a_spreadsheet_would_run_becomes_text(start: str):
    payload = f'{start}cmd|" /c calc"!A1'
    assert cells(pd.DataFrame({"name": [payload]}))[1] == [f"'{payload}"]


def test_headings_are_made_harmless_too():
    assert cells(pd.DataFrame({"=1+1": ["a"]}))[0] == ["'=1+1"]


def test_numbers_dates_and_plain_text_stay_as_they_are():
    frame = pd.DataFrame(
        {
            "id": ["00042"],
            "revenue": [-5.5],
            "day": [pd.Timestamp("2024-04-30").date()],
            "name": ["Ærø, “A”\nB"],
        }
    )
    assert cells(frame)[1] == ["00042", "-5.5", "2024-04-30", "Ærø, “A”\nB"]


def test_missing_values_are_empty_and_nul_is_dropped():
    assert cells(pd.DataFrame({"a": [None, float("nan"), pd.NA], "b": ["x\0y", "z", ""]}))[1:] == [
        ["", "xy"],
        ["", "z"],
        ["", ""],
    ]


def test_a_file_starts_with_a_byte_order_mark_and_ends_its_lines_as_the_standard_says():
    assert to_csv(pd.DataFrame({"a": [1]})) == b"\xef\xbb\xbfa\r\n1\r\n"


def test_a_day_is_written_without_the_hour_of_midnight() -> None:
    days = pd.DataFrame({"since": pd.to_datetime(["2025-12-31", None])})
    assert to_csv(days).decode("utf-8-sig").splitlines() == ["since", "2025-12-31", '""']
