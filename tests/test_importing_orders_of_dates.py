"""Orders of day and month that nobody chose, and files that write their dates in two ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladder.importing import propose, run_import
from ladder.workspace import Folder
from tests.importing_shop import bring, empty_workspace, saved, stored


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return empty_workspace(tmp_path)


def dated(*dates: str) -> str:
    return "customer_id,ts,amount\n" + "".join(f"c{at},{date},1.50\n" for at, date in enumerate(dates))


def test_an_order_that_nobody_chose_is_not_remembered(folder: Folder, tmp_path: Path) -> None:
    file = saved(tmp_path, dated("05/05/2024", "06/06/2024"))
    first = propose(file, folder=folder)
    assert (first.questions, first.plan.mapping.undecided) == ((), ("ts",))
    run_import(folder, file, first.plan)
    second = saved(tmp_path, dated("03/04/2024"))
    (question,) = propose(second, folder=folder).questions
    assert (question.id, question.options) == ("date_format:ts", ("%d/%m/%Y", "%m/%d/%Y"))
    chosen = propose(second, folder=folder, date_format="%m/%d/%Y").plan
    assert run_import(folder, second, chosen).accepted == 1
    third = propose(saved(tmp_path, dated("07/08/2024")), folder=folder)
    assert (third.questions, third.plan.mapping.formats) == ((), {"ts": "%m/%d/%Y"})


def test_an_order_that_the_file_itself_decides_is_remembered(folder: Folder, tmp_path: Path) -> None:
    bring(folder, tmp_path, dated("05/05/2024", "06/13/2024"))
    later = propose(saved(tmp_path, dated("03/04/2024")), folder=folder)
    assert (later.questions, later.plan.mapping.formats) == ((), {"ts": "%m/%d/%Y"})


@pytest.mark.parametrize(
    ("last", "asked"),
    [(("03/04/2024",), True), (("03/04/2024", "13/04/2024"), False), (("06/06/2024",), False)],
)
def test_an_order_that_the_first_rows_leave_open_is_asked_below_them(
    last: tuple[str, ...], asked: bool, folder: Folder, tmp_path: Path
) -> None:
    result = bring(folder, tmp_path, dated(*["05/05/2024"] * 6000, *last))
    assert [question.id for question in result.questions] == (["date_format:ts"] if asked else [])
    if asked:
        assert result.questions[0].examples == (("03/04/2024", "3 April 2024", "4 March 2024"),)


@pytest.mark.parametrize(("iso", "other"), [(10, 10), (27, 3)])
def test_dates_written_in_two_ways_are_asked(iso: int, other: int, folder: Folder, tmp_path: Path) -> None:
    days = [f"2024-03-{1 + at:02d}" for at in range(iso)] + [f"{13 + at}/04/2024" for at in range(other)]
    result = bring(folder, tmp_path, dated(*days))
    (question,) = result.questions
    assert (question.id, question.options) == ("date_format:ts", ("%Y-%m-%d", "%d/%m/%Y"))
    assert f"{other} of {iso + other} dates of “ts” do not fit %Y-%m-%d" in question.text
    assert "are refused" in question.text
    chosen = bring(folder, tmp_path, dated(*days), date_format="%Y-%m-%d")
    assert (chosen.accepted, chosen.rejected) == (iso, other)


@pytest.mark.parametrize("bad", [["never"] * 4, ["31/02/2024"] * 4, ["2024-03-05"] * 2])
def test_dates_that_fit_nothing_else_or_are_few_are_refused_without_a_question(
    bad: list[str], folder: Folder, tmp_path: Path
) -> None:
    result = bring(folder, tmp_path, dated(*(f"{13 + at}/04/2024 10:00" for at in range(12)), *bad))
    assert (result.questions, result.accepted, result.rejected) == ((), 12, len(bad))
    assert stored(folder, "transactions", "count(*)") == [(12,)]
